"""The OpenAI Agents SDK's own traces: what its backend exporter posts, `{"data": [...]}`.

Bodies, bodies line by line, arrays, or one `trace` or `trace.span` object a line. A body may hold
spans of several traces, and the trace object of yet another; a span's parent and its trace may
come in a later body, so spans are completed when the file ends. The file names the workflow and
the conversation (`group_id`) on the trace alone.

Source: openai-agents 0.24 `tracing/processors.py` (`BackendSpanExporter`), `tracing/span_data.py`;
FORMATS §7, RULES §3 (turns and tasks repeat the usage of what is below them).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.conventions.openai_agents import TYPE
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import is_id, known, mapping, prefixed, usage_attributes

_OPERATIONS = {
    "agent": "invoke_agent",
    "generation": "chat",
    "response": "chat",
    "function": "execute_tool",
    "handoff": "handoff",
    "guardrail": "apply_guardrail",
}
_OBJECTS = ("trace", "trace.span")
_MARKS = (b'"trace.span"', b'"span_data"', b'"workflow_name"')


class OpenAIAgentsLoader:
    """Loads the OpenAI Agents SDK's native trace export."""

    name: ClassVar[str] = "openai_agents"
    title: ClassVar[str] = "OpenAI Agents SDK traces"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are bodies of the exporter, or their items."""
        for value in head.values:
            items = value.get("data", [value]) if isinstance(value, dict) else value
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict) and item.get("object") in _OBJECTS:
                    return 1.0
        outer = any("data" in keys or {"object", "id"} <= keys for keys in head.keys)
        return 0.9 if outer and all(mark in head.data for mark in _MARKS[:2]) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: a trace object may come after its spans."""
        yield from load_collected(source, source_id, _Traces(), self.title)


class _Traces:
    """Keeps spans until the traces that they belong to are known."""

    def __init__(self) -> None:
        self._spans: list[tuple[dict[str, Any], At]] = []
        self._traces: dict[Any, tuple[dict[str, Any], At]] = {}

    def take(self, value: Any, place: Place) -> bool:
        """Keep the items of a body, or one item."""
        if not isinstance(value, dict):
            return False
        items = value.get("data")
        if value.get("object") in _OBJECTS:
            items = [value]
        elif not isinstance(items, list) or not _is_body(items):
            return False
        for item in items:
            self._keep(item, place)
        return True

    def _keep(self, item: Any, place: Place) -> None:
        kind = item.get("object") if isinstance(item, dict) else None
        if kind == "trace" and is_id(item.get("id")):
            self._traces[item["id"]] = (item, at(place))
        elif kind == "trace.span" and isinstance(item.get("span_data"), dict):
            self._spans.append((item, at(place)))
        else:
            missing = {"trace": "a trace without an id", "trace.span": "a span without span_data"}
            place.reject(missing.get(str(kind), "an item that is neither trace nor trace.span"))
            return
        place.added += 1

    def rows(self) -> Iterable[Row]:
        """Return one row a span, in file order."""
        for item, where in self._spans:
            trace_id = item.get("trace_id")
            trace, _ = self._traces.get(trace_id, _NO_TRACE) if is_id(trace_id) else _NO_TRACE
            yield Row(_span(item, trace), where)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Name the traces of which the file holds no span."""
        with_spans = {item["trace_id"] for item, _ in self._spans if is_id(item.get("trace_id"))}
        for trace_id, (_, where) in self._traces.items():
            if trace_id not in with_spans:
                yield f"trace {trace_id} has no spans in this file", where


_NO_TRACE: tuple[dict[str, Any], At] = ({}, At(0, 0))


def _is_body(items: list[Any]) -> bool:
    """Whether any item is the SDK's; a body of nothing is one."""
    return not items or any(
        isinstance(item, dict) and item.get("object") in _OBJECTS for item in items
    )


def _span(item: dict[str, Any], trace: Mapping[str, Any]) -> RawSpan:
    data = item["span_data"]
    custom = mapping(data.get("data"))
    kind = custom.get("sdk_span_type") or data.get("type")
    kind = kind if isinstance(kind, str) else "custom"
    message = _error_message(item.get("error"))
    attributes: dict[str, Any] = {
        TYPE: kind,
        "gen_ai.operation.name": _OPERATIONS.get(kind),
        "gen_ai.conversation.id": trace.get("group_id"),
        "gen_ai.workflow.name": trace.get("workflow_name"),
        **_of_kind(kind, data, custom),
        **usage_attributes(custom.get("usage") or data.get("usage")),
        "openai_agents.trace.metadata": trace.get("metadata"),
        "openai_agents.error": item.get("error"),
    }
    return RawSpan(
        trace_id=_sent_id(item.get("trace_id")),
        span_id=_sent_id(item.get("id")),
        parent_span_id=_sent_id(item.get("parent_id")),
        name=_name(kind, data, custom),
        otel_kind=None,
        start_time_unix_nano=time_unix_nano(item.get("started_at")),
        end_time_unix_nano=time_unix_nano(item.get("ended_at")),
        status="ERROR" if item.get("error") else "UNSET",
        status_message=message,
        attributes=known(attributes),
    )


def _sent_id(value: Any) -> Any:
    return value if is_id(value) else None


def _error_message(error: Any) -> str | None:
    """Return `message: data.error`: the SDK says only "Error getting response" in the first."""
    if not isinstance(error, dict):
        return str(error) if error else None
    detail = mapping(error.get("data")).get("error")
    parts = [part for part in (error.get("message"), detail) if isinstance(part, str) and part]
    return ": ".join(parts) or None


def _name(kind: str, data: Mapping[str, Any], custom: Mapping[str, Any]) -> str:
    """Return a name that tells spans of one type apart."""
    name = data.get("name")
    if kind == "handoff":
        return f"handoff to {data.get('to_agent') or '?'}"
    if kind == "turn" and custom.get("turn") is not None:
        return f"turn {custom['turn']}"
    if kind == "task" and isinstance(custom.get("name"), str):
        return f"task {custom['name']}"
    if kind == "generation" and isinstance(data.get("model"), str):
        return f"generation {data['model']}"
    return name if isinstance(name, str) and name else kind


def _of_kind(kind: str, data: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a type of span carries, as OTel names it; the rest under the SDK's names."""
    used = frozenset({"type", "usage", "data"})
    found: dict[str, Any] = {}
    if kind == "agent":
        found = {
            "gen_ai.agent.name": data.get("name"),
            "gen_ai.tool.definitions": data.get("tools"),
        }
        used |= {"name", "tools"}
    elif kind in ("generation", "response"):
        found = _model_call(data)
        used |= {"model", "input", "output", "response_id", "model_config"}
    elif kind == "function":
        found = {
            "gen_ai.tool.name": data.get("name"),
            "gen_ai.tool.call.arguments": data.get("input"),
            "gen_ai.tool.call.result": data.get("output"),
        }
        used |= {"name", "input", "output"}
    elif kind == "handoff":
        found = {
            "gen_ai.handoff.from_agent": data.get("from_agent"),
            "gen_ai.handoff.to_agent": data.get("to_agent"),
        }
        used |= {"from_agent", "to_agent"}
    elif kind == "mcp_tools":
        found = {"mcp.method.name": "tools/list", "gen_ai.tool.definitions": data.get("result")}
        used |= {"result"}
    elif kind in ("speech", "transcription"):
        found = {"gen_ai.request.model": data.get("model")}
    elif kind in ("turn", "task"):
        # The name of a task is the workflow's: of an agent there is none.
        found = {"gen_ai.agent.name": custom.get("agent_name")}
    found |= prefixed("openai_agents.data.", custom, frozenset({"usage", "sdk_span_type"}))
    return found | prefixed("openai_agents.", data, used)


def _model_call(data: Mapping[str, Any]) -> dict[str, Any]:
    config = mapping(data.get("model_config"))
    response = mapping(data.get("response"))
    return {
        "gen_ai.request.model": data.get("model") or response.get("model"),
        "gen_ai.response.id": data.get("response_id") or response.get("id"),
        "gen_ai.input.messages": data.get("input"),
        "gen_ai.output.messages": data.get("output") or response.get("output"),
        **prefixed(
            "gen_ai.request.", {k: v for k, v in config.items() if v is not None}, _NOT_SENT
        ),
    }


_NOT_SENT = frozenset({"model", "extra_headers", "extra_query", "extra_body", "base_url"})

LOADER = OpenAIAgentsLoader()
