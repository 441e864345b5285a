"""Traces that belong together, each joint with a reason and how sure it is.

A pure function over pairs of spans that the store found. A joint has a direction, from what came
first to what came of it; a conversation groups traces without one.

Source: ANALYSES, Stitching; RULES §7.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

Reason: TypeAlias = Literal["parent", "link", "message", "tool_call"]
CONFIDENCE: dict[str, float] = {"parent": 1.0, "link": 0.95, "message": 0.9, "tool_call": 0.85}
SAME_CONVERSATION = 0.6
"""How sure a shared session id is: it groups, without saying what came of what."""


@dataclass(frozen=True, slots=True)
class Joint:
    """One trace came of another: by its surest reason."""

    from_trace: str
    to_trace: str
    reason: Reason
    confidence: float
    count: int
    """Pairs of spans that say so, for this reason."""
    from_row: int
    """The first of these pairs, as row ids."""
    to_row: int
    waited_nano: int | None
    """From the end of the first span to the beginning of what came of it; None if unknown."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Traces of one session."""

    session_id: str
    traces: Sequence[str]
    """By start."""
    confidence: float = SAME_CONVERSATION


@dataclass(frozen=True, slots=True)
class Stitching:
    """How the traces of a load hang together."""

    joints: Sequence[Joint] = ()
    """In the order in which things began."""
    groups: Sequence[Sequence[str]] = ()
    """Traces that joints connect, each group by start; those alone are left out."""
    conversations: Sequence[Conversation] = ()
    _into: dict[str, list[Joint]] = field(default_factory=dict[str, list[Joint]])
    _out_of: dict[str, list[Joint]] = field(default_factory=dict[str, list[Joint]])
    _talks: dict[str, Conversation] = field(default_factory=dict[str, Conversation])

    def into(self, trace_id: str) -> Sequence[Joint]:
        """Return what a trace came of."""
        return self._into.get(trace_id, ())

    def out_of(self, trace_id: str) -> Sequence[Joint]:
        """Return what came of a trace."""
        return self._out_of.get(trace_id, ())

    def conversation(self, trace_id: str) -> Conversation | None:
        """Return the conversation that a trace is part of."""
        return self._talks.get(trace_id)


def stitching(pairs: pa.Table, traces: pa.Table) -> Stitching:
    """Return how traces hang together.

    Args:
        pairs: The columns `rows.JOINT_COLUMNS`.
        traces: The columns trace_id, session_id and start_time_unix_nano of every trace.
    """
    across = pairs.filter(pc.not_equal(pairs["from_trace"], pairs["to_trace"]))
    joints = _joints(across.to_pylist())
    # Only traces that are joined or have a session are looked at one by one.
    named = set(across["from_trace"].to_pylist()) | set(across["to_trace"].to_pylist())
    joined = pc.is_in(traces["trace_id"], value_set=pa.array(sorted(named), pa.string()))
    told = traces.filter(pc.or_(joined, pc.is_valid(traces["session_id"]))).to_pylist()
    told.sort(key=_by_start)
    into: dict[str, list[Joint]] = defaultdict(list)
    out_of: dict[str, list[Joint]] = defaultdict(list)
    for joint in joints:
        into[joint.to_trace].append(joint)
        out_of[joint.from_trace].append(joint)
    conversations = _conversations(told)
    return Stitching(
        joints=tuple(joints),
        groups=tuple(_groups(joints, [row["trace_id"] for row in told])),
        conversations=tuple(conversations),
        _into=into,
        _out_of=out_of,
        _talks={trace: one for one in conversations for trace in one.traces},
    )


def _by_start(row: dict[str, Any]) -> tuple[bool, int, str]:
    start = row["start_time_unix_nano"]
    return start is None, start or 0, row["trace_id"]


def _joints(pairs: Iterable[dict[str, Any]]) -> list[Joint]:
    """Return one joint per direction between two traces; of two opposite ones the surer."""
    by_traces: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for pair in pairs:
        by_traces[pair["from_trace"], pair["to_trace"]].append(pair)
    joints: list[tuple[int, Joint]] = []
    for (from_trace, to_trace), found in by_traces.items():
        surest = max((pair["reason"] for pair in found), key=lambda reason: CONFIDENCE[reason])
        saying = [pair for pair in found if pair["reason"] == surest]
        first = min(saying, key=lambda pair: (pair["to_start_unix_nano"] or 0, pair["to_row"]))
        joint = Joint(
            from_trace=from_trace,
            to_trace=to_trace,
            reason=surest,
            confidence=CONFIDENCE[surest],
            count=len(saying),
            from_row=first["from_row"],
            to_row=first["to_row"],
            waited_nano=_waited(first),
        )
        joints.append((first["to_start_unix_nano"] or 0, joint))
    joints.sort(key=lambda one: (one[0], one[1].to_row, one[1].from_row))
    return [joint for _, joint in joints]


def _waited(pair: dict[str, Any]) -> int | None:
    """Return how long what was sent lay about; 0 where clocks disagree, or both overlap."""
    sent, taken = pair["from_end_unix_nano"], pair["to_start_unix_nano"]
    if sent is None:
        sent = pair["from_start_unix_nano"]
    return None if sent is None or taken is None else max(taken - sent, 0)


def _groups(joints: Sequence[Joint], traces: Sequence[str]) -> list[tuple[str, ...]]:
    leader = {trace: trace for trace in traces}

    def find(trace: str) -> str:
        while leader[trace] != trace:
            leader[trace] = leader[leader[trace]]
            trace = leader[trace]
        return trace

    for joint in joints:
        if joint.from_trace in leader and joint.to_trace in leader:
            leader[find(joint.to_trace)] = find(joint.from_trace)
    groups: dict[str, list[str]] = defaultdict(list)
    for trace in traces:
        groups[find(trace)].append(trace)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _conversations(traces: Sequence[dict[str, Any]]) -> list[Conversation]:
    of_session: dict[str, list[str]] = defaultdict(list)
    for row in traces:
        if row["session_id"] is not None:
            of_session[row["session_id"]].append(row["trace_id"])
    return [Conversation(name, tuple(ids)) for name, ids in of_session.items() if len(ids) > 1]
