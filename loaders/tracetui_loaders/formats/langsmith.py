"""LangSmith runs: ingest batches `{post, patch}`, exported runs, trees with `child_runs`.

A run is sent in two halves, a post when it starts and a patch when it ends, which the same id or
the same `dotted_order` joins: JavaScript's patches carry no id. Exports are arrays, pages
`{runs, cursors}` or a run a line. A run's `session_id` is its project and no session of a user;
its token counts repeat those of the runs below it unless it is a model call.

Recordings `[method, payload]` of Anthropic's managed agents, which LangSmith's own tests keep, are
calls and not runs: they are refused by name.

Source: langsmith-sdk `python/langsmith/schemas.py` (`RunBase`, `Run`), `client.py`
(`batch_ingest_runs`), `_internal/otel/_otel_exporter.py` for the attribute names; FORMATS §7.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeGuard

from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.conventions.base import dollars, text, token_count
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place, items_of
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import (
    conversation,
    counted,
    evaluation_event,
    is_id,
    known,
    mapping,
    objects,
    prefixed,
    usage_attributes,
)

_RUN_TYPES = frozenset({"llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"})
_OWN = frozenset({"dotted_order", "parent_run_id", "session_name", "child_runs", "trace_id"})
_OPERATIONS = {"llm": "chat", "tool": "execute_tool", "embedding": "embeddings"}
_RECORDING = "client.beta.sessions."


class LangSmithLoader:
    """Loads LangSmith ingest batches and exported runs."""

    name: ClassVar[str] = "langsmith"
    title: ClassVar[str] = "LangSmith runs"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are runs, or batches of them."""
        for value in head.values:
            if _is_recording(value):
                return 0.95
            for item in items_of(value):
                if _runs_of(item) is not None:
                    return 0.97
        cut_off = not head.values and b'"run_type"' in head.data
        keyed = any(keys & (_OWN | {"post", "patch", "runs"}) for keys in head.keys)
        return 0.9 if cut_off and keyed else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: a run's second half may come last.

        Raises:
            LoadError: If the file is a recording of API calls.
        """
        first = next(iter(Head(source.head, source.head_complete).values), None)
        if _is_recording(first):
            raise LoadError(
                f"a recording of calls to Anthropic's managed agents"
                f" ({first[0]}, ...), not LangSmith runs; export the runs themselves, for example"
                " with langsmith.Client().list_runs(), one JSON object a line"
            )
        yield from load_collected(source, source_id, _Runs(), self.title)


def _is_recording(value: Any) -> TypeGuard[list[Any]]:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and value[0].startswith(_RECORDING)
    )


def _runs_of(value: Any) -> list[Any] | None:
    """Return the runs of a batch, a page or a run; None if it is none of them."""
    if not isinstance(value, dict):
        return None
    halves = [value.get("post"), value.get("patch")]
    if any(isinstance(half, list) and _any_run(half) for half in halves):
        return [run for half in halves if isinstance(half, list) for run in half]
    runs = value.get("runs")
    if isinstance(runs, list) and _any_run(runs):
        return runs
    return [value] if _is_run(value) else None


def _any_run(items: list[Any]) -> bool:
    return not items or any(_is_run(item) for item in items)


def _is_run(value: Any) -> bool:
    if not isinstance(value, dict) or not (is_id(value.get("id")) or value.get("dotted_order")):
        return False
    run_type = value.get("run_type")
    if isinstance(run_type, str) and run_type in _RUN_TYPES:
        return "start_time" in value or "end_time" in value
    # The second half of a run may leave out what it is.
    return "dotted_order" in value and ("end_time" in value or "outputs" in value)


class _Runs:
    """Keeps runs by their ids, both halves of each in one."""

    def __init__(self) -> None:
        self._runs: dict[Any, tuple[dict[str, Any], At]] = {}
        self._of_order: dict[str, Any] = {}

    def take(self, value: Any, place: Place) -> bool:
        """Keep the runs of a batch, a page or a tree."""
        runs = _runs_of(value)
        if runs is None:
            return False
        waiting = [(run, None) for run in reversed(runs)]
        while waiting:
            run, parent = waiting.pop()
            run_id = self._keep(run, parent, place)
            if run_id is not None:
                waiting += [(child, run_id) for child in reversed(objects(run.get("child_runs")))]
        if not runs:
            place.added += 1  # an empty batch
        return True

    def _keep(self, run: Any, parent: Any, place: Place) -> Any:
        """Join `run` to what is known of it; return its id, or None if it is no run."""
        if not isinstance(run, dict) or not _is_run({"run_type": "chain", "end_time": 0, **run}):
            place.reject("a run without an id")
            return None
        order = run.get("dotted_order")
        order = order if isinstance(order, str) and order else None
        run_id = run.get("id")
        if not is_id(run_id):
            run_id = self._of_order.get(order) if order else None
            run_id = run_id or (_id_in(order.rpartition(".")[2]) if order else None)
        if run_id is None:
            place.reject("a run without an id")
            return None
        if order:
            self._of_order[order] = run_id
        earlier, where = self._runs.get(run_id, ({"id": run_id}, at(place)))
        merged = _joined(earlier, run)
        if parent is not None and not is_id(merged.get("parent_run_id")):
            merged["parent_run_id"] = parent
        self._runs[run_id] = (merged, where)
        place.added += 1
        return run_id

    def rows(self) -> Iterable[Row]:
        """Return one row a run, in the order in which they began in the file."""
        for run, where in self._runs.values():
            yield Row(_span(run, self._runs), where)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: all that is to say is said of the lines."""
        return ()


def _joined(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return both halves of a run: the later one wins where it says anything."""
    merged = {**earlier, **known(later)}
    old, new = mapping(earlier.get("extra")), mapping(later.get("extra"))
    if old and new:
        metadata = {**mapping(old.get("metadata")), **mapping(new.get("metadata"))}
        merged["extra"] = {**old, **new, "metadata": metadata}
    return merged


_ORDER_PART = re.compile(r"\d{8}T\d{6,}Z(.+)")


def _id_in(part: str) -> str | None:
    """Return the run id in one part of a `dotted_order`: `20241013T070537170001Z<id>`."""
    match = _ORDER_PART.match(part)
    return match[1] if match else None


def _ancestry(run: Mapping[str, Any]) -> list[str]:
    """Return the ids on the way from the root to the run, by its `dotted_order`."""
    order = run.get("dotted_order")
    parts = order.split(".") if isinstance(order, str) else []
    return [found for found in map(_id_in, parts) if found]


_USED = frozenset(
    {
        *("id", "trace_id", "parent_run_id", "dotted_order", "name", "run_type", "start_time"),
        *("end_time", "inputs", "outputs", "extra", "error", "tags", "child_runs", "serialized"),
        *("prompt_tokens", "completion_tokens", "total_tokens", "total_cost", "feedback_stats"),
        *("events", "first_token_time", "inputs_preview", "outputs_preview"),
    }
)


def _span(run: Mapping[str, Any], runs: Mapping[Any, Any]) -> RawSpan:
    ancestry = _ancestry(run)
    parent = run.get("parent_run_id")
    if not is_id(parent):
        parent = ancestry[-2] if len(ancestry) > 1 else None
    trace_id = run.get("trace_id")
    if not is_id(trace_id):
        trace_id = ancestry[0] if ancestry else _root_of(run, runs)
    error = run.get("error")
    start = time_unix_nano(run.get("start_time"))
    return RawSpan(
        trace_id=trace_id,
        span_id=run["id"],
        parent_span_id=parent,
        name=text(run.get("name")) or text(run.get("run_type")) or "run",
        otel_kind=None,
        start_time_unix_nano=start,
        end_time_unix_nano=time_unix_nano(run.get("end_time")),
        status="ERROR" if error or run.get("status") == "error" else "UNSET",
        status_message=error if isinstance(error, str) else None,
        attributes=known(_attributes(run, start)),
        events=_events(run),
    )


def _root_of(run: Mapping[str, Any], runs: Mapping[Any, Any]) -> Any:
    """Return the id of the run above all others of a tree that names no trace."""
    seen = {run["id"]}
    while is_id(parent := run.get("parent_run_id")) and parent not in seen and parent in runs:
        seen.add(parent)
        run = runs[parent][0]
    return run["id"]


def _attributes(run: Mapping[str, Any], start: int | None) -> dict[str, Any]:
    """Return a run's fields under the names that LangSmith's own OTel export gives them."""
    kind = run.get("run_type")
    kind = kind if isinstance(kind, str) else ""
    extra = mapping(run.get("extra"))
    metadata = mapping(extra.get("metadata"))
    inputs, outputs = mapping(run.get("inputs")), mapping(run.get("outputs"))
    settings = {**mapping(extra.get("invocation_params")), **inputs}
    name = text(run.get("name"))
    found: dict[str, Any] = {
        "langsmith.span.kind": kind,
        "gen_ai.operation.name": _OPERATIONS.get(kind),
        "langsmith.span.tags": run.get("tags"),
        "langsmith.span.dotted_order": run.get("dotted_order"),
        "gen_ai.prompt": run.get("inputs"),
        "gen_ai.completion": run.get("outputs"),
        "gen_ai.tool.name": name if kind == "tool" else None,
        **prefixed("langsmith.metadata.", metadata, frozenset({"usage_metadata"})),
        **prefixed("langsmith.extra.", extra, frozenset({"metadata"})),
        **prefixed("langsmith.run.", run, _USED),
    }
    if kind in ("llm", "embedding"):
        asked, found["gen_ai.prompt"] = conversation(inputs)
        answered, found["gen_ai.completion"] = conversation(outputs)
        model = settings.get("model") or settings.get("model_name")
        found |= {
            "gen_ai.input.messages": asked,
            "gen_ai.output.messages": answered,
            "gen_ai.request.model": text(model) or text(metadata.get("ls_model_name")),
            "gen_ai.response.model": outputs.get("model"),
            "gen_ai.response.id": outputs.get("id"),
            "gen_ai.response.finish_reasons": _finish_reasons(outputs),
            "gen_ai.request.stream": settings.get("stream"),
            "gen_ai.request.temperature": settings.get("temperature"),
            "gen_ai.request.max_tokens": settings.get("max_tokens"),
        }
    first_token = time_unix_nano(run.get("first_token_time"))
    if first_token is not None and start is not None and first_token >= start:
        found["gen_ai.response.time_to_first_chunk"] = (first_token - start) / 1e9
    return found | _usage(run, outputs, metadata)


def _usage(
    run: Mapping[str, Any], outputs: Mapping[str, Any], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Return tokens as the model's answer has them, else as LangSmith counted them."""
    result = mapping(outputs.get("llm_output"))
    for usage in (
        outputs.get("usage_metadata"),
        metadata.get("usage_metadata"),
        outputs.get("usage"),
        result.get("token_usage"),
        result.get("usage"),
    ):
        found = usage_attributes(usage)
        if found:
            break
    else:
        fields = ("prompt_tokens", "completion_tokens", "total_tokens")
        given, written, total = (token_count(run.get(field)) for field in fields)
        # An export says 0 of a run that calls no model.
        found = counted(given, written, total) if given or written or total else {}
    cost = dollars(run.get("total_cost"))
    return {**found, "gen_ai.usage.cost": cost or None}


def _finish_reasons(outputs: Mapping[str, Any]) -> list[str]:
    """Return why each choice ended; a stream's last chunk may be in the place of its reason."""
    found: list[str] = []
    for choice in objects(outputs.get("choices")):
        reason = choice.get("finish_reason")
        reason = reason.get("finish_reason") if isinstance(reason, dict) else reason
        if isinstance(reason, str):
            found.append(reason)
    return found


def _events(run: Mapping[str, Any]) -> list[RawEvent]:
    """Return the run's own events, and its feedback as evaluations."""
    found: list[RawEvent] = []
    for event in objects(run.get("events")):
        name = text(event.get("name"))
        if name is not None:
            rest = {key: value for key, value in event.items() if key not in ("name", "time")}
            found.append((name, time_unix_nano(event.get("time")), rest))
    for name, stats in mapping(run.get("feedback_stats")).items():
        stat = mapping(stats)
        if stat:
            found.append(evaluation_event(name, stat.get("avg"), n=stat.get("n")))
    return found


LOADER = LangSmithLoader()
