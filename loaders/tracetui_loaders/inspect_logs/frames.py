"""Where in a sample its events happened: the tree of spans, and the steps of older logs.

Only what holds something to show becomes a span: most solvers do no more than change the state.
A span around a tool call is that tool call.

Source: inspect_ai `event/_span.py`, `event/_step.py` (before 0.3.94), `util/_span.py`.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracetui_loaders.transcripts import Agent, Call, Node, Place, Session, Tool, unix_nano
from tracetui_loaders.vendor_values import is_id

_CONTAINERS = frozenset({"init", "solvers", "scorers", "main"})
_AGENTS = frozenset({"agent", "handoff", "fork"})


@dataclass(slots=True)
class Frame:
    """A span of the log; a span of the trace once something in it is shown."""

    name: str
    type: str | None = None
    parent: "Frame | None" = None
    span_id: str | None = None
    time: int | None = None
    tool_call_id: str | None = None
    """Of the call that it is around."""
    node: Node | None = None
    agent: Agent | None = None
    """Who calls models in it."""
    chain: list[tuple[Call, list[dict[str, Any]]]] = field(default_factory=list)
    """The last model call in it, and what that was sent."""


class Frames:
    """The frames of one sample.

    Args:
        session: The sample's.
        turn: Who solves it.
        events: All its events, for which spans are around which tool calls.
        place: Where they stand in the source.
    """

    def __init__(
        self, session: Session, turn: Agent, events: Iterable[Mapping[str, Any]], place: Place
    ) -> None:
        self._session = session
        self._turn = turn
        self._place = place
        self._top = Frame("sample", node=turn, agent=turn)
        self._by_id: dict[str, Frame] = {}
        self._stack = [self._top]
        self._tools = _tool_spans(events)

    def begin(self, event: Mapping[str, Any]) -> None:
        """Enter a span or step."""
        span_id = event.get("id")
        parent = self._by_id.get(str(event.get("parent_id")))
        if event["event"] == "step":
            parent = self._stack[-1]
        frame = Frame(
            name=str(event.get("name") or "step"),
            type=event.get("type"),
            parent=parent or self._top,
            span_id=span_id if isinstance(span_id, str) else None,
            time=unix_nano(event.get("timestamp")),
        )
        if frame.span_id is not None:
            frame.tool_call_id = self._tools.get(frame.span_id)
            self._by_id[frame.span_id] = frame
        if event["event"] == "step":
            self._stack.append(frame)

    def end(self, event: Mapping[str, Any]) -> None:
        """Leave a span or step."""
        if event["event"] == "step":
            frame = self._stack.pop() if len(self._stack) > 1 else self._top
        else:
            frame = self._by_id.get(str(event.get("id")), self._top)
        if frame.node is not None and frame is not self._top:
            if not isinstance(frame.node, Tool):
                frame.node.seen(unix_nano(event.get("timestamp")))
            frame.node.over = True

    def inside(self, tool: Tool, events: list[dict[str, Any]]) -> Frame:
        """Return a frame for the events that old logs keep in a tool's own."""
        self._tools |= _tool_spans(events)
        return Frame(tool.tool_name, "tool", self._top, node=tool)

    def push(self, frame: Frame) -> None:
        """Let events that name no span happen in `frame`, until `pop`."""
        self._stack.append(frame)

    def pop(self) -> None:
        """End what `push` began."""
        self._stack.pop()

    def of(self, event: Mapping[str, Any]) -> Frame:
        """Return where an event happened."""
        return self._by_id.get(str(event.get("span_id"))) or self._stack[-1]

    def node(self, frame: Frame) -> Node:
        """Return the span that `frame` is shown as."""
        if frame.node is None:
            frame.node = self._shown(frame)
        return frame.node

    def agent(self, frame: Frame) -> Agent:
        """Return who calls models in `frame`."""
        if frame.agent is None:
            node = self.node(frame)
            if not isinstance(node, Agent):
                node = self._session.subagent(node, None, frame.name, time=frame.time)
            frame.agent = node
        return frame.agent

    def _shown(self, frame: Frame) -> Node:
        parent = frame.parent or self._top
        if frame.tool_call_id is not None:
            tool = self._session.tools.get(frame.tool_call_id)
            if tool is not None:
                return tool
        if frame.name in _CONTAINERS and frame.type in (None, "init", frame.name):
            return self.node(parent)
        owner: Node = self.node(parent)
        scores = frame.type in ("scorer", "score")
        if scores and owner is self._turn:
            owner = self._session.root  # what it is scored for is over
        is_agent = frame.type in _AGENTS
        step = self._session.subagent(
            owner,
            frame.span_id,
            frame.name if is_agent else None,
            time=frame.time,
            place=self._place,
        )
        if not is_agent:
            step.name = frame.name
            step.attributes["gen_ai.operation.name"] = "evaluate" if scores else "agent_step"
            step.attributes.pop("gen_ai.agent.id", None)
        if isinstance(frame.type, str):
            step.attributes["inspect.span.type"] = frame.type
        return step


def _tool_spans(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the tool call that each span of type tool is around: spans do not say."""
    found: dict[str, str] = {}
    spans: dict[tuple[Any, Any], deque[str]] = {}
    calls: dict[tuple[Any, Any], deque[str]] = {}
    for event in events:
        kind, own_id = event.get("event"), event.get("id")
        if not is_id(own_id):
            continue
        if kind == "tool":
            key = (str(event.get("span_id")), str(event.get("function")))
            mine, others = calls, spans
            inner = event.get("agent_span_id")
            if isinstance(inner, str) and key not in spans:
                found[inner] = str(own_id)
        elif kind == "span_begin" and event.get("type") == "tool":
            key = (str(event.get("parent_id")), str(event.get("name")))
            mine, others = spans, calls
        else:
            continue
        if others.get(key):
            other = others[key].popleft()
            span_id, call_id = (other, str(own_id)) if kind == "tool" else (str(own_id), other)
            found[span_id] = call_id
        else:
            mine.setdefault(key, deque()).append(str(own_id))
    return found
