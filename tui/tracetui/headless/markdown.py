"""One span as Markdown: what `y` copies in the app, and with it everything that was sent."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tracetui_store.content import folded
from tracetui_store.rows import SpanDetail

from tracetui.view_models.markdown import span_as_markdown
from tracetui.view_models.sanitise import sanitise, sanitise_block


def span_markdown(detail: SpanDetail) -> Iterator[str]:
    """Yield the lines of a span: facts, input and output, events, links, attributes, resource."""
    yield from sanitise_block(span_as_markdown(detail, folded(detail))).split("\n")
    for event in detail.events:
        yield from _section(f"Event {event.name}", event.attributes)
    for link in detail.links:
        yield from _section(f"Link to span {link.span_id} of {link.trace_id}", link.attributes)
    for log in detail.logs:
        record = {"severity": log.severity_text, "body": log.body, "attributes": log.attributes}
        yield from _section(f"Log {log.event_name or 'record'}", record)
    yield from _section("Attributes", detail.attributes)
    yield from _section("Resource", detail.resource)


def _section(title: str, value: dict[str, Any]) -> Iterator[str]:
    """Yield a heading, and `value` as a JSON block that its own content cannot close."""
    yield f"### {sanitise(title)}"
    yield ""
    if value:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        yield f"{fence}json"
        yield from sanitise_block(text).split("\n")
        yield fence
        yield ""
