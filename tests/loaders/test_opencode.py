"""Sessions of opencode, stored, exported and printed: the corpus, and the traps of the formats."""

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
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared

MIGRATION = "opencode/storage_v2/migration"
"""Holds the storage's version, a number: no trace."""


def test_every_file_of_the_storage_is_read_and_only_sessions_tell():
    for entry in recorded("opencode"):
        path = shared(f"corpora/{entry['file']}")
        if entry["file"] == MIGRATION:
            with pytest.raises(NotReadError):
                load_file(path)
            continue
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "opencode")
        assert (entry["file"], loaded.count()) == (entry["file"], physical_lines(path))
        assert loaded.lines.rejected == 0
        assert bool(loaded.spans) == ("/session/" in entry["file"])


def test_sessions_are_joined_with_their_messages_and_parts():
    folder = "corpora/opencode/storage_v2/session/proj_test"
    large = load_file(shared(f"{folder}/ses_s_stage0_large.json"))
    turns, calls, tools = (of_kind(large, kind) for kind in ("agent", "llm", "tool"))
    assert [turn["span_id"] for turn in turns] == ["m_user_large_1", "m_user_large_2"]
    assert [call["span_id"] for call in calls] == ["m_assistant_large_1", "m_assistant_large_2"]
    assert (total(calls, "input_tokens"), total(calls, "output_tokens")) == (120, 16)
    # Of the cost that the message and its step both have, the step's counts.
    assert total(calls, "cost_given_usd") == 0.0011
    assert calls[0]["error_type"] == "MessageAbortedError"
    assert attributes_of(tools[0])["metadata.exit"] == 1
    assert len({span["trace_id"] for span in large.spans}) == 1
    small = load_file(shared(f"{folder}/ses_s_stage0_small.json"))
    (tool,) = of_kind(small, "tool")
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 500_000_000


def test_printed_steps_are_calls_with_their_tokens_and_cost():
    for entry in recorded("opencode-json"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (loaded.format, loaded.count()) == ("opencode_json", entry["check"]["records"])
        assert loaded.kinds() == []
        types = entry["check"]["types"]
        calls = of_kind(loaded, "llm")
        assert len(calls) == types["step_finish"] + types.get("error", 0)
        assert len(of_kind(loaded, "tool")) == types["tool_use"]
        events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        ends = [event["part"] for event in events if event["type"] == "step_finish"]
        assert total(calls, "cost_given_usd") == sum(end["cost"] for end in ends)
        tokens = [end["tokens"] for end in ends]
        assert total(calls, "output_tokens") == sum(t["output"] + t["reasoning"] for t in tokens)
        read = sum(t["input"] + t["cache"]["read"] for t in tokens)
        assert total(calls, "input_tokens") == read


MS = 1_767_225_600_000


def session(session_id, parent=None):
    times = {"created": MS, "updated": MS + 9_000}
    found = {"id": session_id, "projectID": "p", "directory": "/w", "time": times}
    return found | {"title": "T", "parentID": parent}


def message(message_id, session_id, role, second, **more):
    times = {"created": MS + second * 1_000}
    return {"id": message_id, "sessionID": session_id, "role": role, "time": times, **more}


def tool(started, second):
    state = {"status": "completed", "input": {"prompt": "dig"}, "output": "dug"}
    state |= {"metadata": {"sessionId": started}}
    state |= {"time": {"start": MS + second * 1_000, "end": MS + (second + 2) * 1_000}}
    return {"id": "prt_3", "type": "tool", "tool": "task", "callID": "c1", "state": state}


def finish(number, cost):
    tokens = {"input": 3, "output": 5, "reasoning": 2, "cache": {"read": 100, "write": 70}}
    return {"id": number, "type": "step-finish", "reason": "stop", "cost": cost, "tokens": tokens}


TWO_STEPS = [
    {"id": "prt_1", "type": "step-start"},
    {"id": "prt_2", "type": "text", "text": "let me see", "time": {"start": MS + 1_500}},
    tool("ses_b", 2),
    finish("prt_4", 0.25),
    {"id": "prt_5", "type": "step-start"},
    {"id": "prt_6", "type": "reasoning", "text": "hm", "time": {"end": MS + 6_000}},
    finish("prt_7", 0.5),
]
ANSWER = message("m2", "ses_a", "assistant", 1, modelID="m", cost=0.75, tokens={"input": 3})
PROMPT = message("m1", "ses_a", "user", 0)
SAID = [{"id": "prt_0", "type": "text", "text": "go"}]
EXPORT = {
    "info": session("ses_a"),
    "messages": [{"info": PROMPT, "parts": SAID}, {"info": ANSWER, "parts": TWO_STEPS}],
}


def test_steps_of_one_answer_are_calls_and_the_sum_of_the_message_counts_not(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(EXPORT))
    calls = of_kind(loaded, "llm")
    assert [call["cost_given_usd"] for call in calls] == [0.25, 0.5]
    assert [(call["input_tokens"], call["output_tokens"]) for call in calls] == [(173, 7)] * 2
    # The second begins when the tool that the first asked for has ended.
    assert calls[1]["start_time_unix_nano"] == (MS + 4_000) * 1_000_000
    assert [span["name"] for span in loaded.spans[:2]] == ["T", "go"]


def stored(folder):
    """Store two sessions, of which the first starts the second as a sub-agent."""
    for name, value in {
        "session/p/ses_a": session("ses_a"),
        "session/p/ses_b": session("ses_b", "ses_a"),
        "message/ses_a/m1": PROMPT,
        "message/ses_a/m2": ANSWER,
        "message/ses_b/m3": message("m3", "ses_b", "user", 2, agent="explore"),
        "message/ses_b/m4": message("m4", "ses_b", "assistant", 3, cost=0.125, tokens={"input": 1}),
        "part/m1/prt_0": SAID[0],
        "part/m3/prt_9": {"id": "prt_9", "type": "text", "text": "dig"},
    }.items():
        file = folder / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))
    for part in TWO_STEPS:
        file = folder / f"part/m2/{part['id']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(part))


def test_a_sub_agent_s_session_hangs_on_the_tool_call_that_started_it(tmp_path):
    stored(tmp_path)
    above = load_file(tmp_path / "session/p/ses_a.json")
    below = load_file(tmp_path / "session/p/ses_b.json")
    (task,), (agent,) = of_kind(above, "tool"), of_kind(below, "agent")
    assert agent["parent_span_id"] == task["span_id"]
    assert agent["trace_id"] == task["trace_id"]
    assert agent["agent_name"] == "explore"
    assert {span["parent_span_id"] for span in of_kind(below, "llm")} == {agent["span_id"]}
    assert len(below.spans) == 2


def test_a_message_whose_session_is_not_stored_is_told_with_its_parts(tmp_path):
    stored(tmp_path)
    (tmp_path / "session/p/ses_a.json").unlink()
    loaded = load_file(tmp_path / "message/ses_a/m2.json")
    assert len(of_kind(loaded, "llm")) == 2


@pytest.mark.parametrize("wild", ["../../secret", "/etc", "..", "a/../../b", "*", ""])
def test_an_id_that_is_no_plain_name_leads_nowhere(tmp_path, wild):
    stored(tmp_path)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.json").write_text(json.dumps(ANSWER))
    file = tmp_path / "session/p/ses_c.json"
    file.write_text(json.dumps(session(wild)))
    assert len(load_file(file).spans) <= 1


def event(kind, part, second):
    held = {"messageID": "m2", "sessionID": "ses_a", **part}
    return {"type": kind, "timestamp": MS + second * 1_000, "sessionID": "ses_a", "part": held}


PRINTED = [
    event("step_start", TWO_STEPS[0], 1),
    event("text", TWO_STEPS[1], 2),
    event("tool_use", TWO_STEPS[2], 4),
    event("step_finish", TWO_STEPS[3], 5),
    {"type": "error", "timestamp": MS, "sessionID": "ses_a", "error": {"name": "APIError"}},
]


@given(st.lists(mutated(PRINTED), max_size=4))
def test_an_event_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, events
):
    loaded = load_bytes(tmp_path_factory.mktemp("opencode"), as_lines([*PRINTED[:2], *events]))
    assert loaded.count() == len(events) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@given(mutated([EXPORT, session("ses_a"), ANSWER, TWO_STEPS[1]]))
def test_a_document_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, document
):
    data = json.dumps(document, indent=1)
    try:
        loaded = load_bytes(tmp_path_factory.mktemp("opencode"), data)
    except NotReadError:
        return
    assert loaded.count() == data.count("\n") + 1
