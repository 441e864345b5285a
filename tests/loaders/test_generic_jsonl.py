"""JSON of no known format: found by the usual names, or by a mapping file."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared
from tracetui_loaders.base import LineCounts
from tracetui_loaders.generic.draft import draft_of, duration_nano
from tracetui_loaders.generic.mapping import MappingError, load_mapping
from tracetui_loaders.registry import loader_named
from tracetui_loaders.source import Source

SECOND = 1_000_000_000
T0 = 1_760_000_000 * SECOND


def lines(*records):
    return "\n".join(json.dumps(record) for record in records) + "\n"


def by_name(loaded):
    return {span["name"]: span for span in loaded.spans}


@pytest.mark.parametrize(
    ("value", "nanos"),
    [
        (1_760_000_000, T0),
        (1_760_000_000.5, T0 + SECOND // 2),
        (1_760_000_000_000, T0),
        (1_760_000_000_000_000, T0),
        (1_760_000_000_000_000_000, T0),
        ("1760000000000", T0),
        ("2025-10-09T08:53:20Z", T0),
        ("2025-10-09 10:53:20.000+02:00", T0),
        (12, None),
        ("yesterday", None),
        (True, None),
    ],
)
def test_a_time_s_unit_is_told_by_its_size(value, nanos):
    assert draft_of({"ts": value, "event": "x"}).start == nanos


@pytest.mark.parametrize(
    ("value", "unit", "nanos"),
    [
        (250, "any", 250_000_000),
        (0.25, "any", 250_000_000),
        ("1.5s", "any", 1_500_000_000),
        ("20 ms", "any", 20_000_000),
        (3, "s", 3 * SECOND),
        (-1, "any", None),
        (float("inf"), "any", None),
        ("soon", "any", None),
    ],
)
def test_a_duration_without_a_unit_counts_milliseconds_if_whole(value, unit, nanos):
    assert duration_nano(value, unit) == nanos


def test_records_with_ids_of_their_own_are_spans(tmp_path):
    loaded = load_bytes(
        tmp_path,
        lines(
            {"traceId": "t1", "id": "a", "parentId": None, "name": "run", "start": T0, "ms": 1},
            {
                "traceId": "t1",
                "id": "b",
                "parentId": "a",
                "type": "llm",
                "name": "ask",
                "startTime": "2025-10-09T08:53:21Z",
                "latency_ms": 500,
                "model": "gpt-5",
                "usage": {"prompt_tokens": 12, "completion_tokens": 3},
                "cost": 0.01,
                "status": "error",
                "error": {"message": "boom"},
            },
        ),
    )
    assert loaded.format == "generic_jsonl"
    ask = by_name(loaded)["ask"]
    assert len(loaded.spans) == 2
    assert (ask["trace_id"], ask["span_id"], ask["parent_span_id"]) == ("t1", "b", "a")
    assert ask["start_time_unix_nano"] == T0 + SECOND
    assert ask["end_time_unix_nano"] == T0 + SECOND + SECOND // 2
    assert (ask["kind"], ask["request_model"], ask["provider"]) == ("llm", "gpt-5", "openai")
    assert (ask["input_tokens"], ask["output_tokens"]) == (12, 3)
    assert ask["cost_given_usd"] == 0.01
    assert (ask["error"], ask["error_message"]) == (True, "boom")


def test_structured_logs_stand_below_a_root_for_their_session(tmp_path):
    loaded = load_bytes(
        tmp_path,
        lines(
            {"ts": T0 // SECOND, "level": "info", "session_id": "s1", "msg": "begin"},
            {"ts": T0 // SECOND + 2, "level": 50, "session_id": "s1", "msg": "it broke"},
            {"ts": T0 // SECOND, "level": "info", "session_id": "s2", "msg": "other"},
            {"ts": T0 // SECOND + 9, "msg": "slow", "duration_ms": 1000, "session_id": "s2"},
        ),
    )
    spans = by_name(loaded)
    root = spans["session s1"]
    assert {span["trace_id"] for span in loaded.spans} == {"s1", "s2"}
    assert (root["parent_span_id"], root["kind"], root["derived_from"]) == (
        None,
        "workflow",
        "records",
    )
    assert root["start_time_unix_nano"] == T0
    assert root["end_time_unix_nano"] == T0 + 2 * SECOND
    assert spans["begin"]["parent_span_id"] == root["span_id"]
    assert spans["begin"]["end_time_unix_nano"] == T0
    assert (spans["it broke"]["error"], spans["it broke"]["session_id"]) == (True, "s1")
    # A log is written when what it reports is over.
    assert spans["slow"]["start_time_unix_nano"] == T0 + 8 * SECOND


def test_logs_of_one_span_do_not_replace_each_other(tmp_path):
    record = {"ts": T0, "level": "info", "trace_id": "t", "span_id": "s"}
    loaded = load_bytes(tmp_path, lines({**record, "msg": "one"}, {**record, "msg": "two"}))
    assert len({span["span_id"] for span in loaded.spans}) == 3


def test_a_tool_s_call_and_its_result_are_one_span(tmp_path):
    call = {"type": "tool_call", "call_id": "c1", "tool": "search", "args": {"q": "rain"}}
    result = {"type": "tool_result", "call_id": "c1", "result": "wet", "time": T0 + SECOND}
    loaded = load_bytes(tmp_path, lines({**call, "time": T0}, result))
    tool = by_name(loaded)["execute_tool search"]
    assert (tool["kind"], tool["tool_name"], tool["tool_call_id"]) == ("tool", "search", "c1")
    assert tool["start_time_unix_nano"] == T0
    assert tool["end_time_unix_nano"] == T0 + SECOND
    attributes = json.loads(tool["attributes"])
    assert attributes["gen_ai.tool.call.arguments"] == {"q": "rain"}
    assert attributes["gen_ai.tool.call.result"] == "wet"
    assert len(loaded.spans) == 2


def test_a_call_that_was_not_answered_runs(tmp_path):
    call = {"type": "tool_call", "call_id": "c1", "tool": "search", "args": {}, "start": T0}
    loaded = load_bytes(tmp_path, lines({"msg": "x", "ts": T0}, {**call, "args": {"a": 1}}))
    assert by_name(loaded)["execute_tool search"]["end_time_unix_nano"] is None


def test_start_and_end_records_of_a_span_are_one_span(tmp_path):
    ids = {"trace_id": "t", "span_id": "s", "parent_id": None}
    path = tmp_path / "events.jsonl"
    path.write_text(
        lines(
            {**ids, "event": "run.start", "name": "run", "ts": T0},
            {**ids, "event": "run.end", "name": "run", "ts": T0 + SECOND, "status": "failed"},
        )
    )
    ((span,), _, _) = generic(path)
    assert span["start_time_unix_nano"] == T0
    assert span["end_time_unix_nano"] == T0 + SECOND
    assert span["error"] is True


def test_a_document_around_records_says_what_holds_for_all(tmp_path):
    document = {"id": "run-7", "model": "gpt-5", "steps": [{"name": "plan", "ts": T0}]}
    loaded = load_bytes(tmp_path, json.dumps(document, indent=2))
    plan = by_name(loaded)["plan"]
    assert (plan["trace_id"], plan["request_model"]) == ("run-7", "gpt-5")


CORPORA = {
    # file -> records (manifest.json), spans (with a root made for each), rejected lines
    "generic-jsonl/agentxray-openai_chat_trace.jsonl": (11, 12, 1),
    "other-agents/agents-grok-subagent-chat_history.jsonl": (5, 6, 0),
    "other-agents/antigravity-cli_schema_drift.jsonl": (3, 4, 0),
    "other-agents/cursor-large.jsonl": (10, 11, 0),
    "other-agents/cursor-parent.jsonl": (2, 3, 0),
    "other-agents/cursor-small.jsonl": (5, 6, 0),
    "other-agents/droid-session_store_schema_drift.jsonl": (3, 4, 0),
    "other-agents/droid-stream_json_large.jsonl": (6, 6, 0),  # a call and its result: one span
    "other-agents/droid-stream_json_small.jsonl": (4, 4, 0),
    "other-agents/hermes-schema_drift.json": (4, 5, 0),
    "other-agents/stage0-agents-grok-summary.json": (1, 2, 0),
}


def generic(path):
    """Read a file with this format, also where another one knows it better."""
    source = Source(str(path))
    counts = LineCounts()
    spans, problems = [], []
    for batch in loader_named("generic_jsonl").load(source, 0):
        counts.add(batch.lines)
        spans += batch.spans.to_pylist()
        problems += batch.problems.to_pylist()
    source.close()
    return spans, counts, problems


@pytest.mark.parametrize("name", CORPORA)
def test_every_record_of_the_corpora_is_read(name):
    path = shared(f"corpora/{name}")
    spans, counts, _ = generic(path)
    records, expected, rejected = CORPORA[name]
    assert (len(spans), counts.rejected) == (expected, rejected)
    if path.suffix == ".jsonl":
        assert counts.ok == records
    assert load_file(path).spans


def test_a_transcript_without_times_keeps_tokens_and_tool_arguments():
    spans, _, _ = generic(shared("corpora/generic-jsonl/agentxray-openai_chat_trace.jsonl"))
    assert sum(span["input_tokens"] or 0 for span in spans) == 42 + 51 + 55 + 44 + 61
    tools = [span["tool_name"] for span in spans if span["kind"] == "tool"]
    assert tools == ["web_search", "browser_open", "extract_text", "lookup_price", "send_email"]
    assert {span["session_id"] for span in spans} == {"chat_market_001"}


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "package", "version": "1.0", "scripts": {"test": "x"}}',
        '{"a": 1}\n{"a": 2}\n',
        "[1, 2, 3]",
        '"text"\n',
    ],
)
def test_json_that_says_neither_when_nor_who_is_refused(tmp_path, text):
    with pytest.raises(NotReadError):
        load_bytes(tmp_path, text)


_any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("trace_id", "id", "parent_id", "session", "name", "type", "role", "ts"),
                    *("start", "end", "duration_ms", "usage", "tokens", "model", "tool", "args"),
                    *("result", "call_id", "status", "error", "level", "messages", "content"),
                    *("tool_calls", "function", "message", "attributes", "phase"),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(values=st.lists(_any_json, max_size=6), tail=st.sampled_from(["", "\n", "\n\n", '\n{"a"']))
def test_any_json_is_survived_and_every_line_accounted_for(tmp_path, values, tail):
    text = "\n".join(json.dumps(value) for value in values) + tail
    path = tmp_path / "any"
    path.write_text(text)
    _, counts, problems = generic(path)
    seen = counts.ok + counts.repaired + counts.rejected + counts.blank + counts.tail
    assert seen == len(text.split("\n")) - (not text or text.endswith("\n"))
    assert sum(1 for row in problems if row["kind"] == "rejected") >= (counts.rejected > 0)


@given(st.randoms(use_true_random=False))
def test_mutated_real_lines_are_survived(tmp_path, chance: random.Random):
    data = bytearray(
        shared("corpora/other-agents/droid-stream_json_large.jsonl").read_bytes()
        + shared("corpora/generic-jsonl/agentxray-openai_chat_trace.jsonl").read_bytes()
    )
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place] = chance.choice(b'{}[]",:0 \\a\xff')
        else:
            del data[place : place + chance.randint(1, 9)]
    path = tmp_path / "mutated"
    path.write_bytes(bytes(data))
    _, counts, _ = generic(path)
    seen = counts.ok + counts.repaired + counts.rejected + counts.blank + counts.tail
    assert seen == len(data.split(b"\n")) - data.endswith(b"\n")


# --- mapping files

HOUSE = {
    "ctx": {"trace": "T"},
    "op": "plan",
    "t0": 5_000,
    "took": 2,
    "llm": {"in": 7},
    "is": "think",
}
MAP = """
service_name = "acme"

[fields]
trace_id = "ctx.trace"
name = "op"
start = "t0"
duration = "took"
input_tokens = "llm.in"
kind = "is"

[units]
start = "ms"
duration = "s"

[kinds]
think = "llm"
"""


def mapped(tmp_path, text, data):
    (tmp_path / "map.toml").write_text(text)
    (tmp_path / "house.jsonl").write_text(data)
    loader = loader_named(f"generic_jsonl@{tmp_path / 'map.toml'}")
    source = Source(str(tmp_path / "house.jsonl"))
    batches = list(loader.load(source, 0))
    source.close()
    return [span for batch in batches for span in batch.spans.to_pylist()]


def test_a_mapping_file_says_what_is_where(tmp_path):
    spans = mapped(tmp_path, MAP, lines(HOUSE))
    span = next(span for span in spans if span["name"] == "plan")
    assert (span["trace_id"], span["kind"], span["input_tokens"]) == ("T", "llm", 7)
    assert span["start_time_unix_nano"] == 5 * SECOND
    assert span["end_time_unix_nano"] == 7 * SECOND
    assert span["service_name"] == "acme"


def test_a_mapping_file_finds_the_records_inside_a_document(tmp_path):
    text = '[records]\npath = "log.items"\n[fields]\nname = "op"\n'
    spans = mapped(tmp_path, text, json.dumps({"log": {"items": [HOUSE, {"op": "act"}]}}))
    assert {"plan", "act"} <= {span["name"] for span in spans}


def test_a_key_with_dots_is_found(tmp_path):
    spans = mapped(tmp_path, '[fields]\nname = "a.b.c"\n', lines({"a.b": {"c": "dotted"}}))
    assert "dotted" in {span["name"] for span in spans}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[fields]\nstrat = "t0"\n', "map.toml:2: strat is no field; did you mean start?"),
        ('[feilds]\nname = "x"\n', r"map.toml:1: \[feilds\] is no section; did you mean fields"),
        (
            '[fields]\nname = "x"\n[units]\nstart = "msec"\n',
            "map.toml:4: start = 'msec' is no unit",
        ),
        ("[fields]\nname = 5\n", r"map.toml:2: name: in \[fields\] it must be a dotted path"),
        ('[fields]\nname = "x"\n[kinds]\na = "lm"\n', "map.toml:4: a = 'lm' is no kind; did you"),
        ("[fields\n", "map.toml: not TOML: .*line 1"),
        ('service_name = "x"\n', r"map.toml: \[fields\] is missing"),
    ],
)
def test_a_mapping_file_that_cannot_be_used_says_where_it_is_wrong(tmp_path, text, message):
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=message):
        load_mapping(str(path))


def test_a_mapping_file_that_is_absent_is_named(tmp_path):
    with pytest.raises(MappingError, match=r"nowhere\.toml: No such file"):
        load_mapping(str(tmp_path / "nowhere.toml"))


@given(st.text(max_size=60) | st.sampled_from([MAP, MAP.replace("=", "", 1), MAP[:50]]))
def test_any_text_is_a_mapping_or_an_error_that_names_the_file(tmp_path, text):
    path = tmp_path / "map.toml"
    path.write_text(text, "utf-8")
    reason = ""
    fields = {}
    try:
        fields = load_mapping(str(path)).fields
    except MappingError as error:
        reason = str(error)
    assert bool(fields) != (str(path) in reason)
