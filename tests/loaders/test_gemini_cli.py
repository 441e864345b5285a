"""Gemini CLI's sessions: the corpus, and the traps of the format."""

import json

from examples import examples
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

EXPECTED = {
    "agentsview-standard_session": (2, 2, 0, 3500, 650, 150),
    "agentsview-thinking_only": (1, 1, 0, None, None, None),
    "agentsview-tool_calls_with_results": (1, 1, 2, None, None, None),
    "gemini-jsonl_v040": (1, 2, 1, 23924, 228, 11502),
    "gemini-schema_drift": (1, 1, 0, None, None, None),
}
"""Turns, calls, tools; input, output with thoughts, and cache read, summed by hand."""


def test_every_file_gives_its_turns_calls_tools_and_tokens():
    for entry in recorded("gemini-cli"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "gemini_cli")
        assert (loaded.count(), loaded.lines.rejected) == (physical_lines(path), 0)
        turns, calls, tools = (of_kind(loaded, kind) for kind in ("agent", "llm", "tool"))
        counts = ("input_tokens", "output_tokens", "cache_read_tokens")
        found = len(turns), len(calls), len(tools), *(total(calls, name) for name in counts)
        assert (path.stem, found) == (path.stem, EXPECTED[path.stem])
        assert [s["kind"] for s in loaded.spans if s["parent_span_id"] is None] == ["workflow"]


def test_the_recorded_total_is_input_and_output_of_each_call():
    path = shared("corpora/gemini-cli/gemini-jsonl_v040.jsonl")
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    totals = [record["tokens"]["total"] for record in records if "tokens" in record]
    calls = of_kind(load_file(path), "llm")
    assert [call["input_tokens"] + call["output_tokens"] for call in calls] == totals


def at(second):
    return f"2026-01-01T00:00:{second:02}.000Z"


def user(message_id, second, content):
    return {"id": message_id, "timestamp": at(second), "type": "user", "content": content}


def answer(message_id, second, content, **more):
    said = {"id": message_id, "timestamp": at(second), "type": "gemini", "content": content}
    return {**said, "model": "gemini-x", **more}


def tool(call_id, status, second=None, **more):
    response = {"functionResponse": {"id": call_id, "response": {"output": "x"}}}
    done = {"id": call_id, "name": "run", "args": {}, "status": status, "result": [response]}
    return {**done, **({"timestamp": at(second)} if second else {}), **more}


TOKENS = {"input": 10, "output": 4, "cached": 6, "thoughts": 3, "tool": 2, "total": 19}
HEADER = {"sessionId": "s1", "projectHash": "h", "startTime": at(0), "kind": "main"}
SESSION = [
    HEADER,
    user("u1", 1, [{"text": "go"}]),
    answer("a1", 2, "", tokens=TOKENS, thoughts=[{"subject": "plan", "description": "do it"}]),
    answer("a1", 2, "ok", tokens=TOKENS, toolCalls=[tool("c1", "success", 3)]),
    {"$set": {"lastUpdated": at(4), "summary": "A run"}},
    answer("a2", 5, "done", tokens=TOKENS),
]


def test_a_message_that_is_written_again_is_one_call_and_counts_once(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(SESSION))
    first, second = of_kind(loaded, "llm")
    assert [first["span_id"], second["span_id"]] == ["a1", "a2"]
    assert (first["input_tokens"], first["output_tokens"]) == (12, 7)
    (output,) = attributes_of(first)["gen_ai.output.messages"]
    assert [part["type"] for part in output["parts"]] == ["text", "tool_call"]
    (ran,) = of_kind(loaded, "tool")
    assert ran["end_time_unix_nano"] - ran["start_time_unix_nano"] == 1_000_000_000
    assert attributes_of(ran)["gen_ai.tool.call.result"] == "x"
    assert loaded.spans[0]["name"] == "A run"


def test_a_document_reads_as_its_lines_do(tmp_path):
    messages = [record for record in SESSION if "type" in record]
    document = load_bytes(tmp_path, json.dumps({**HEADER, "messages": messages}, indent=1))
    lines = load_bytes(tmp_path, as_lines(SESSION))
    assert [span["span_id"] for span in document.spans] == [s["span_id"] for s in lines.spans]
    assert total(of_kind(document, "llm"), "input_tokens") == 24


def test_a_tool_that_the_user_stopped_was_refused_and_one_without_a_time_has_none(tmp_path):
    stopped = answer("a1", 2, "", toolCalls=[tool("c1", "cancelled"), tool("c2", "error", 4)])
    tools = of_kind(load_bytes(tmp_path, as_lines([*SESSION[:2], stopped])), "tool")
    assert [ran["error_type"] for ran in tools] == ["user_rejected", "tool_error"]
    assert [ran["start_time_unix_nano"] is None for ran in tools] == [True, False]


def test_after_a_rewind_the_next_prompt_follows_what_came_before(tmp_path):
    records = [*SESSION, user("u2", 6, "left"), answer("a3", 7, "l"), {"$rewindTo": "u2"}]
    records += [user("u3", 8, "right"), answer("a4", 9, "r")]
    loaded = load_bytes(tmp_path, as_lines(records))
    attributes = {span["span_id"]: attributes_of(span) for span in loaded.spans}
    assert attributes["a4"]["tracetui.input.follows"] == "a2"
    assert attributes["u3"]["tracetui.branch_of"] == "u2"


def test_a_sub_agent_s_file_is_part_of_the_session_whose_folder_it_is_in(tmp_path):
    chats = tmp_path / "chats"
    (chats / "s1").mkdir(parents=True)
    asked = answer("a1", 2, "", toolCalls=[tool("c1", "success", 9, agentId="sub")])
    (chats / "main.jsonl").write_text(as_lines([*SESSION[:2], asked]))
    inner = [{**HEADER, "sessionId": "sub", "kind": "subagent"}, user("x1", 3, "dig")]
    (chats / "s1" / "sub.jsonl").write_text(as_lines([*inner, answer("x2", 4, "dug")]))
    answers = load_all(tmp_path)
    assert (answers.totals.traces, answers.orphans) == (1, 0)
    parents = {span["span_id"]: span["parent_span_id"] for span in answers.spans}
    assert (parents["x2"], parents["sub"], parents["sub:tool"]) == ("sub", "sub:tool", "u1")


def test_an_error_is_the_turn_s(tmp_path):
    error = {"id": "e", "timestamp": at(3), "type": "error", "content": "quota"}
    (turn,) = of_kind(load_bytes(tmp_path, as_lines([*SESSION[:2], error])), "agent")
    assert (turn["error"], turn["status_message"]) == (True, "quota")


@given(st.lists(mutated([*SESSION, {"$rewindTo": "u1"}]), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*SESSION[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@examples(30)
@given(mutated([{**HEADER, "messages": [record for record in SESSION if "type" in record]}]))
def test_a_document_that_is_not_as_it_should_be_is_counted(tmp_path, document):
    loaded = load_bytes(tmp_path, json.dumps({**document, "projectHash": "h", "sessionId": "s"}))
    assert loaded.count() == 1
