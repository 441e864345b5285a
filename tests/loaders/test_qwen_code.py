"""Qwen Code's sessions: the corpus, and the traps of the format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import as_lines, attributes_of, mutated, of_kind, physical_lines, recorded
from loaders.loading import load_bytes, load_file
from shared_data import shared

EXPECTED = {
    "qwen-019f0000-0000-7000-8000-000000000001": (1, 2, 1),
    "qwen-019f0000-0000-7000-8000-000000000004": (2, 2, 1),
    "qwen-019f0000000070008000000000000003": (1, 0, 0),
}
"""Turns, calls and tools: two records of the second file are one answer, of one uuid."""


def test_every_file_gives_its_turns_calls_and_tools():
    for entry in recorded("qwen-code"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "qwen_code")
        assert loaded.count() == physical_lines(path) == entry["check"]["records"]
        assert loaded.lines.rejected == 0
        found = tuple(len(of_kind(loaded, kind)) for kind in ("agent", "llm", "tool"))
        assert (path.stem, found) == (path.stem, EXPECTED[path.stem])


def test_a_rewound_session_has_the_branch_s_title_and_goes_on_from_the_target():
    path = shared("corpora/qwen-code/qwen-019f0000-0000-7000-8000-000000000004.jsonl")
    loaded = load_file(path)
    assert loaded.spans[0]["name"] == "Active branch title"
    turn = of_kind(loaded, "agent")[1]
    assert attributes_of(turn)["tracetui.branch_of"].endswith("041")
    call = of_kind(loaded, "llm")[1]
    assert "tracetui.input.follows" not in attributes_of(call)
    assert (call["input_tokens"], call["output_tokens"]) == (12, 4)


def record(uuid, second, kind, parts=None, **more):
    said = {"message": {"role": "x", "parts": parts}} if parts is not None else {}
    stamp = f"2026-01-01T00:00:{second:02}.000Z"
    outer = {"uuid": uuid, "parentUuid": None, "sessionId": "s1", "timestamp": stamp}
    return {**outer, "type": kind, "version": "0.2", **said, **more}


def usage(**more):
    return {"promptTokenCount": 100, "candidatesTokenCount": 20, "thoughtsTokenCount": 5, **more}


CALLED = {"functionCall": {"id": "c1", "name": "run", "args": {"a": 1}}}
ANSWERED = {"functionResponse": {"id": "c1", "name": "run", "response": {"error": "no"}}}
SESSION = [
    record("u1", 0, "user", [{"text": "go"}]),
    record("a1", 1, "assistant", [{"text": "hm", "thought": True}], model="qwen-x"),
    record("a1", 2, "assistant", [CALLED], model="qwen-x", usageMetadata=usage()),
    record("t1", 3, "tool_result", [ANSWERED], toolCallResult={"callId": "c1", "status": "error"}),
    record("y1", 3, "system", subtype="ui_telemetry", systemPayload={"uiEvent": usage()}),
    record("u2", 4, "user", [{"text": "and"}], subtype="mid_turn_user_message"),
    record("a2", 5, "assistant", [{"text": "done"}], model="qwen-x"),
    record("y2", 6, "system", subtype="chat_compression", systemPayload={"info": {"before": 9}}),
    record("y3", 7, "system", subtype="rewind", systemPayload={"targetUuid": "u1"}),
]


def test_records_of_one_answer_are_one_call_and_telemetry_counts_nothing(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(SESSION))
    assert [span["span_id"] for span in loaded.spans] == ["s1", "u1", "a1", "c1", "a2"]
    first, second = of_kind(loaded, "llm")
    assert (first["input_tokens"], second["input_tokens"]) == (100, None)
    (output,) = attributes_of(first)["gen_ai.output.messages"]
    assert [part["type"] for part in output["parts"]] == ["reasoning", "tool_call"]
    heard = attributes_of(second)["gen_ai.input.messages"]
    assert [message["role"] for message in heard] == ["tool", "user"]
    (tool,) = of_kind(loaded, "tool")
    assert (tool["error_type"], tool["status_message"]) == ("tool_error", "no")


@pytest.mark.parametrize(("total", "output"), [(None, 20), (120, 20), (125, 25)])
def test_thoughts_are_added_to_the_output_only_where_the_total_says_so(tmp_path, total, output):
    counts = usage(totalTokenCount=total)
    said = record("a1", 1, "assistant", [{"text": "x"}], usageMetadata=counts)
    (call,) = of_kind(load_bytes(tmp_path, as_lines([SESSION[0], said])), "llm")
    assert (call["output_tokens"], call["reasoning_tokens"]) == (output, 5)


@given(st.lists(mutated(SESSION), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*SESSION[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
