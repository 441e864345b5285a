"""W&B Weave calls: one object a call, as `calls/stream_query` and the SDK's `to_dict` write it.

Also arrays, pages `{calls}` and the batches that the SDK sends, in which a call is started and
ended apart. Weave sums the usage of a call into every call above it: only a call without any
usage below it is a model call.

Source: wandb/weave `trace_server/trace_server_interface.py` (`CallSchema`, `CallBatchStartMode`)
and its "Call schema reference".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.conventions.base import dollars, text
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place, items_of
from tracetui_loaders.loose import first
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import (
    evaluation_event,
    is_id,
    known,
    mapping,
    objects,
    payload,
    prefixed,
    usage_attributes,
)

_OPERATIONS = {
    "llm": "chat",
    "tool": "execute_tool",
    "agent": "invoke_agent",
    "search": "retrieval",
    "scorer": "evaluate",
}
_KINDS = {"search": "retriever", "scorer": "evaluator"}


class WeaveLoader:
    """Loads Weave calls."""

    name: ClassVar[str] = "weave"
    title: ClassVar[str] = "Weave calls"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are calls, by their own keys."""
        for value in head.values:
            for item in items_of(value):
                calls = _calls_of(item)
                if calls:
                    return 0.97
        keyed = any({"op_name", "trace_id"} <= keys or "calls" in keys for keys in head.keys)
        return 0.9 if not head.values and keyed and b'"op_name"' in head.data else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: ends and children may come last."""
        yield from load_collected(source, source_id, _Calls(), self.title)


def _is_call(value: Any) -> bool:
    if not isinstance(value, dict) or not is_id(value.get("id")):
        return False
    started = isinstance(value.get("op_name"), str) and "trace_id" in value
    return started or ("ended_at" in value and "summary" in value)


def _calls_of(value: Any) -> list[Any] | None:
    """Return the calls of a page or batch, or the call; None if it is none of them."""
    if _is_call(value):
        return [value]
    if not isinstance(value, dict):
        return None
    calls = value.get("calls")
    if isinstance(calls, list) and any(map(_is_call, calls)):
        return calls
    batch = value.get("batch")
    if isinstance(batch, list):
        requests = [mapping(item.get("req")) for item in objects(batch)]
        halves = [request.get("start") or request.get("end") for request in requests]
        return halves if any(map(_is_call, halves)) else None
    return None


class _Calls:
    """Keeps calls by id, start and end in one."""

    def __init__(self) -> None:
        self._calls: dict[Any, tuple[dict[str, Any], At]] = {}

    def take(self, value: Any, place: Place) -> bool:
        """Keep the calls of a page or batch, or one call."""
        calls = _calls_of(value)
        for call in calls or ():
            if not _is_call(call):
                place.reject("a call without id, op_name and trace_id")
                continue
            earlier, where = self._calls.get(call["id"], ({}, at(place)))
            self._calls[call["id"]] = ({**earlier, **known(call)}, where)
            place.added += 1
        return calls is not None

    def rows(self) -> Iterable[Row]:
        """Return one row a call, in the order in which they began in the file."""
        summed = {
            call["parent_id"]
            for call, _ in self._calls.values()
            if is_id(call.get("parent_id")) and _usage_by_model(call)
        }
        for call, where in self._calls.values():
            yield Row(_span(call, has_usage_below=call["id"] in summed), where)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: all that is to say is said of the lines."""
        return ()


def _usage_by_model(call: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    usage = mapping(mapping(call.get("summary")).get("usage"))
    return {model: counts for model, counts in usage.items() if isinstance(counts, dict) and counts}


def _span(call: Mapping[str, Any], *, has_usage_below: bool) -> RawSpan:
    parent, error = call.get("parent_id"), call.get("exception")
    return RawSpan(
        trace_id=call.get("trace_id") if is_id(call.get("trace_id")) else None,
        span_id=call["id"],
        parent_span_id=parent if is_id(parent) else None,
        name=text(call.get("display_name")) or _op(call) or "call",
        otel_kind=None,
        start_time_unix_nano=time_unix_nano(call.get("started_at")),
        end_time_unix_nano=time_unix_nano(call.get("ended_at")),
        status="ERROR" if error else "UNSET",
        status_message=error if isinstance(error, str) else None,
        attributes=known(_attributes(call, has_usage_below=has_usage_below)),
        events=_feedback(call),
    )


def _op(call: Mapping[str, Any]) -> str:
    """Return the op's name: `weave:///entity/project/op/<name>:<digest>`."""
    name = call.get("op_name")
    if not isinstance(name, str):
        return ""
    return name.rpartition("/")[2].partition(":")[0] if name.startswith("weave:///") else name


_USED = frozenset(
    {
        *("id", "op_name", "display_name", "trace_id", "parent_id", "started_at", "ended_at"),
        *("exception", "inputs", "output", "summary", "thread_id", "wb_user_id", "attributes"),
        "feedback",
    }
)


def _attributes(call: Mapping[str, Any], *, has_usage_below: bool) -> dict[str, Any]:
    inputs, summary = mapping(call.get("inputs")), mapping(call.get("summary"))
    usage = _usage_by_model(call)
    own = mapping(call.get("attributes"))
    kind = mapping(mapping(own.get("weave")).get("op")).get("kind") or own.get("kind")
    if not isinstance(kind, str) or kind not in _OPERATIONS:
        kind = "llm" if usage and not has_usage_below else None
    name = _op(call)
    found: dict[str, Any] = {
        "gen_ai.operation.name": _OPERATIONS.get(kind or "", "chain" if usage else None),
        "gen_ai.tool.name": name if kind == "tool" else None,
        "gen_ai.agent.name": name if kind == "agent" else None,
        "gen_ai.conversation.id": call.get("thread_id"),
        "user.id": call.get("wb_user_id"),
        "weave.op_name": call.get("op_name"),
        **payload(_KINDS.get(kind or "", kind or ""), call.get("inputs"), call.get("output")),
        **_counts(usage),
        "gen_ai.usage.cost": _cost(summary),
        **prefixed("weave.attributes.", own),
        **prefixed("weave.summary.", summary, frozenset({"usage"})),
        **prefixed("weave.", call, _USED),
    }
    if kind == "llm":
        output = mapping(call.get("output"))
        found |= {
            "gen_ai.request.model": text(inputs.get("model")) or next(iter(usage), None),
            "gen_ai.response.model": output.get("model"),
            "gen_ai.response.id": output.get("id"),
        }
    return found


def _counts(usage: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the counts of all models together."""
    total: dict[str, Any] = {}
    for counts in usage.values():
        for key, count in usage_attributes(counts).items():
            total[key] = total.get(key, 0) + count
    return total


def _cost(summary: Mapping[str, Any]) -> float | None:
    """Return what Weave reckons that the call cost, of all models together."""
    amounts = [
        amount
        for costs in mapping(mapping(summary.get("weave")).get("costs")).values()
        for key, value in mapping(costs).items()
        if key.endswith("_total_cost") and (amount := dollars(value))
    ]
    return sum(amounts) if amounts else None


def _feedback(call: Mapping[str, Any]) -> list[RawEvent]:
    """Return reactions, notes and scores."""
    summary = mapping(mapping(call.get("summary")).get("weave"))
    found: list[RawEvent] = []
    for item in objects(first(summary, ("feedback",)) or call.get("feedback")):
        said = mapping(item.get("payload"))
        output = said.get("output")
        found.append(
            evaluation_event(
                item.get("feedback_type"),
                output if isinstance(output, int | float) else None,
                first(said, ("emoji", "alias")) or (output if isinstance(output, str) else None),
                said.get("note"),
                time_unix_nano(item.get("created_at")),
                annotator_kind=item.get("creator"),
            )
        )
    return found


LOADER = WeaveLoader()
