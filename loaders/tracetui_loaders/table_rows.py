"""Reads rows of tables whose columns are a span's, a log record's or a data point's fields.

Columns are known by name, whatever their case and separators: those of the ClickHouse exporter
(`SpanName`, `Events.Timestamp`; otlp2parquet writes `EventsTimestamp`), of OTLP's own names, and
of OpenInference dataframes (`context.span_id`, `attributes.llm.model_name`).

Source: opentelemetry-collector-contrib `exporter/clickhouseexporter`; otlp2parquet's schemas;
arize-phoenix `trace/trace_dataset.py`; FORMATS §6.
"""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from tracetui_loaders.batch import BatchBuilder, Context, RawLog
from tracetui_loaders.conventions.base import number
from tracetui_loaders.conventions.openinference import KINDS
from tracetui_loaders.loose import flattened, string, unpacked
from tracetui_loaders.metric_points import MetricPoint, temporality, whole
from tracetui_loaders.otlp.enums import span_kind
from tracetui_loaders.span_objects import any_nano, attributes_of, raw_span
from tracetui_loaders.vendor_values import mapping

ATTRIBUTE = "attributes."
"""What the names of columns begin with that hold one attribute each."""
# Objects that are a value, not a group of attributes.
WHOLE = frozenset({"metadata", "llm.invocation_parameters", "tool.parameters"})

_NAMES = {
    "traceid": "trace_id",
    "contexttraceid": "trace_id",
    "spanid": "span_id",
    "contextspanid": "span_id",
    "parentspanid": "parent_id",
    "parentid": "parent_id",
    "spanname": "name",
    "name": "name",
    "spankind": "kind",
    "kind": "kind",
    "otelkind": "kind",
    "timestamp": "timestamp",
    "starttime": "start_time",
    "starttimeunixnano": "start_time",
    "starttimestamp": "start_time",
    "endtime": "end_time",
    "endtimeunixnano": "end_time",
    "endtimestamp": "end_time",
    "duration": "duration_ns",
    "durationns": "duration_ns",
    "durationnano": "duration_ns",
    "durationms": "duration_ms",
    "status": "status",
    "statuscode": "status_code",
    "statusmessage": "status_message",
    "spanattributes": "attributes",
    "logattributes": "attributes",
    "attributes": "attributes",
    "resourceattributes": "resource_attributes",
    "servicename": "service.name",
    "servicenamespace": "service.namespace",
    "serviceinstanceid": "service.instance.id",
    "scopename": "scope_name",
    "scopeversion": "scope_version",
    "scopeattributes": "scope_attributes",
    "resourceschemaurl": "schema_url",
    "tracestate": "trace_state",
    "events": "events",
    "eventstimestamp": "events.timestamp",
    "eventsname": "events.name",
    "eventsattributes": "events.attributes",
    "links": "links",
    "linkstraceid": "links.trace_id",
    "linksspanid": "links.span_id",
    "linksattributes": "links.attributes",
    "observedtimestamp": "observed_timestamp",
    "severitytext": "severity_text",
    "severitynumber": "severity_number",
    "eventname": "event_name",
    "body": "body",
    "metricname": "metric_name",
    "metricdescription": "metric_description",
    "metricunit": "metric_unit",
    "aggregationtemporality": "temporality",
    "aggtemporality": "temporality",
    "ismonotonic": "monotonic",
    "starttimeunix": "start_time",
    "timeunix": "timestamp",
    "value": "value",
    "count": "count",
    "sum": "sum",
    "min": "min",
    "max": "max",
    "bucketcounts": "buckets",
    "explicitbounds": "bounds",
}
_SERVICE = ("service.name", "service.namespace", "service.instance.id")


def field_of(column: str) -> str | None:
    """Return the field that a column holds, or None if it is none that is known."""
    if column.startswith(ATTRIBUTE):
        return column
    plain = column.lower()
    for separator in "_.- ":
        plain = plain.replace(separator, "")
    return _NAMES.get(plain)


def table_kind(fields: Iterable[str]) -> str | None:
    """Return what rows with these fields are: spans, logs, metrics or nothing that is known."""
    found = frozenset(fields)
    if found >= {"metric_name"} and found & {"value", "count", "sum"}:
        return "metrics"
    if "body" in found and found & {"severity_text", "severity_number", "timestamp"}:
        return "logs"
    if found >= {"trace_id", "span_id"} and found & {"name", "start_time", "timestamp"}:
        return "spans"
    return None


def add_row(
    kind: str,
    row: Mapping[str, Any],
    builder: BatchBuilder,
    line: int | None = None,
    byte_offset: int | None = None,
) -> bool:
    """Add a row, by field; return whether it holds anything.

    Args:
        kind: What `table_kind` says of its fields.
        row: Times as integers whose size tells their unit, or as text.
        builder: Takes it.
        line: Where it stands, if the source has lines.
        byte_offset: Likewise.
    """
    if kind == "metrics":
        return _add_point(row, builder, line)
    if kind == "logs":
        return _add_log(row, builder, line)
    if row.get("trace_id") is None and row.get("span_id") is None:
        return False
    span = dict(row)
    if span.get("start_time") is None:
        span["start_time"] = row.get("timestamp")
    if "events.name" in row:
        span["events"] = _zipped(row, "events", ("timestamp", "name", "attributes"))
    if "links.span_id" in row:
        span["links"] = _zipped(row, "links", ("trace_id", "span_id", "attributes"))
    builder.add_span(
        raw_span(span, span_kind, _attributes(row)), _context(row, builder), line, byte_offset
    )
    return True


def _zipped(row: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return parallel lists as one list of objects."""
    columns = [unpacked(row.get(f"{prefix}.{name}")) for name in names]
    lists: list[list[Any]] = [column if isinstance(column, list) else [] for column in columns]
    return [dict(zip(names, values, strict=True)) for values in zip_longest(*lists)]


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes: one column of them, and one column each."""
    groups = {
        name.removeprefix(ATTRIBUTE): unpacked(item)
        for name, item in row.items()
        if name.startswith(ATTRIBUTE)
    }
    found = attributes_of(row.get("attributes"))
    if groups:
        found |= {key: item for key, item in flattened(groups, WHOLE).items() if item is not None}
    kind = row.get("kind")
    if isinstance(kind, str) and kind.lower() in KINDS:
        found.setdefault("openinference.span.kind", kind.upper())
    return found


def _context(row: Mapping[str, Any], builder: BatchBuilder) -> Context:
    resource = attributes_of(row.get("resource_attributes"))
    for name in _SERVICE:
        if string(row.get(name)):
            resource.setdefault(name, row[name])
    return builder.context(
        resource,
        string(row.get("scope_name")),
        string(row.get("scope_version")),
        attributes_of(row.get("scope_attributes")) or None,
        string(row.get("schema_url")),
    )


def _add_log(row: Mapping[str, Any], builder: BatchBuilder, line: int | None) -> bool:
    severity = row.get("severity_number")
    body = row.get("body")
    log = RawLog(
        trace_id=row.get("trace_id"),
        span_id=row.get("span_id"),
        time_unix_nano=any_nano(row.get("timestamp")) or any_nano(row.get("observed_timestamp")),
        event_name=string(row.get("event_name")),
        severity_number=severity if isinstance(severity, int) else None,
        severity_text=string(row.get("severity_text")),
        body=_body(body),
        attributes=attributes_of(row.get("attributes")),
    )
    builder.add_log(log, _context(row, builder), line)
    return True


def _body(value: Any) -> Any:
    """Return a body; otlp2parquet keeps it as JSON text, so that a string has its quotes."""
    if isinstance(value, str) and value[:1] == '"' == value[-1:]:
        return mapping(unpacked(f'{{"body":{value}}}')).get("body", value)
    return unpacked(value)


def _add_point(row: Mapping[str, Any], builder: BatchBuilder, line: int | None) -> bool:
    bounds, buckets = unpacked(row.get("bounds")), unpacked(row.get("buckets"))
    counted = row.get("count") is not None
    monotonic = row.get("monotonic")
    kind = "histogram" if counted else "gauge" if monotonic is None else "sum"
    point = MetricPoint(
        name=string(row.get("metric_name")) or "",
        description=string(row.get("metric_description")),
        unit=string(row.get("metric_unit")),
        kind=kind,
        temporality=temporality(row.get("temporality")),
        monotonic=monotonic if isinstance(monotonic, bool) else None,
        start_time_unix_nano=any_nano(row.get("start_time")),
        time_unix_nano=any_nano(row.get("timestamp")),
        attributes=attributes_of(row.get("attributes")),
        value=number(row.get("value")),
        count=whole(row.get("count")) if counted else None,
        sum=number(row.get("sum")),
        min=number(row.get("min")),
        max=number(row.get("max")),
        distribution={"bounds": bounds, "buckets": buckets}
        if isinstance(bounds, list) and isinstance(buckets, list)
        else None,
    )
    builder.add_point(point, _context(row, builder), line)
    return True
