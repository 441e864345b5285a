"""AgentGuard's JSON lines: a start and an end line for each span, and events between them.

A span without an end line is still running. An event `llm.*` that names a model or tokens is a
model call: it becomes a child span, unless it stands in a span `llm.*`, whose result it then is.
Its moment is all that is known of it: it starts and ends there. A replay file (name, request,
response, ts) is one recording and becomes one trace. `meta` lines (a watermark) hold nothing.

Source: bmdhodl/agent47 `docs/strategy/trace_schema.md`, `sdk/agentguard/tracing.py`,
`recording.py`; FORMATS §7.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place
from tracetui_loaders.loose import first, first_string, string
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import after, id_or_none
from tracetui_loaders.vendor_values import is_id, known, mapping, usage_attributes

_EVENT_KEYS = frozenset({"kind", "phase", "span_id", "ts"})
_REPLAY_KEYS = frozenset({"name", "request", "response", "ts"})
_META_KEYS = frozenset({"kind", "service", "ts", "message"})
_KINDS = {"agent": "AGENT", "tool": "TOOL", "llm": "LLM", "chain": "CHAIN"}
_INPUT = ("prompt", "messages", "input", "query", "args")
_OUTPUT = ("answer", "result", "response", "output", "text", "completion")
_MILLISECOND = 1_000_000


class AgentGuardLoader:
    """Loads AgentGuard traces and recordings."""

    name: ClassVar[str] = "agentguard_jsonl"
    title: ClassVar[str] = "AgentGuard JSON lines"

    def sniff(self, head: Head) -> float:
        """Return how surely the first lines are AgentGuard's: by the phases of its spans."""
        for keys in head.keys:
            if keys >= _EVENT_KEYS:
                return 0.95
            # The first value is a watermark, and all that is seen of values that span lines.
            if keys >= _META_KEYS and b'"phase"' in head.data and b'"span_id"' in head.data:
                return 0.8
            if keys >= _REPLAY_KEYS and keys <= _REPLAY_KEYS | {"meta"}:
                return 0.7
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: their ends come later than their starts."""
        yield from load_collected(source, source_id, _Runs(), self.title)


@dataclass(slots=True)
class _Run:
    """A span, put together from its lines."""

    at: At
    start: dict[str, Any] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[dict[str, Any], At]] = field(default_factory=list)


class _Runs:
    """Keeps the lines of spans until all have been read."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], _Run] = {}
        self._calls: list[tuple[dict[str, Any], At]] = []

    def take(self, value: Any, place: Place) -> bool:
        """Keep a line."""
        if not isinstance(value, dict):
            return False
        if value.get("kind") == "meta":
            return True
        if value.keys() >= _REPLAY_KEYS and "span_id" not in value:
            self._calls.append((value, at(place)))
            place.added += 1
            return True
        if not is_id(value.get("span_id")) or not value.keys() >= {"phase", "name"}:
            return False
        key = (str(value.get("trace_id")), str(value["span_id"]))
        run = self._runs.setdefault(key, _Run(at(place)))
        if value["phase"] == "start":
            run.start = run.start or value
        elif value["phase"] == "end":
            run.end = value
        else:
            run.events.append((value, at(place)))
        place.added += 1
        return True

    def rows(self) -> Iterable[Row]:
        """Yield the spans in the order of their first lines."""
        for run in self._runs.values():
            resource = _resource(run.start or run.end or run.events[0][0])
            yield Row(_span(run), run.at, resource)
            if not _is_call(_name(run)):
                for number, (event, where) in enumerate(run.events):
                    if _is_result(event):
                        yield Row(_call(event, number), where, resource)
        trace = f"replay-{self._calls[0][0]['ts']}" if self._calls else ""
        for number, (call, where) in enumerate(self._calls, 1):
            yield Row(_replayed(call, trace, number), where)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: a span without an end says so itself."""
        return ()


def _name(run: _Run) -> str:
    return string((run.start or run.end).get("name")) or ""


def _is_call(name: Any) -> bool:
    return isinstance(name, str) and name.partition(".")[0] == "llm"


def _is_result(event: Mapping[str, Any]) -> bool:
    """Whether an event tells of a model call: it names the model, or what was used."""
    data = mapping(event.get("data"))
    return _is_call(event.get("name")) and bool("model" in data or _usage(data))


def _usage(data: Mapping[str, Any]) -> dict[str, Any]:
    usage = mapping(data.get("usage")) or data
    return usage_attributes({"total_tokens": usage.get("token_count")} | dict(usage))


def _resource(line: Mapping[str, Any]) -> dict[str, Any]:
    service = string(line.get("service"))
    return {"service.name": service} if service else {}


def _span(run: _Run) -> RawSpan:
    name, line = _name(run), run.start or run.end or run.events[0][0]
    started, ended = time_unix_nano(run.start.get("ts")), time_unix_nano(run.end.get("ts"))
    if started is None and ended is not None:
        took = after(ended, run.end.get("duration_ms"), _MILLISECOND)
        started = None if took is None else 2 * ended - took
    data = mapping(run.start.get("data")) | mapping(run.end.get("data"))
    attributes = _kind(name) | {f"agentguard.{key}": value for key, value in data.items()}
    attributes |= _payload(data) | _results(name, run)
    code, message = _status(run.end)
    return RawSpan(
        trace_id=id_or_none(line.get("trace_id")),
        span_id=line["span_id"],
        parent_span_id=id_or_none(line.get("parent_id")),
        name=name,
        otel_kind=None,
        start_time_unix_nano=started,
        end_time_unix_nano=ended,
        status=code,
        status_message=message,
        attributes=attributes | _error(run.end),
        events=[_event(event) for event, _ in run.events],
    )


def _kind(name: str) -> dict[str, Any]:
    family, _, rest = name.partition(".")
    kind = _KINDS.get(family)
    if kind is None:
        return {}
    tool = {"tool.name": rest} if kind == "TOOL" and rest else {}
    return {"openinference.span.kind": kind} | tool


def _payload(data: Mapping[str, Any]) -> dict[str, Any]:
    return known({"input.value": first(data, _INPUT), "output.value": first(data, _OUTPUT)})


def _results(name: str, run: _Run) -> dict[str, Any]:
    """Return what the events of a model call or a tool say of its result."""
    found: dict[str, Any] = {}
    for event, _ in run.events:
        data = mapping(event.get("data"))
        if _is_call(name) and _is_result(event):
            found |= _model(event, data) | _payload(data)
        elif event.get("name") == "tool.result" and name.startswith("tool."):
            found |= _payload(data)
    return found


def _model(event: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return known(
        {
            "gen_ai.request.model": first_string(data, ("model", "model_name")),
            "gen_ai.provider.name": first_string(data, ("provider",)),
            "llm.cost.total": first({**event, **data}, ("cost_usd",)),
            **_usage(data),
        }
    )


def _status(line: Mapping[str, Any]) -> tuple[str, str | None]:
    error = line.get("error")
    if not error:
        return ("OK" if line else "UNSET"), None
    return "ERROR", first_string(mapping(error), ("message",)) or string(error)


def _error(line: Mapping[str, Any]) -> dict[str, Any]:
    return known({"error.type": first_string(mapping(line.get("error")), ("type",))})


def _event(event: Mapping[str, Any]) -> RawEvent:
    return (
        string(event.get("name")) or "",
        time_unix_nano(event.get("ts")),
        mapping(event.get("data")) | _error(event),
    )


def _call(event: dict[str, Any], number: int) -> RawSpan:
    """Return a model call of which an event tells."""
    data = mapping(event.get("data"))
    moment = time_unix_nano(event.get("ts"))
    code, message = _status(event)
    return RawSpan(
        trace_id=id_or_none(event.get("trace_id")),
        span_id=f"{event['span_id']}:{number}",
        parent_span_id=event["span_id"],
        name=string(event.get("name")) or "",
        otel_kind=None,
        start_time_unix_nano=moment,
        end_time_unix_nano=moment,
        status=code,
        status_message=message,
        attributes=_kind("llm") | _model(event, data) | _payload(data) | _error(event),
    )


def _replayed(call: dict[str, Any], trace: str, number: int) -> RawSpan:
    """Return one call of a recording."""
    name = string(call["name"]) or ""
    moment = time_unix_nano(call["ts"])
    payload = {"input.value": call["request"], "output.value": call["response"]}
    return RawSpan(
        trace_id=trace,
        span_id=f"{trace}:{number}",
        parent_span_id=None,
        name=name,
        otel_kind=None,
        start_time_unix_nano=moment,
        end_time_unix_nano=moment,
        status="UNSET",
        status_message=None,
        attributes=_kind(name) | known(payload),
    )


LOADER = AgentGuardLoader()
