"""Langfuse exports: `{trace, observations}`, a trace with its observations, pages of the API.

Also observations, traces and scores line by line or in arrays, and the snake_case rows of the
blob-storage export. A download holds each observation twice, nested in its trace without content
and beside it with: the latter wins. Input, output and metadata are JSON in strings, some encoded
twice. `latency` is in seconds or milliseconds, whoever wrote it, and is not used: times are.

Source: Langfuse API reference (`/api/public/traces`, `/observations`, `/scores`), its
`packages/shared` domain types, and its OTel attribute names for what becomes of each field;
FORMATS §2 and §7, MAPPING §3 and §4.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.conventions.base import dollars, text
from tracetui_loaders.folding.json_value import decoded
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place, items_of
from tracetui_loaders.langfuse_usage import langfuse_usage
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import (
    evaluation_event,
    is_id,
    known,
    mapping,
    objects,
    prefixed,
)

_TYPES = frozenset(
    [
        "span",
        "generation",
        "event",
        "agent",
        "tool",
        "chain",
        "retriever",
        "evaluator",
        "embedding",
        "guardrail",
    ]
)
_OWN_KEYS = frozenset({"traceId", "parentObservationId", "trace_id", "parent_observation_id"})
_MARKS = (b'"parentObservationId"', b'"bookmarked"')
"""Keys that only Langfuse has: of observations, and of a trace that comes before them."""


class LangfuseLoader:
    """Loads Langfuse exports and pages of its API."""

    name: ClassVar[str] = "langfuse"
    title: ClassVar[str] = "Langfuse export"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are Langfuse's: by an observation's own keys."""
        for value in head.values:
            for item in items_of(value):
                if _holds_observations(item):
                    return 0.97
        outer = any(keys & {"trace", "observations", "data"} for keys in head.keys)
        cut_off = not head.values and outer
        marked = any(mark in head.data for mark in _MARKS)
        return 0.9 if cut_off and marked else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: scores and traces may come last."""
        yield from load_collected(source, source_id, _Export(), self.title)


def _holds_observations(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if _is_observation(value) or _is_score(value):
        return True
    held = value.get("observations")
    if held is None and isinstance(value.get("trace"), dict):
        held = value["trace"].get("observations")
    if held is None and "meta" in value:
        held = value.get("data")
        if any(_is_score(item) or _is_trace(item) for item in objects(held)):
            return True
    return any(_is_observation(item) for item in objects(held)) or _is_trace(value)


def _is_observation(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    own = not _OWN_KEYS.isdisjoint(value)
    timed = "startTime" in value or "start_time" in value
    return own and timed and "id" in value and value["type"].lower() in _TYPES


def _is_score(value: Any) -> bool:
    if not isinstance(value, dict) or "name" not in value or "id" not in value:
        return False
    return "traceId" in value and "dataType" in value and "source" in value


def _is_trace(value: Any) -> bool:
    """Whether this is a trace, also one that only names its observations."""
    if not isinstance(value, dict) or not is_id(value.get("id")) or "timestamp" not in value:
        return False
    return "observations" in value or {"sessionId", "userId", "projectId"} <= value.keys()


class _Export:
    """Keeps traces, observations and scores by their ids."""

    def __init__(self) -> None:
        self._traces: dict[Any, dict[str, Any]] = {}
        self._observations: dict[tuple[Any, Any], tuple[dict[str, Any], At]] = {}
        self._scores: dict[Any, tuple[dict[str, Any], At]] = {}
        self._unplaced: list[tuple[str, At]] = []

    def take(self, value: Any, place: Place) -> bool:
        """Keep what a page, a trace, an observation or a score holds."""
        if _is_observation(value):
            self._observe(value, None, place)
            return True
        if not _holds_observations(value):
            return False
        if _is_score(value):
            self._score(value, place)
        elif "meta" in value and isinstance(value.get("data"), list):
            for item in value["data"]:
                if not self.take(item, place):
                    place.reject("an item of the page that is no observation, trace or score")
        else:
            self._take_trace(value, place)
        return True

    def _take_trace(self, value: dict[str, Any], place: Place) -> None:
        trace = mapping(value.get("trace")) or value
        trace_id = trace.get("id")
        if is_id(trace_id):
            self._traces[trace_id] = trace
        # Nested ones first: those beside the trace have their content.
        nested = trace.get("observations") if trace is not value else None
        for held in (nested, value.get("observations")):
            for item in held if isinstance(held, list) else ():
                self._observe(item, trace_id, place)
        for score in objects(trace.get("scores")) + objects(value.get("scores")):
            self._score({"traceId": trace_id, **known(score)}, place)
        if not place.added and not place.rejected:
            place.reject(f"trace {trace_id} without its observations")

    def _observe(self, item: Any, trace_id: Any, place: Place) -> None:
        if is_id(item):
            place.reject(f"observation {item} is only named: export the trace with its content")
            return
        if not isinstance(item, dict) or not is_id(item.get("id")):
            place.reject("an observation without an id")
            return
        observation = _camel_case(item) if "start_time" in item else item
        own = observation.get("traceId")
        key = (own if is_id(own) else trace_id if is_id(trace_id) else None, item["id"])
        if key not in self._observations:
            place.added += 1
        self._observations[key] = (observation, at(place))

    def _score(self, score: dict[str, Any], place: Place) -> None:
        key = score.get("id")
        self._scores[key if is_id(key) else len(self._scores)] = (score, at(place))
        place.added += 1

    def rows(self) -> Iterable[Row]:
        """Return one row an observation, in file order."""
        roots = self._roots()
        events = self._events(roots)
        for key, (observation, where) in self._observations.items():
            trace_id, _ = key
            trace = self._traces.get(trace_id, {})
            metadata = _json(observation.get("metadata"))
            metadata = dict(metadata) if isinstance(metadata, dict) else {"": metadata}
            scope = mapping(metadata.get("scope"))
            # What came in as OTel has kept its attributes: ids, names, messages, tools.
            sent = mapping(metadata.pop("attributes", None)) if scope else {}
            attributes = {**sent, **known(_attributes(observation, trace, metadata))}
            if roots.get(trace_id) == key:
                attributes |= known(_of_root(trace))
            yield Row(
                _span(observation, trace_id, attributes, events.get(key, ())),
                where,
                mapping(metadata.get("resourceAttributes")),
                text(scope.get("name")),
                text(scope.get("version")),
            )

    def _roots(self) -> dict[Any, tuple[Any, Any]]:
        """Return the observation that stands for each trace: the first without a parent here."""
        found: dict[Any, tuple[bool, int, tuple[Any, Any]]] = {}
        for key, (observation, _) in self._observations.items():
            parent = observation.get("parentObservationId")
            inner = is_id(parent) and (key[0], parent) in self._observations
            known_rank = found.get(key[0])
            if inner and known_rank is not None and not known_rank[0]:
                continue
            rank = (inner, time_unix_nano(observation.get("startTime")) or 1 << 63, key)
            if known_rank is None or rank[:2] < known_rank[:2]:
                found[key[0]] = rank
        return {trace_id: rank[2] for trace_id, rank in found.items()}

    def _events(self, roots: dict[Any, tuple[Any, Any]]) -> dict[tuple[Any, Any], list[RawEvent]]:
        """Return scores as events: of their observation, or of the trace's root."""
        found: dict[tuple[Any, Any], list[RawEvent]] = {}
        for score, where in self._scores.values():
            trace_id = score.get("traceId") if is_id(score.get("traceId")) else None
            observation_id = score.get("observationId")
            key = (trace_id, observation_id if is_id(observation_id) else None)
            target = key if key in self._observations else roots.get(trace_id)
            if target is None:
                message = f"score {score.get('name')} is of a trace that is not here: {trace_id}"
                self._unplaced.append((message, where))
            else:
                found.setdefault(target, []).append(_score_event(score))
        return found

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Name the scores of which the file holds no observation."""
        yield from self._unplaced


def _camel_case(item: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the blob-storage export with the API's names."""

    def camel(key: str) -> str:
        head, *rest = key.split("_")
        return head + "".join(part.capitalize() for part in rest)

    renamed = {camel(key): value for key, value in item.items()}
    renamed["model"] = renamed.get("model") or renamed.pop("providedModelName", None)
    return renamed


def _json(value: Any) -> Any:
    """Return what a string holds that was encoded, perhaps twice; other text as it is."""
    return decoded(value)


def _span(
    observation: Mapping[str, Any],
    trace_id: Any,
    attributes: dict[str, Any],
    events: Iterable[RawEvent],
) -> RawSpan:
    start = time_unix_nano(observation.get("startTime"))
    end = time_unix_nano(observation.get("endTime"))
    # An event is a point in time; anything else without an end has not been seen to end.
    if end is None and str(observation.get("type")).upper() == "EVENT":
        end = start
    parent = observation.get("parentObservationId")
    kind = text(observation.get("type"))
    return RawSpan(
        trace_id=trace_id,
        span_id=observation["id"],
        parent_span_id=parent if is_id(parent) else None,
        name=text(observation.get("name")) or (kind or "observation").lower(),
        otel_kind=None,
        start_time_unix_nano=start,
        end_time_unix_nano=end,
        status="ERROR" if observation.get("level") == "ERROR" else "UNSET",
        status_message=text(observation.get("statusMessage")),
        attributes=attributes,
        events=list(events),
    )


_USED = frozenset(
    {
        *("id", "traceId", "parentObservationId", "type", "name", "startTime", "endTime"),
        *("input", "output", "metadata", "model", "modelParameters", "level", "statusMessage"),
        *("completionStartTime", "promptName", "promptVersion", "environment", "version"),
        *("sessionId", "userId"),
    }
)


def _attributes(
    observation: Mapping[str, Any], trace: Mapping[str, Any], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an observation's fields under the names that Langfuse's own SDK gives them."""
    prefix = "langfuse.observation."
    kind = observation.get("type")
    name = text(observation.get("name"))
    kind = kind.lower() if isinstance(kind, str) else None
    plain = {k: v for k, v in metadata.items() if k not in ("resourceAttributes", "scope")}
    return {
        f"{prefix}type": kind,
        f"{prefix}level": observation.get("level"),
        f"{prefix}status_message": observation.get("statusMessage"),
        f"{prefix}model.name": observation.get("model"),
        f"{prefix}model.parameters": known(mapping(observation.get("modelParameters"))),
        f"{prefix}input": _json(observation.get("input")),
        f"{prefix}output": _json(observation.get("output")),
        f"{prefix}metadata": known(plain),
        f"{prefix}completion_start_time": observation.get("completionStartTime"),
        f"{prefix}prompt.name": observation.get("promptName"),
        f"{prefix}prompt.version": observation.get("promptVersion"),
        "langfuse.environment": observation.get("environment") or trace.get("environment"),
        "langfuse.version": observation.get("version") or trace.get("version"),
        "langfuse.trace.name": trace.get("name"),
        "langfuse.trace.tags": trace.get("tags"),
        "session.id": observation.get("sessionId") or trace.get("sessionId"),
        "user.id": observation.get("userId") or trace.get("userId"),
        **_names(kind, name),
        **langfuse_usage(observation),
        "gen_ai.usage.cost": _cost(observation),
        **prefixed(prefix, observation, _USED),
    }


def _names(kind: str | None, name: str | None) -> dict[str, Any]:
    """Return what an agent or tool is called: by its observation, unless that is OTel's name."""
    if kind == "agent" and name and not name.startswith("invoke_agent "):
        return {"gen_ai.agent.name": name}
    if kind == "tool" and name and not name.startswith("execute_tool "):
        return {"gen_ai.tool.name": name}
    return {}


def _of_root(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only the trace says of itself."""
    metadata = _json(trace.get("metadata"))
    return {
        "langfuse.trace.input": _json(trace.get("input")),
        "langfuse.trace.output": _json(trace.get("output")),
        "langfuse.trace.metadata": metadata,
        "langfuse.trace.public": trace.get("public"),
        "langfuse.release": trace.get("release"),
    }


def _cost(observation: Mapping[str, Any]) -> float | None:
    """Return the cost; Langfuse writes 0 where it knows no price."""
    for cost in (
        mapping(observation.get("costDetails")).get("total"),
        observation.get("totalCost"),
        observation.get("calculatedTotalCost"),
        mapping(observation.get("usage")).get("totalCost"),
    ):
        amount = dollars(cost)
        if amount:
            return amount
    return None


def _score_event(score: Mapping[str, Any]) -> RawEvent:
    categorical = score.get("dataType") == "CATEGORICAL"
    return evaluation_event(
        score.get("name"),
        None if categorical else score.get("value"),
        score.get("stringValue") or (score.get("value") if categorical else None),
        score.get("comment"),
        time_unix_nano(score.get("timestamp")),
        annotator_kind=score.get("source"),
    )


LOADER = LangfuseLoader()
