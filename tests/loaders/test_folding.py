"""Folding of forms that the captures do not have, and of what nobody should send."""

import json
from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from loaders.vectors import load_vectors
from tracetui_loaders.folding import FIELDS, SpanContent, fold


def span(
    attributes: dict[str, Any] | None = None,
    kind: str = "llm",
    events: list[tuple[str, int | None, dict[str, Any]]] | None = None,
    logs: list[tuple[str | None, Any, dict[str, Any]]] | None = None,
) -> SpanContent:
    return SpanContent("span", kind, None, None, attributes or {}, events or [], logs or [])


def text(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": content}]}


def parts(content: Any, role: str = "user") -> list[dict[str, Any]]:
    sent = json.dumps([{"role": role, "content": content}])
    return fold(span({"gen_ai.input.messages": sent}))["input_messages"][0]["parts"]


def test_a_span_without_content_folds_to_nothing():
    assert fold(span()) == {}


def test_indices_sort_as_numbers_and_gaps_close():
    attributes = {
        f"llm.input_messages.{i}.message.{key}": value
        for i in (10, 2, 9)
        for key, value in (("role", "user"), ("content", f"message {i}"))
    }
    assert fold(span(attributes))["input_messages"] == [
        text("user", "message 2"),
        text("user", "message 9"),
        text("user", "message 10"),
    ]


def test_a_prompt_name_beside_indexed_prompts_is_no_message():
    attributes = {
        "gen_ai.prompt.name": "greeting",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": '[{"type": "text", "text": "hi"}]',
    }
    folded = fold(span(attributes))
    assert folded == {"input_messages": [text("user", "hi")], "prompt_name": "greeting"}


def test_messages_that_were_never_flattened_fold_the_same():
    messages = [{"message.role": "user", "message.content": "hi"}]
    nested = [{"message": {"role": "user", "content": "hi"}}]
    for sent in (messages, nested, json.dumps(messages)):
        folded = fold(span({"llm.input_messages": sent}))
        assert folded["input_messages"] == [text("user", "hi")]


@pytest.mark.parametrize("value", ['[{"role": "user", "parts": [{"ty', "<REDACTED>", "hello"])
def test_messages_that_are_no_json_stay_text(value: str):
    assert fold(span({"gen_ai.input.messages": value}))["input_messages"] == [text("user", value)]


def test_redacted_content_stays_text():
    folded = fold(
        span(
            {
                "llm.output_messages.0.message.role": "assistant",
                "llm.output_messages.0.message.content": "__REDACTED__",
            }
        )
    )
    assert folded["output_messages"] == [text("assistant", "__REDACTED__")]


def test_contents_win_over_content_and_calls_are_not_doubled():
    prefix = "llm.output_messages.0.message."
    folded = fold(
        span(
            {
                f"{prefix}role": "assistant",
                f"{prefix}content": "Lima",
                f"{prefix}contents.0.message_content.type": "text",
                f"{prefix}contents.0.message_content.text": "Lima",
                f"{prefix}contents.1.message_content.type": "tool_use",
                f"{prefix}contents.1.tool_call.id": "call_1",
                f"{prefix}contents.1.tool_call.function.name": "lookup",
                f"{prefix}tool_calls.0.tool_call.id": "call_1",
                f"{prefix}tool_calls.0.tool_call.function.name": "lookup",
            }
        )
    )
    assert folded["output_messages"][0]["parts"] == [
        {"type": "text", "content": "Lima"},
        {"type": "tool_call", "id": "call_1", "name": "lookup"},
    ]


def test_explicit_instructions_leave_system_messages_in_place():
    folded = fold(
        span(
            {
                "gen_ai.system_instructions": '[{"type": "text", "content": "Be brief"}]',
                "gen_ai.input.messages": [{"role": "system", "content": "You are in Lima"}],
            }
        )
    )
    assert folded["system_instructions"] == "Be brief"
    assert folded["input_messages"] == [text("system", "You are in Lima")]


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [("human", "user"), ("ai", "assistant"), ("model", "assistant"), ("function", "tool")],
)
def test_roles_have_one_name(sent: str, canonical: str):
    messages = fold(span({"gen_ai.input.messages": [{"role": sent, "content": "x"}]}))
    assert messages["input_messages"][0]["role"] == canonical


def test_partial_details_events_add_up():
    name = "gen_ai.client.inference.operation.details"
    events = [
        (name, None, {"gen_ai.input.messages": json.dumps([{"role": "user", "content": word}])})
        for word in ("one", "two")
    ]
    assert fold(span(events=events))["input_messages"] == [text("user", "one"), text("user", "two")]


def test_media_keep_their_size_or_address_and_never_their_bytes():
    data = "QUJD" * 1000
    assert parts(
        [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}]
    ) == [{"type": "blob", "modality": "image", "mime_type": "image/png", "size": 3000}]
    assert parts([{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}]) == [
        {"type": "image", "uri": "https://x.test/a.png"}
    ]
    assert parts([{"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}]) == [
        {"type": "blob", "modality": "audio", "mime_type": "wav", "size": 3000}
    ]
    source = {"type": "base64", "media_type": "image/jpeg", "data": data}
    assert parts([{"type": "image", "source": source}]) == [
        {"type": "blob", "modality": "image", "mime_type": "image/jpeg", "size": 3000}
    ]


def test_reasoning_is_a_part_of_its_own():
    assert parts([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "A"}]) == [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "A"},
    ]
    summary = [{"type": "summary_text", "text": "hm"}]
    assert parts([{"type": "reasoning", "summary": summary}]) == [
        {"type": "reasoning", "content": "hm"}
    ]


def test_a_part_of_unknown_type_stays_as_sent():
    assert parts([{"type": "hologram", "angle": 3}]) == [{"type": "hologram", "angle": 3}]


def test_json_that_somebody_typed_stays_text():
    for typed in ('[{"type": "function", "name": "x"}]', '[{"text": "a", "score": 1}]', '{"a": 1}'):
        assert parts(typed) == [{"type": "text", "content": typed}]


def test_a_tool_answer_keeps_every_key_of_its_json():
    hits = [{"text": "a", "score": 1}]
    sent = [{"role": "tool", "tool_call_id": "c", "content": json.dumps(hits)}]
    assert fold(span({"gen_ai.input.messages": sent}))["input_messages"] == [
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": hits}]}
    ]


@pytest.mark.parametrize(
    ("sent", "arguments"),
    [
        ('{"args": [], "sanitize_inputs_outputs": true, "kwargs": {"q": 1}}', {"q": 1}),
        ('{"args": ["Lima"], "kwargs": {}}', ["Lima"]),
        ('{"args": ["Lima"], "kwargs": {"q": 1}}', {"args": ["Lima"], "kwargs": {"q": 1}}),
        ('{"input_str": "{\'q\': 1}", "inputs": {"q": 1}}', {"q": 1}),
        ('{"input_str": "Lima", "tags": []}', "Lima"),
        ('"{\\"q\\": 1}"', {"q": 1}),
        ('{"q": "trunca', '{"q": "trunca'),
    ],
)
def test_tool_arguments_come_without_the_call_frame(sent: str, arguments: Any):
    for key in ("gen_ai.tool.call.arguments", "traceloop.entity.input", "input.value"):
        assert fold(span({key: sent}, "tool")) == {"tool_arguments": arguments}


def test_a_langchain_tool_message_is_unwrapped_to_what_the_tool_said():
    message = {"type": "tool", "data": {"content": '{"temp_c": 17}', "tool_call_id": "c"}}
    assert fold(span({"output.value": json.dumps(message)}, "tool")) == {
        "tool_result": {"temp_c": 17}
    }


def test_plain_text_is_not_decoded_when_its_mime_type_says_text():
    attributes = {"input.value": "[1, 2]", "input.mime_type": "text/plain"}
    assert fold(span(attributes, "workflow")) == {"input_value": "[1, 2]"}
    attributes["input.mime_type"] = "application/json"
    assert fold(span(attributes, "workflow")) == {"input_value": [1, 2]}


def test_a_reranker_has_query_and_documents_before_and_after():
    folded = fold(
        span(
            {
                "reranker.query": "capital",
                "reranker.input_documents.0.document.content": "Cusco",
                "reranker.input_documents.1.document.content": "Lima",
                "reranker.output_documents.0.document.content": "Lima",
                "reranker.output_documents.0.document.score": "0.5",
            },
            "reranker",
        )
    )
    assert folded["retrieval_query"] == "capital"
    assert [d["content"] for d in folded["input_documents"]] == ["Cusco", "Lima"]
    assert folded["documents"] == [{"id": None, "score": 0.5, "content": "Lima", "metadata": None}]


def test_a_vector_stores_distance_keeps_its_name():
    event = ("db.query.result", None, {"db.query.result.id": "d1", "db.query.result.distance": 0.2})
    assert fold(span(kind="retriever", events=[event]))["documents"] == [
        {"id": "d1", "score": None, "content": None, "metadata": None, "distance": 0.2}
    ]


def test_vectors_are_dropped_from_an_embeddings_output():
    body = {"data": [{"embedding": [0.5] * 256, "index": 0}], "model": "m"}
    folded = fold(span({"output.value": json.dumps(body)}, "embedding"))
    assert folded == {"embedding_count": 1, "embedding_dim": 256}
    folded = fold(span({"output.value": json.dumps(body)}, "workflow"))
    assert folded["output_value"]["data"] == [{"embedding": {"vector_dim": 256}, "index": 0}]


def test_the_same_result_in_both_forms_is_one_evaluation():
    attributes: dict[str, Any] = {}
    for form in ("annotation", "evaluation"):
        attributes[f"{form}s.0.{form}.name"] = "quality"
        attributes[f"{form}s.0.{form}.score"] = 0.9
    assert len(fold(span(attributes))["evaluations"]) == 1


def test_infinite_and_empty_parameters_are_absent():
    sent = '{"max_tokens": "Infinity", "stop": null, "temperature": "0.2", "seed": 0, "api_key": 1}'
    params = fold(span({"llm.invocation_parameters": sent}))["params"]
    assert params == {"temperature": 0.2, "seed": 0}


WORDS = (
    "role content parts type text tool_calls function message tool_call id name kwargs args data lc"
    " toolUse toolResult image source output documents document vector input_str summary 0 1"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS.split()) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)
TYPES = st.sampled_from(
    ["text", "tool_call", "tool_result", "image", "input_audio", "reasoning", "uri", "blob"]
)
PART_KEYS = "content text source image uri arguments id response summary data function url result"
PARTS = st.builds(
    lambda kind, part: {**part, "type": kind},
    TYPES,
    st.dictionaries(st.sampled_from(PART_KEYS.split()), JSON, max_size=3),
)
VALUES = JSON | JSON.map(json.dumps) | st.lists(PARTS, max_size=3)
SENT = sorted({key for v in load_vectors() for key in v.input["span"]["attributes"]})
MORE = """
gen_ai.output.messages gen_ai.system_instructions gen_ai.prompt gen_ai.completion llm.tools
llm.input_messages llm.output_messages llm.prompts llm.choices metadata tag.tags
llm.input_messages.0 llm.input_messages.0.message llm.input_messages.1.function.0
llm.input_messages.2.message.contents.0 llm.output_messages.0.message.contents
llm.output_messages.0.message.tool_calls gen_ai.prompt.0 gen_ai.completion.0.tool_calls
retrieval.documents reranker.output_documents embedding.embeddings annotations evaluations.0
gen_ai.retrieval.documents gen_ai.agent.tools gen_ai.embeddings.dimension.count
traceloop.association.properties.x llm.prompt_template.variables
"""
KEYS = st.sampled_from([*SENT, *MORE.split()])
EVENT_NAMES = st.sampled_from(
    [
        *("gen_ai.user.message", "gen_ai.tool.message", "gen_ai.choice", "db.query.result"),
        *("gen_ai.client.inference.operation.details", "gen_ai.content.prompt"),
        "gen_ai.evaluation.result",
    ]
)
EVENT_KEYS = KEYS | st.sampled_from(["content", "message", "tool.result", "tool_calls", "role"])


@examples(80)
@given(
    attributes=st.dictionaries(KEYS, VALUES, max_size=6),
    events=st.lists(
        st.tuples(EVENT_NAMES, st.none(), st.dictionaries(EVENT_KEYS, VALUES, max_size=3)),
        max_size=3,
    ),
    logs=st.lists(
        st.tuples(st.none() | EVENT_NAMES, VALUES, st.dictionaries(EVENT_KEYS, VALUES, max_size=3)),
        max_size=3,
    ),
    kind=st.sampled_from(["llm", "tool", "retriever", "embedding", "reranker", "workflow"]),
)
def test_no_json_whatsoever_makes_folding_raise(
    attributes: dict[str, Any], events: list[Any], logs: list[Any], kind: str
):
    folded = fold(span(attributes, kind, events, logs))
    assert folded.keys() <= set(FIELDS)
    for message in folded.get("input_messages", []) + folded.get("output_messages", []):
        assert isinstance(message["role"], str)
        assert all(isinstance(part["type"], str) for part in message["parts"])


@pytest.mark.parametrize("key", ["gen_ai.input.messages", "input.value", "output.value"])
def test_nesting_without_end_stays_text_or_folds(key: str):
    for value in ("[" * 100_000, "[" * 900 + "]" * 900, '{"a":' * 500 + "1" + "}" * 500):
        fold(span({key: value}, "workflow"))


def test_an_attribute_of_a_megabyte_folds_whole():
    history = [
        {"role": "user", "parts": [{"type": "text", "content": "word " * 100}]} for _ in range(2000)
    ]
    whole = json.dumps(history)
    assert len(whole) > 1_000_000
    folded = fold(span({"gen_ai.input.messages": whole}, "llm"))
    assert len(folded["input_messages"]) == 2000
    fold(span({"gen_ai.output.messages": whole[:-1]}, "llm"))
