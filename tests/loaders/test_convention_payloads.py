"""Payloads of each convention when a span is opened, beyond the vectors."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders.folding import FIELDS, SpanContent, fold

FOLDED_KEYS = (
    *("ai.prompt.messages", "ai.response.toolCalls", "events", "mlflow.spanInputs"),
    *("langfuse.observation.output", "gcp.vertex.agent.llm_request", "genkit:output"),
    *("gen_ai.prompt", "lk.chat_ctx", "request_data", "response_data", "body"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "content", "role", "output", "choices", "text", "id"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


def opened(kind: str, attributes: dict[str, Any], events: Any = ()) -> dict[str, Any]:
    return fold(SpanContent("span", kind, None, None, attributes, events))


def test_vercel_results_and_calls_become_parts():
    messages = [
        {"role": "user", "content": "weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "tool-call", "toolCallId": "c1", "toolName": "get", "input": {"q": 1}}
            ],
        },
        {
            "role": "tool",
            "content": [
                {
                    "type": "tool-result",
                    "toolCallId": "c1",
                    "toolName": "get",
                    "output": {"type": "json", "value": {"t": 17}},
                }
            ],
        },
    ]
    _, call, answer = opened("llm", {"ai.prompt.messages": json.dumps(messages)})["input_messages"]
    assert call["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "get", "arguments": {"q": 1}}
    ]
    assert answer["parts"] == [{"type": "tool_call_response", "id": "c1", "response": {"t": 17}}]


def test_vercel_embeddings_are_counted_and_never_shown():
    folded = opened(
        "embedding",
        {"ai.values": ['"a"', '"b"'], "ai.embeddings": ["[0.1, 0.2]", "[0.3, 0.4]"]},
    )
    assert (folded["embedding_count"], folded["embedding_dim"]) == (2, 2)
    assert folded["input_value"] == ["a", "b"]


def test_a_langsmith_tools_input_is_not_a_conversation():
    folded = opened(
        "tool",
        {
            "langsmith.span.kind": "tool",
            "gen_ai.prompt": '{"city": "Rome"}',
            "gen_ai.completion": "17",
        },
    )
    assert folded == {"tool_arguments": {"city": "Rome"}, "tool_result": "17"}


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"role": "assistant", "content": "Lima"}}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Lima"}]},
        {"candidates": [{"content": {"role": "model", "parts": [{"text": "Lima"}]}}]},
        {"message": {"role": "model", "content": [{"text": "Lima"}]}},
        {"generations": [[{"text": "Lima"}]]},
        {"output": [{"type": "message", "role": "assistant", "content": "Lima"}]},
        "Lima",
    ],
)
def test_responses_of_any_provider_say_what_was_answered(body):
    sent = body if isinstance(body, str) else json.dumps(body)
    folded = opened("llm", {"langfuse.observation.output": sent})
    parts = folded["output_messages"][0]["parts"]
    assert parts == [{"type": "text", "content": "Lima"}]
    assert folded["output_messages"][0]["role"] == "assistant"


def test_gemini_requests_of_adk_say_everything():
    request = {
        "config": {
            "system_instruction": "Be brief.",
            "tools": [{"function_declarations": [{"name": "look"}]}],
        },
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    }
    folded = opened("llm", {"gcp.vertex.agent.llm_request": json.dumps(request)})
    assert folded["system_instructions"] == "Be brief."
    assert folded["tool_definitions"] == ["look"]
    assert folded["input_messages"][0]["parts"] == [{"type": "text", "content": "Hi"}]


def test_claude_codes_logs_and_events_say_what_its_spans_do_not():
    log = (
        "claude_code.api_request_body",
        None,
        {"body": '{"system": "Be brief.", "messages": []}'},
    )
    folded = fold(SpanContent("x", "llm", None, None, {"span.type": "llm_request"}, (), [log]))
    assert folded == {"system_instructions": "Be brief."}
    event = ("tool.output", None, {"output": "17 degrees"})
    folded = fold(SpanContent("x", "tool", None, None, {"tool_input": '{"q": 1}'}, [event]))
    assert folded == {"tool_arguments": {"q": 1}, "tool_result": "17 degrees"}
    assert opened("agent", {"codex.turn.reasoning_effort": "high"}) == {
        "params": {"reasoning_effort": "high"}
    }


def test_livekit_and_monocle_keep_their_conversations():
    context = {"items": [{"type": "message", "role": "user", "content": ["Hi"]}]}
    folded = opened("llm", {"lk.chat_ctx": json.dumps(context), "lk.response.text": "Hello"})
    assert [m["role"] for m in folded["input_messages"]] == ["user"]
    assert folded["output_messages"][0]["parts"] == [{"type": "text", "content": "Hello"}]
    events = [
        ("data.input", None, {"input": ['{"system": "Be brief."}', '{"user": "Hi"}']}),
        (
            "data.output",
            None,
            {"response": '{"tools": [{"tool_id": "c", "tool_name": "f", "tool_arguments": ""}]}'},
        ),
    ]
    folded = opened("llm", {"monocle_apptrace.version": "0.7"}, events)
    assert folded["system_instructions"] == "Be brief."
    assert folded["output_messages"][0]["parts"] == [{"type": "tool_call", "id": "c", "name": "f"}]


def test_what_aws_moved_into_a_log_record_is_the_span_s_content():
    generations = json.dumps({"generations": [[{"text": "Cold."}]], "llm_output": None})
    body = {
        "input": {"messages": [{"role": "user", "content": "Weather?"}]},
        "output": {"messages": [{"role": "assistant", "content": generations}]},
    }
    scope = "openinference.instrumentation.langchain"
    for content in (
        SpanContent("s", "llm", None, scope, {}, logs=[(scope, json.dumps(body), {})]),
        SpanContent("s", "llm", None, scope, {}, events=[(scope, 1, {"body": body})]),
    ):
        folded = fold(content)
        assert folded["input_messages"] == [
            {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]}
        ]
        assert folded["output_messages"] == [
            {"role": "assistant", "parts": [{"type": "text", "content": "Cold."}]}
        ]
    other = fold(SpanContent("s", "other", None, scope, {}, events=[(scope, 1, {"body": body})]))
    assert other["output_value"] == json.loads(generations)


def test_genkit_tool_requests_become_calls():
    message = {
        "role": "model",
        "content": [{"toolRequest": {"ref": "r", "name": "f", "input": {}}}],
    }
    folded = opened("llm", {"genkit:output": json.dumps({"message": message})})
    (part,) = folded["output_messages"][0]["parts"]
    assert (part["type"], part["name"]) == ("tool_call", "f")


def test_a_trulens_evaluation_has_its_metrics_name():
    (found,) = opened(
        "evaluator",
        {
            "ai.observability.eval.metric_name": "relevance",
            "ai.observability.eval.score": 0.5,
            "ai.observability.eval.explanation": "brief",
        },
    )["evaluations"]
    assert (found["name"], found["score"], found["explanation"]) == ("relevance", 0.5, "brief")


@given(
    st.sampled_from(["llm", "tool", "retriever", "embedding", "agent"]),
    st.dictionaries(st.sampled_from(FOLDED_KEYS), JSON | JSON.map(json.dumps), max_size=4),
    st.booleans(),
)
def test_any_payload_folds_without_a_fault(kind, attributes, langsmith):
    marked = {**attributes, "langsmith.span.kind": kind} if langsmith else attributes
    folded = opened(kind, marked)
    assert folded.keys() <= set(FIELDS)
