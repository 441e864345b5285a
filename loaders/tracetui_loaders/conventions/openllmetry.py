"""OpenLLMetry (Traceloop), before and since it follows the OTel GenAI conventions (0.55).

Source: traceloop/openllmetry `opentelemetry-semantic-conventions-ai` `SpanAttributes`; MAPPING
§0 rows TLold and TLnew, RULES §1 rule 1.
"""

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    boolean,
    one_of,
    text,
    text_list,
    token_count,
)

KINDS = {
    "workflow": "workflow",
    "agent": "agent",
    "tool": "tool",
    "handoff": "handoff",
    "llm": "llm",
    "embedding": "embedding",
    "retriever": "retriever",
    "reranker": "reranker",
    "guardrail": "guardrail",
}
"""`traceloop.span.kind`; `task` and `unknown` are weak and come after the OTel operation."""

_REQUEST_TYPES = {
    "chat": "llm",
    "completion": "llm",
    "embedding": "embedding",
    "rerank": "reranker",
}
_SUFFIXES = {"tool": ".tool", "agent": ".agent"}


def _names(span: Span) -> None:
    """Take the tool's or agent's name from the entity: `traceloop.entity.name`."""
    fields = span.fields
    kind = fields["kind"]
    if f"{kind}_name" in fields:
        return
    if "traceloop.span.kind" not in span.attributes:
        return
    name = text(span.attributes.get("traceloop.entity.name"))
    if name is None and span.name.endswith(_SUFFIXES[kind]):
        name = span.name[: -len(_SUFFIXES[kind])] or None
    if name is not None:
        fields[f"{kind}_name"] = name


OPENLLMETRY = Convention(
    name="openllmetry",
    keys=(
        Key("traceloop.span.kind", "kind", 130, one_of(KINDS)),
        Key("traceloop.span.kind", "kind", 390, one_of({"task": "workflow"})),
        Key("llm.request.type", "kind", 510, one_of(_REQUEST_TYPES)),
        Key("llm.request.type", "operation", 20),
        Key("traceloop.workflow.name", "workflow_name", 10),
        Key("llm.usage.prompt_tokens", "input_tokens", 50, token_count),
        Key("llm.usage.completion_tokens", "output_tokens", 50, token_count),
        Key("llm.usage.total_tokens", "total_tokens", 10, token_count),
        Key("llm.usage.reasoning_tokens", "reasoning_tokens", 30, token_count),
        Key("gen_ai.is_streaming", "streaming", 10, boolean),
        Key("llm.is_streaming", "streaming", 20, boolean),
        Key("gen_ai.completion.0.finish_reason", "finish_reasons", 90, text_list),
        Key("langgraph.command.source_node", "handoff_from", 40),
        Key("langgraph.command.goto_node", "handoff_to", 40),
        Key("traceloop.association.properties.langgraph_node", "graph_node", 20),
        Key("traceloop.association.properties.session_id", "session_id", 50),
        Key("traceloop.association.properties.thread_id", "session_id", 55),
        Key("traceloop.association.properties.user_id", "user_id", 60),
    ),
    derive=((frozenset({"tool", "agent"}), _names),),
)
