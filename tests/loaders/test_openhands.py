"""Conversations of OpenHands: the corpus, and the traps of its versions."""

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

FOLDER = "corpora/openhands"


def test_every_file_is_read_without_a_rejected_line():
    for entry in recorded("openhands"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "openhands")
        assert (entry["file"], loaded.count()) == (entry["file"], physical_lines(path))
        assert (entry["file"], loaded.kinds()) == (entry["file"], [])
        traces = {span["trace_id"] for span in loaded.spans}
        assert len(traces) == entry["check"].get("instances", 1)
        cost = entry["check"].get("cost")
        if isinstance(cost, float):
            assert total(of_kind(loaded, "llm"), "cost_given_usd") == cost


def test_results_of_a_run_are_sessions_and_its_costs_those_of_their_calls():
    path = shared(f"{FOLDER}/openhands-resolver-output.jsonl")
    loaded = load_file(path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    roots = [span for span in loaded.spans if span["parent_span_id"] is None]
    assert [root["name"] for root in roots] == [row["issue"]["title"] for row in rows]
    for root, row in zip(roots, rows, strict=True):
        inside = [span for span in loaded.spans if span["trace_id"] == root["trace_id"]]
        calls = [span for span in inside if span["kind"] == "llm"]
        tools = [span for span in inside if span["kind"] == "tool"]
        kinds = [event.get("action") for event in row["history"] if "action" in event]
        assert len(calls) == len(kinds) - 1  # the first message is the user's
        assert len(tools) == len(kinds) - 2  # and the last action is no tool
        assert all("gen_ai.tool.call.result" in attributes_of(tool) for tool in tools)
        cost = row["metrics"]["accumulated_cost"]
        assert total(calls, "cost_given_usd") == pytest.approx(cost, abs=1e-12)
        assert root["cost_given_usd"] is None


def test_events_have_their_usage_once_and_observations_answer_their_cause():
    path = shared(f"{FOLDER}/openhands-basic.json")
    loaded = load_file(path)
    events = json.loads(path.read_text("utf-8"))
    usages = {
        event["tool_call_metadata"]["model_response"]["id"]: event["tool_call_metadata"][
            "model_response"
        ]["usage"]
        for event in events
        if "tool_call_metadata" in event
    }
    calls, (tool,) = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    assert total(calls, "input_tokens") == sum(u["prompt_tokens"] for u in usages.values())
    assert total(calls, "output_tokens") == sum(u["completion_tokens"] for u in usages.values())
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 36_897_000


def test_calls_of_one_log_are_of_one_session():
    found = {}
    for path in sorted(shared(FOLDER).glob("llmlog-*.json")):
        loaded = load_file(path)
        found.setdefault(loaded.spans[0]["trace_id"], []).append(of_kind(loaded, "llm")[0])
    assert sorted(map(len, found.values())) == [2, 3]
    assert all(call["end_time_unix_nano"] for calls in found.values() for call in calls)


def response(response_id, *calls):
    sent = [{"id": call, "function": {"name": "bash", "arguments": "{}"}} for call in calls]
    said = {"content": "let me see", "tool_calls": sent}
    usage = {"prompt_tokens": 9, "completion_tokens": 2}
    return {"id": response_id, "model": "m", "usage": usage, "choices": [{"message": said}]}


def action(number, kind, call, answered, **args):
    metadata = {"function_name": kind, "tool_call_id": call, "model_response": answered}
    at = {"timestamp": f"2026-01-01T00:00:{number:02}.5", "source": "agent"}
    return {"id": number, **at, "action": kind, "args": args, "tool_call_metadata": metadata}


def observation(number, cause, kind="run", content="a", **extras):
    at = {"timestamp": f"2026-01-01T00:00:{number:02}.5", "source": "agent", "message": ""}
    return {"id": number, **at, "cause": cause, "observation": kind, "content": content} | {
        "extras": extras
    }


BOTH = response("r1", "t1", "t2")
OLD = [
    {"id": 0, "source": "user", "action": "message", "args": {"content": "go"}, "message": "go"},
    action(1, "run", "t1", BOTH, command="ls"),
    action(2, "read", "t2", BOTH, path="a"),
    observation(3, 1, exit_code=2),
    observation(4, 2, "error", error_id="NO_FILE"),
    {"id": 5, "source": "environment", "observation": "agent_state_changed", "extras": {}},
]


def test_actions_of_one_response_are_one_call(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(OLD))
    (call,), tools = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    assert (call["input_tokens"], call["response_id"]) == (9, "r1")
    assert [tool["error_type"] for tool in tools] == ["exit_code", "NO_FILE"]
    (said,) = attributes_of(call)["gen_ai.output.messages"]
    assert [part["type"] for part in said["parts"]] == ["text", "tool_call", "tool_call"]


def test_what_a_delegate_does_stands_below_the_tool_that_it_was_called_by(tmp_path):
    events = [
        OLD[0],
        action(1, "delegate", "t1", response("r1", "t1"), agent="Browser", inputs={"task": "dig"}),
        action(2, "run", "t2", response("r2", "t2"), command="ls"),
        observation(3, 2),
        action(4, "finish", "t3", response("r3", "t3"), outputs={"content": "dug"}),
        observation(5, 1, "delegate", "dug"),
        action(6, "finish", "t4", response("r4", "t4")),
    ]
    loaded = load_bytes(tmp_path, json.dumps(events))
    parents = {span["span_id"]: span["parent_span_id"] for span in loaded.spans}
    (below,) = [span for span in of_kind(loaded, "agent") if span["agent_name"] == "Browser"]
    assert below["parent_span_id"] == "t1"
    assert parents["r2"] == parents["t2"] == parents["r3"] == below["span_id"]
    assert parents["r4"] == parents["r1"] != below["span_id"]


def kind(number, name, **more):
    at = {"id": f"e{number}", "timestamp": f"2026-01-01T00:00:{number:02}.5"}
    return {**at, "source": "agent", "kind": name, **more}


def did(number, call, response_id):
    sent = {"id": call, "name": "terminal", "arguments": '{"command":"ls"}'}
    more = {"tool_name": "terminal", "tool_call_id": call, "tool_call": sent}
    thought = [{"type": "text", "text": "so"}]
    return kind(number, "ActionEvent", llm_response_id=response_id, thought=thought, **more)


def saw(number, call, **seen):
    return kind(number, "ObservationEvent", tool_call_id=call, action_id="e", observation=seen)


ASKED = {"role": "user", "content": [{"type": "text", "text": "go"}]}
NEW = [
    kind(0, "SystemPromptEvent", system_prompt={"type": "text", "text": "be good"}),
    kind(1, "MessageEvent", llm_message=ASKED) | {"source": "user"},
    did(2, "t1", "r1"),
    did(3, "t2", "r1"),
    saw(4, "t1", content=[{"type": "text", "text": "a"}], exit_code=0),
    kind(5, "AgentErrorEvent", tool_call_id="t2", tool_name="terminal", error="no such tool"),
]
STATE = {
    "id": "c1",
    "agent": {"llm": {"model": "m"}},
    "persistence_dir": "p",
    "execution_status": "idle",
    "stats": {
        "usage_to_metrics": {
            "agent": {
                "accumulated_cost": 0.5,
                "costs": [{"cost": 0.5}],
                "token_usages": [{"response_id": "r1", "prompt_tokens": 7, "completion_tokens": 2}],
            }
        }
    },
}


def stored(folder):
    (folder / "events").mkdir()
    for number, event in enumerate(NEW):
        (folder / "events" / f"event-{number:05}-x.json").write_text(json.dumps(event))
    state = folder / "base_state.json"
    state.write_text(json.dumps(STATE))
    return state


def test_a_conversation_s_state_tells_of_the_events_beside_it_with_their_usage(tmp_path):
    loaded = load_file(stored(tmp_path))
    (call,), tools = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    used = (call["input_tokens"], call["cost_given_usd"], call["request_model"])
    assert used == (7, 0.5, "m")
    assert [tool["error_type"] for tool in tools] == [None, "agent_error"]
    alone = load_file(tmp_path / "events" / "event-00002-x.json")
    assert (alone.spans, alone.kinds()) == ([], ["note"])
    (tmp_path / "base_state.json").unlink()
    assert len(load_file(tmp_path / "events" / "event-00002-x.json").spans) == 4


def test_events_of_version_1_may_be_lines_or_an_array(tmp_path):
    for data in (as_lines(NEW), json.dumps(NEW)):
        loaded = load_bytes(tmp_path, data)
        assert loaded.format == "openhands"
        assert [len(of_kind(loaded, k)) for k in ("agent", "llm", "tool")] == [1, 1, 2]


def test_a_plain_text_log_is_refused_with_what_to_do(tmp_path):
    line = "\x1b[92m10:00:01 - openhands:INFO\x1b[0m: agent_controller.py:451 - state: running\n"
    with pytest.raises(NotReadError, match="not JSON; tracetui reads structured traces"):
        load_bytes(tmp_path, line * 4, "console.log")


ROW = {"instance_id": "i1", "history": OLD, "metrics": {"accumulated_cost": 0.5}, "error": None}


@given(st.lists(mutated([*OLD, *NEW, ROW, STATE]), max_size=4))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, lines
):
    loaded = load_bytes(tmp_path_factory.mktemp("openhands"), as_lines([NEW[2], *lines]))
    assert loaded.count() == len(lines) + 1
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@given(mutated([OLD, NEW]))
def test_a_document_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, document
):
    data = json.dumps(document, indent=1)
    try:
        loaded = load_bytes(tmp_path_factory.mktemp("openhands"), data)
    except NotReadError:
        return
    assert loaded.count() == data.count("\n") + 1
