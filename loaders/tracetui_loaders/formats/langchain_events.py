"""LangChain callback events, as `astream_events` yields them: start and end pairs by run_id.

The parent is `parent_run_id`, or the last of `parent_ids` (root first). Streamed chunks hold
nothing that the end does not; other events (`on_text`, `on_custom_event`) become events of their
run. Only the start may name a run, only the end its output; a run that never ends is shown as
running, and one whose parent is not in the file stays in its parent's trace.

Source: langchain-core `runnables/schema.py` (`StreamEvent`), `tracers/event_stream.py`,
`messages/ai.py` (`UsageMetadata`); FORMATS §7.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan, to_json
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place, items_of
from tracetui_loaders.loose import first, first_string, string
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import is_id, known, mapping, usage_attributes

_KEYS = frozenset({"event", "run_id"})
_KINDS = {
    "chain": "CHAIN",
    "graph": "CHAIN",
    "llm": "LLM",
    "chat_model": "LLM",
    "tool": "TOOL",
    "retriever": "RETRIEVER",
    "prompt": "PROMPT",
    "agent": "AGENT",
}
_ENDINGS = ("end", "error")
_CHUNKS = ("stream", "new_token")
_TIMES = ("timestamp", "time", "ts", "created_at")
_MODELS = ("ls_model_name", "model_name", "model")
_USAGE = ("usage_metadata", "token_usage", "usage")
_HOLDERS = ("message", "kwargs", "response_metadata", "llm_output", "generation_info")
# A chat model's answer lies a few objects deep; what is deeper is the model's own text.
_DEEPEST = 6


class LangChainEventsLoader:
    """Loads streams of LangChain events."""

    name: ClassVar[str] = "langchain_events"
    title: ClassVar[str] = "LangChain events"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are LangChain's events, by run id and event name."""
        if any(keys >= _KEYS for keys in head.keys):
            return 0.95 if b'"on_' in head.data else 0.0
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: their ends come later than their starts."""
        yield from load_collected(source, source_id, _Runs(), self.title)


@dataclass(slots=True)
class _Run:
    """A run, put together from its events."""

    kind: str
    at: At
    start: dict[str, Any] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    parent: str | None = None


class _Runs:
    """Keeps runs until all their events have been read."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    def take(self, value: Any, place: Place) -> bool:
        """Keep an event."""
        if not isinstance(value, dict):
            return False
        name, run_id = string(value.get("event")), value.get("run_id")
        if name is None or not name.startswith("on_") or not is_id(run_id):
            return False
        kind, phase = _split(name)
        if phase in _CHUNKS:
            return True
        run = self._runs.setdefault(str(run_id), _Run(kind, at(place)))
        parent = _parent_of(value)
        if parent is not None and parent != str(run_id):
            run.parent = parent
        if phase == "start":
            run.start, run.kind = run.start or value, kind
        elif phase in _ENDINGS:
            run.end, run.failed = value, phase == "error"
        else:
            run.events.append(value)
        place.added += 1
        return True

    def rows(self) -> Iterable[Row]:
        """Yield the runs in the order of their first events."""
        roots: dict[str, str] = {}
        for run_id, run in self._runs.items():
            yield Row(_span(run_id, run, self._root(run_id, roots)), run.at)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: a run without an end says so itself."""
        return ()

    def _root(self, run_id: str, known_roots: dict[str, str]) -> str:
        """Return the topmost run; where parents go in a circle, the one met first."""
        path: list[str] = []
        seen: set[str] = set()
        while run_id not in known_roots and run_id not in seen:
            path.append(run_id)
            seen.add(run_id)
            run = self._runs.get(run_id)
            if run is None or run.parent is None:
                break
            run_id = run.parent
        root = known_roots.get(run_id, run_id)
        known_roots.update(dict.fromkeys(path, root))
        return root


def _split(event: str) -> tuple[str, str]:
    """Return what an event is about and what happened: `on_chat_model_end` is chat_model, end."""
    name = event.removeprefix("on_")
    for phase in ("start", *_ENDINGS, *_CHUNKS):
        if name.endswith(f"_{phase}"):
            return name.removesuffix(f"_{phase}"), phase
    return "", name


def _parent_of(value: Mapping[str, Any]) -> str | None:
    parent = first(value, ("parent_run_id", "parent_id"))
    if is_id(parent):
        return str(parent)
    ids = value.get("parent_ids")
    return str(ids[-1]) if isinstance(ids, list) and ids and is_id(ids[-1]) else None


def _span(run_id: str, run: _Run, root: str) -> RawSpan:
    start, end = mapping(run.start.get("data")), mapping(run.end.get("data"))
    name = string(run.start.get("name")) or string(run.end.get("name")) or run.kind
    message = None
    if run.failed:
        error = first({**run.end, **end}, ("error", "message"))
        message = string(error) or string(mapping(error).get("message")) or "failed"
    return RawSpan(
        trace_id=root,
        span_id=run_id,
        parent_span_id=run.parent,
        name=name,
        otel_kind=None,
        start_time_unix_nano=time_unix_nano(first(run.start, _TIMES)),
        end_time_unix_nano=time_unix_nano(first(run.end, _TIMES)),
        status="ERROR" if run.failed else "OK" if run.end else "UNSET",
        status_message=message,
        attributes=_attributes(name, run, start, end),
        events=[_event(event) for event in run.events],
    )


def _attributes(
    name: str, run: _Run, start: Mapping[str, Any], end: Mapping[str, Any]
) -> dict[str, Any]:
    kind = _KINDS.get(run.kind, "CHAIN")
    if kind == "CHAIN" and name.endswith("AgentExecutor"):
        kind = "AGENT"
    metadata = mapping(run.start.get("metadata")) or mapping(run.end.get("metadata"))
    asked = first(start, ("input", "inputs", "messages", "prompts")) or end.get("input")
    answer = first(end, ("output", "outputs")) or (end if "generations" in end else None)
    found = {
        "openinference.span.kind": kind,
        "input.value": asked,
        "output.value": answer,
        "metadata": to_json(metadata) if metadata else None,
        "tag.tags": run.start.get("tags"),
    }
    if kind == "LLM":
        found |= {
            "gen_ai.request.model": first_string(metadata, _MODELS),
            "gen_ai.provider.name": string(metadata.get("ls_provider")),
            **_answered(answer),
        }
    elif kind == "TOOL":
        found["tool.name"] = name
    return known(found)


def _answered(answer: Any) -> dict[str, Any]:
    """Return usage and model of what a model answered, wherever in it they stand."""
    found: dict[str, Any] = {}
    waiting: list[tuple[Any, int]] = [(answer, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, list):
            value = next(items_of(value), None)
        if not isinstance(value, dict) or depth > _DEEPEST:
            continue
        model = first_string(value, ("model_name", "model"))
        if model is not None:
            found.setdefault("gen_ai.response.model", model)
        for key in _USAGE:
            if "gen_ai.usage.input_tokens" not in found:
                found |= usage_attributes(value.get(key))
        waiting.extend((value.get(key), depth + 1) for key in (*_HOLDERS, "generations"))
    return found


def _event(value: Mapping[str, Any]) -> RawEvent:
    name = string(value.get("name")) or ""
    event = (string(value["event"]) or "").removeprefix("on_")
    attributes = dict(mapping(value.get("data"))) | known({"name": name})
    return event, time_unix_nano(first(value, _TIMES)), attributes


LOADER = LangChainEventsLoader()
