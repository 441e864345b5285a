"""Sessions of Cline and tasks of Roo Code: the corpus, and the traps of the formats."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import attributes_of, mutated, of_kind, physical_lines, recorded, total
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared


def test_every_file_is_read_whole_and_both_are_of_one_session():
    traces = set()
    for entry in recorded("cline"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (loaded.format, loaded.count()) == ("cline", physical_lines(path))
        assert loaded.kinds() == []
        traces |= {span["trace_id"] for span in loaded.spans}
    assert len(traces) == 1


def test_tokens_and_cost_are_those_that_the_messages_record():
    path = shared("corpora/cline/cline-agentic.compaction.json")
    messages = json.loads(path.read_text("utf-8"))["messages"]
    loaded = load_file(path)
    calls = of_kind(loaded, "llm")
    used = [message["metrics"] for message in messages if "metrics" in message]
    assert total(calls, "cost_given_usd") == sum(u["cost"] for u in used) == 0.00012664
    assert total(calls, "input_tokens") == 12238  # with the 12,224 that came from the cache
    assert total(calls, "cache_read_tokens") == 12224
    # The summary of what was before is what the model hears, and no turn of its own.
    assert [span["name"] for span in of_kind(loaded, "agent")] == ["hello"]
    heard = attributes_of(calls[0])["gen_ai.input.messages"]
    assert [said["role"] for said in heard] == ["system", "user", "user"]
    assert [event["name"] for event in loaded.events] == ["compaction"]


MS = 1_767_225_600_000
SENT = [
    {"role": "user", "content": "<task>\nfix it\n</task> <environment_details>", "ts": MS},
    {
        "role": "assistant",
        "ts": MS + 2_000,
        "modelInfo": {"modelId": "m", "providerId": "p", "mode": "act"},
        "metrics": {"tokens": {"prompt": 9, "completion": 2, "cached": 5}, "cost": 0.5},
        "content": [
            {"type": "thinking", "thinking": "hm"},
            {"type": "tool_use", "id": "t1", "name": "read_file", "input": {"path": "a"}},
        ],
    },
    {
        "role": "user",
        "ts": MS + 3_000,
        "content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": "no", "is_error": True},
            {"type": "text", "text": "<environment_details>"},
        ],
    },
]


def say(kind, words, second, **more):
    return {"ts": MS + second * 1_000, "type": "say", "say": kind, "text": words, **more}


def request(second, **facts):
    return say("api_req_started", json.dumps(facts), second)


SHOWN = [
    say("task", "fix it", 0),
    request(1, tokensIn=3, tokensOut=5, cacheReads=100, cacheWrites=70, cost=0.25),
    say("text", "let me see", 2),
    {"ts": MS + 3_000, "type": "ask", "ask": "tool", "text": '{"tool":"readFile","path":"a"}'},
    {"ts": MS + 4_000, "type": "ask", "ask": "command", "text": "ls"},
    say("command_output", "a\n", 5),
    say("command_output", "b\n", 6),
    request(7, tokensIn=1, tokensOut=1, cost=0.125, cancelReason="user_cancelled"),
    say("deleted_api_reqs", '{"tokensIn":1,"tokensOut":1,"cost":0.5}', 8),
    say("user_feedback", "go on", 9),
    say("checkpoint_created", "", 10),
    say("completion_result", "done", 11),
]


def test_what_a_user_s_message_holds_beside_results_begins_no_turn(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(SENT), "api_conversation_history.json")
    (turn,), (call,), (tool,) = (of_kind(loaded, kind) for kind in ("agent", "llm", "tool"))
    assert (turn["name"], call["input_tokens"], call["cost_given_usd"]) == ("fix it", 9, 0.5)
    assert (tool["tool_name"], tool["error_type"]) == ("read_file", "tool_error")


def test_items_that_are_shown_are_calls_tools_and_turns(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(SHOWN), "ui_messages.json")
    calls, tools = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    assert total(calls, "cost_given_usd") == 0.25 + 0.125 + 0.5
    assert (calls[0]["input_tokens"], calls[0]["output_tokens"]) == (173, 5)
    assert calls[1]["error_type"] == "user_cancelled"
    assert [tool["tool_name"] for tool in tools] == ["readFile", "execute_command"]
    assert attributes_of(tools[1])["gen_ai.tool.call.result"] == "a\nb\n"
    assert tools[1]["end_time_unix_nano"] == (MS + 6_000) * 1_000_000
    assert [span["name"] for span in of_kind(loaded, "agent")] == ["fix it", "go on"]
    assert loaded.spans[0]["end_time_unix_nano"] == (MS + 11_000) * 1_000_000


def test_a_task_is_told_once_though_two_files_hold_it(tmp_path):
    task = tmp_path / "1767225600000"
    task.mkdir()
    shown = load_bytes(task, json.dumps(SHOWN), "ui_messages.json")
    sent = load_bytes(task, json.dumps(SENT), "api_conversation_history.json")
    assert {span["trace_id"] for span in shown.spans} != set()
    assert sent.spans == []
    assert sent.kinds() == ["note"]


@pytest.mark.parametrize("folder", ["claude-code", "tau-bench", "gemini-cli", "copilot-vscode"])
def test_no_neighbour_is_taken_for_cline(folder):
    for path in shared(f"corpora/{folder}").rglob("*.json*"):
        try:
            loaded = load_file(path)
        except NotReadError:
            continue
        assert (path.name, loaded.format) != (path.name, "cline")


DOCUMENT = {"version": 1, "sessionId": "s1", "agent": "lead", "messages": SENT}


@given(mutated([SENT, SHOWN, DOCUMENT]), st.sampled_from([None, 1]))
def test_a_document_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, document, indent
):
    data = json.dumps(document, indent=indent)
    try:
        loaded = load_bytes(tmp_path_factory.mktemp("cline"), data)
    except NotReadError:
        return
    assert loaded.count() == data.count("\n") + 1
