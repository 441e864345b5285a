"""What folding reads of a span that the store returned."""

from tracetui_loaders.folding import SpanContent
from tracetui_store.rows import SpanDetail


def content_of(detail: SpanDetail) -> SpanContent:
    """Return what folding reads of a span."""
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
