"""The answer of Jaeger to a search, `{"data": [trace, ...]}`: one line, as it is sent.

Source: jaeger `internal/uimodel/model.go`.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from benchmarks.generators.runs import Span, spans

_TYPES = {int: "int64", float: "float64", str: "string", bool: "bool"}
_PROCESSES = {"p1": {"serviceName": "support-agent", "tags": []}}


def lines(count: int, *, seed: int = 7, largest: int | None = None) -> Iterator[bytes]:
    """Yield the one line, which holds exactly `count` spans."""
    found = spans(count, seed=seed, largest=largest)
    traces = [
        {"traceID": trace_id, "spans": list(map(_span, some)), "processes": _PROCESSES}
        for trace_id, some in itertools.groupby(found, lambda span: span.trace_id)
    ]
    answer = {"data": traces, "total": 0, "limit": 0, "offset": 0, "errors": None}
    yield msgspec.json.encode(answer) + b"\n"


def _tags(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "type": _TYPES.get(type(value), "string"), "value": value}
        for key, value in values.items()
    ]


def _span(span: Span) -> dict[str, Any]:
    more = {"span.kind": "client" if span.name.startswith("chat") else "internal"}
    logs: list[dict[str, Any]] = []
    if span.failed:
        more |= {"error": True, "otel.status_description": "deadline exceeded"}
        fields = _tags({"event": "exception", "exception.type": "TimeoutError"})
        logs = [{"timestamp": span.end // 1_000, "fields": fields}]
    parent = {"refType": "CHILD_OF", "traceID": span.trace_id, "spanID": span.parent_span_id}
    return {
        "traceID": span.trace_id,
        "spanID": span.span_id,
        "operationName": span.name,
        "references": [parent] if span.parent_span_id else [],
        "startTime": span.start // 1_000,
        "duration": (span.end - span.start) // 1_000,
        "tags": _tags({"otel.scope.name": "bench", **span.attributes, **more}),
        "logs": logs,
        "processID": "p1",
        "warnings": None,
    }
