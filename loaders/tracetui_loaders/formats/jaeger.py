"""Jaeger's JSON: the query API's `{"data": [trace, ...]}`, one trace, or the storage's spans.

Times and durations are microseconds. The parent is the first CHILD_OF reference; the others are
links. `processes` are the resources. Leading zeros of ids may be missing (Go prints ids as
numbers): they are padded, so that the spans of one trace stay together.

Source: jaeger `internal/uimodel/model.go`; OpenTelemetry specification, "Jaeger" (tags that stand
for status, kind and scope); FORMATS §4.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawLink, RawSpan
from tracetui_loaders.columns import finite
from tracetui_loaders.conventions.base import fits_int64
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.loose import first, first_string, string
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.otlp.enums import span_kind
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import MICROSECOND, after, micros, padded_id, status_code
from tracetui_loaders.vendor_values import is_id, mapping, objects

_SPAN_KEYS = frozenset({"traceID", "spanID", "operationName"})
_TRUE = (True, "true", "True", 1)


class JaegerLoader:
    """Loads traces saved from the Jaeger UI or its API."""

    name: ClassVar[str] = "jaeger"
    title: ClassVar[str] = "Jaeger JSON"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are traces of Jaeger, by their keys."""
        for keys in head.keys:
            if keys >= {"traceID", "spans"} or keys >= _SPAN_KEYS:
                return 0.97
            wrapped = keys & {"data", "_source"} and b'"operationName"' in head.data
            if wrapped and b'"traceID"' in head.data and b'"spanID"' in head.data:
                return 0.95
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _add_value))


def _add_value(value: Any, place: Place) -> bool:
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("spans"), list):
        _add_trace(value, place)
        return True
    if value.keys() >= {"traceID", "spanID"}:
        _add_span(value, {}, place)
        return True
    # Elasticsearch wraps each span, and the API its answer.
    if isinstance(value.get("_source"), dict) and "spanID" in value["_source"]:
        _add_span(value["_source"], {}, place)
        return True
    data = value.get("data")
    if not isinstance(data, list) or not (data or "total" in value):
        return False
    traces = [item for item in data if isinstance(item, dict) and "spans" in item]
    for trace in traces:
        _add_trace(trace, place)
    if traces and len(traces) < len(data):
        place.reject(f"{len(data) - len(traces):,} of {len(data):,} items of data are no traces")
    return bool(traces) or not data


def _add_trace(trace: dict[str, Any], place: Place) -> None:
    spans = trace.get("spans")
    items: list[Any] = spans if isinstance(spans, list) else []
    found = [item for item in items if isinstance(item, dict) and is_id(item.get("spanID"))]
    for span in found:
        _add_span(span, trace, place)
    if len(found) < len(items):
        place.reject(f"{len(items) - len(found):,} of {len(items):,} spans have no spanID")


def _add_span(span: dict[str, Any], trace: dict[str, Any], place: Place) -> None:
    tags = _tags(span)
    start = micros(span.get("startTime"))
    trace_id = padded_id(first(span, ("traceID",)) or trace.get("traceID"))
    parent, links = _references(span)
    code, message = _status(tags)
    raw = RawSpan(
        trace_id=trace_id,
        span_id=padded_id(span.get("spanID")),
        parent_span_id=parent,
        name=string(span.get("operationName")) or "",
        otel_kind=span_kind(tags.get("span.kind")),
        start_time_unix_nano=start,
        end_time_unix_nano=after(start, span.get("duration"), MICROSECOND),
        status=code,
        status_message=message,
        attributes=tags,
        events=[_event(log) for log in objects(span.get("logs"))],
        links=links,
        extra={"warnings": span["warnings"]} if span.get("warnings") else None,
    )
    context = place.builder.context(
        _resource(span, trace),
        first_string(tags, ("otel.scope.name", "otel.library.name")),
        first_string(tags, ("otel.scope.version", "otel.library.version")),
    )
    place.add(raw, context)


def _references(span: Mapping[str, Any]) -> tuple[Any, list[RawLink]]:
    parent: Any = None
    links: list[RawLink] = []
    for reference in objects(span.get("references")):
        span_id, kind = padded_id(reference.get("spanID")), reference.get("refType")
        if parent is None and kind == "CHILD_OF" and span_id is not None:
            parent = span_id
        else:
            attributes = {"opentracing.ref_type": kind.lower()} if isinstance(kind, str) else {}
            links.append((padded_id(reference.get("traceID")), span_id, attributes))
    # The UI's own model and old storages have a field for it.
    return parent or padded_id(span.get("parentSpanID")), links


def _tags(span: Mapping[str, Any]) -> dict[str, Any]:
    tags = dict(mapping(span.get("tag")))
    return tags | _fields(span.get("tags"))


def _fields(value: Any) -> dict[str, Any]:
    return {
        str(item["key"]): _value(item.get("type"), item.get("value"))
        for item in objects(value)
        if is_id(item.get("key"))
    }


def _value(kind: Any, value: Any) -> Any:
    """Return a tag's value by its declared type: numbers and booleans may be sent as text."""
    if not isinstance(value, str):
        return finite(value) if isinstance(value, float) else value
    if kind == "bool":
        return value.lower() == "true" if value.lower() in ("true", "false") else value
    if kind == "binary":
        return {"bytesValue": value}
    try:
        if kind == "int64":
            number = int(value)
            return number if fits_int64(number) else value
        return finite(float(value)) if kind == "float64" else value
    except ValueError:
        return value


def _status(tags: Mapping[str, Any]) -> tuple[str, str | None]:
    code = status_code(tags.get("otel.status_code"))
    if code == "UNSET" and tags.get("error") in _TRUE:
        code = "ERROR"
    return code, first_string(tags, ("otel.status_description", "error.message"))


def _event(log: Mapping[str, Any]) -> RawEvent:
    fields = _fields(log.get("fields"))
    name = first_string(fields, ("event", "message")) or "log"
    return name, micros(log.get("timestamp")), fields


def _resource(span: Mapping[str, Any], trace: Mapping[str, Any]) -> dict[str, Any]:
    process = mapping(span.get("process"))
    process_id = span.get("processID")
    if not process and isinstance(process_id, str):
        process = mapping(mapping(trace.get("processes")).get(process_id))
    service = string(process.get("serviceName"))
    tags = dict(mapping(process.get("tag"))) | _fields(process.get("tags"))
    return ({"service.name": service} if service else {}) | tags


LOADER = JaegerLoader()
