"""Monocle (Linux Foundation): kinds in `span.type`, facts in numbered entities, usage in an event.

Source: monocle2ai/monocle `apptrace/src/monocle_apptrace/instrumentation/metamodel` and its span
format document. `entity.1` is what does the work (inference endpoint, tool, agent), `entity.2` the
model, or the agent that called a tool. RULES §1 rule 1.
"""

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    one_of,
    text,
    token_count,
)

_KINDS = {
    **dict.fromkeys(("inference", "inference.framework"), "llm"),
    "embedding": "embedding",
    "retrieval": "retriever",
    "agentic.invocation": "agent",
    **dict.fromkeys(("agentic.tool.invocation", "agentic.mcp.invocation"), "tool"),
    "agentic.delegation": "handoff",
    **dict.fromkeys(("agentic.turn", "agentic.request", "workflow"), "workflow"),
    **dict.fromkeys(("http.process", "http.send"), "http"),
    # The request below an inference: it repeats the call and reports nothing.
    "inference.modelapi": "other",
}
_PROVIDERS = {"aws_bedrock": "bedrock", "azure_ai_inference": "azure.ai.inference"}
"""Endings of `entity.1.type` that are not spelled as providers are elsewhere."""
_NAMES = {
    "tool": (("entity.1.name", "tool_name"), ("entity.2.name", "agent_name")),
    "agent": (("entity.1.name", "agent_name"),),
    "handoff": (("entity.1.from_agent", "handoff_from"), ("entity.1.to_agent", "handoff_to")),
    "llm": (("entity.2.name", "request_model"),),
    "embedding": (("entity.2.name", "request_model"),),
}
_COUNTS = (
    ("prompt_tokens", "input_tokens"),
    ("completion_tokens", "output_tokens"),
    ("total_tokens", "total_tokens"),
)


def entities(span: Span) -> None:
    """Take names and models from the numbered entities, usage from the event `metadata`."""
    fields = span.fields
    attributes = span.attributes
    kind = fields["kind"]
    for key, column in _NAMES.get(kind, ()):
        value = text(attributes.get(key))
        if value is not None:
            fields.setdefault(column, value)
    if kind in ("llm", "embedding"):
        served_by = text(attributes.get("entity.1.type"))
        if served_by is not None:
            provider = served_by.rpartition(".")[2]
            fields.setdefault("provider_raw", _PROVIDERS.get(provider, provider))
        _usage(span)


def _usage(span: Span) -> None:
    """Take token counts and the finish reason from the event `metadata`."""
    fields = span.fields
    for name, _, attributes in span.events:
        if name != "metadata":
            continue
        for key, column in _COUNTS:
            count = token_count(attributes.get(key))
            if count is not None:
                fields.setdefault(column, count)
        reason = text(attributes.get("finish_reason"))
        if reason is not None:
            fields.setdefault("finish_reasons", [reason])


MONOCLE = Convention(
    name="monocle",
    keys=(
        Key("span.type", "kind", 165, one_of(_KINDS)),
        Key("scope.agentic.session", "session_id", 95),
    ),
)
