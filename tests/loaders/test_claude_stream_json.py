"""What `claude -p --output-format stream-json` prints, plain and wrapped."""

import json

from loaders.loading import load_bytes, load_file
from shared_data import shared

FOLDER = "corpora/claude-stream-json"


def of_kind(loaded, kind):
    return [span for span in loaded.spans if span["kind"] == kind]


def test_a_printed_stream_is_a_trace_for_each_of_its_sessions():
    loaded = load_file(shared(f"{FOLDER}/takopi-claude_stream_json_session.jsonl"))
    assert loaded.format == "claude_stream_json"
    assert loaded.lines.ok == 9
    assert len({span["trace_id"] for span in loaded.spans}) == 2
    assert [(call["input_tokens"], call["output_tokens"]) for call in of_kind(loaded, "llm")] == [
        (123, 42),
        (130, 76),
    ]
    assert [tool["tool_name"] for tool in of_kind(loaded, "tool")] == ["Bash", "Write"]
    good, bad = of_kind(loaded, "agent")
    assert (good["error"], good["cost_given_usd"]) == (False, 0.012345)
    assert (bad["error"], bad["error_type"]) == (True, "error_during_execution")
    assert bad["error_message"] == "Permission denied: cannot write to /root/secret.txt"
    assert (bad["rollup_input_tokens"], bad["rollup_output_tokens"]) == (40, 12)
    assert {span["start_time_unix_nano"] for span in loaded.spans} == {None}


def test_a_recording_that_wraps_messages_is_read_and_its_only_call_counted_whole():
    loaded = load_file(shared(f"{FOLDER}/logfire-basic_conversation.json"))
    assert loaded.format == "claude_stream_json"
    assert loaded.lines.rejected == 0
    (call,) = of_kind(loaded, "llm")
    assert (call["input_tokens"], call["output_tokens"]) == (9344, 5)
    (turn,) = of_kind(loaded, "agent")
    assert turn["name"] == "What is 2+2?"
    assert turn["cost_given_usd"] == 0.01039005
    assert {span["trace_id"] for span in loaded.spans} == {"7ed3c21d-374b-491a-8c66-05e191f6a0be"}


def test_messages_below_a_tool_call_are_those_of_a_sub_agent(tmp_path):
    task = {"type": "tool_use", "id": "t1", "name": "Task", "input": {"subagent_type": "dig"}}
    lines = [
        {"type": "system", "subtype": "init", "session_id": "s1", "tools": []},
        message("assistant", {"id": "m1", "content": [task]}),
        message("user", {"content": "dig here"}, parent="t1"),
        message("assistant", {"id": "m2", "content": "found"}, parent="t1"),
        message("user", {"content": [{"type": "tool_result", "tool_use_id": "t1"}]}),
    ]
    loaded = load_bytes(tmp_path, "".join(json.dumps(line) + "\n" for line in lines))
    spans = {span["span_id"]: span for span in loaded.spans}
    assert spans["agent-t1"]["parent_span_id"] == "t1"
    assert spans["agent-t1"]["agent_name"] == "dig"
    assert spans["m2"]["parent_span_id"] == "agent-t1"
    assert spans["m1"]["parent_span_id"] == spans["t1"]["parent_span_id"]


def message(kind, content, parent=None):
    return {
        "type": kind,
        "session_id": "s1",
        "parent_tool_use_id": parent,
        "message": {"role": kind, **content},
    }
