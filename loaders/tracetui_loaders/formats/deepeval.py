"""DeepEval traces: one object a trace, its spans in a list for each type.

`baseSpans`, `agentSpans`, `llmSpans`, `retrieverSpans` and `toolSpans`; the tree is in
`parentUuid`. What the trace says of itself (conversation, user, input, output) has no span of its
own and goes to its root. Metrics that ran on a span or a trace become evaluations.

Source: deepeval `tracing/api.py` (`TraceApi`, `BaseApiSpan`, `MetricData`); FORMATS §7.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.conventions.base import text
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, items_of, reading
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import (
    counted,
    evaluation_event,
    first_count,
    is_id,
    known,
    objects,
    payload,
    prefixed,
)

_LISTS = {
    "baseSpans": "base",
    "agentSpans": "agent",
    "llmSpans": "llm",
    "retrieverSpans": "retriever",
    "toolSpans": "tool",
}
_OPERATIONS = {
    "agent": "invoke_agent",
    "llm": "chat",
    "retriever": "retrieval",
    "tool": "execute_tool",
    "base": "invoke_workflow",
}


class DeepEvalLoader:
    """Loads DeepEval traces."""

    name: ClassVar[str] = "deepeval"
    title: ClassVar[str] = "DeepEval trace"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are traces: by their lists of spans."""
        for value in head.values:
            if any(_is_trace(item) for item in items_of(value)):
                return 1.0
        cut_off = not head.values and any(
            "uuid" in keys and keys & _LISTS.keys() for keys in head.keys
        )
        return 0.95 if cut_off else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _read))


def _is_trace(value: Any) -> bool:
    if not isinstance(value, dict) or "uuid" not in value:
        return False
    return sum(isinstance(value.get(key), list) for key in _LISTS) > 1


def _read(value: Any, place: Place) -> bool:
    if not _is_trace(value):
        return False
    spans: list[tuple[dict[str, Any], str]] = []
    for key, kind in _LISTS.items():
        held = value.get(key)
        if held is not None and not isinstance(held, list):
            place.reject(f"{key} is no list")
            continue
        for span in held or ():
            if isinstance(span, dict) and is_id(span.get("uuid")):
                spans.append((span, kind))
            else:
                place.reject(f"a span of {key} without uuid")
    root = _root(spans)
    context = place.builder.context(_resource(value))
    for span, kind in spans:
        place.add(_span(span, kind, value, is_root=span is root), context)
    if not spans:
        place.note("a trace without spans")
    return True


def _resource(trace: Mapping[str, Any]) -> dict[str, Any]:
    environment = text(trace.get("environment"))
    return {"deployment.environment.name": environment} if environment else {}


def _root(spans: list[tuple[dict[str, Any], str]]) -> dict[str, Any] | None:
    """Return the span that stands for the trace: the first without a parent here."""
    ids = {span["uuid"] for span, _ in spans}
    for span, _ in spans:
        parent = span.get("parentUuid")
        if not is_id(parent) or parent not in ids:
            return span
    return spans[0][0] if spans else None


def _span(
    span: Mapping[str, Any], kind: str, trace: Mapping[str, Any], *, is_root: bool
) -> RawSpan:
    parent = span.get("parentUuid")
    end = time_unix_nano(span.get("endTime"))
    events = _metrics(span, end)
    attributes = _attributes(span, kind, trace)
    if is_root:
        attributes |= prefixed("deepeval.trace.", trace, _TRACE_USED)
        events += _metrics(trace, end)
    return RawSpan(
        trace_id=trace["uuid"] if is_id(trace["uuid"]) else None,
        span_id=span["uuid"],
        parent_span_id=parent if is_id(parent) else None,
        name=text(span.get("name")) or kind,
        otel_kind=None,
        start_time_unix_nano=time_unix_nano(span.get("startTime")),
        end_time_unix_nano=end,
        status="ERROR" if span.get("status") == "ERRORED" else "UNSET",
        status_message=text(span.get("error")),
        attributes=known(attributes),
        events=events,
    )


_TRACE_USED = frozenset({"uuid", "startTime", "endTime", "environment", "metricsData", *_LISTS})
_USED = frozenset(
    {
        *("uuid", "parentUuid", "name", "startTime", "endTime", "status", "type", "error"),
        *("input", "output", "model", "provider", "inputTokenCount", "outputTokenCount"),
        *("availableTools", "metricsData", "retrievalContext", "embedder", "topK"),
    }
)


def _attributes(span: Mapping[str, Any], kind: str, trace: Mapping[str, Any]) -> dict[str, Any]:
    name = text(span.get("name"))
    found: dict[str, Any] = {
        "gen_ai.operation.name": _OPERATIONS[kind],
        "gen_ai.conversation.id": trace.get("threadId"),
        "user.id": trace.get("userId"),
        "gen_ai.workflow.name": trace.get("name"),
        "gen_ai.provider.name": span.get("provider"),
        "gen_ai.request.model": span.get("model"),
        "gen_ai.agent.name": name if kind == "agent" else None,
        "gen_ai.tool.name": name if kind == "tool" else None,
        "gen_ai.tool.definitions": span.get("availableTools"),
        **counted(
            first_count(span, ("inputTokenCount",)), first_count(span, ("outputTokenCount",))
        ),
        **payload(kind, span.get("input"), span.get("output")),
    }
    if kind == "retriever":
        found |= {
            "gen_ai.retrieval.query.text": span.get("input"),
            "gen_ai.retrieval.documents": span.get("retrievalContext") or span.get("output"),
            "gen_ai.request.model": span.get("embedder"),
            "gen_ai.request.top_k": span.get("topK"),
        }
    return found | prefixed("deepeval.", span, _USED)


def _metrics(holder: Mapping[str, Any], end: int | None) -> list[RawEvent]:
    """Return the metrics that ran, with their scores."""
    return [
        evaluation_event(
            metric.get("name"),
            metric.get("score"),
            _verdict(metric.get("success")),
            metric.get("reason") or metric.get("error"),
            end,
            **known({"threshold": metric.get("threshold")}),
        )
        for metric in objects(holder.get("metricsData"))
    ]


def _verdict(success: Any) -> str | None:
    return {True: "pass", False: "fail"}.get(success) if isinstance(success, bool) else None


LOADER = DeepEvalLoader()
