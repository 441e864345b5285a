"""Walks decoded OTLP JSON and hands spans and log records to a `BatchBuilder`."""

from typing import Any

from tracetui_loaders.batch import BatchBuilder, Context, RawLink, RawLog, RawSpan
from tracetui_loaders.columns import finite
from tracetui_loaders.conventions.base import fits_int64
from tracetui_loaders.log_agents import add_log as keep_log
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.otlp.enums import span_kind, status, uint32, unix_nano
from tracetui_loaders.otlp.json_types import (
    AnyValue,
    Attributes,
    Event,
    Link,
    LogRecord,
    Request,
    Resource,
    ResourceLogs,
    ResourceSpans,
    Scope,
    Span,
)


def any_value(value: AnyValue | None) -> Any:
    """Return an `AnyValue` as a plain value; `{}` is None, bytes are `{"bytesValue": base64}`.

    Raises:
        RecursionError: If it is nested too deep.
    """
    if value is None:
        return None
    if value.stringValue is not None:
        return value.stringValue
    if value.intValue is not None:
        return _integer(value.intValue)
    if value.boolValue is not None:
        return value.boolValue
    if value.doubleValue is not None:
        return _double(value.doubleValue)
    if value.arrayValue is not None:
        return [any_value(item) for item in value.arrayValue.values or ()]
    if value.kvlistValue is not None:
        return {item.key: any_value(item.value) for item in value.kvlistValue.values or ()}
    if value.bytesValue is not None:
        return {"bytesValue": value.bytesValue}
    return None


def _integer(value: int | str | float) -> int | str | float:
    """Return an int64 as a number; what does not fit stays text."""
    if isinstance(value, str):
        try:
            number = int(value)
        except ValueError:
            return value
        return number if fits_int64(number) else value
    if isinstance(value, int):
        return value if fits_int64(value) else str(value)
    return finite(value)


def _double(value: float | str) -> float | str:
    if isinstance(value, str):
        try:
            return finite(float(value))
        except ValueError:
            return value
    return finite(float(value))


def attributes_of(attributes: Attributes) -> dict[str, Any]:
    """Return key-values as a dict, in order; a key sent twice keeps its last value."""
    if not attributes:
        return {}
    found: dict[str, Any] = {}
    for item in attributes:
        value = item.value
        # Strings are nine in ten of all values: not worth a call.
        if value is not None and value.stringValue is not None:
            found[item.key] = value.stringValue
        else:
            found[item.key] = any_value(value)
    return found


def add_request(
    request: Request, builder: BatchBuilder, line: int | None, offset: int | None
) -> None:
    """Add every span and log record of `request`; its metrics are `json_metrics`'."""
    for resource_spans in request.resourceSpans or ():
        add_resource_spans(resource_spans, builder, line, offset)
    for resource_logs in request.resourceLogs or ():
        _add_resource_logs(resource_logs, builder, line)


def add_resource_spans(
    item: ResourceSpans, builder: BatchBuilder, line: int | None, offset: int | None
) -> None:
    """Add the spans of one resource."""
    for scope_spans in item.scopeSpans or ():
        schema_url = scope_spans.schemaUrl or item.schemaUrl
        context = context_of(item.resource, scope_spans.scope, schema_url, builder)
        for span in scope_spans.spans or ():
            add_span(span, context, builder, line, offset)


def context_of(
    resource: Resource | None, scope: Scope | None, schema_url: str | None, builder: BatchBuilder
) -> Context:
    """Return the builder's context of a resource and scope."""
    return builder.context(
        attributes_of(resource.attributes) if resource else {},
        scope.name if scope else None,
        scope.version if scope else None,
        attributes_of(scope.attributes) if scope else None,
        schema_url,
    )


def add_span(
    span: Span, context: Context, builder: BatchBuilder, line: int | None, offset: int | None
) -> None:
    """Add one span."""
    sent_status = span.status
    builder.add_span(
        RawSpan(
            trace_id=span.traceId,
            span_id=span.spanId,
            parent_span_id=span.parentSpanId,
            name=span.name or "",
            otel_kind=span_kind(span.kind),
            start_time_unix_nano=unix_nano(span.startTimeUnixNano),
            end_time_unix_nano=unix_nano(span.endTimeUnixNano),
            status=status(sent_status.code) if sent_status and sent_status.code else "UNSET",
            status_message=(sent_status.message or None) if sent_status else None,
            attributes=attributes_of(span.attributes),
            events=_events(span.events) if span.events else (),
            links=_links(span.links) if span.links else (),
            dropped_attributes_count=uint32(span.droppedAttributesCount)
            if span.droppedAttributesCount
            else None,
            extra=_extra(span) if span.flags or _has_more(span) else None,
        ),
        context,
        line,
        offset,
    )


def _events(events: list[Event]) -> list[RawEvent]:
    return [
        (event.name or "", unix_nano(event.timeUnixNano), attributes_of(event.attributes))
        for event in events
    ]


def _links(links: list[Link]) -> list[RawLink]:
    return [(link.traceId, link.spanId, attributes_of(link.attributes)) for link in links]


def _has_more(span: Span) -> bool:
    return bool(span.traceState or span.droppedEventsCount or span.droppedLinksCount)


def _extra(span: Span) -> dict[str, Any] | None:
    """Return what has no column and should still be seen in the raw view."""
    found: dict[str, Any] = {}
    if span.traceState:
        found["traceState"] = span.traceState
    if flags := uint32(span.flags):
        found["flags"] = flags
    if dropped := uint32(span.droppedEventsCount):
        found["droppedEventsCount"] = dropped
    if dropped := uint32(span.droppedLinksCount):
        found["droppedLinksCount"] = dropped
    return found or None


def _add_resource_logs(item: ResourceLogs, builder: BatchBuilder, line: int | None) -> None:
    for scope_logs in item.scopeLogs or ():
        context = context_of(item.resource, scope_logs.scope, None, builder)
        for record in scope_logs.logRecords or ():
            add_log(record, context, builder, line)


def add_log(record: LogRecord, context: Context, builder: BatchBuilder, line: int | None) -> None:
    """Add one log record; its time falls back to when it was observed."""
    attributes = attributes_of(record.attributes)
    severity = record.severityNumber
    name = record.eventName or attributes.get("event.name")
    keep_log(
        RawLog(
            trace_id=record.traceId,
            span_id=record.spanId,
            time_unix_nano=unix_nano(record.timeUnixNano) or unix_nano(record.observedTimeUnixNano),
            event_name=name if isinstance(name, str) else None,
            severity_number=severity if isinstance(severity, int) else None,
            severity_text=record.severityText
            or (severity.removeprefix("SEVERITY_NUMBER_") if isinstance(severity, str) else None),
            body=any_value(record.body),
            attributes=attributes,
        ),
        context,
        builder,
        line,
    )
