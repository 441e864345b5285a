"""Spans of OpenTelemetry JS turned into JSON: `ReadableSpan` as it is, or as the console shows it.

Times are `[seconds, nanoseconds]`, ids stand in `spanContext` (or `_spanContext`, when the class
itself was stringified), or at the top beside `id`, `timestamp` and `duration` in microseconds (the
console exporter's form). Span kinds count from 0, unlike OTLP's. OpenInference's fixtures of the
Vercel AI SDK and LangWatch's captures are of this form, the latter without ids and times: such a
span is shown alone.

Source: opentelemetry-js `sdk-trace-base` (`ReadableSpan`, `ConsoleSpanExporter._exportInfo`);
FORMATS §6.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.loose import first, first_string, string
from tracetui_loaders.otlp.enums import span_kind
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import (
    MICROSECOND,
    add_span_object,
    after,
    attributes_of,
    is_whole,
    looks_like_span,
    micros,
)
from tracetui_loaders.vendor_values import mapping

_CONTEXTS = ("spanContext", "_spanContext")
_PRINTED = frozenset({"traceId", "id", "timestamp", "duration", "attributes", "status"})
_NAMED_ONLY = frozenset({"scopeName", "spanName", "attributes"})


class ReadableSpanJsLoader:
    """Loads spans that OpenTelemetry JS wrote as JSON."""

    name: ClassVar[str] = "readable_span_js"
    title: ClassVar[str] = "OpenTelemetry JS spans"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are JS spans, by their contexts."""
        for keys in head.keys:
            if not keys.isdisjoint(_CONTEXTS) and b'"spanId"' in head.data:
                return 0.95
            if keys >= _PRINTED:
                return 0.9
            if keys >= _NAMED_ONLY:
                return 0.8
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _add_value))


def _add_value(value: Any, place: Place) -> bool:
    if not isinstance(value, dict):
        return False
    if mapping(first(value, _CONTEXTS)) and looks_like_span(value):
        add_span_object(value, place, kind_of=js_kind)
    elif value.keys() >= _PRINTED:
        add_span_object(_as_readable(value), place, kind_of=js_kind)
    elif value.keys() >= _NAMED_ONLY and string(value["spanName"]):
        _add_named(value, place)
    else:
        return False
    return True


def js_kind(value: Any) -> str | None:
    """Return the kind of the JS enum, which has no unspecified kind: 0 is INTERNAL."""
    return span_kind(int(value) + 1 if is_whole(value) and 0 <= value < 5 else value)


def _as_readable(value: dict[str, Any]) -> dict[str, Any]:
    """Return what the console exporter prints, with a span's own names."""
    start = micros(value["timestamp"])
    return value | {
        "spanId": value["id"],
        "startTime": start,
        "endTime": after(start, value["duration"], MICROSECOND),
    }


def _add_named(value: dict[str, Any], place: Place) -> None:
    raw = RawSpan(
        trace_id=None,
        span_id=None,
        parent_span_id=None,
        name=value["spanName"],
        otel_kind=None,
        start_time_unix_nano=None,
        end_time_unix_nano=None,
        status="UNSET",
        status_message=None,
        attributes=attributes_of(value["attributes"]),
    )
    place.add(raw, place.builder.context({}, first_string(value, ("scopeName",))))


LOADER = ReadableSpanJsLoader()
