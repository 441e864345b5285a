"""Trajectories of SWE-agent and mini-swe-agent: the corpus, and the traps of both."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import attributes_of, mutated, of_kind, physical_lines, recorded, total
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared

FORMATS = [("swe-agent", "swe_agent"), ("mini-swe-agent", "mini_swe_agent")]


def document_of(entry):
    return json.loads(shared(f"corpora/{entry['file']}").read_text("utf-8"))


@pytest.mark.parametrize(("fmt", "name"), FORMATS)
def test_every_file_is_read_whole_and_is_one_session_of_one_turn(fmt, name):
    for entry in recorded(fmt):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], name)
        assert (entry["file"], loaded.count()) == (entry["file"], physical_lines(path))
        assert (entry["file"], loaded.kinds()) == (entry["file"], [])
        assert len({span["trace_id"] for span in loaded.spans}) == 1
        assert len(of_kind(loaded, "agent")) == 1


def test_steps_of_swe_agent_are_calls_and_tools():
    for entry in recorded("swe-agent"):
        loaded, document = load_file(shared(f"corpora/{entry['file']}")), document_of(entry)
        steps = len(document.get("trajectory", ())) or 5  # the demonstration has a history alone
        assert steps in (entry["check"]["records"], 5)
        assert (entry["file"], len(of_kind(loaded, "llm"))) == (entry["file"], steps)
        assert (entry["file"], len(of_kind(loaded, "tool"))) == (entry["file"], steps)
        root, stats = loaded.spans[0], document.get("info", {}).get("model_stats", {})
        # Runs that replay another report zeros: nobody counted.
        assert root["cost_given_usd"] == (stats.get("instance_cost") or None)
        sent = attributes_of(root).get("gen_ai.usage.input_tokens")
        assert sent == (stats.get("tokens_sent") or None)
        assert entry["check"].get("cost", 0) == stats.get("instance_cost", 0)


def test_messages_of_mini_swe_agent_are_calls_and_their_commands_tools():
    for entry in recorded("mini-swe-agent"):
        loaded, document = load_file(shared(f"corpora/{entry['file']}")), document_of(entry)
        messages = document if isinstance(document, list) else document["messages"]
        answers = [message for message in messages if message["role"] == "assistant"]
        calls, tools = of_kind(loaded, "llm"), of_kind(loaded, "tool")
        assert len(messages) == entry["check"]["records"]
        assert len(calls) == len(answers) == entry["check"].get("tool_calls", 10)
        # What the corpus calls tool calls are answers: those that were refused ran nothing.
        refused = [m for m in messages if m["content"].startswith("Please always provide EXACTLY")]
        assert (entry["file"], len(tools)) == (entry["file"], len(answers) - len(refused))
        cost = entry["check"].get("cost")
        assert total(calls, "cost_given_usd") == (cost and pytest.approx(cost, abs=1e-12))
        used = [m["extra"]["response"]["usage"] for m in answers if "extra" in m]
        for ours, theirs in (
            ("input_tokens", "prompt_tokens"),
            ("output_tokens", "completion_tokens"),
        ):
            assert (total(calls, ours) or 0) == sum(usage[theirs] for usage in used)


def test_a_command_that_fails_says_with_what_code():
    for entry in recorded("mini-swe-agent"):
        loaded = load_file(shared(f"corpora/{entry['file']}"))
        for tool in of_kind(loaded, "tool"):
            told = attributes_of(tool)
            code = re.match(r"<returncode>(\d+)<", told["gen_ai.tool.call.result"])
            assert told.get("returncode") == (int(code[1]) if code else None)
            assert tool["error"] == bool(told.get("returncode"))


MESSAGES = [
    {"role": "system", "content": "be good"},
    {"role": "user", "content": "fix it"},
    {"role": "assistant", "content": "so:\n```bash\nls\n```", "extra": {"cost": 0.5}},
    {"role": "user", "content": "<returncode>2</returncode>\n<output>\nno</output>"},
    {"role": "assistant", "content": "ho"},
    {"role": "user", "content": "Please always provide EXACTLY ONE action"},
]
MINI = {"info": {"mini_version": "1", "model_stats": {"instance_cost": 0.5}}, "messages": MESSAGES}


def version_2():
    response = {"id": "r1", "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
    call = {"id": "t1", "function": {"name": "bash", "arguments": '{"command":"ls"}'}}
    actions = {"actions": [{"command": "ls", "tool_call_id": "t1"}]}
    return {
        "info": {"mini_version": "2", "exit_status": "LimitsExceeded"},
        "messages": [
            *MESSAGES[:2],
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [call],
                "extra": {**actions, "response": response, "cost": 0.25, "timestamp": 1767225602.0},
            },
            {
                "role": "tool",
                "tool_call_id": "t1",
                "content": "a",
                "extra": {"returncode": 0, "timestamp": 1767225605.5},
            },
            {"role": "exit", "content": "", "extra": {"exit_status": "LimitsExceeded"}},
        ],
    }


def test_answers_of_version_2_call_a_tool_and_have_times(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(version_2()))
    (call,), (tool,) = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    assert (call["cost_given_usd"], call["input_tokens"], call["response_id"]) == (0.25, 7, "r1")
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 3_500_000_000
    assert (tool["tool_name"], tool["error"]) == ("bash", False)
    assert loaded.spans[0]["error_type"] == "LimitsExceeded"


def test_the_cost_of_a_run_counts_where_its_calls_have_none(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(MINI))
    assert loaded.spans[0]["cost_given_usd"] is None
    bare = MINI | {"messages": [MESSAGES[1], {"role": "assistant", "content": "ho"}]}
    loaded = load_bytes(tmp_path, json.dumps(bare))
    assert loaded.spans[0]["cost_given_usd"] == 0.5


def test_runs_of_one_name_are_different_sessions_also_where_they_begin_alike(tmp_path):
    traces = set()
    for cost in (1, 2):
        changed = MINI | {"info": {"mini_version": "1", "model_stats": {"instance_cost": cost}}}
        loaded = load_bytes(tmp_path, json.dumps(changed, indent=1))
        traces.add(loaded.spans[0]["trace_id"])
    assert len(traces) == 2


STEP = {
    "action": "find_file x",
    "observation": "found",
    "response": "let me see",
    "thought": "see",
    "execution_time": 0.5,
}
SWE = {
    "environment": "main",
    "trajectory": [STEP, STEP | {"action": ""}],
    "history": [
        {"role": "system", "content": "be good", "agent": "main"},
        {"role": "user", "content": "an example", "agent": "main", "is_demo": True},
        {"role": "user", "content": "fix it", "agent": "main"},
        {
            "role": "assistant",
            "content": "let me see",
            "action": "find_file x",
            "agent": "main",
            "tool_calls": [{"id": "t1", "function": {"name": "find_file", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "found", "agent": "main", "tool_call_ids": ["t1"]},
    ],
    "info": {
        "exit_status": "exit_cost",
        "model_stats": {"instance_cost": 2.5, "tokens_sent": 9, "tokens_received": 1},
    },
}


def test_a_run_says_what_it_cost_how_it_ended_and_what_it_was_told(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(SWE))
    root, (tool,) = loaded.spans[0], of_kind(loaded, "tool")
    assert root["cost_given_usd"] == 2.5
    assert attributes_of(root)["gen_ai.usage.input_tokens"] == 9
    assert (root["error"], root["error_type"]) == (True, "exit_cost")
    assert (tool["span_id"], tool["tool_name"]) == ("t1", "find_file")
    assert attributes_of(tool)["execution_time"] == 0.5
    heard = attributes_of(of_kind(loaded, "llm")[0])["gen_ai.input.messages"]
    said = [part["content"] for message in heard for part in message["parts"]]
    assert said == ["be good", "an example", "fix it"]


def test_attempts_are_turns_of_one_session(tmp_path):
    document = {"attempts": [SWE, SWE], "info": SWE["info"]}
    loaded = load_bytes(tmp_path, json.dumps(document))
    assert loaded.format == "swe_agent"
    assert len(of_kind(loaded, "agent")) == 2
    assert loaded.spans[0]["cost_given_usd"] == 2.5


def test_no_neighbour_is_taken_for_either():
    for folder in ("atif", "tau-bench", "autogen", "magentic-one", "autogen-captain", "invariant"):
        for path in shared(f"corpora/{folder}").rglob("*"):
            try:
                loaded = load_file(path) if path.is_file() else None
            except NotReadError:
                continue
            if loaded is not None:
                assert loaded.format not in {"swe_agent", "mini_swe_agent"}, path


@given(mutated([MINI, SWE, version_2(), MESSAGES]), st.sampled_from([None, 1]))
def test_a_document_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, document, indent
):
    data = json.dumps(document, indent=indent)
    try:
        loaded = load_bytes(tmp_path_factory.mktemp("swe"), data)
    except NotReadError:
        return
    assert loaded.count() == data.count("\n") + 1
