"""Builds Arrow batches from normalised spans: Python lists per table, converted once per flush."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pyarrow as pa

from tracetui_loaders.base import Batch, LineCounts, ResumePoint
from tracetui_loaders.conventions.base import Fields, fits_int64
from tracetui_loaders.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, normalise_id, stand_in
from tracetui_loaders.metric_points import MetricPoint
from tracetui_loaders.normalise import RawEvent, normalise, resource_fields
from tracetui_loaders.pending import provisional
from tracetui_loaders.schema import (
    EVENTS,
    LINKS,
    LOGS,
    METRICS,
    PROBLEMS,
    RESOURCES,
    ROW_BITS,
    SPANS,
)

_encode = msgspec.json.Encoder().encode

_SENT = (
    "row_id",
    "source_id",
    "line",
    "byte_offset",
    "trace_id",
    "span_id",
    "parent_span_id",
    "name",
    "otel_kind",
    "scope_name",
    "scope_version",
    "resource_id",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "status",
    "status_message",
    "event_count",
    "link_count",
    "dropped_attributes_count",
    "attributes",
    "extra",
)
"""The columns that every span has as sent, in the order of the tuples that keep them."""

RawLink = tuple[Any, Any, Mapping[str, Any]]
"""A link as sent: trace id, span id, attributes."""


class RawSpan(msgspec.Struct, gc=False):
    """A span as a format read it, before normalising."""

    trace_id: Any
    span_id: Any
    parent_span_id: Any
    name: str
    otel_kind: str | None
    start_time_unix_nano: int | None
    end_time_unix_nano: int | None
    status: str
    status_message: str | None
    attributes: dict[str, Any]
    events: Sequence[RawEvent] = ()
    links: Sequence[RawLink] = ()
    dropped_attributes_count: int | None = None
    extra: dict[str, Any] | None = None


@dataclass(slots=True)
class RawLog:
    """A log record as a format read it."""

    trace_id: Any
    span_id: Any
    time_unix_nano: int | None
    event_name: str | None
    severity_number: int | None
    severity_text: str | None
    body: Any
    attributes: dict[str, Any]


@dataclass(slots=True)
class Context:
    """What spans of one resource and scope share."""

    fields: Fields
    """What the resource says of each of its spans: service, session."""
    scope_name: str | None
    scope_version: str | None
    attributes: str
    """The resource's, as JSON."""
    scope_attributes: str | None
    schema_url: str | None
    resource_id: int | None = None
    """The id of the first row that has it: unique also when a load is resumed. None before that."""


def to_json(value: Any) -> str:
    """Return `value` as JSON text; what JSON cannot say is kept as text."""
    try:
        return _encode(value).decode()
    except (OverflowError, RecursionError, TypeError, ValueError, UnicodeError):
        return _careful_json(value)


def _careful_json(value: Any) -> str:
    """Encode integers past 64 bits and values nested too deep: slow, and only for those."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return text.encode("utf-8", "replace").decode()
    except (RecursionError, ValueError):
        return json.dumps("(nested too deep to keep)")


def finite(value: float) -> float | str:
    """Return `value`, or its name where JSON has no number for it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


class BatchBuilder:
    """Collects what a format reads from one source and turns it into `Batch`es.

    Args:
        source_id: The source's number in the load; the high bits of every row id.
        start: Where the load is resumed: row ids go on from there.
    """

    def __init__(self, source_id: int, start: ResumePoint | None = None) -> None:
        self.source_id = source_id
        self.lines = LineCounts()
        self.before_flush: list[Callable[[], None]] = []
        """Called when a batch is made, to add what follows from the rows before."""
        self._ordinal = start.ordinal if start else 0
        self._contexts: dict[tuple[str, str, str, str, str], Context] = {}
        self._clear()

    def _clear(self) -> None:
        self._sent: list[tuple[Any, ...]] = []
        self._spans: list[Fields] = []
        self._logs: list[Fields] = []
        self._points: list[Fields] = []
        self._events: list[tuple[int, int, int | None, str, str]] = []
        self._links: list[tuple[int, int, str, str, str]] = []
        self._resources: list[tuple[int, str, str | None, str | None]] = []
        self._problems: list[tuple[int, int | None, int | None, str, str]] = []
        self.lines = LineCounts()

    @property
    def size(self) -> int:
        """Spans, log records and metric points waiting for the next flush."""
        return len(self._spans) + len(self._logs) + len(self._points)

    def context(
        self,
        resource: Mapping[str, Any],
        scope_name: str | None = None,
        scope_version: str | None = None,
        scope_attributes: Mapping[str, Any] | None = None,
        schema_url: str | None = None,
    ) -> Context:
        """Return the context of a resource and scope; equal ones are stored once per source."""
        attributes = to_json(resource)
        scope = to_json(scope_attributes) if scope_attributes else ""
        key = (attributes, scope_name or "", scope_version or "", scope, schema_url or "")
        known = self._contexts.get(key)
        if known is None:
            known = Context(
                resource_fields(resource),
                scope_name or None,
                scope_version or None,
                attributes,
                scope or None,
                schema_url or None,
            )
            self._contexts[key] = known
        return known

    def _resource_id(self, context: Context, row_id: int) -> int:
        """Return the id of the context's resource, which is stored when a row first has it."""
        if context.resource_id is None:
            context.resource_id = row_id
            self._resources.append(
                (row_id, context.attributes, context.scope_attributes, context.schema_url)
            )
        return context.resource_id

    @property
    def ordinal(self) -> int:
        """Row ids given so far, also by the loads that this one resumes."""
        return self._ordinal

    def _next_row_id(self) -> int:
        row_id = self.source_id << ROW_BITS | self._ordinal
        self._ordinal += 1
        return row_id

    def add_span(
        self, span: RawSpan, context: Context, line: int | None, byte_offset: int | None
    ) -> None:
        """Normalise `span` and keep it for the next flush."""
        row_id = self._next_row_id()
        row = normalise(
            span.name,
            context.scope_name,
            span.attributes,
            span.events,
            status=span.status,
            status_message=span.status_message,
            start_time_unix_nano=span.start_time_unix_nano,
            inherited=context.fields,
        )
        if row["kind"] == "partial" and span.parent_span_id:
            span = provisional(span, row)
        trace_id = normalise_id(span.trace_id, TRACE_ID_BYTES)
        span_id = normalise_id(span.span_id, SPAN_ID_BYTES)
        if trace_id is None or span_id is None:
            missing = "trace id" if trace_id is None else "span id"
            self.problem("note", f"span {span.name!r} has no {missing}", line, byte_offset)
        sent = (
            row_id,
            self.source_id,
            line,
            byte_offset,
            trace_id or stand_in(row_id),
            span_id or stand_in(row_id),
            normalise_id(span.parent_span_id, SPAN_ID_BYTES),
            span.name,
            span.otel_kind,
            context.scope_name,
            context.scope_version,
            self._resource_id(context, row_id),
            span.start_time_unix_nano,
            span.end_time_unix_nano,
            span.status,
            span.status_message,
            len(span.events),
            len(span.links),
            span.dropped_attributes_count,
            to_json(span.attributes),
            to_json(span.extra) if span.extra else None,
        )
        self._sent.append(sent)
        self._spans.append(row)
        if span.events or span.links:
            self._keep_events_and_links(row_id, span)

    def _keep_events_and_links(self, row_id: int, span: RawSpan) -> None:
        for position, (name, time_unix_nano, attributes) in enumerate(span.events):
            self._events.append((row_id, position, time_unix_nano, name, to_json(attributes)))
        for position, (linked_trace, linked_span, attributes) in enumerate(span.links):
            self._links.append(
                (
                    row_id,
                    position,
                    normalise_id(linked_trace, TRACE_ID_BYTES) or "",
                    normalise_id(linked_span, SPAN_ID_BYTES) or "",
                    to_json(attributes),
                )
            )

    def add_log(self, log: RawLog, context: Context, line: int | None) -> None:
        """Keep a log record for the next flush."""
        row_id = self._next_row_id()
        self._logs.append(
            {
                "row_id": row_id,
                "line": line,
                "trace_id": normalise_id(log.trace_id, TRACE_ID_BYTES),
                "span_id": normalise_id(log.span_id, SPAN_ID_BYTES),
                "time_unix_nano": log.time_unix_nano,
                "event_name": log.event_name,
                "severity_number": log.severity_number,
                "severity_text": log.severity_text,
                "body": to_json(log.body),
                "attributes": to_json(log.attributes),
                "resource_id": self._resource_id(context, row_id),
            }
        )

    def add_point(self, point: MetricPoint, context: Context, line: int | None) -> None:
        """Keep a metric data point for the next flush."""
        row_id = self._next_row_id()
        row = msgspec.structs.asdict(point)
        row |= {
            "row_id": row_id,
            "line": line,
            "attributes": to_json(point.attributes),
            "distribution": to_json(point.distribution) if point.distribution else None,
            "exemplars": to_json(point.exemplars) if point.exemplars else None,
            "scope_name": context.scope_name,
            "resource_id": self._resource_id(context, row_id),
        }
        self._points.append(row)

    def problem(self, kind: str, message: str, line: int | None, byte_offset: int | None) -> None:
        """Keep what is wrong with a line: `kind` is rejected, repaired, tail or note."""
        self._problems.append((self.source_id, line, byte_offset, kind, message))

    def flush(
        self, bytes_done: int, resume: ResumePoint | None = None, *, provisional: bool = False
    ) -> Batch:
        """Return what was collected since the last flush, and begin anew.

        Args:
            bytes_done: Bytes of the source read so far.
            resume: Where to go on if the source grows; see `Batch`.
            provisional: Whether this is about a line that `resume` does not go past.
        """
        for add_rest in self.before_flush:
            add_rest()
        if resume is not None:
            resume = replace(resume, ordinal=self._ordinal)
        batch = Batch(
            source_id=self.source_id,
            spans=_span_batch(self._sent, self._spans),
            events=_from_tuples(self._events, EVENTS),
            links=_from_tuples(self._links, LINKS),
            logs=_from_rows(self._logs, LOGS, self.source_id),
            resources=_from_tuples(self._resources, RESOURCES),
            problems=_from_tuples(self._problems, PROBLEMS),
            metrics=_from_rows(self._points, METRICS, self.source_id),
            lines=self.lines,
            bytes_done=bytes_done,
            resume=resume,
            provisional=provisional,
        )
        self._clear()
        return batch


def _span_batch(sent: list[tuple[Any, ...]], fields: list[Fields]) -> pa.RecordBatch:
    """Join what every span has, by position, with the fields that conventions found, by name."""
    columns: dict[str, Sequence[Any]] = dict(zip(_SENT, zip(*sent, strict=True), strict=False))
    present = set[str]().union(*fields)
    arrays: list[pa.Array] = []
    for column in SPANS:
        name = column.name
        if name in columns:
            arrays.append(_array(columns[name], column.type))
        elif name in present:
            arrays.append(_array([row.get(name) for row in fields], column.type))
        else:
            arrays.append(pa.nulls(len(fields), column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=SPANS)


def _from_rows(rows: list[Fields], schema: pa.Schema, source_id: int) -> pa.RecordBatch:
    """Return rows as a batch; a column that no row has is made without looking at the rows."""
    present = set[str]().union(*rows) if rows else set[str]()
    columns: list[pa.Array] = []
    for column in schema:
        if column.name == "source_id":
            columns.append(pa.array([source_id] * len(rows), column.type))
        elif column.name in present:
            columns.append(_array([row.get(column.name) for row in rows], column.type))
        else:
            columns.append(pa.nulls(len(rows), column.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _from_tuples(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [_array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return pa.array([_fitting(value, kind) for value in values], kind)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """Return `value` as its column can hold it: surrogates replaced, too large numbers unknown."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_fitting(item, kind) for item in value]
    if isinstance(value, int) and pa.types.is_integer(kind):
        limit = 1 << (kind.bit_width - 1)
        return value if -limit <= value < limit and fits_int64(value) else None
    return value
