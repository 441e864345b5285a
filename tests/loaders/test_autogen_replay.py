"""AutoGen's recorded model calls: the corpus, what goes on with a conversation, cached answers."""

import json

import pytest
from hypothesis import given
from loaders.corpus import attributes_of, entries, mutations, of_kind, physical_lines, total
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared


@pytest.mark.parametrize("entry", entries("autogen"), ids=lambda entry: entry["file"])
def test_every_record_is_a_model_call_with_its_usage(entry):
    path = shared(f"corpora/{entry['file']}")
    loaded, records = load_file(path), json.loads(path.read_text("utf-8"))
    calls = of_kind(loaded, "llm")
    assert loaded.format == "autogen_replay"
    assert loaded.count() == loaded.lines.ok == physical_lines(path)
    assert len(calls) == len(records) == entry["check"]["records"]
    usages = [record["response"]["usage"] for record in records]
    assert total(calls, "input_tokens") == sum(usage["prompt_tokens"] for usage in usages)
    assert total(calls, "output_tokens") == sum(usage["completion_tokens"] for usage in usages)
    assert len({span["trace_id"] for span in loaded.spans}) == 1


def test_a_call_that_repeats_the_one_before_follows_it_and_hears_only_what_is_new():
    loaded = load_file(shared("corpora/autogen/autogen-demonstration-session.json"))
    calls = [attributes_of(call) for call in of_kind(loaded, "llm")]
    follows = [call for call in calls if "tracetui.input.follows" in call]
    assert len(follows) == 2
    for call in follows:
        assert [item["role"] for item in call["gen_ai.input.messages"]] == ["user"]


ASK = [
    {"type": "SystemMessage", "content": "be brief"},
    {"type": "UserMessage", "source": "User", "content": ["what", "now?"]},
]
WISH = [{"id": "c1", "name": "look", "arguments": "{}"}]
RESULT = {"call_id": "c1", "content": "a door", "is_error": False}
RECORDS = [
    {
        "mode": "create",
        "messages": ASK,
        "response": {
            "finish_reason": "function_calls",
            "content": WISH,
            "usage": {"prompt_tokens": 10, "completion_tokens": 2},
            "cached": False,
            "thought": "I should look",
        },
        "stream": [],
    },
    {
        "mode": "create_stream",
        "messages": [
            *ASK,
            {"type": "AssistantMessage", "source": "Assistant", "content": WISH},
            {"type": "FunctionExecutionResultMessage", "content": [RESULT]},
        ],
        "response": None,
        "stream": [
            "a ",
            {
                "content": "a door",
                "usage": {"prompt_tokens": 20, "completion_tokens": 3},
                "cached": True,
            },
        ],
    },
]


def test_tool_results_go_on_with_the_turn_and_a_cached_answer_is_not_counted(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(RECORDS))
    assert [span["kind"] for span in loaded.spans] == ["workflow", "agent", "llm", "tool", "llm"]
    tool = attributes_of(of_kind(loaded, "tool")[0])
    assert tool["gen_ai.tool.call.result"] == "a door"
    calls = of_kind(loaded, "llm")
    assert [call["input_tokens"] for call in calls] == [10, None]
    assert attributes_of(calls[1])["gen_ai.output.messages"][0]["parts"][0]["content"] == "a door"


@given(mutations(RECORDS))
def test_a_record_in_which_something_is_something_else_is_no_exception(tmp_path, records):
    text = json.dumps(records, indent=1)
    loaded = load_with("autogen_replay", tmp_path, text.encode())
    assert loaded.count() == text.count("\n") + 1
    assert (loaded.lines.rejected > 0) == ("rejected" in loaded.kinds())
