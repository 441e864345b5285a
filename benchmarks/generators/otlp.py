"""OTLP JSON lines: an export request of 100 spans per line, as a collector's file exporter writes.

Source: OTLP 1.x, "JSON Protobuf Encoding".
"""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from benchmarks.generators.runs import Span, spans

SPANS_PER_REQUEST = 100
_RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "support-agent"}}]}
_SCOPE = {"name": "bench", "version": "1"}


def lines(
    count: int, *, seed: int = 7, largest: int | None = None, per_line: int = SPANS_PER_REQUEST
) -> Iterator[bytes]:
    """Yield lines that hold exactly `count` spans together."""
    found = spans(count, seed=seed, largest=largest)
    while some := list(itertools.islice(found, per_line)):
        yield request(some)


def request(some: list[Span]) -> bytes:
    """Return one export request as a line."""
    scoped = [{"scope": _SCOPE, "spans": [_span(span) for span in some]}]
    return (
        msgspec.json.encode({"resourceSpans": [{"resource": _RESOURCE, "scopeSpans": scoped}]})
        + b"\n"
    )


def _attribute(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value}}


def _span(span: Span) -> dict[str, Any]:
    written: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_span_id or "",
        "name": span.name,
        "kind": 3 if span.name.startswith("chat") else 1,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": [_attribute(key, value) for key, value in span.attributes.items()],
        "status": {"code": 2, "message": "deadline exceeded"} if span.failed else {},
    }
    if span.failed:
        written["events"] = [
            {
                "timeUnixNano": str(span.end),
                "name": "exception",
                "attributes": [
                    _attribute("exception.type", "TimeoutError"),
                    _attribute("exception.message", "deadline exceeded"),
                ],
            }
        ]
    return written
