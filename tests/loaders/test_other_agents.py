"""Small formats of agents: Cursor, Grok, Droid, Hermes, Antigravity; corpus, samples, damage."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import attributes_of, entries, mutations, of_kind, physical_lines
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared

EXPECTED = {
    "agents-grok-subagent-chat_history.jsonl": ("grok", 1, 2, 1),
    "stage0-agents-grok-summary.json": ("grok", 0, 0, 0),
    "antigravity-cli_schema_drift.jsonl": ("antigravity", 1, 1, 1),
    "cursor-large.jsonl": ("cursor", 3, 5, 2),
    "cursor-small.jsonl": ("cursor", 2, 2, 1),
    "cursor-parent.jsonl": ("cursor", 1, 1, 1),
    "droid-session_store_schema_drift.jsonl": ("droid", 1, 1, 0),
    "droid-stream_json_large.jsonl": ("droid", 1, 2, 1),
    "droid-stream_json_small.jsonl": ("droid", 1, 2, 1),
    "hermes-schema_drift.json": ("hermes", 1, 1, 1),
}
"""Format, turns, model calls and tool calls, counted by hand."""


@pytest.mark.parametrize("entry", entries("other-agents"), ids=lambda entry: entry["file"])
def test_every_file_is_read_by_its_own_format(entry):
    path = shared(f"corpora/{entry['file']}")
    loaded = load_file(path)
    kinds = [len(of_kind(loaded, kind)) for kind in ("agent", "llm", "tool")]
    assert (loaded.format, *kinds) == EXPECTED[path.name]
    assert loaded.count() == physical_lines(path)
    assert loaded.lines.rejected == 0


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


CURSOR = [
    {"role": "user", "message": {"content": "<user_query>\nlist\n</user_query>"}},
    {
        "role": "assistant",
        "message": {
            "content": [
                {"type": "tool_use", "name": "Bash", "input": {"command": "ls"}},
                {"type": "tool_use", "name": "Read", "input": {}},
            ]
        },
    },
    {
        "role": "user",
        "message": {"content": [{"type": "tool_result", "tool_use_id": "t1", "content": "a"}]},
    },
    {"type": "turn_ended", "status": "error", "error": "limit"},
]
GROK = [
    {"type": "user", "content": [{"type": "text", "text": "count"}], "prompt_index": 0},
    {
        "type": "assistant",
        "content": "",
        "tool_calls": [{"id": "c1", "name": "run", "arguments": "{}"}],
        "model_id": "grok-x",
    },
    {"type": "tool_result", "tool_call_id": "c1", "content": "1"},
]
DROID = [
    {"type": "system", "session_id": "s1", "timestamp": "2026-01-01T00:00:00Z", "model": "m"},
    {"type": "message", "session_id": "s1", "role": "user", "text": "go", "id": "m1"},
    {
        "type": "tool_call",
        "session_id": "s1",
        "toolCallId": "c1",
        "toolName": "Shell",
        "parameters": {"command": "ls"},
    },
    {
        "type": "tool_result",
        "session_id": "s1",
        "toolCallId": "c1",
        "isError": True,
        "value": "no",
    },
    {"type": "completion", "session_id": "s1", "finalText": "done", "usage": {"input_tokens": 5}},
]
HERMES = [
    {
        "session_id": "h1",
        "model": "m",
        "session_start": "2026-01-01T00:00:00",
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "ho", "reasoning": "well"},
        ],
    }
]
ANTIGRAVITY = [
    {
        "step_index": 0,
        "source": "USER_EXPLICIT",
        "type": "USER_INPUT",
        "status": "DONE",
        "created_at": "2026-01-01T00:00:00Z",
        "content": "<USER_REQUEST>\nGo\n</USER_REQUEST>",
    },
    {
        "step_index": 1,
        "source": "MODEL",
        "type": "PLANNER_RESPONSE",
        "status": "DONE",
        "tool_calls": [{"name": "run_command", "args": {"CommandLine": "ls"}}],
    },
    {
        "step_index": 2,
        "source": "MODEL",
        "type": "RUN_COMMAND",
        "status": "ERROR",
        "created_at": "2026-01-01T00:00:02Z",
        "content": "no such command",
    },
]
SAMPLES = {
    "cursor": CURSOR,
    "grok": GROK,
    "droid": DROID,
    "hermes": HERMES,
    "antigravity": ANTIGRAVITY,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_known_by_what_it_holds(tmp_path, name):
    assert load_bytes(tmp_path, lines(*SAMPLES[name])).format == name


def test_cursor_s_tool_results_answer_in_order_since_calls_have_no_ids(tmp_path):
    loaded = load_bytes(tmp_path, lines(*CURSOR))
    first, second = (attributes_of(tool) for tool in of_kind(loaded, "tool"))
    assert first["gen_ai.tool.call.result"] == "a"
    assert "gen_ai.tool.call.result" not in second
    assert loaded.names[1] == "list"
    assert attributes_of(loaded.spans[1])["cursor.error"] == "limit"


def test_droid_s_answer_that_only_its_completion_tells_is_a_model_call(tmp_path):
    loaded = load_bytes(tmp_path, lines(*DROID))
    assert [span["kind"] for span in loaded.spans] == ["workflow", "agent", "llm", "tool", "llm"]
    assert loaded.spans[3]["error"]
    assert loaded.spans[0]["rollup_input_tokens"] == 5
    assert attributes_of(loaded.spans[4])["gen_ai.output.messages"][0]["parts"] == [
        {"type": "text", "content": "done"}
    ]


def test_antigravity_s_step_of_a_tool_answers_the_plan_s_call(tmp_path):
    loaded = load_bytes(tmp_path, lines(*ANTIGRAVITY))
    (tool,) = of_kind(loaded, "tool")
    assert (tool["tool_name"], tool["error"]) == ("run_command", True)
    assert loaded.names[0] == "Go"


def test_hermes_reasoning_is_part_of_the_answer(tmp_path):
    (call,) = of_kind(load_bytes(tmp_path, lines(*HERMES)), "llm")
    said = attributes_of(call)["gen_ai.output.messages"][0]["parts"]
    assert [part["type"] for part in said] == ["reasoning", "text"]


@given(
    st.sampled_from(sorted(SAMPLES)).flatmap(lambda n: st.tuples(st.just(n), mutations(SAMPLES[n])))
)
def test_records_in_which_something_is_something_else_are_no_exception(tmp_path, drawn):
    name, records = drawn
    data = lines(*records)
    loaded = load_with(name, tmp_path, data.encode())
    assert loaded.count() == len(records)
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
