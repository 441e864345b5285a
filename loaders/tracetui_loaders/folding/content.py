"""What folding sees of a span, and what a convention tells folding."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class SpanContent:
    """The payload of one span and the little of its identity that folding looks at."""

    name: str
    kind: str
    """The normalised kind: llm, tool, agent ..."""
    operation: str | None
    scope_name: str | None
    attributes: dict[str, Any]
    """Decoded AnyValues: str, int, float, bool, list, dict or None."""
    events: Sequence[tuple[str, int | None, dict[str, Any]]] = ()
    """Span events: name, time_unix_nano, attributes."""
    logs: Sequence[tuple[str | None, Any, dict[str, Any]]] = ()
    """Log records of this span: event_name, body, attributes."""


FoldSource: TypeAlias = Callable[[SpanContent], Any]
"""Reads one field from a span; None (or anything empty) where the span does not have it."""


@dataclass(frozen=True, slots=True)
class Convention:
    """One tracing convention: where it keeps what."""

    name: str
    fields: Mapping[str, Sequence[FoldSource]]
    """Field name to its sources, the most trusted first."""


def attribute(*keys: str) -> FoldSource:
    """Make a source that reads the first of `keys` whose value is not None, undecoded."""

    def read(span: SpanContent) -> Any:
        for key in keys:
            value = span.attributes.get(key)
            if value is not None and value != "":
                return value
        return None

    return read
