"""Folding: the payload of one span, in the shape that views show, whatever convention wrote it.

A span is folded when it is opened, never at load. Every field has an ordered list of sources; a key
that two conventions share means the same in both, so nobody asks first which one wrote the span.
"""

from collections.abc import Collection
from typing import Any

from tracetui_loaders.folding import (
    aws,
    frameworks,
    openinference,
    openllmetry,
    otel_genai,
    pydantic_ai,
    vendors,
    vercel,
)
from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent
from tracetui_loaders.folding.json_value import present
from tracetui_loaders.folding.messages import lifted

CONVENTIONS: tuple[Convention, ...] = (
    otel_genai.CONVENTION,
    openllmetry.CONVENTION,
    openinference.CONVENTION,
    vercel.CONVENTION,
    pydantic_ai.CONVENTION,
    vendors.TOOL_CALLS,
    frameworks.GOOGLE_ADK,
    frameworks.CLAUDE_CODE,
    frameworks.GENKIT,
    frameworks.MONOCLE,
    frameworks.LIVEKIT,
    vendors.MLFLOW,
    vendors.LANGFUSE,
    vendors.LANGSMITH,
    vendors.LAMINAR,
    vendors.AGENTOPS,
    vendors.MASTRA,
    vendors.TRULENS,
    aws.ADOT,
)
"""The conventions whose content folds, the most trusted first."""

FIELDS = (
    "input_messages",
    "output_messages",
    "system_instructions",
    "tool_definitions",
    "tool_arguments",
    "tool_result",
    "documents",
    "input_documents",
    "retrieval_query",
    "embedding_count",
    "embedding_dim",
    "evaluations",
    "params",
    "prompt_template",
    "prompt_variables",
    "prompt_name",
    "prompt_version",
    "metadata",
    "tags",
    "input_value",
    "output_value",
)
"""Every key that `fold` may return, in the order in which they are read."""

_COLLECTED = frozenset({"evaluations", "params", "metadata"})
"""Fields that add up over their sources; of the others the first source with content wins."""

_SAID_BETTER_BY = {
    "input_value": ("input_messages", "tool_arguments", "retrieval_query"),
    "output_value": ("output_messages", "tool_result", "documents", "embedding_dim"),
}
"""A raw value is not read where a field that was folded says the same."""


def _table() -> dict[str, tuple[FoldSource, ...]]:
    return {
        field: tuple(source for c in CONVENTIONS for source in c.fields.get(field, ()))
        for field in FIELDS
    }


_SOURCES = _table()


def fold_fields(
    span: SpanContent, fields: Collection[str], sources: dict[Any, FoldSource] | None = None
) -> dict[str, Any]:
    """Fold some of `FIELDS` of one span, each for itself: for passes over many spans.

    Unlike `fold`, nothing is moved from one field to another, and a raw value is read even where
    another field says it better.

    Args:
        span: What to fold.
        fields: Those of `FIELDS` of which the first source with content wins.
        sources: Where spans of a scope had a field before. Filled here, and tried first: the spans
            of one instrumentation have a field in one place.
    """
    folded: dict[str, Any] = {}
    for field in fields:
        place = span.scope_name, span.kind, field
        known = sources.get(place) if sources is not None else None
        value = known(span) if known is not None else None
        if not present(value):
            value = None
            for source in _SOURCES[field]:
                value = source(span)
                if present(value):
                    if sources is not None:
                        sources[place] = source
                    break
        if present(value):
            folded[field] = value
    return folded


def fold(span: SpanContent) -> dict[str, Any]:
    """Fold the payload of one span; only keys that have content are in the result.

    Cost is that of decoding what is shown: 10 ms for a MB of long texts, up to 100 ms where that MB
    is ten thousand tiny messages. Whatever the attributes hold, this does not raise: what has no
    known shape stays as it was sent, or is left to the view of raw attributes.

    Args:
        span: What to fold.

    Returns:
        A dict from `FIELDS` to JSON-shaped values; empty if there is no content.
    """
    folded: dict[str, Any] = {}
    for field, sources in _SOURCES.items():
        betters = _SAID_BETTER_BY.get(field, ())
        if any(better in folded for better in betters) or (betters and span.kind == "tool"):
            continue
        read = _collected if field in _COLLECTED else _first
        value = read(sources, span)
        if present(value):
            folded[field] = value
    messages, folded["system_instructions"] = lifted(
        folded.get("input_messages", []), folded.get("system_instructions")
    )
    folded["input_messages"] = messages
    folded["output_messages"] = [
        message
        for message in folded.get("output_messages", [])
        if message["parts"] or "finish_reason" in message
    ]
    return {field: value for field in FIELDS if present(value := folded.get(field))}


def _first(sources: tuple[FoldSource, ...], span: SpanContent) -> Any:
    for source in sources:
        value = source(span)
        if present(value):
            return value
    return None


def _collected(sources: tuple[FoldSource, ...], span: SpanContent) -> Any:
    """Add up lists without repeats, or dicts in which the first source of a key wins."""
    values = [value for source in sources if present(value := source(span))]
    if values and isinstance(values[0], dict):
        merged: dict[str, Any] = {}
        for value in values:
            merged = {**value, **merged}
        return merged
    unique: list[Any] = []
    for value in values:
        unique.extend(item for item in value if item not in unique)
    return unique
