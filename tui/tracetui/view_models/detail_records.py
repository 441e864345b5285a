"""The records of a span as they were sent: attributes, events, links, logs, and all of it raw."""

import dataclasses
from typing import Any

from tracetui_store.rows import EventRow, LogRow, SpanDetail

from tracetui.view_models import format as fmt
from tracetui.view_models.facts import heading
from tracetui.view_models.json_text import (
    PRETTY_LIMIT,
    compact,
    name_binary,
    pretty_text,
    size_of,
    too_long_note,
    value_document,
)
from tracetui.view_models.text_document import (
    Line,
    Piece,
    Role,
    Source,
    TextDocument,
    joined,
    line,
    text_lines,
)

_KEY_CELLS = 28
"""Keys up to this long share a column; a longer one pushes its own value only."""
_KEY_SHOWN = 200
_VALUE_SHOWN = 100
"""Characters of a value that its one line shows; the rest is named by its size."""


def attribute_lines(attributes: dict[str, Any], indent: int = 2) -> list[Line]:
    """Return one aligned line per attribute, in the order of the keys, long values cut."""
    cells = min(_KEY_CELLS, max(map(len, attributes), default=0))
    return [_attribute(key, attributes[key], cells, indent) for key in sorted(attributes)]


def _attribute(key: str, value: Any, cells: int, indent: int) -> Line:
    text, role = (value, "") if isinstance(value, str) else _literal(value)
    pieces = [Piece(" " * indent), Piece(f"{key[:_KEY_SHOWN]:<{cells}}  ", "key")]
    head = name_binary(text) if len(text) <= PRETTY_LIMIT else text
    shown = head[:_VALUE_SHOWN]
    if len(head) > _VALUE_SHOWN:
        pieces.append(Piece(shown.rstrip(), role))
        pieces.append(Piece(f" … {size_of(text)}", "dim"))
    elif not text:
        pieces.append(Piece("empty", "dim"))
    else:
        pieces.append(Piece(shown, role))
    return line(*pieces, hang=indent + cells + 2)


def _literal(value: Any) -> tuple[str, Role]:
    if isinstance(value, bool) or value is None:
        return compact(value), "keyword"
    if isinstance(value, int | float):
        return compact(value), "number"
    return compact(value), ""


def attributes(detail: SpanDetail) -> TextDocument:
    """Return the span's attributes, then its resource's and scope's."""
    return joined(
        [
            _group("", detail.attributes),
            _group("Resource", detail.resource),
            _group("Scope", detail.scope_attributes),
            _group("Also sent", detail.extra),
        ]
    )


def _group(name: str, values: dict[str, Any]) -> TextDocument:
    if not values:
        return TextDocument()
    lines = text_lines(*attribute_lines(values, indent=2 if name else 0))
    return heading(name) + lines if name else lines


def events(detail: SpanDetail) -> TextDocument:
    """Return events in the order sent, with their time since the span's start."""
    start = detail.fields.get("start_time_unix_nano")
    return joined([_event(event, start) for event in detail.events])


def _event(event: EventRow, start: int | None) -> TextDocument:
    values = dict(event.attributes)
    stack = values.pop("exception.stacktrace", None)
    head = text_lines(
        line(
            Piece(f"{_offset(event.time_unix_nano, start):>9}  ", "number"),
            Piece(event.name, "error" if event.name == "exception" else "strong"),
            hang=11,
        )
    )
    if values:
        head += text_lines(*attribute_lines(values, indent=11))
    if isinstance(stack, str) and stack:
        head += TextDocument((Source(stack.rstrip("\n"), "text", 11, "dim"),))
    return head


def _offset(moment: int | None, start: int | None) -> str:
    if moment is None or start is None:
        return fmt.UNKNOWN
    offset = fmt.duration(moment - start)
    return offset if offset.startswith("-") else f"+{offset}"


def links(detail: SpanDetail) -> TextDocument:
    """Return the spans that this one points to, and whether they are here."""
    parts: list[TextDocument] = []
    for link in detail.links:
        elsewhere = link.trace_id != detail.fields.get("trace_id")
        where = "Enter goes there" if link.loaded else "not loaded"
        loaded = Piece(where, "ok" if link.loaded else "warning")
        other = Piece("  another trace" if elsewhere else "  this trace", "dim")
        target = (link.trace_id, link.span_id) if link.loaded else None
        document = text_lines(
            line(
                Piece("span   ", "label"), Piece(link.span_id, "strong"), "  ", loaded, link=target
            ),
            line(Piece("trace  ", "label"), link.trace_id, other, link=target),
        )
        if link.attributes:
            document += text_lines(*attribute_lines(link.attributes, indent=7))
        parts.append(document)
    return joined(parts)


def logs(detail: SpanDetail) -> TextDocument:
    """Return the log records that name this span."""
    start = detail.fields.get("start_time_unix_nano")
    return joined([_log(record, start) for record in detail.logs])


def _log(record: LogRow, start: int | None) -> TextDocument:
    severity = record.severity_text or ""
    alarming = severity.upper().startswith(("ERR", "FATAL"))
    pieces = [
        Piece(f"{_offset(record.time_unix_nano, start):>9}  ", "number"),
        Piece(record.event_name or "log", "strong"),
    ]
    if severity:
        pieces.append(Piece(f"  {severity}", "error" if alarming else "dim"))
    document = text_lines(line(*pieces, hang=11))
    if record.attributes:
        document += text_lines(*attribute_lines(record.attributes, indent=11))
    if record.body is not None:
        document += value_document(record.body, indent=11)
    return document


def whole_span(detail: SpanDetail) -> dict[str, Any]:
    """Return everything known of the span, unknown fields left out."""
    whole: dict[str, Any] = {
        "fields": {k: v for k, v in detail.fields.items() if v is not None},
        "attributes": detail.attributes,
        "extra": detail.extra,
        "resource": detail.resource,
        "scope_attributes": detail.scope_attributes,
        "events": [dataclasses.asdict(event) for event in detail.events],
        "links": [dataclasses.asdict(link) for link in detail.links],
        "logs": [dataclasses.asdict(record) for record in detail.logs],
    }
    return {key: value for key, value in whole.items() if value}


def raw_span(
    detail: SpanDetail, text: str | None = None, *, one_line: bool = False
) -> TextDocument:
    """Return everything known of the span as JSON; `text` is that, if it is made already."""
    text = text or compact(whole_span(detail))
    if one_line:
        return TextDocument((Source(text, "json", 0),))
    return too_long_note(text) + TextDocument((Source(pretty_text(text), "json", 0),))
