"""`tracetui spans`: every span, normalised, one JSON object per line."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from tracetui_loaders.folding import FIELDS
from tracetui_loaders.schema import ROW_BITS
from tracetui_store.content import folded
from tracetui_store.predicates import PredicateError, Selection
from tracetui_store.protocol import TraceReader
from tracetui_store.rows import SpanDetail

from tracetui.headless import traces as trace_list
from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.filtering import cannot_ask, predicate
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded_store
from tracetui.headless.output import json_text, say, shorten
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds

Row = dict[str, Any]

DEFAULT_LIMIT = 200
"""Lines that are printed for people; JSON has all spans unless told otherwise."""

_PAYLOADS_AT_ONCE = 256


def run(
    paths: Sequence[str],
    *,
    trace: str | None,
    span: str | None,
    payloads: bool,
    limit: int | None,
    as_json: bool,
    options: LoadOptions,
    filter_text: str = "",
) -> None:
    """Print the spans of `paths`."""
    with loaded_store(paths, options) as store, store.reader() as reader:
        if trace is not None:
            trace = trace_list.pick(trace_list.numbered(reader), trace)["trace_id"]
        left = _left(reader, filter_text) if filter_text else None
        rows = matching(reader, trace, span)
        if left is not None:
            rows = (row for row in rows if row["row_id"] in left)
        if as_json:
            chosen = islice(rows, limit or None)
            if payloads:
                with store.reader() as payload_reader:
                    _print_json(_with_payloads(payload_reader, chosen))
            else:
                _print_json(map(normalised, chosen))
        else:
            _print_lines(rows, DEFAULT_LIMIT if limit is None else limit)


def _left(reader: TraceReader, text: str) -> set[Any]:
    """Return the row ids of the spans that a filter leaves."""
    where = predicate(reader, text, "spans")
    try:
        return set(reader.span_list(Selection(spans=where))["row_id"].to_pylist())
    except PredicateError as error:
        raise cannot_ask(error) from None


def _print_json(rows: Iterable[Row]) -> None:
    for row in rows:
        sys.stdout.write(json_text(row) + "\n")


def _print_lines(rows: Iterator[Row], limit: int) -> None:
    for row in islice(rows, limit or None):
        say(_line(row))
    if left := sum(1 for _ in rows):
        say(f"… {fmt.count(left)} more spans: --limit 0 shows all")


def _with_payloads(reader: TraceReader, rows: Iterator[Row]) -> Iterator[Row]:
    """Yield each of `rows` with its payloads; the reader of `rows` is still at work."""
    while part := list(islice(rows, _PAYLOADS_AT_ONCE)):
        yield from map(with_payloads, reader.details(part))


def matching(reader: TraceReader, trace_id: str | None, wanted: str | None) -> Iterator[Row]:
    """Return the spans of a trace and of an id, or of what the id begins with.

    Raises:
        CommandError: If `wanted` names no span.
    """
    if wanted is None:
        return reader.spans(trace_id=trace_id)
    found = list(reader.spans(trace_id=trace_id, span_id=wanted))
    if not found:
        found = [
            row
            for row in reader.spans(trace_id=trace_id)
            if (row["span_id"] or "").startswith(wanted.lower())
        ]
    if not found:
        raise CommandError(f"no span {wanted!r}; `tracetui spans FILE` lists them", USAGE)
    return iter(found)


def find_span(reader: TraceReader, trace_id: str | None, wanted: str) -> SpanDetail:
    """Return the one span that `wanted` names.

    Raises:
        CommandError: If it names none or several.
    """
    found = list(islice(matching(reader, trace_id, wanted), 2))
    if len(found) > 1:
        raise CommandError(
            f"several spans match {wanted!r}; give more of the id, or its trace", USAGE
        )
    detail = reader.span(found[0]["row_id"])
    if detail is None:
        raise CommandError(f"no span {wanted!r}; `tracetui spans FILE` lists them", USAGE)
    return detail


def normalised(row: Row) -> Row:
    """Return a span under the names of DESIGN §3 and the convention vectors."""
    named = dict(row)
    named["ordinal"] = named["row_id"] & ((1 << ROW_BITS) - 1)
    named["events"] = named.pop("event_count")
    named["links"] = named.pop("link_count")
    return named


def with_payloads(detail: SpanDetail) -> Row:
    """Return a span with its folded content beside the columns, and what was sent as it was.

    A column that is known wins over folded content of the same name.
    """
    named = normalised(detail.fields)
    content = folded(detail)
    for name in FIELDS:
        if named.get(name) is None:
            named[name] = content.get(name)
    return {
        **named,
        "attributes": detail.attributes,
        "extra": detail.extra,
        "resource": detail.resource,
        "scope_attributes": detail.scope_attributes,
        "span_events": [
            {
                "name": event.name,
                "time_unix_nano": event.time_unix_nano,
                "attributes": event.attributes,
            }
            for event in detail.events
        ],
        "span_links": [
            {
                "trace_id": link.trace_id,
                "span_id": link.span_id,
                "attributes": link.attributes,
                "loaded": link.loaded,
            }
            for link in detail.links
        ],
        "span_logs": [
            {
                "event_name": log.event_name,
                "time_unix_nano": log.time_unix_nano,
                "severity_text": log.severity_text,
                "body": log.body,
                "attributes": log.attributes,
            }
            for log in detail.logs
        ],
    }


def _line(row: Row) -> str:
    """Return a span as one line for people."""
    start, end = row["start_time_unix_nano"], row["end_time_unix_nano"]
    time = kinds.RUNNING_MARK
    if start is not None and end is not None:
        time = fmt.duration(end - start)
    tokens = fmt.NOTHING if row["total_tokens"] is None else fmt.tokens(row["total_tokens"])
    mark = kinds.ERROR_MARK if row["error"] else " "
    name = shorten(row["name"] or fmt.UNKNOWN, 60)
    trace_id, span_id = (row["trace_id"] or "")[:12], row["span_id"] or fmt.UNKNOWN
    kind = row["kind"] or "other"
    return (
        f"{mark} {trace_id:<12}  {shorten(span_id, 16):<16}  {kinds.glyph(kind)} {kind:<10}"
        f"  {time:>8}  {tokens:>7}  {name}"
    )
