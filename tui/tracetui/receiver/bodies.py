"""Reads export requests and turns each into one line of OTLP JSON.

A protobuf request is written anew; a JSON request stays as it was sent, but for the blanks
between its values. Spans without ids belong nowhere and are left out, which the sender is told.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import msgspec
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from tracetui_loaders.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, normalise_id
from tracetui_loaders.otlp import proto_to_json
from tracetui_loaders.otlp.json_types import Request, Span

from tracetui.receiver.refusals import malformed

SignalName = Literal["traces", "logs", "metrics"]
NO_IDS = "no trace or span id"


class Signal(NamedTuple):
    """One of OTLP's kinds of data."""

    name: SignalName
    counted_as: str
    """The count its records add to."""
    key: str
    """The list of a request in JSON."""
    request: Any
    response: Any
    to_json: Callable[[Any], tuple[dict[str, Any], int, int]]


SIGNALS: dict[SignalName, Signal] = {
    "traces": Signal(
        "traces",
        "spans",
        "resourceSpans",
        ExportTraceServiceRequest,
        ExportTraceServiceResponse,
        proto_to_json.traces,
    ),
    "logs": Signal(
        "logs",
        "logs",
        "resourceLogs",
        ExportLogsServiceRequest,
        ExportLogsServiceResponse,
        proto_to_json.logs,
    ),
    "metrics": Signal(
        "metrics",
        "points",
        "resourceMetrics",
        ExportMetricsServiceRequest,
        ExportMetricsServiceResponse,
        proto_to_json.metrics,
    ),
}


class Content(NamedTuple):
    """What a request comes to."""

    line: bytes
    """The request as a line of OTLP JSON, without the line's end; empty if nothing is in it."""
    records: dict[str, int]
    refused_spans: dict[str, int]


_decode = msgspec.json.Decoder(Request).decode


def read_protobuf(signal: Signal, body: bytes) -> Content:
    """Return what a protobuf request comes to.

    Raises:
        Refusal: If it is none.
    """
    message = signal.request()
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise malformed(f"not a protobuf {signal.request.DESCRIPTOR.name}: {error}") from error
    value, kept, refused = signal.to_json(message)
    return _content(signal, msgspec.json.encode(value) if kept else b"", kept, refused)


def read_json(signal: Signal, body: bytes) -> Content:
    """Return what a JSON request comes to.

    Raises:
        Refusal: If it is none.
    """
    try:
        request = _decode(body)
        line = msgspec.json.format(body, indent=-1)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        words = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise malformed(f"not an OTLP JSON request: {words}") from error
    if b"\n" in line or b"\r" in line:
        raise malformed("not an OTLP JSON request: a line break inside a text")
    _check_keys(signal, request, body)
    if signal.name == "logs":
        return _content(signal, line, _count_logs(request), 0)
    if signal.name == "metrics":
        return _content(signal, line, _count_points(request), 0)
    spans = [
        span
        for resource in request.resourceSpans or ()
        for scope in resource.scopeSpans or ()
        for span in scope.spans or ()
    ]
    refused = sum(not _has_ids(span) for span in spans)
    if refused:
        line = _without_refused(line)
    return _content(signal, line, len(spans) - refused, refused)


def _content(signal: Signal, line: bytes, kept: int, refused: int) -> Content:
    return Content(
        line if kept else b"", {signal.counted_as: kept}, {NO_IDS: refused} if refused else {}
    )


def _check_keys(signal: Signal, request: Request, body: bytes) -> None:
    """See to it that a request holds what its path says: else its sender would lose data."""
    found = {item.key for item in SIGNALS.values() if getattr(request, item.key) is not None}
    if found - {signal.key}:
        other = next(item for item in SIGNALS.values() if item.key in found - {signal.key})
        raise malformed(f"{other.key} belongs to /v1/{other.name}, not to /v1/{signal.name}")
    if not found and msgspec.json.decode(body, type=dict[str, msgspec.Raw]):
        raise malformed(f"there is no {signal.key} in the request")


def _has_ids(span: Span) -> bool:
    return (
        normalise_id(span.traceId, TRACE_ID_BYTES) is not None
        and normalise_id(span.spanId, SPAN_ID_BYTES) is not None
    )


def _without_refused(line: bytes) -> bytes:
    request: Any = msgspec.json.decode(line)
    for resource in request["resourceSpans"] or ():
        for scope in resource.get("scopeSpans") or ():
            scope["spans"] = [
                span
                for span in scope.get("spans") or ()
                if normalise_id(span.get("traceId"), TRACE_ID_BYTES) is not None
                and normalise_id(span.get("spanId"), SPAN_ID_BYTES) is not None
            ]
    return msgspec.json.encode(request)


def _count_logs(request: Request) -> int:
    return sum(
        len(scope.logRecords or ())
        for resource in request.resourceLogs or ()
        for scope in resource.scopeLogs or ()
    )


def _count_points(request: Request) -> int:
    return sum(
        len(points.dataPoints or ())
        for resource in request.resourceMetrics or ()
        for scope in resource.scopeMetrics or ()
        for metric in scope.metrics or ()
        for points in (
            metric.gauge,
            metric.sum,
            metric.histogram,
            metric.exponentialHistogram,
            metric.summary,
        )
        if points is not None
    )


def response(signal: Signal, content: Content) -> Any:
    """Return the answer to an accepted request; `partial_success` says what was left out."""
    answer = signal.response()
    refused = sum(content.refused_spans.values())
    if refused:
        answer.partial_success.rejected_spans = refused
        answer.partial_success.error_message = ", ".join(
            f"{number} without a valid trace id and span id"
            for number in content.refused_spans.values()
        )
    return answer


def response_json(content: Content) -> dict[str, Any]:
    """Return the same answer as JSON values."""
    refused = sum(content.refused_spans.values())
    if not refused:
        return {}
    message = f"{refused} without a valid trace id and span id"
    return {"partialSuccess": {"rejectedSpans": str(refused), "errorMessage": message}}
