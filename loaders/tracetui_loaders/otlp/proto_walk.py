"""Walks OTLP protobuf messages and hands spans and log records to a `BatchBuilder`.

Source: `opentelemetry-proto` (generated messages), OTLP 1.x.
"""

import base64
from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tracetui_loaders.batch import BatchBuilder, Context, RawLog, RawSpan
from tracetui_loaders.columns import finite
from tracetui_loaders.log_agents import add_log as keep_log
from tracetui_loaders.otlp.enums import span_kind, status, unix_nano
from tracetui_loaders.otlp.proto_metrics import add_metric

_RECORDS_CHECKED = 5


def parse_request(data: bytes) -> Any | None:
    """Return the trace, logs or metrics request that `data` is, or None if it is none of them."""
    for kind, records in (
        (ExportTraceServiceRequest, _spans),
        (ExportLogsServiceRequest, _log_records),
        (ExportMetricsServiceRequest, _metrics),
    ):
        message = kind()
        try:
            message.ParseFromString(data)
        except DecodeError:
            continue
        if _is_clean(message, records(message)):
            return message
    return None


def _is_clean(message: Any, records: Iterable[tuple[Any, ...]]) -> bool:
    """Whether there is a record, and no unknown field on the way to the first few."""
    if len(UnknownFieldSet(message)):
        return False
    seen = 0
    for path in records:
        if any(len(UnknownFieldSet(part)) for part in path):
            return False
        seen += 1
        if seen == _RECORDS_CHECKED:
            break
    return seen > 0


def _spans(message: Any) -> Iterable[tuple[Any, ...]]:
    for resource in message.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                if len(span.trace_id) in (0, 16) and len(span.span_id) in (0, 8):
                    yield resource, scope, span


def _log_records(message: Any) -> Iterable[tuple[Any, ...]]:
    for resource in message.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                yield resource, scope, record


def _metrics(message: Any) -> Iterable[tuple[Any, ...]]:
    for resource in message.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                yield resource, scope, metric


def add_message(message: Any, builder: BatchBuilder, offset: int) -> None:
    """Add every span, log record and metric data point of a request."""
    if isinstance(message, ExportTraceServiceRequest):
        for resource in message.resource_spans:
            attributes = attributes_of(resource.resource.attributes)
            for scope in resource.scope_spans:
                url = scope.schema_url or resource.schema_url
                context = _context(attributes, scope.scope, url, builder)
                for span in scope.spans:
                    _add_span(span, context, builder, offset)
    elif isinstance(message, ExportLogsServiceRequest):
        for resource in message.resource_logs:
            attributes = attributes_of(resource.resource.attributes)
            for scope in resource.scope_logs:
                context = _context(attributes, scope.scope, scope.schema_url, builder)
                for record in scope.log_records:
                    _add_log(record, context, builder)
    else:
        for resource in message.resource_metrics:
            attributes = attributes_of(resource.resource.attributes)
            for scope in resource.scope_metrics:
                context = _context(attributes, scope.scope, scope.schema_url, builder)
                for metric in scope.metrics:
                    add_metric(metric, context, builder, attributes_of)


def _context(
    attributes: dict[str, Any], scope: Any, schema_url: str, builder: BatchBuilder
) -> Context:
    return builder.context(
        attributes,
        scope.name,
        scope.version,
        attributes_of(scope.attributes),
        schema_url or None,
    )


def any_value(value: AnyValue) -> Any:
    """Return an `AnyValue` as a plain value, in the same form as the JSON encoding's."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [any_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return {"bytesValue": base64.b64encode(value.bytes_value).decode()}
    if kind == "double_value":
        return finite(value.double_value)
    return getattr(value, kind)


def attributes_of(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    """Return key-values as a dict, in order; a key sent twice keeps its last value."""
    return {item.key: any_value(item.value) for item in attributes}


def _add_span(span: Any, context: Context, builder: BatchBuilder, offset: int) -> None:
    builder.add_span(
        RawSpan(
            trace_id=span.trace_id,
            span_id=span.span_id,
            parent_span_id=span.parent_span_id,
            name=span.name,
            otel_kind=span_kind(span.kind),
            start_time_unix_nano=unix_nano(span.start_time_unix_nano),
            end_time_unix_nano=unix_nano(span.end_time_unix_nano),
            status=status(span.status.code),
            status_message=span.status.message or None,
            attributes=attributes_of(span.attributes),
            events=[
                (event.name, unix_nano(event.time_unix_nano), attributes_of(event.attributes))
                for event in span.events
            ],
            links=[
                (link.trace_id, link.span_id, attributes_of(link.attributes)) for link in span.links
            ],
            dropped_attributes_count=span.dropped_attributes_count or None,
            extra=_extra(span),
        ),
        context,
        None,
        offset,
    )


def _extra(span: Any) -> dict[str, Any] | None:
    found = {
        "traceState": span.trace_state,
        "flags": span.flags,
        "droppedEventsCount": span.dropped_events_count,
        "droppedLinksCount": span.dropped_links_count,
    }
    return {name: value for name, value in found.items() if value} or None


def _add_log(record: Any, context: Context, builder: BatchBuilder) -> None:
    attributes = attributes_of(record.attributes)
    name = getattr(record, "event_name", "") or attributes.get("event.name")
    keep_log(
        RawLog(
            trace_id=record.trace_id,
            span_id=record.span_id,
            time_unix_nano=unix_nano(record.time_unix_nano)
            or unix_nano(record.observed_time_unix_nano),
            event_name=name if isinstance(name, str) else None,
            severity_number=record.severity_number or None,
            severity_text=record.severity_text or None,
            body=any_value(record.body) if record.HasField("body") else None,
            attributes=attributes,
        ),
        context,
        builder,
        None,
    )
