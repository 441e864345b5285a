"""The chats of a trace: its model calls by agent, and where one agent was started by another.

A thread is an agent within its trace; the same agent started by two tool calls is two threads, for
the two know nothing of each other. Agents are known by `agent_name`: a name of a span may be a
prompt (transcripts) or differ from call to call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

OUTLINE_COLUMNS = (
    *("row_id", "trace_id", "span_id", "parent_span_id", "name", "kind", "operation"),
    *("scope_name", "agent_name", "tool_name", "tool_call_id", "provider", "model"),
    *("start_time_unix_nano", "end_time_unix_nano", "error", "error_type", "error_message"),
    *("input_tokens", "output_tokens", "cache_read_tokens", "cost_usd", "is_model_call"),
)
"""Columns of `columns.SPANS` that an outline is made of."""

_CALLS = frozenset({"llm"})
_STEPS = frozenset({"tool", "retriever", "memory"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SpanRef:
    """A model call, a tool call or a retrieval: what the columns say of it."""

    row_id: int
    trace_id: str
    span_id: str | None
    name: str
    kind: str
    operation: str | None
    scope_name: str | None
    start_time_unix_nano: int | None
    end_time_unix_nano: int | None
    model: str | None = None
    provider: str | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None
    error: bool = False
    error_type: str | None = None
    error_message: str | None = None
    input_tokens: int | None = None
    """Cached tokens included: how full the context was."""
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The chat of one agent."""

    key: str
    """Names the thread, the same each time the trace is fetched."""
    agent: str | None
    """None: the calls belong to no agent that has a name."""
    parent: str | None
    """The thread that started this one."""
    tool_row: int | None
    """The tool call that started it; None if it is none, or not known."""
    calls: tuple[SpanRef, ...]
    """By their start."""
    steps: tuple[SpanRef, ...]
    """Tool calls and retrievals beside the calls, by their start."""
    depth: int = 0
    """How many threads are above this one."""

    @property
    def title(self) -> str:
        """What to call the agent."""
        return self.agent or "no agent"


@dataclass(frozen=True, slots=True)
class Outline:
    """The chats of a trace, or of all traces of its session."""

    trace_id: str
    threads: tuple[Thread, ...] = ()
    """Each before those it started, else by the start of the first call."""
    span_count: int = 0
    session_id: str | None = None
    trace_count: int = 1
    """Traces of the session, in `threads` or not."""

    @property
    def traces_shown(self) -> int:
        """How many traces the calls come from."""
        return len({call.trace_id for thread in self.threads for call in thread.calls})

    def thread(self, key: str | None) -> Thread | None:
        """Return the thread called `key`."""
        return next((thread for thread in self.threads if thread.key == key), None)

    def started_by(self, key: str) -> tuple[Thread, ...]:
        """Return the threads that the thread called `key` started."""
        return tuple(thread for thread in self.threads if thread.parent == key)

    def thread_of(self, row_id: int) -> Thread | None:
        """Return the thread that a span is a call or a step of."""
        for thread in self.threads:
            if any(ref.row_id == row_id for ref in (*thread.calls, *thread.steps)):
                return thread
        return None


class _Key(NamedTuple):
    parent: "_Key | None"
    tool_row: int | None
    agent: str | None


_TOP = _Key(None, None, None)


class _Place(NamedTuple):
    """Where a span stands: in which thread, and below which tool call of it."""

    thread: _Key
    tool_row: int | None = None


@dataclass(slots=True)
class _Draft:
    calls: list[SpanRef] = field(default_factory=list)
    steps: list[SpanRef] = field(default_factory=list)


def outline(
    trace_id: str, rows: Iterable[Row], *, session_id: str | None = None, trace_count: int = 1
) -> Outline:
    """Return the chats of a trace, or of a session.

    Args:
        trace_id: The trace that was asked for.
        rows: All its spans with `OUTLINE_COLUMNS`, in any order; those of other traces of the
            session too, if they are to be one chat.
        session_id: The session, if there is one.
        trace_count: How many traces the session has.
    """
    spans = list(rows)
    places = _Places(spans)
    drafts: dict[_Key, _Draft] = {}
    for row in spans:
        kind = row["kind"]
        if kind in _CALLS and row["is_model_call"]:
            place = places.above(row)
            # A model that a tool asks is not the agent speaking.
            thread = place.thread
            if place.tool_row is not None:
                thread = _Key(thread, place.tool_row, None)
            drafts.setdefault(thread, _Draft()).calls.append(_ref(row))
        elif kind in _STEPS:
            place = places.above(row)
            if place.tool_row is None or kind != "tool":
                drafts.setdefault(place.thread, _Draft()).steps.append(_ref(row))
    return Outline(trace_id, _threads(drafts), len(spans), session_id, trace_count)


class _Places:
    """Finds where spans stand, each parent looked at once; chains may be long, and circles."""

    def __init__(self, spans: list[Row]) -> None:
        self._by_id: dict[tuple[str, str | None], Row] = {}
        for row in spans:
            self._by_id.setdefault((row["trace_id"], row["span_id"]), row)
        self._known: dict[int, _Place] = {}

    def above(self, row: Row) -> _Place:
        """Return the place of what `row` is a child of."""
        chain: list[Row] = []
        place = _Place(_TOP)
        seen = {row["row_id"]}
        parent = self._parent(row)
        while parent is not None and parent["row_id"] not in seen:
            known = self._known.get(parent["row_id"])
            if known is not None:
                place = known
                break
            seen.add(parent["row_id"])
            chain.append(parent)
            parent = self._parent(parent)
        for ancestor in reversed(chain):
            place = self._known[ancestor["row_id"]] = _inside(ancestor, place)
        return place

    def _parent(self, row: Row) -> Row | None:
        if row["parent_span_id"] is None:
            return None
        return self._by_id.get((row["trace_id"], row["parent_span_id"]))


def _inside(row: Row, place: _Place) -> _Place:
    """Return the place of the children of `row`, which stands at `place`."""
    if row["kind"] == "tool":
        # A tool call that another one makes is the outer one's affair.
        return place if place.tool_row is not None else _Place(place.thread, row["row_id"])
    if row["kind"] == "agent":
        agent = row["agent_name"]
        same = place.tool_row is None and (agent is None or place.thread.agent == agent)
        return place if same else _Place(_Key(place.thread, place.tool_row, agent))
    return place


def _ref(row: Row) -> SpanRef:
    return SpanRef(
        row_id=row["row_id"],
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        name=row["name"] or "",
        kind=row["kind"],
        operation=row["operation"],
        scope_name=row["scope_name"],
        start_time_unix_nano=row["start_time_unix_nano"],
        end_time_unix_nano=row["end_time_unix_nano"],
        model=row["model"],
        provider=row["provider"],
        tool_name=row["tool_name"],
        tool_call_id=row["tool_call_id"],
        error=bool(row["error"]),
        error_type=row["error_type"],
        error_message=row["error_message"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cache_read_tokens=row["cache_read_tokens"],
        cost_usd=row["cost_usd"],
    )


def by_start(ref: SpanRef) -> tuple[int, int]:
    """Order spans by start; one without stands where the file has it, first."""
    return (ref.start_time_unix_nano or 0, ref.row_id)


def _threads(drafts: dict[_Key, _Draft]) -> tuple[Thread, ...]:
    """Name the threads that have calls, and hang each below the nearest that has some too."""
    spoken = {key: draft for key, draft in drafts.items() if draft.calls}
    names = {key: _name(key) for key in spoken}
    made: dict[_Key, Thread] = {}
    children: dict[_Key | None, list[_Key]] = {}
    for key, draft in spoken.items():
        above, tool_row = key.parent, key.tool_row
        while above is not None and above not in spoken:
            above, tool_row = above.parent, above.tool_row
        if above == _TOP and tool_row is None:
            above = None  # beside calls of no agent, not started by them
        steps = list(draft.steps)
        made[key] = Thread(
            names[key],
            key.agent,
            None if above is None else names[above],
            tool_row,
            tuple(sorted(draft.calls, key=by_start)),
            tuple(sorted(steps, key=by_start)),
        )
        children.setdefault(above, []).append(key)
    ordered: list[Thread] = []
    waiting = [(key, 0) for key in _sorted(children.get(None, []), made)][::-1]
    while waiting:
        key, depth = waiting.pop()
        thread = made[key]
        ordered.append(
            Thread(
                *(thread.key, thread.agent, thread.parent, thread.tool_row),
                *(thread.calls, thread.steps, depth),
            )
        )
        waiting += [(child, depth + 1) for child in _sorted(children.get(key, []), made)][::-1]
    return tuple(ordered)


def _sorted(keys: list[_Key], made: dict[_Key, Thread]) -> list[_Key]:
    return sorted(keys, key=lambda key: by_start(made[key].calls[0]))


def _name(key: _Key) -> str:
    parts: list[str] = []
    at: _Key | None = key
    while at is not None:
        parts.append(f"{'' if at.tool_row is None else at.tool_row}:{at.agent or ''}")
        at = at.parent
    return "/".join(reversed(parts))
