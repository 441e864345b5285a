"""Reads span objects as SDKs and their users dump them: one span per object, names by synonym.

Source: opentelemetry-sdk (Python) `ReadableSpan.to_json`, opentelemetry-js `ReadableSpan` and
`ConsoleSpanExporter`, Phoenix's span JSON; FORMATS §6. A time is ISO 8601, a number whose size
tells its unit, or `[seconds, nanoseconds]`.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from tracetui_loaders.batch import RawLink, RawSpan
from tracetui_loaders.columns import finite
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place
from tracetui_loaders.loose import first, first_string, string, unpacked
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.otlp.enums import span_kind, status, uint32, unix_nano
from tracetui_loaders.vendor_values import is_id, mapping, objects

TRACE_IDS = ("trace_id", "traceId", "traceID", "TraceId", "context.trace_id")
SPAN_IDS = ("span_id", "spanId", "spanID", "SpanId", "context.span_id")
_CONTEXTS = ("context", "spanContext", "_spanContext", "span_context")
_PARENT_IDS = ("parent_id", "parent_span_id", "parentSpanId", "parentId", "parent")
_PARENT_CONTEXTS = ("parentSpanContext", "parent", "parent_span_context")
NAMES = ("name", "span_name", "spanName", "SpanName")
STARTS = (
    "start_time",
    "startTime",
    "start_time_unix_nano",
    "startTimeUnixNano",
    "start_time_ns",
    "start_timestamp",
    "started_at",
)
_ENDS = (
    "end_time",
    "endTime",
    "end_time_unix_nano",
    "endTimeUnixNano",
    "end_time_ns",
    "end_timestamp",
    "ended_at",
)
_EVENT_TIMES = ("timestamp", "time", "time_unix_nano", "timeUnixNano", "Timestamp")
_ATTRIBUTES = ("attributes", "Attributes")
_RESOURCES = ("resource_attributes", "resourceAttributes")
_SCOPES = (
    "scope",
    "instrumentation_scope",
    "instrumentationScope",
    "instrumentationLibrary",
    "instrumentation_info",
)
_STATUS_WORDS = {
    "SUCCESS": "OK",
    "SUCCEEDED": "OK",
    "FAILED": "ERROR",
    "FAILURE": "ERROR",
    "ERRORED": "ERROR",
}
_EXTRAS = ("trace_state", "traceState", "flags", "dropped_events_count", "dropped_links_count")

_SHORT_HEX = re.compile(r"[0-9a-fA-F]{1,31}\Z")
MICROSECOND = 1_000

Attributes = dict[str, Any]


def looks_like_span(value: Any) -> bool:
    """Whether `value` is an object with a span's ids and a name or a start."""
    if not isinstance(value, dict):
        return False
    trace_id, span_id = ids_of(value)
    named = string(first(value, NAMES)) is not None or first(value, STARTS) is not None
    return named and is_id(span_id) and (trace_id is None or is_id(trace_id))


def ids_of(span: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return trace and span id, from the span or its context."""
    held = first(span, _CONTEXTS)
    if held is None:
        return first(span, TRACE_IDS), first(span, SPAN_IDS)
    context = mapping(unpacked(held))
    trace_id = first(context, TRACE_IDS) or first(span, TRACE_IDS)
    return trace_id, first(context, SPAN_IDS) or first(span, SPAN_IDS)


def add_span_object(
    span: Mapping[str, Any],
    place: Place,
    kind_of: Callable[[Any], str | None] = span_kind,
    attributes: Attributes | None = None,
    resource: Attributes | None = None,
) -> None:
    """Add a span.

    Args:
        span: The span as dumped.
        place: Where it stands.
        kind_of: Reads the span's OTel kind; SDKs number them differently.
        attributes: What to take for its attributes instead of those it has.
        resource: What its resource says besides, as of the file that wraps it.
    """
    raw = raw_span(span, kind_of, attributes)
    scope = mapping(unpacked(first(span, _SCOPES)))
    context = place.builder.context(
        (resource or {}) | resource_of(span),
        string(scope.get("name")) or first_string(span, ("scopeName", "scope_name")),
        string(scope.get("version")) or first_string(span, ("scopeVersion", "scope_version")),
        (attributes_of(scope.get("attributes")) or None) if scope else None,
        first_string(scope, ("schema_url", "schemaUrl")) if scope else None,
    )
    place.add(raw, context)


def raw_span(
    span: Mapping[str, Any],
    kind_of: Callable[[Any], str | None] = span_kind,
    attributes: Attributes | None = None,
) -> RawSpan:
    """Return a span; what is missing or of the wrong type is unknown."""
    trace_id, span_id = ids_of(span)
    start = any_nano(first(span, STARTS))
    end = any_nano(first(span, _ENDS))
    code, message = status_of(span)
    return RawSpan(
        trace_id=id_or_none(trace_id),
        span_id=id_or_none(span_id),
        parent_span_id=_parent_of(span),
        name=first_string(span, NAMES) or "",
        otel_kind=kind_of(span.get("kind")),
        start_time_unix_nano=start,
        end_time_unix_nano=_end_by_duration(span, start) if end is None else end,
        status=code,
        status_message=message,
        attributes=attributes_of(span.get("attributes")) if attributes is None else attributes,
        events=[
            event_of(item) for item in objects(unpacked(first(span, ("events", "span_events"))))
        ],
        links=[_link_of(item) for item in objects(unpacked(span.get("links")))],
        dropped_attributes_count=uint32(span.get("dropped_attributes_count")),
        extra={name: span[name] for name in _EXTRAS if span.get(name)} or None,
    )


def id_or_none(value: Any) -> Any:
    """Return an id as given; anything that can be none is None."""
    return value if is_id(value) else None


def _parent_of(span: Mapping[str, Any]) -> Any:
    found = id_or_none(first(span, _PARENT_IDS))
    if found is not None:
        return found
    return id_or_none(first(mapping(first(span, _PARENT_CONTEXTS)), SPAN_IDS))


def attributes_of(value: Any) -> Attributes:
    """Return attributes: an object, also as JSON text, or OTLP-like pairs of key and value."""
    if value is None:
        return {}
    value = unpacked(value)
    if isinstance(value, list):
        pairs = [item for item in objects(value) if is_id(item.get("key"))]
        value = {str(item["key"]): item.get("value") for item in pairs}
    return {
        key: finite(item) if isinstance(item, float) else item
        for key, item in mapping(value).items()
    }


def resource_of(span: Mapping[str, Any]) -> Attributes:
    """Return the attributes of the span's resource."""
    resource = mapping(unpacked(span.get("resource")))
    if not resource:
        return attributes_of(first(span, _RESOURCES))
    inner = first(resource, ("attributes", "_attributes"))
    if inner is None and resource.keys() <= {"schema_url", "schemaUrl"}:
        return attributes_of(first(span, _RESOURCES))
    return attributes_of(resource if inner is None else inner)


def status_of(span: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return UNSET, OK or ERROR, and the message."""
    sent = span.get("status")
    held = mapping(unpacked(sent))
    code = first(held, ("status_code", "statusCode", "code"))
    if code is None:
        code = first(span, ("status_code", "statusCode"))
    if code is None and isinstance(sent, str | int):
        code = sent
    message = first_string(held, ("description", "message")) or first_string(
        span, ("status_message", "statusMessage", "status_description")
    )
    return status_code(code), message


def status_code(code: Any) -> str:
    """Return a status as UNSET, OK or ERROR, also from an SDK's enum name or a plain word."""
    if isinstance(code, str):
        word = code.upper().removeprefix("STATUSCODE.")
        return status(_STATUS_WORDS.get(word, word))
    return status(code)


def event_of(item: Mapping[str, Any]) -> RawEvent:
    """Return a span's event; the body of one that was a log record becomes an attribute."""
    attributes = attributes_of(first(item, _ATTRIBUTES))
    if item.get("body") is not None:
        attributes.setdefault("body", item["body"])
    name = first_string(item, ("name", "event_name", "Name"))
    return name or "", any_nano(first(item, _EVENT_TIMES)), attributes


def _link_of(item: Mapping[str, Any]) -> RawLink:
    trace_id, span_id = ids_of(item)
    return id_or_none(trace_id), id_or_none(span_id), attributes_of(first(item, _ATTRIBUTES))


def any_nano(value: Any) -> int | None:
    """Return a time in Unix nanoseconds, in whatever notation."""
    return pair_nano(value) if isinstance(value, list) else time_unix_nano(value)


def pair_nano(value: Any) -> int | None:
    """Return the `[seconds, nanoseconds]` that OpenTelemetry JS has for times; None if not one."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    seconds, nanos = value
    if not is_whole(seconds) or not is_whole(nanos):
        return None
    return unix_nano(int(seconds) * 1_000_000_000 + int(nanos))


def micros(value: Any) -> int | None:
    """Return a time that is counted in microseconds, also as text."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return unix_nano(int(value) * MICROSECOND)
    return unix_nano(int(value) * MICROSECOND) if is_whole(value) else None


def padded_id(value: Any) -> Any:
    """Return an id with the leading zeros that it lost: 16 hex digits, or 32 if it has more."""
    if isinstance(value, str) and _SHORT_HEX.match(value):
        return value.rjust(16 if len(value) <= 16 else 32, "0")
    return id_or_none(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; JavaScript's have no type of their own."""
    if isinstance(value, float):
        return math.isfinite(value) and value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def after(start: int | None, duration: Any, unit: int) -> int | None:
    """Return the end of what took `duration` times `unit` nanoseconds; None if that is unknown."""
    if isinstance(duration, str):
        try:
            duration = float(duration) if not duration.isdecimal() else int(duration)
        except ValueError:
            return None
    if start is None or isinstance(duration, bool) or not isinstance(duration, int | float):
        return None
    if not 0 <= duration < 1e18:
        return None
    return unix_nano(
        start + (duration * unit if isinstance(duration, int) else round(duration * unit))
    )


def _end_by_duration(span: Mapping[str, Any], start: int | None) -> int | None:
    for name, unit in (("duration_ms", 1_000_000), ("duration_ns", 1), ("duration_us", 1_000)):
        if name in span:
            return after(start, span[name], unit)
    return None
