"""Sessions of pi and OpenClaw: the corpus, and the traps of the format."""

import json

import pytest
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

STREAM = "pi/takopi-pi_print_mode_events.jsonl"
"""Its messages are printed up to four times: the corpus counts each, a reader once."""


def records_of(entry):
    lines = shared(f"corpora/{entry['file']}").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def answers_in(entry):
    """Return the answers of models: one record each in a file, one `message_end` in a stream."""
    said = [
        record["message"]
        for record in records_of(entry)
        if record["type"] in ("message", "message_end")
    ]
    return [message for message in said if message["role"] == "assistant"]


@pytest.mark.parametrize("fmt", ["pi", "openclaw"])
def test_every_file_is_read_without_a_rejected_line(fmt):
    for entry in recorded(fmt):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "pi")
        assert (entry["file"], loaded.count()) == (entry["file"], physical_lines(path))
        assert loaded.count() == entry["check"]["records"]
        assert (entry["file"], loaded.lines.rejected) == (entry["file"], 0)
        assert len({span["trace_id"] for span in loaded.spans}) == 1


@pytest.mark.parametrize("fmt", ["pi", "openclaw"])
def test_calls_tools_tokens_and_cost_are_those_of_the_answers(fmt):
    for entry in recorded(fmt):
        loaded, answers = load_file(shared(f"corpora/{entry['file']}")), answers_in(entry)
        calls, tools = of_kind(loaded, "llm"), of_kind(loaded, "tool")
        asked = [
            block["id"]
            for message in answers
            for block in message["content"]
            if block["type"] == "toolCall"
        ]
        # One tool of a stream runs without an answer that asks for it: it is told of all the same.
        told_of = {r["toolCallId"] for r in records_of(entry) if "toolCallId" in r}
        assert (entry["file"], len(tools)) == (entry["file"], len({*asked, *told_of}))
        assert len(calls) == len(answers)
        used = [message["usage"] for message in answers if "usage" in message]
        if not used:
            assert total(calls, "input_tokens") is None
            continue
        sums = {key: sum(u[key] for u in used) for key in ("input", "output", "cacheRead")}
        written = sum(u["cacheWrite"] for u in used)
        assert total(calls, "output_tokens") == sums["output"]
        assert total(calls, "cache_read_tokens") == sums["cacheRead"]
        assert total(calls, "input_tokens") == sums["input"] + sums["cacheRead"] + written
        cost = sum(u["cost"]["total"] for u in used)
        assert total(calls, "cost_given_usd") == pytest.approx(cost, abs=1e-12)
        if entry["file"] != STREAM and "cost_total" in entry["check"]:
            assert round(cost, 4) == entry["check"]["cost_total"]
            assert len(used) == entry["check"]["usage_msgs"]
            assert len(asked) == entry["check"]["tool_calls"]


def test_openclaw_is_told_from_pi_where_its_records_say_so():
    for entry in recorded("openclaw"):
        loaded = load_file(shared(f"corpora/{entry['file']}"))
        (service,) = {span["service_name"] for span in loaded.spans}
        # The third was written by a model of another provider, and says nothing of OpenClaw.
        expected = "pi" if entry["file"].endswith("md-session.jsonl") else "openclaw"
        assert (entry["file"], service) == (entry["file"], expected)


TIME = "2026-01-01T00:00:{:02}.000Z"
HEADER = {"type": "session", "version": 3, "id": "s1", "timestamp": TIME.format(0), "cwd": "/w"}
MS = 1_767_225_600_000


def record(record_id, parent, second, said):
    return {
        "type": "message",
        "id": record_id,
        "parentId": parent,
        "timestamp": TIME.format(second),
        "message": said,
    }


def prompt(record_id, parent, second, words):
    return record(record_id, parent, second, {"role": "user", "content": words})


def answer(record_id, parent, second, blocks=(), **more):
    usage = {"input": 3, "output": 5, "cacheRead": 100, "cacheWrite": 70, "cost": {"total": 0.25}}
    said = {"role": "assistant", "content": list(blocks), "model": "m", "usage": usage}
    return record(record_id, parent, second, said | more)


CALL = {"type": "toolCall", "id": "t1", "name": "bash", "arguments": {"command": "ls"}}
RESULT = {
    "role": "toolResult",
    "toolCallId": "t1",
    "toolName": "bash",
    "content": [{"type": "text", "text": "a"}],
    "isError": True,
}


def load(folder, *records):
    return load_bytes(folder, as_lines([HEADER, *records]))


def test_a_call_runs_from_when_it_was_asked_for_until_it_was_written(tmp_path):
    loaded = load(
        tmp_path,
        prompt("u1", None, 1, "hi"),
        answer("a1", "u1", 9, [CALL], timestamp=MS + 4_000, responseId="r1"),
        record("o1", "a1", 12, RESULT),
    )
    (call,), (tool,) = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    seconds = [
        (span[key] // 1_000_000 - MS) / 1_000
        for span in (call, tool)
        for key in ("start_time_unix_nano", "end_time_unix_nano")
    ]
    assert seconds == [4, 9, 9, 12]
    assert (call["input_tokens"], call["cache_write_tokens"]) == (173, 70)
    assert (call["response_id"], call["cost_given_usd"]) == ("r1", 0.25)
    assert (tool["error"], tool["error_type"]) == (True, "tool_error")
    assert attributes_of(tool)["gen_ai.tool.call.result"] == "a"


def test_a_prompt_that_goes_back_follows_the_call_that_it_goes_back_to(tmp_path):
    loaded = load(
        tmp_path,
        prompt("u1", None, 1, "hi"),
        answer("a1", "u1", 2),
        prompt("u2", "a1", 3, "left"),
        answer("a2", "u2", 4),
        prompt("u3", "a1", 5, "right"),
        answer("a3", "u3", 6),
    )
    told = {span["span_id"]: attributes_of(span) for span in loaded.spans}
    assert told["a3"]["tracetui.input.follows"] == "a1"
    assert told["u3"]["tracetui.branch_of"] == "a1"
    assert "tracetui.branch_of" not in told["u2"]


def test_an_answer_broken_off_counts_if_it_had_begun_and_its_tools_did_not_run(tmp_path):
    zeros = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "cost": {"total": 0}}
    more = {"stopReason": "aborted", "errorMessage": "Request was aborted"}
    loaded = load(
        tmp_path,
        prompt("u1", None, 1, "hi"),
        answer("a1", "u1", 2, [CALL], **more),
        prompt("u2", "a1", 3, "go on"),
        answer("a2", "u2", 4, usage=zeros, **more),
    )
    first, second = of_kind(loaded, "llm")
    (tool,) = of_kind(loaded, "tool")
    assert (first["error_type"], first["cost_given_usd"]) == ("aborted", 0.25)
    assert (second["input_tokens"], second["cost_given_usd"]) == (None, None)
    assert (tool["error_type"], tool["end_time_unix_nano"] is None) == ("interrupted", False)
    assert all(turn["end_time_unix_nano"] for turn in of_kind(loaded, "agent"))


def test_a_compaction_breaks_the_chain_and_its_summary_is_what_the_model_hears(tmp_path):
    entry = {"type": "compaction", "id": "c1", "parentId": "a1", "timestamp": TIME.format(3)}
    entry |= {"summary": "so far", "firstKeptEntryId": "u1", "tokensBefore": 9}
    loaded = load(
        tmp_path,
        prompt("u1", None, 1, "hi"),
        answer("a1", "u1", 2),
        entry,
        prompt("u2", "c1", 4, "more"),
        answer("a2", "u2", 5),
    )
    told = attributes_of(of_kind(loaded, "llm")[1])
    assert "tracetui.input.follows" not in told
    said = [part for heard in told["gen_ai.input.messages"] for part in heard["parts"]]
    assert [part["content"] for part in said] == ["so far", "more"]
    assert [event["name"] for event in loaded.events] == ["compaction"]


def test_printed_events_that_repeat_a_message_count_once(tmp_path):
    said = answer("", None, 0, [CALL])["message"] | {"timestamp": MS}
    result = {"type": "tool_execution_end", "toolCallId": "t1", "result": {"content": "x"}}
    events = [
        {"type": "agent_start"},
        {"type": "message_start", "message": said},
        {"type": "message_end", "message": said},
        {"type": "tool_execution_start", "toolCallId": "t1", "toolName": "bash", "args": {}},
        result,
        {"type": "message_end", "message": RESULT},
        {"type": "turn_end", "message": said, "toolResults": [RESULT]},
        {"type": "agent_end", "messages": [said]},
    ]
    loaded = load_bytes(tmp_path, as_lines(events))
    (call,), (tool,) = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    assert (call["output_tokens"], tool["error"]) == (5, True)
    assert loaded.count() == len(events)


LINES = [
    prompt("u1", None, 1, "hi"),
    answer("a1", "u1", 2, [CALL, {"type": "thinking", "thinking": "hm"}], stopReason="error"),
    record("o1", "a1", 3, RESULT),
    prompt("u2", "u1", 4, [{"type": "text", "text": "x"}]),
    {"type": "compaction", "id": "c", "parentId": "u2", "summary": "s", "tokensBefore": 1},
    {"type": "model_change", "id": "d", "parentId": "c", "provider": "p", "modelId": "m"},
    {"type": "message_end", "message": RESULT},
    {"type": "tool_execution_start", "toolCallId": "t2", "toolName": "bash", "args": {}},
    {"type": "tool_execution_end", "toolCallId": "t2", "result": {"content": []}},
    {"type": "custom_message", "id": "e", "content": "x", "customType": "openclaw.x"},
    record("b", "e", 5, {"role": "bashExecution", "command": "ls", "output": "a"}),
]


@given(st.lists(mutated(LINES), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, lines
):
    loaded = load(tmp_path_factory.mktemp("pi"), *LINES[:2], *lines)
    assert loaded.count() == len(lines) + 3
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
