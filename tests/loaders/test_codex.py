"""Codex's rollouts and its terminal's log: the corpus, and the traps of the format."""

import json

from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import (
    as_lines,
    attributes_of,
    mutated,
    of_kind,
    physical_lines,
    recorded,
    total,
)
from loaders.loading import load_bytes, load_file
from shared_data import shared
from store.loading import load as load_all

EXEC = "codex/strands-codex_exec_json.json"
"""Of another format: what `codex exec --json` prints."""
TOTALS = {
    "codex/agentsessions-codex_050_legacy.jsonl": (1420, 910, None),
    "codex/agentsessions-codex_052_raw.jsonl": (2600, 880, 980),
    "codex/agentsessions-large.jsonl": (12091, 182, 10880),
    "codex/agentsessions-small.jsonl": (16341, 81, 3584),
    "codex/ccusage-project-alpha-session-alpha.jsonl": (3500, 425, 750),
}
"""Input, output and cache read: the last running total, or the sum of what each turn says."""
CALLED_BY_EVENTS = {"codex/agentsessions-small.jsonl"}
"""Tools that only events tell of, and such as the provider runs: the corpus leaves them out."""


def test_every_file_of_the_corpus_is_read_without_a_rejected_line():
    for entry in recorded("codex"):
        if entry["file"] == EXEC:
            continue
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "codex")
        assert loaded.count() == physical_lines(path) == entry["check"]["records"]
        assert (entry["file"], loaded.lines.rejected) == (entry["file"], 0)
        assert len({span["trace_id"] for span in loaded.spans}) == 1
        assert [s["kind"] for s in loaded.spans if s["parent_span_id"] is None] == ["workflow"]


def test_usage_is_the_last_running_total_and_not_the_sum_of_totals():
    counts = ("input_tokens", "output_tokens", "cache_read_tokens")
    for entry in recorded("codex"):
        loaded = load_file(shared(f"corpora/{entry['file']}"))
        calls = of_kind(loaded, "llm")
        found = tuple(total(calls, name) for name in counts)
        assert (entry["file"], found) == (entry["file"], TOTALS.get(entry["file"], (None,) * 3))
        if entry["check"].get("final_total"):
            assert entry["check"]["sum_last"] == entry["check"]["final_total"]
            # ccusage's hand-made file adds reasoning to its totals, which the API does not.
            reasoned = total(calls, "reasoning_tokens") if "ccusage" in entry["file"] else 0
            assert found[0] + found[1] + reasoned == entry["check"]["final_total"]


def test_tools_are_those_of_the_corpus_and_those_that_only_events_tell_of():
    for entry in recorded("codex"):
        if entry["file"] == EXEC or "tool_calls" not in entry["check"]:
            continue
        tools = of_kind(load_file(shared(f"corpora/{entry['file']}")), "tool")
        assert len({tool["span_id"] for tool in tools}) == len(tools)
        if entry["file"] in CALLED_BY_EVENTS:
            names = {tool["tool_name"] for tool in tools}
            assert {"shell", "tool_search", "web_search", "apply_patch", "example_tool"} <= names
            assert len(tools) > entry["check"]["tool_calls"]
        else:
            assert len(tools) == entry["check"]["tool_calls"]


def at(second, kind, **payload):
    stamp = f"2026-01-01T00:00:{second:02}.000Z"
    return {"timestamp": stamp, "type": kind, "payload": payload}


def header(session="s1", second=0, **more):
    return at(second, "session_meta", id=session, cwd="/x", cli_version="0.100.0", **more)


def user(second, said):
    content = [{"type": "input_text", "text": said}]
    return at(second, "response_item", type="message", role="user", content=content)


def assistant(second, said):
    content = [{"type": "output_text", "text": said}]
    return at(second, "response_item", type="message", role="assistant", content=content)


def calls_tool(second, call_id, name="shell", arguments='{"command":["ls"]}'):
    named = {"call_id": call_id, "name": name, "arguments": arguments}
    return at(second, "response_item", type="function_call", **named)


def tool_said(second, call_id, output):
    return at(second, "response_item", type="function_call_output", call_id=call_id, output=output)


def counted(second, tokens_in, tokens_out, **more):
    usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
    return at(second, "event_msg", type="token_count", info={"total_token_usage": usage}, **more)


def event(second, kind, **more):
    return at(second, "event_msg", type=kind, **more)


SESSION = [
    header(),
    event(1, "task_started", turn_id="t1"),
    at(1, "turn_context", turn_id="t1", model="gpt-x", cwd="/x"),
    user(1, "<environment_context>/x</environment_context>"),
    user(2, "list them"),
    event(2, "user_message", message="list them"),
    event(3, "agent_reasoning", text="hm"),
    at(3, "response_item", type="reasoning", summary=[{"type": "summary_text", "text": "hm"}]),
    calls_tool(4, "c1"),
    counted(4, 100, 10),
    event(5, "exec_command_end", call_id="c1", exit_code=0, aggregated_output="a", cwd="/x"),
    tool_said(5, "c1", "Exit code: 0\nOutput:\na"),
    counted(5, 100, 10),
    assistant(7, "a is there"),
    event(7, "agent_message", message="a is there"),
    counted(7, 250, 15),
    event(8, "task_complete", turn_id="t1", duration_ms=7000),
]


def load(folder, records):
    return load_bytes(folder, as_lines(records))


def test_what_items_and_events_both_say_is_told_once(tmp_path):
    loaded = load(tmp_path, SESSION)
    assert [(span["kind"], span["span_id"]) for span in loaded.spans] == [
        ("workflow", "s1"),
        ("agent", "t1"),
        ("llm", "t1/chat-1"),
        ("tool", "c1"),
        ("llm", "t1/chat-2"),
    ]
    first, second = of_kind(loaded, "llm")
    assert (first["input_tokens"], first["output_tokens"]) == (100, 10)
    assert (second["input_tokens"], second["output_tokens"]) == (150, 5)
    assert {first["request_model"], second["request_model"]} == {"gpt-x"}
    said = attributes_of(first)["gen_ai.output.messages"][0]["parts"]
    assert [part["type"] for part in said] == ["reasoning", "tool_call"]
    heard = attributes_of(first)["gen_ai.input.messages"]
    assert [len(message["parts"]) for message in heard] == [1, 1]
    (tool,) = of_kind(loaded, "tool")
    assert attributes_of(tool)["exit_code"] == 0
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 1_000_000_000
    (turn,) = of_kind(loaded, "agent")
    assert turn["name"] == "list them"
    assert turn["end_time_unix_nano"] is not None


def test_a_total_that_goes_down_begins_a_new_count(tmp_path):
    records = [
        *SESSION,
        user(20, "more"),
        assistant(21, "yes"),
        counted(21, 40, 4),
        assistant(22, "and"),
        counted(22, 90, 5),
    ]
    calls = of_kind(load(tmp_path, records), "llm")
    assert (total(calls, "input_tokens"), total(calls, "output_tokens")) == (340, 20)


def test_usage_that_the_event_itself_holds_is_that_of_one_answer(tmp_path):
    records = [header(), user(1, "go"), assistant(2, "a")]
    records += [event(2, "token_count", input_tokens=10, output_tokens=1)]
    records += [user(3, "on"), assistant(4, "b")]
    records += [event(4, "token_count", input_tokens=30, output_tokens=2)]
    calls = of_kind(load(tmp_path, records), "llm")
    assert [call["input_tokens"] for call in calls] == [10, 30]


def test_a_total_that_comes_before_its_items_is_theirs(tmp_path):
    records = [header(), user(1, "go"), counted(2, 10, 1), assistant(2, "done")]
    (call,) = of_kind(load(tmp_path, records), "llm")
    assert call["input_tokens"] == 10
    assert "gen_ai.output.messages" in attributes_of(call)


def test_failures_say_what_kind_they_are(tmp_path):
    packed = json.dumps({"output": "no", "metadata": {"exit_code": 2, "duration_seconds": 0.1}})
    outputs = {
        "a": (packed, "tool_error"),
        "b": ("Exit code: 1\nWall time: 0.1 seconds\nOutput:\nno", "tool_error"),
        "c": ("exec command rejected by user", "user_rejected"),
        "d": ("aborted by user after 1.0s", "interrupted"),
        "e": ("Process exited with code 0\nOutput:\nExit code: 3", None),
    }
    records = [header(), user(1, "go"), *(calls_tool(2, call_id) for call_id in outputs)]
    records += [tool_said(3, call_id, output) for call_id, (output, _) in outputs.items()]
    tools = of_kind(load(tmp_path, records), "tool")
    assert {t["span_id"]: t["error_type"] for t in tools} == {k: v[1] for k, v in outputs.items()}


def test_what_is_typed_while_the_agent_is_at_work_begins_no_turn(tmp_path):
    task = [event(1, "task_started"), user(1, "go"), assistant(2, "a"), user(3, "and that")]
    records = [header(), *task, assistant(4, "b"), event(5, "task_complete")]
    records += [event(6, "task_started"), user(6, "next"), assistant(7, "c")]
    turns = of_kind(load(tmp_path, records), "agent")
    assert [turn["name"] for turn in turns] == ["go", "next"]


def test_a_turn_that_was_aborted_ends_what_runs_in_it(tmp_path):
    records = [header(), user(1, "go"), calls_tool(2, "c1")]
    loaded = load(tmp_path, [*records, event(3, "turn_aborted", reason="interrupted")])
    (tool,) = of_kind(loaded, "tool")
    assert (tool["error_type"], tool["end_time_unix_nano"] is not None) == ("interrupted", True)


def agent_file():
    spawn = {"parent_thread_id": "s1", "depth": 1, "agent_role": "explorer"}
    return [
        header("a1", 30, source={"subagent": {"thread_spawn": spawn}}),
        {**header("s1"), "timestamp": "2026-01-01T00:00:30.000Z"},
        *({**record, "timestamp": "2026-01-01T00:00:30.100Z"} for record in SESSION[1:]),
        {**user(30, "dig here"), "timestamp": "2026-01-01T00:00:30.200Z"},
        assistant(35, "dug"),
        counted(35, 300, 25),
    ]


def test_a_sub_agent_s_file_is_part_of_its_parent_s_trace_and_its_replay_is_not_counted(tmp_path):
    spawned = json.dumps({"agent_id": "a1", "nickname": "Ada"})
    parent = [*SESSION, user(20, "dig"), calls_tool(29, "c9", "spawn_agent", "{}")]
    (tmp_path / "p.jsonl").write_text(as_lines([*parent, tool_said(30, "c9", spawned)]))
    (tmp_path / "a.jsonl").write_text(as_lines(agent_file()))
    answers = load_all(tmp_path)
    assert (answers.totals.traces, answers.orphans) == (1, 0)
    assert (answers.totals.input_tokens, answers.totals.output_tokens) == (300, 25)
    spans = {span["span_id"]: span for span in answers.spans}
    assert spans[spans["a1"]["parent_span_id"]]["tool_name"] == "spawn_agent"
    loaded = load_file(tmp_path / "a.jsonl")
    (agent,) = of_kind(loaded, "agent")
    assert agent["agent_name"] == "explorer"
    (told,) = attributes_of(agent)["gen_ai.input.messages"]
    assert told["parts"][0]["text"] == "dig here"
    (call,) = of_kind(loaded, "llm")
    assert (call["input_tokens"], call["parent_span_id"]) == (50, "a1")


def test_files_of_before_the_envelope_are_read_without_times(tmp_path):
    bare = [record["payload"] for record in SESSION if record["type"] == "response_item"]
    first = {"id": "s0", "timestamp": "2025-08-01T00:00:00.000Z", "instructions": None, "git": {}}
    loaded = load(tmp_path, [first, {"record_type": "state"}, *bare])
    assert (loaded.format, loaded.lines.rejected) == ("codex", 0)
    assert [span["kind"] for span in loaded.spans] == ["workflow", "agent", "llm", "tool", "llm"]
    assert {span["end_time_unix_nano"] for span in of_kind(loaded, "llm")} == {None}


def logged(second, direction, kind, **more):
    stamp = f"2026-01-01T00:00:{second:02}.000Z"
    return {"ts": stamp, "dir": direction, "kind": kind, **more}


def to_tui(second, **msg):
    return logged(second, "to_tui", "codex_event", payload={"id": "1", "msg": msg})


TUI_LOG = [
    logged(0, "meta", "session_start", cwd="/x", model="gpt-x", model_provider_id="openai"),
    logged(0, "to_tui", "app_event", variant="Redraw"),
    to_tui(1, type="session_configured", session_id="s7", model="gpt-x"),
    logged(
        2,
        "from_tui",
        "op",
        payload={"type": "user_input", "items": [{"type": "text", "text": "hi"}]},
    ),
    to_tui(2, type="task_started"),
    to_tui(3, type="agent_message_delta", delta="h"),
    to_tui(3, type="exec_command_begin", call_id="c1", command=["ls"], cwd="/x"),
    to_tui(4, type="exec_command_end", call_id="c1", exit_code=1, stdout="", stderr="no"),
    to_tui(5, type="agent_message", message="ho"),
    to_tui(5, type="token_count", info={"total_token_usage": {"input_tokens": 9}}),
    to_tui(6, type="task_complete", last_agent_message="ho"),
]


def test_the_terminal_s_log_gives_the_same_tree_from_its_events(tmp_path):
    loaded = load(tmp_path, TUI_LOG)
    assert (loaded.format, loaded.lines.rejected) == ("codex_tui_log", 0)
    assert [(span["kind"], span["error_type"]) for span in loaded.spans] == [
        ("workflow", None),
        ("agent", None),
        ("llm", None),
        ("tool", "tool_error"),
        ("llm", None),
    ]
    assert {span["trace_id"] for span in loaded.spans} == {"s7"}
    assert loaded.spans[1]["name"] == "hi"
    assert total(of_kind(loaded, "llm"), "input_tokens") == 9


@given(st.lists(mutated([*SESSION, *agent_file(), at(9, "compacted", message="x")]), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load(tmp_path, [header(), user(1, "hi"), *lines])
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@given(st.lists(mutated(TUI_LOG), max_size=4))
def test_a_line_of_the_log_that_is_not_as_it_should_be_is_counted(tmp_path, lines):
    loaded = load(tmp_path, [*TUI_LOG[:3], *lines])
    assert loaded.count() == len(lines) + 3
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
