"""Writes OTLP protobuf messages in OTLP's JSON encoding, exactly: ids as hex, int64 as text.

`google.protobuf.json_format` writes ids as base64, which OTLP does not allow, and takes several
times as long. What a message does not say is left out, as proto3 JSON allows.

Source: OTLP 1.x specification, "JSON Protobuf Encoding"; protobuf's JSON mapping for the rest.
"""

import base64
import math
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_TRACE_ID_BYTES = 16
_SPAN_ID_BYTES = 8


def traces(message: Any) -> tuple[Json, int, int]:
    """Return an `ExportTraceServiceRequest` as JSON values, without the spans that have no ids.

    Returns:
        The request, how many spans it holds, and how many were left out because their trace id
        or span id is absent, all zeros or of the wrong length.
    """
    kept = refused = 0
    resources: list[Json] = []
    for resource in message.resource_spans:
        scopes: list[Json] = []
        for scope in resource.scope_spans:
            spans = [_span(span) for span in scope.spans if _has_ids(span)]
            kept += len(spans)
            refused += len(scope.spans) - len(spans)
            scopes.append(_scope_part(scope, "spans", spans))
        resources.append(_resource_part(resource, "scopeSpans", scopes))
    return {"resourceSpans": resources}, kept, refused


def logs(message: Any) -> tuple[Json, int, int]:
    """Return an `ExportLogsServiceRequest` as JSON values, its log records counted."""
    kept = 0
    resources: list[Json] = []
    for resource in message.resource_logs:
        scopes: list[Json] = []
        for scope in resource.scope_logs:
            kept += len(scope.log_records)
            scopes.append(_scope_part(scope, "logRecords", map(_log_record, scope.log_records)))
        resources.append(_resource_part(resource, "scopeLogs", scopes))
    return {"resourceLogs": resources}, kept, 0


def metrics(message: Any) -> tuple[Json, int, int]:
    """Return an `ExportMetricsServiceRequest` as JSON values, its data points counted."""
    kept = 0
    resources: list[Json] = []
    for resource in message.resource_metrics:
        scopes: list[Json] = []
        for scope in resource.scope_metrics:
            found = [_metric(metric) for metric in scope.metrics]
            kept += sum(points for _, points in found)
            scopes.append(_scope_part(scope, "metrics", (metric for metric, _ in found)))
        resources.append(_resource_part(resource, "scopeMetrics", scopes))
    return {"resourceMetrics": resources}, kept, 0


def _has_ids(span: Any) -> bool:
    trace_id, span_id = span.trace_id, span.span_id
    return (
        len(trace_id) == _TRACE_ID_BYTES
        and len(span_id) == _SPAN_ID_BYTES
        and any(trace_id)
        and any(span_id)
    )


def _resource_part(part: Any, name: str, scopes: list[Json]) -> Json:
    out: Json = {}
    if part.HasField("resource"):
        out["resource"] = {"attributes": _attributes(part.resource.attributes)}
        if part.resource.dropped_attributes_count:
            out["resource"]["droppedAttributesCount"] = part.resource.dropped_attributes_count
    out[name] = scopes
    if part.schema_url:
        out["schemaUrl"] = part.schema_url
    return out


def _scope_part(part: Any, name: str, records: Iterable[Json]) -> Json:
    out: Json = {}
    if part.HasField("scope"):
        scope: Json = {}
        sent = part.scope
        if sent.name:
            scope["name"] = sent.name
        if sent.version:
            scope["version"] = sent.version
        if sent.attributes:
            scope["attributes"] = _attributes(sent.attributes)
        if sent.dropped_attributes_count:
            scope["droppedAttributesCount"] = sent.dropped_attributes_count
        out["scope"] = scope
    out[name] = list(records)
    if part.schema_url:
        out["schemaUrl"] = part.schema_url
    return out


def any_value(value: Any) -> Json:
    """Return an `AnyValue` as JSON values; one that is not set is `{}`."""
    kind = value.WhichOneof("value")
    match kind:
        case "string_value":
            return {"stringValue": value.string_value}
        case "int_value":
            return {"intValue": str(value.int_value)}
        case "double_value":
            return {"doubleValue": _double(value.double_value)}
        case "bool_value":
            return {"boolValue": value.bool_value}
        case "array_value":
            return {"arrayValue": {"values": [any_value(i) for i in value.array_value.values]}}
        case "kvlist_value":
            return {"kvlistValue": {"values": _attributes(value.kvlist_value.values)}}
        case "bytes_value":
            return {"bytesValue": base64.b64encode(value.bytes_value).decode()}
        case _:
            return {}


def _attributes(items: Iterable[Any]) -> list[Json]:
    out: list[Json] = []
    for item in items:
        value = item.value
        # An empty text may be one that is not set: the slower way tells.
        text = value.string_value
        out.append({"key": item.key, "value": {"stringValue": text} if text else any_value(value)})
    return out


def _double(value: float) -> float | str:
    """Return a double; what JSON has no number for is a word."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _span(span: Any) -> Json:
    out: Json = {"traceId": span.trace_id.hex(), "spanId": span.span_id.hex()}
    if text := span.trace_state:
        out["traceState"] = text
    if parent := span.parent_span_id:
        out["parentSpanId"] = parent.hex()
    if flags := span.flags:
        out["flags"] = flags
    out["name"] = span.name
    if kind := span.kind:
        out["kind"] = kind
    out["startTimeUnixNano"] = str(span.start_time_unix_nano)
    if end := span.end_time_unix_nano:
        out["endTimeUnixNano"] = str(end)
    if attributes := span.attributes:
        out["attributes"] = _attributes(attributes)
    if events := span.events:
        out["events"] = [_event(event) for event in events]
    if links := span.links:
        out["links"] = [_link(link) for link in links]
    if span.HasField("status"):
        out["status"] = _status(span.status)
    if dropped := span.dropped_attributes_count:
        out["droppedAttributesCount"] = dropped
    if dropped := span.dropped_events_count:
        out["droppedEventsCount"] = dropped
    if dropped := span.dropped_links_count:
        out["droppedLinksCount"] = dropped
    return out


def _status(status: Any) -> Json:
    out: Json = {}
    if status.message:
        out["message"] = status.message
    if status.code:
        out["code"] = status.code
    return out


def _event(event: Any) -> Json:
    out: Json = {"timeUnixNano": str(event.time_unix_nano), "name": event.name}
    if event.attributes:
        out["attributes"] = _attributes(event.attributes)
    if event.dropped_attributes_count:
        out["droppedAttributesCount"] = event.dropped_attributes_count
    return out


def _link(link: Any) -> Json:
    out: Json = {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex()}
    if link.trace_state:
        out["traceState"] = link.trace_state
    if link.attributes:
        out["attributes"] = _attributes(link.attributes)
    if link.dropped_attributes_count:
        out["droppedAttributesCount"] = link.dropped_attributes_count
    if link.flags:
        out["flags"] = link.flags
    return out


def _log_record(record: Any) -> Json:
    out: Json = {}
    if record.time_unix_nano:
        out["timeUnixNano"] = str(record.time_unix_nano)
    if record.observed_time_unix_nano:
        out["observedTimeUnixNano"] = str(record.observed_time_unix_nano)
    if record.severity_number:
        out["severityNumber"] = record.severity_number
    if record.severity_text:
        out["severityText"] = record.severity_text
    if record.event_name:
        out["eventName"] = record.event_name
    if record.HasField("body"):
        out["body"] = any_value(record.body)
    if record.attributes:
        out["attributes"] = _attributes(record.attributes)
    if record.dropped_attributes_count:
        out["droppedAttributesCount"] = record.dropped_attributes_count
    if record.flags:
        out["flags"] = record.flags
    if record.trace_id:
        out["traceId"] = record.trace_id.hex()
    if record.span_id:
        out["spanId"] = record.span_id.hex()
    return out


_POINTS = {
    "gauge": "gauge",
    "sum": "sum",
    "histogram": "histogram",
    "exponential_histogram": "exponentialHistogram",
    "summary": "summary",
}


def _metric(metric: Any) -> tuple[Json, int]:
    """Return a metric, and how many data points it has."""
    out: Json = {"name": metric.name}
    if metric.description:
        out["description"] = metric.description
    if metric.unit:
        out["unit"] = metric.unit
    if metric.metadata:
        out["metadata"] = _attributes(metric.metadata)
    kind = metric.WhichOneof("data")
    if kind is None:
        return out, 0
    data = getattr(metric, kind)
    points: Json = {"dataPoints": [_point(point) for point in data.data_points]}
    if kind in ("sum", "histogram", "exponential_histogram"):
        points["aggregationTemporality"] = data.aggregation_temporality
    if kind == "sum":
        points["isMonotonic"] = data.is_monotonic
    out[_POINTS[kind]] = points
    return out, len(data.data_points)


def _point(point: Any) -> Json:
    """Return a data point of any kind: its fields by their names and types."""
    out: Json = {}
    for field, value in point.ListFields():
        out[field.json_name] = _POINT_FIELDS.get(field.name, _plain)(value)
    return out


def _plain(value: Any) -> Any:
    return _double(value) if isinstance(value, float) else value


def _point_list(values: Iterable[Any]) -> list[Any]:
    return [_point(value) for value in values]


def _texts(values: Iterable[int]) -> list[str]:
    return [str(value) for value in values]


def _doubles(values: Iterable[float]) -> list[float | str]:
    return [_double(value) for value in values]


_POINT_FIELDS: dict[str, Any] = {
    "attributes": _attributes,
    "filtered_attributes": _attributes,
    "start_time_unix_nano": str,
    "time_unix_nano": str,
    "as_int": str,
    "count": str,
    "zero_count": str,
    "bucket_counts": _texts,
    "explicit_bounds": _doubles,
    "quantile_values": _point_list,
    "exemplars": _point_list,
    "positive": _point,
    "negative": _point,
    "trace_id": bytes.hex,
    "span_id": bytes.hex,
}
"""How the fields of data points are written that are no plain 32-bit number or double."""
