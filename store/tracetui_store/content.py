"""The readable content of a span: its payload, folded when somebody opens it."""

from collections.abc import Collection
from typing import Any

from tracetui_loaders.folding import FoldSource, SpanContent, fold, fold_fields

from tracetui_store.rows import SpanDetail


def folded(detail: SpanDetail) -> dict[str, Any]:
    """Return messages, tool payloads, documents and the like of one span.

    The keys are those of `tracetui_loaders.folding.FIELDS`; what the span does not have is left
    out. Costs a millisecond per 100 kB: not for lists.
    """
    return fold(_content(detail))


def folded_fields(
    detail: SpanDetail, fields: Collection[str], sources: dict[Any, FoldSource] | None = None
) -> dict[str, Any]:
    """Return some of what `folded` does, each field for itself: see `folding.fold_fields`."""
    return fold_fields(_content(detail), fields, sources)


def _content(detail: SpanDetail) -> SpanContent:
    fields = detail.fields
    return SpanContent(
        name=fields["name"] or "",
        kind=fields["kind"] or "other",
        operation=fields["operation"],
        scope_name=fields["scope_name"],
        attributes=detail.attributes,
        events=[(event.name, event.time_unix_nano, event.attributes) for event in detail.events],
        logs=[(log.event_name, log.body, log.attributes) for log in detail.logs],
    )
