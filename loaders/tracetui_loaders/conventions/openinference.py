"""OpenInference (Arize Phoenix and the frameworks it instruments).

Source: Arize-ai/openinference `spec/semantic_conventions.md`, `spec/embedding_spans.md` and the
annotations specification of 2026-07-31; MAPPING §1-§7, RULES §1 rule 1.
"""

from functools import lru_cache
from typing import Any

import msgspec

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    dollars,
    keys,
    one_of,
    text,
    text_list,
    token_count,
)
from tracetui_loaders.schema import MODEL_CALL_KINDS

KINDS = {
    "agent": "agent",
    "chain": "workflow",
    "llm": "llm",
    "tool": "tool",
    "retriever": "retriever",
    "embedding": "embedding",
    "reranker": "reranker",
    "guardrail": "guardrail",
    "evaluator": "evaluator",
    "prompt": "prompt",
}
"""`openinference.span.kind`, lower-cased; UNKNOWN decides nothing."""

_HANDOFF = "handoff to "


class _Parameters(msgspec.Struct):
    """What `llm.invocation_parameters` and request bodies may say of the model."""

    model: str | None = None
    model_name: str | None = None
    stream: bool | None = None


class _WithId(msgspec.Struct):
    id: str | None = None


class _MessageKwargs(msgspec.Struct):
    response_metadata: _WithId | None = None


class _LangChainMessage(msgspec.Struct):
    kwargs: _MessageKwargs | None = None


class _Generation(msgspec.Struct):
    message: _LangChainMessage | None = None


class _Output(msgspec.Struct):
    """A provider's response body, or LangChain's LLMResult around it."""

    id: str | None = None
    generations: list[list[_Generation]] | None = None


_parameters = msgspec.json.Decoder(_Parameters)
_output = msgspec.json.Decoder(_Output)


def _decoded(decoder: msgspec.json.Decoder[Any], value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    try:
        return decoder.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return None


def _corrections(span: Span) -> None:
    """Mend kinds that instrumentations set wrongly (RULES §1, "Corrections")."""
    fields = span.fields
    if fields["kind"] == "tool" and span.name.startswith(_HANDOFF):
        fields["kind"] = "handoff"
        fields.setdefault("handoff_to", span.name[len(_HANDOFF) :])
    elif (
        fields["kind"] == "agent"
        and span.scope_name == "openinference.instrumentation.openai_agents"
        and "agent.name" not in span.attributes
        and "graph.node.id" not in span.attributes
    ):
        fields["kind"] = "workflow"


def _agent_name(span: Span) -> None:
    """Take the name that smolagents and CrewAI put in the span: `weather_agent.run`."""
    fields = span.fields
    if "agent_name" in fields:
        return
    if "openinference.span.kind" in span.attributes:
        for suffix in (".run", ".agent"):
            if span.name.endswith(suffix) and len(span.name) > len(suffix):
                fields["agent_name"] = span.name[: -len(suffix)]


def _tool_name(span: Span) -> None:
    """Take the name that DSPy puts in the span: `search.__call__`."""
    fields = span.fields
    if "tool_name" not in fields and "openinference.span.kind" in span.attributes:
        name = span.name.removesuffix(".__call__")
        if name:
            fields["tool_name"] = name


def _model_in_parameters(span: Span) -> None:
    """A failed call names its model only inside its invocation parameters or request body."""
    fields = span.fields
    if "request_model" in fields and "streaming" in fields:
        return
    attributes = span.attributes
    for key in (
        "llm.invocation_parameters",
        "embedding.invocation_parameters",
        "reranker.invocation_parameters",
    ):
        found = _decoded(_parameters, attributes.get(key))
        if found is not None:
            _take_parameters(fields, found)
    if "request_model" not in fields and "response_model" not in fields:
        found = _decoded(_parameters, attributes.get("input.value"))
        if found is not None:
            _take_parameters(fields, found)


def _take_parameters(fields: dict[str, Any], found: _Parameters) -> None:
    model = text(found.model) or text(found.model_name)
    if model and "request_model" not in fields:
        fields["request_model"] = model
    if found.stream is not None and "streaming" not in fields:
        fields["streaming"] = found.stream


def _response_id(span: Span) -> None:
    """Take the response id from the recorded response: twins are known by it (RULES §3)."""
    fields = span.fields
    if "response_id" in fields:
        return
    found = _decoded(_output, span.attributes.get("output.value"))
    if found is None:
        return
    response_id = found.id
    if not response_id and found.generations:
        for message in (item.message for group in found.generations for item in group):
            if message and message.kwargs and message.kwargs.response_metadata:
                response_id = message.kwargs.response_metadata.id
                break
    if response_id and text(response_id):
        fields["response_id"] = response_id


class _Metadata(msgspec.Struct):
    """What LangChain's and LangGraph's metadata say of where a span belongs."""

    langgraph_node: Any = None
    session_id: Any = None
    thread_id: Any = None
    conversation_id: Any = None


_metadata = msgspec.json.Decoder(_Metadata)


@lru_cache(4)
def _metadata_of(value: str) -> _Metadata | None:
    """Return the metadata; two fields are read from the same text, one after the other."""
    return _decoded(_metadata, value)


def _graph_node(value: Any) -> str | None:
    if not isinstance(value, str) or '"langgraph_node"' not in value:
        return None
    found = _metadata_of(value)
    return text(found.langgraph_node) if found is not None else None


def _session(value: Any) -> str | None:
    if not isinstance(value, str) or '_id"' not in value:
        return None
    found = _metadata_of(value)
    if found is None:
        return None
    return text(found.session_id) or text(found.thread_id) or text(found.conversation_id)


def _documents(span: Span) -> tuple[str, str] | None:
    """Rule 5: only retrievers, rerankers and embedders carry these keys."""
    for key in span.attributes:
        if key.startswith("retrieval.documents."):
            return "retriever", "retrieval.documents.*"
        if key.startswith("reranker."):
            return "reranker", "reranker.*"
        if key.startswith("embedding."):
            return "embedding", "embedding.*"
    return None


OPENINFERENCE = Convention(
    name="openinference",
    keys=(
        Key("openinference.span.kind", "kind", 110, one_of(KINDS)),
        Key("llm.provider", "provider_raw", 10),
        Key("llm.system", "provider_raw", 60),
        Key("llm.request.model_name", "request_model", 10),
        Key("llm.response.model_name", "response_model", 10),
        Key("llm.model_name", "response_model", 50),
        Key("embedding.model_name", "response_model", 60),
        Key("reranker.model_name", "response_model", 70),
        Key("llm.token_count.prompt", "input_tokens", 40, token_count),
        Key("llm.token_count.completion", "output_tokens", 40, token_count),
        Key("llm.token_count.total", "total_tokens", 20, token_count),
        *keys(
            "cache_read_tokens",
            60,
            (
                "llm.token_count.prompt_details.cache_read",
                "llm.token_count.prompt_details.cache_input",
            ),
            token_count,
        ),
        Key("llm.token_count.prompt_details.cache_write", "cache_write_tokens", 50, token_count),
        Key("llm.token_count.completion_details.reasoning", "reasoning_tokens", 40, token_count),
        Key("llm.token_count.prompt_details.audio", "audio_input_tokens", 0, token_count),
        Key("llm.token_count.completion_details.audio", "audio_output_tokens", 0, token_count),
        Key("llm.cost.total", "cost_given_usd", 50, dollars),
        Key("llm.finish_reason", "finish_reasons", 20, text_list),
        Key("tool.name", "tool_name", 10),
        Key("tool.id", "tool_call_id", 30),
        Key("tool_call.id", "tool_call_id", 50),
        Key("agent.name", "agent_name", 10),
        Key("graph.node.id", "agent_name", 30),
        Key("graph.node.id", "graph_node", 0),
        Key("graph.node.parent_id", "graph_parent", 0),
        Key("metadata", "graph_node", 10, _graph_node),
        Key("metadata", "session_id", 120, _session),
        Key("agent.id", "agent_id", 10),
        Key("llm.user", "user_id", 100),
    ),
    kind_rules=((505, _documents),),
    derive=(
        (frozenset({"agent"}), _agent_name),
        (frozenset({"tool"}), _tool_name),
        (MODEL_CALL_KINDS, _model_in_parameters),
        (frozenset({"llm"}), _response_id),
    ),
    correct=_corrections,
)
