"""Builds Arrow batches from normalised spans: the inner loop of loading, run once per span."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pyarrow as pa

from tracetui_loaders.base import Batch, LineCounts, ResumePoint
from tracetui_loaders.columns import (
    JsonTexts,
    arrow_array,
    columns_of,
    from_rows,
    from_tuples,
    to_json,
)
from tracetui_loaders.conventions.base import Fields
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

_MOST_IDS = 65_536
BATCH_SPANS = 16_384
"""Spans per batch: just what the store writes as one group of rows; a few more or less would be
written twice."""
FIRST_BATCH_SPANS = 1_024
"""Spans of the first batch of a source: on the screen at once."""
BATCH_BYTES = 64 << 20
"""Attributes per batch: spans with long conversations make smaller batches."""

_SENT = (
    "row_id",
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
    "extra",
)
"""The columns that every span has as sent, in the order of the tuples that keep them."""
_FOUND = tuple(column for column in SPANS if column.name not in {*_SENT, "source_id", "attributes"})
"""The columns that conventions fill, from one dict per span."""

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
        self._trace_ids: dict[Any, str | None] = {}
        self._limit = FIRST_BATCH_SPANS
        self._sent: list[tuple[Any, ...]] = []
        self._fields: list[Fields] = []
        self._attributes = JsonTexts()
        self._clear()

    def _clear(self) -> None:
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
        return len(self._fields) + len(self._logs) + len(self._points)

    def full(self, bytes_done: int, resume: ResumePoint | None = None) -> Iterator[Batch]:
        """Yield what is waiting in batches of equal size; what is over waits for the next.

        Args:
            bytes_done: Bytes of the source read so far.
            resume: Where to go on if the source grows and all that was added has been flushed.
        """
        if not self._is_full():
            return
        self._add_rest()
        while self._is_full():
            batch = self._flush(min(self._limit, len(self._fields)), bytes_done, resume)
            self._limit = BATCH_SPANS
            yield batch

    def _is_full(self) -> bool:
        return self.size >= self._limit or self._attributes.size >= BATCH_BYTES

    def _add_rest(self) -> None:
        for add_rest in self.before_flush:
            add_rest()

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

    def _next_row_id(self) -> int:
        row_id = self.source_id << ROW_BITS | self._ordinal
        self._ordinal += 1
        return row_id

    def _resource_id(self, context: Context, row_id: int) -> int:
        """Return the id of the context's resource, which is stored when a row first has it."""
        known = context.resource_id
        return self._keep_resource(context, row_id) if known is None else known

    def _keep_resource(self, context: Context, row_id: int) -> int:
        """Store the context's resource, which `row_id` is the first to have; return its id."""
        context.resource_id = row_id
        self._resources.append(
            (row_id, context.attributes, context.scope_attributes, context.schema_url)
        )
        return row_id

    @property
    def ordinal(self) -> int:
        """Row ids given so far, also by the loads that this one resumes."""
        return self._ordinal

    def add_span(
        self, span: RawSpan, context: Context, line: int | None, byte_offset: int | None
    ) -> None:
        """Normalise `span` and keep it for the next flush."""
        row_id = self._next_row_id()
        attributes, events, links = span.attributes, span.events, span.links
        fields = normalise(
            span.name,
            context.scope_name,
            attributes,
            events,
            status=span.status,
            status_message=span.status_message,
            start_time_unix_nano=span.start_time_unix_nano,
            inherited=context.fields,
        )
        if fields["kind"] == "partial" and span.parent_span_id:
            span = provisional(span, fields)
        trace_id = self._trace_id(span.trace_id)
        span_id = normalise_id(span.span_id, SPAN_ID_BYTES)
        if trace_id is None or span_id is None:
            missing = "trace id" if trace_id is None else "span id"
            self.problem("note", f"span {span.name!r} has no {missing}", line, byte_offset)
        resource_id = self._resource_id(context, row_id)
        self._sent.append(
            (
                row_id,
                line,
                byte_offset,
                trace_id or stand_in(row_id),
                span_id or stand_in(row_id),
                normalise_id(span.parent_span_id, SPAN_ID_BYTES),
                span.name,
                span.otel_kind,
                context.scope_name,
                context.scope_version,
                resource_id,
                span.start_time_unix_nano,
                span.end_time_unix_nano,
                span.status,
                span.status_message,
                len(events),
                len(links),
                span.dropped_attributes_count,
                to_json(span.extra) if span.extra else None,
            )
        )
        self._fields.append(fields)
        self._attributes.add(attributes)
        if events or links:
            self._keep_events_and_links(row_id, span)

    def _trace_id(self, raw: Any) -> str | None:
        """Return `raw` in its one form; spans of one trace come together, so it is remembered."""
        known = self._trace_ids
        try:
            return known[raw]
        except KeyError:
            if len(known) >= _MOST_IDS:
                known.clear()
            known[raw] = found = normalise_id(raw, TRACE_ID_BYTES)
            return found
        except TypeError:
            return normalise_id(raw, TRACE_ID_BYTES)

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
        self._add_rest()
        return self._flush(len(self._fields), bytes_done, resume, provisional=provisional)

    def _flush(
        self,
        spans: int,
        bytes_done: int,
        resume: ResumePoint | None,
        *,
        provisional: bool = False,
    ) -> Batch:
        """Return a batch of the first `spans` spans and of everything else that is waiting."""
        if resume is not None:
            # Rows that are added when a batch is made have numbers too.
            resume = replace(resume, ordinal=self._ordinal)
        batch = Batch(
            source_id=self.source_id,
            spans=self._span_batch(spans),
            events=from_tuples(self._events, EVENTS),
            links=from_tuples(self._links, LINKS),
            logs=from_rows(self._logs, LOGS, self.source_id),
            resources=from_tuples(self._resources, RESOURCES),
            problems=from_tuples(self._problems, PROBLEMS),
            metrics=from_rows(self._points, METRICS, self.source_id),
            lines=self.lines,
            bytes_done=bytes_done,
            resume=resume,
            provisional=provisional,
        )
        self._clear()
        return batch

    def _span_batch(self, count: int) -> pa.RecordBatch:
        """Return the first `count` spans and forget them."""
        sent, self._sent = self._sent[:count], self._sent[count:]
        fields, self._fields = self._fields[:count], self._fields[count:]
        # What every span has, by position, and what conventions found, by name.
        values = dict(zip(_SENT, zip(*sent, strict=True), strict=False))
        columns = {
            name: arrow_array(values.get(name, ()), SPANS.field(name).type) for name in _SENT
        } | columns_of(fields, _FOUND)
        columns["source_id"] = pa.array([self.source_id] * count, pa.int32())
        columns["attributes"] = self._attributes.take(count)
        return pa.RecordBatch.from_arrays([columns[name] for name in SPANS.names], schema=SPANS)
