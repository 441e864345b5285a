"""Inspect AI's logs: the corpus, archives, the traps of several versions."""

import copy
import io
import json
import zipfile

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import (
    attributes_of,
    entries,
    evaluations,
    mutations,
    of_kind,
    physical_lines,
    total,
)
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared
from tracetui_loaders.base import LoadError

COUNTS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "total_tokens": "total_tokens",
}


def log_of(path):
    """Return header and samples of a log of the corpus."""
    if path.suffix == ".json":
        log = json.loads(path.read_text("utf-8"))
        return log, log["samples"]
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.startswith("samples/")]
        samples = [json.loads(archive.read(name)) for name in members]
        return json.loads(archive.read("header.json")), samples


@pytest.mark.parametrize("entry", entries("inspect-eval"), ids=lambda entry: entry["file"])
def test_samples_calls_tools_and_scores_are_those_of_the_log(entry):
    path = shared(f"corpora/{entry['file']}")
    loaded, (_, samples) = load_file(path), log_of(path)
    events = [event for sample in samples for event in sample["events"]]
    assert loaded.format == "inspect_eval"
    assert loaded.lines.rejected == 0
    assert "rejected" not in loaded.kinds()
    assert loaded.count() == (physical_lines(path) if path.suffix == ".json" else 0)
    assert len({span["trace_id"] for span in loaded.spans}) == len(samples)
    assert len(samples) == entry["check"]["records"]
    if "events" in entry["check"]:
        assert len(events) == entry["check"]["events"]
    for kind, name in (("llm", "model"), ("tool", "tool")):
        expected = sum(event["event"] == name for event in events)
        assert len(of_kind(loaded, kind)) == expected
    assert len(evaluations(loaded)) == sum(len(sample["scores"]) for sample in samples)
    for span in loaded.spans:
        start, end = span["start_time_unix_nano"], span["end_time_unix_nano"]
        assert start is not None
        assert end is not None
        assert start <= end


@pytest.mark.parametrize("entry", entries("inspect-eval"), ids=lambda entry: entry["file"])
def test_usage_of_the_calls_is_what_the_log_recorded_for_the_whole(entry):
    path = shared(f"corpora/{entry['file']}")
    header, samples = log_of(path)
    calls = of_kind(load_file(path), "llm")
    # docent-log.eval holds 15 of its evaluation's samples: those say it for themselves.
    recorded = [usage for sample in samples for usage in sample["model_usage"].values()]
    if "docent" not in path.name:
        recorded = header["stats"]["model_usage"].values()
    for column, name in COUNTS.items():
        assert total(calls, column) == sum(usage[name] for usage in recorded)
    read = sum(usage.get("input_tokens_cache_read") or 0 for usage in recorded)
    assert (total(calls, "cache_read_tokens") or 0) == read


def test_what_a_call_heard_is_told_once_and_attachments_are_put_back():
    path = shared("corpora/inspect-eval/inspect-2025-05-12T20-27-36-04-00_browser.json")
    loaded = load_file(path)
    calls = [attributes_of(call) for call in of_kind(loaded, "llm")]
    heard = [[item["role"] for item in call["gen_ai.input.messages"]] for call in calls]
    assert heard == [["user"], ["tool"], ["tool"], ["tool"], ["tool"]]
    assert sum("tracetui.input.follows" in call for call in calls) == 4
    assert not any("attachment://" in span["attributes"] for span in loaded.spans)
    first = of_kind(loaded, "tool")[0]
    assert [e["name"] for e in loaded.events if e["row_id"] == first["row_id"]] == ["sandbox"] * 4


def test_a_scorer_stands_beside_the_turn_and_what_shows_nothing_is_left_out():
    name = "inspect-2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval"
    loaded = load_file(shared(f"corpora/inspect-eval/{name}"))
    spans = {span["span_id"]: span for span in loaded.spans}
    parents = {
        span["name"]: spans[span["parent_span_id"]]["name"]
        for span in loaded.spans
        if span["parent_span_id"]
    }
    assert parents["model_graded_fact"] == "input_task · sample 1"
    assert parents["generate"].startswith("Hey there, hipster!")
    assert [span["kind"] for span in loaded.spans] == [
        *("workflow", "agent", "workflow", "workflow", "llm", "evaluator", "llm")
    ]


AT = "2026-01-01T00:00:{:02}+00:00"


def model(second, said, sent=(), usage=None, **more):
    return {
        "event": "model",
        "timestamp": AT.format(second),
        "completed": AT.format(second + 1),
        "model": "openai/gpt-x",
        "input": list(sent),
        "output": {"choices": [{"message": said, "stop_reason": "stop"}], "usage": usage},
        **more,
    }


def span(second, name, kind, own_id, parent=None):
    begin = {"event": "span_begin", "id": own_id, "name": name, "type": kind, "span_id": own_id}
    return {**begin, "parent_id": parent, "timestamp": AT.format(second)}


ASK = {"role": "user", "id": "m1", "content": "attachment://abc"}
WISH = {
    "role": "assistant",
    "id": "m2",
    "content": [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "let me"}],
    "tool_calls": [{"id": "c1", "function": "dig", "arguments": {"deep": True}}],
}
TOOL = {
    "event": "tool",
    "id": "c1",
    "function": "dig",
    "arguments": {"deep": True},
    "result": "",
    "error": {"type": "timeout", "message": "too long"},
    "timestamp": AT.format(3),
    "completed": AT.format(8),
    "span_id": "s1",
}
USAGE = {
    "input_tokens": 10,
    "output_tokens": 5,
    "total_tokens": 115,
    "input_tokens_cache_read": 100,
    "total_cost": 0.5,
}
SAMPLE = {
    "id": 1,
    "epoch": 2,
    "uuid": "sample-1",
    "input": "attachment://abc",
    "target": "42",
    "messages": [ASK, WISH],
    "scores": {"match": {"value": "C"}, "rubric": {"value": {"style": 3, "truth": True}}},
    "attachments": {"abc": "what is it?"},
    "events": [
        span(0, "solvers", None, "s0"),
        span(0, "generate", "solver", "s1", "s0"),
        model(1, WISH, [ASK], USAGE, span_id="s1", uuid="e1"),
        span(3, "dig", "tool", "s2", "s1"),
        TOOL,
        span(4, "digger", "agent", "s3", "s2"),
        model(5, {"role": "assistant", "content": "deep"}, [ASK], USAGE, span_id="s3"),
        {"event": "span_end", "id": "s3", "timestamp": AT.format(7)},
        model(9, {"role": "assistant", "content": "42"}, [ASK], USAGE, span_id="s1", cache="read"),
        {"event": "sample_limit", "type": "token", "message": "full", "timestamp": AT.format(11)},
    ],
}
LOG = {
    "version": 2,
    "status": "success",
    "eval": {"eval_id": "e", "task": "quiz", "model": "openai/gpt-x"},
    "plan": {},
    "samples": [SAMPLE],
}


def test_a_log_becomes_a_tree_of_session_turn_steps_calls_tools_and_sub_agents(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(LOG))
    spans = {span["span_id"]: span for span in loaded.spans}
    assert [(s["name"], s["kind"], s["parent_span_id"]) for s in loaded.spans] == [
        ("quiz · sample 1 (epoch 2)", "workflow", None),
        ("what is it?", "agent", "sample-1"),
        ("generate", "workflow", "sample-1/turn-1"),
        ("chat openai/gpt-x", "llm", "s1"),
        ("execute_tool dig", "tool", "s1"),
        ("invoke_agent digger", "agent", "c1"),
        ("chat openai/gpt-x", "llm", "s3"),
        ("chat openai/gpt-x", "llm", "s1"),
    ]
    tool = spans["c1"]
    assert tool["error_type"] == "timeout"
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 5 * 10**9
    assert [(e["gen_ai.evaluation.name"]) for e in evaluations(loaded)] == [
        *("match", "rubric/style", "rubric/truth")
    ]


def test_cached_tokens_are_part_of_the_input_and_a_replayed_answer_is_not_counted(tmp_path):
    calls = of_kind(load_bytes(tmp_path, json.dumps(LOG)), "llm")
    assert {call["provider"] for call in calls} == {"openai"}
    assert [call["input_tokens"] for call in calls] == [110, 110, None]
    assert [call["cost_given_usd"] for call in calls] == [0.5, 0.5, None]


def test_messages_in_the_sample_s_pool_are_those_that_a_call_was_sent(tmp_path):
    log = copy.deepcopy(LOG)
    sample = log["samples"][0]
    sample["events_data"] = {"messages": [ASK, WISH], "calls": []}
    sample["events"][2] |= {"input": [], "input_refs": [[0, 1]]}
    first = attributes_of(of_kind(load_bytes(tmp_path, json.dumps(log)), "llm")[0])
    assert first["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": "what is it?"}]}
    ]


def test_a_sample_without_events_is_told_by_its_messages(tmp_path):
    sample = {**SAMPLE, "events": [], "model_usage": {"openai/gpt-x": USAGE}}
    loaded = load_bytes(tmp_path, json.dumps({**LOG, "samples": [sample]}))
    assert [span["kind"] for span in loaded.spans] == ["workflow", "agent", "llm", "tool"]
    assert loaded.spans[0]["rollup_input_tokens"] == 110


def test_an_evaluation_that_failed_before_its_first_sample_says_so(tmp_path):
    log = {**LOG, "samples": [], "status": "error", "error": {"message": "no key"}}
    (root,) = load_bytes(tmp_path, json.dumps(log)).spans
    assert (root["name"], root["status"], root["status_message"]) == (
        *("quiz (no samples)", "ERROR", "no key"),
    )


def archived(members, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_sample_that_cannot_be_read_is_named_and_the_others_are_told(tmp_path):
    data = archived(
        {
            "_journal/start.json": json.dumps({key: LOG[key] for key in ("eval", "plan")}),
            "samples/1_epoch_1.json": json.dumps(SAMPLE).replace("3", "NaN", 1),
            "samples/2_epoch_1.json": "{",
            "samples/3_epoch_1.json": "[1]",
        }
    )
    loaded = load_bytes(tmp_path, data)
    assert loaded.format == "inspect_eval"
    rejected = [row["message"] for row in loaded.problems if row["kind"] == "rejected"]
    assert [reason.partition(":")[0] for reason in rejected] == [
        *("samples/2_epoch_1.json", "samples/3_epoch_1.json")
    ]
    assert len({span["trace_id"] for span in loaded.spans}) == 1


def test_members_compressed_with_zstandard_are_read(tmp_path):
    content = json.dumps(SAMPLE).encode()
    packed = pa.compress(content, codec="zstd", asbytes=True)
    plain = archived({"samples/1_epoch_1.json": packed}, zipfile.ZIP_STORED)
    data = bytearray(plain)
    central = data.rfind(b"PK\x01\x02")
    data[8:10] = data[central + 10 : central + 12] = (93).to_bytes(2, "little")
    data[central + 24 : central + 28] = len(content).to_bytes(4, "little")
    loaded = load_bytes(tmp_path, bytes(data))
    assert len(of_kind(loaded, "llm")) == 3


def test_an_archive_that_was_cut_off_is_refused_with_what_to_do(tmp_path):
    data = archived({"header.json": "{}", "samples/1_epoch_1.json": json.dumps(SAMPLE)})
    with pytest.raises(LoadError, match="copy it again"):
        load_bytes(tmp_path, data[:-30])


ARCHIVE = archived(
    {
        "header.json": json.dumps({**LOG, "samples": None}),
        "samples/1_epoch_1.json": json.dumps(SAMPLE),
    }
)


@given(st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), max_size=4))
def test_a_damaged_archive_is_refused_or_its_damage_reported(tmp_path, damage):
    data = bytearray(ARCHIVE)
    for position, byte in damage:
        data[position] = byte
    try:
        loaded = load_with("inspect_eval", tmp_path, b"PK\x03\x04" + bytes(data[4:]))
    except LoadError:
        return
    assert loaded.spans or loaded.problems


@given(mutations(LOG))
def test_a_log_in_which_something_is_something_else_is_no_exception(tmp_path, log):
    text = json.dumps(log, indent=1)
    loaded = load_with("inspect_eval", tmp_path, text.encode())
    assert loaded.count() == text.count("\n") + 1
    assert (loaded.lines.rejected > 0) == ("rejected" in loaded.kinds())
