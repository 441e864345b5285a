"""ATIF trajectories (Harbor, NeMo): one agent's run, step by step, with sub-agents inside.

A user's step begins a turn, an agent's is a model call with its tool calls and what they gave
back, a system's is what the model is told. `prompt_tokens` include cached ones. Steps copied from
the trajectory that this one continues (`is_copied_context`) are what the model was told, not calls
made again. Metrics of the whole trajectory stand on the session and count where steps have none;
the GitHub Copilot CLI writes requests, not dollars, where cost belongs.

Source: Harbor RFC 0001, "Agent Trajectory Interchange Format", v1.0 to v1.7 (`nat.atif`,
`harbor.models.trajectories`); FORMATS §7.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.json_values import items_of
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Node,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    TranscriptLoader,
    Usage,
    counted,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.vendor_values import known, mapping, objects, prefixed

_VERSION = "ATIF"


def _is_trajectory(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("steps"), list):
        return False
    version = value.get("schema_version")
    return isinstance(version, str) and version.startswith(_VERSION)


class _Teller:
    """Tells the steps of one trajectory to an agent: the session's turns, or a sub-agent.

    Args:
        session: The session.
        trajectory: The trajectory.
        place: Where it stands.
        agent: The sub-agent that it is of; None for the session's own.
    """

    def __init__(
        self, session: Session, trajectory: dict[str, Any], place: Place, agent: Agent | None
    ) -> None:
        self._session = session
        self._place = place
        self._sub = agent
        who = mapping(trajectory.get("agent"))
        self._name = _string(who.get("name"))
        self._model = _string(who.get("model_name"))
        self._priced = not (self._name and "copilot" in self._name.lower())
        self._inside = _by_id(trajectory)
        self._steps: list[Any] = trajectory["steps"]

    @property
    def _agent(self) -> Agent:
        return self._sub or self._session.current

    def tell(self) -> int:
        """Tell all steps; return how many were none."""
        strangers = 0
        for step in self._steps:
            source = step.get("source") if isinstance(step, dict) else None
            if source == "user":
                self._user(step)
            elif source == "system":
                self._system(step)
            elif source == "agent":
                self._agents(step)
            else:
                strangers += 1
        for trajectory in self._inside.values():
            self._start(trajectory, self._agent)
        if self._sub is not None:
            self._sub.over = True
        return strangers

    def _user(self, step: dict[str, Any]) -> None:
        parts, time = parts_of(step.get("message")), unix_nano(step.get("timestamp"))
        if self._sub is not None:
            self._sub.hear(parts, time)
        else:
            self._session.turn(parts, time, None, self._place, agent=self._name)
        self._observe(step, time, {})

    def _system(self, step: dict[str, Any]) -> None:
        time = unix_nano(step.get("timestamp"))
        parts = parts_of(step.get("message"))
        if parts and self._sub is not None:
            self._sub.hear(parts, time, role="system")
        elif parts:
            self._session.say_system(parts)
        self._observe(step, time, {})

    def _agents(self, step: dict[str, Any]) -> None:
        time = unix_nano(step.get("timestamp"))
        parts = parts_of(step.get("message"))
        if step.get("is_copied_context") is True:
            self._agent.hear(parts, time, role="assistant")
            return
        if self._sub is None and not self._session.begun:
            self._session.turn([], time, None, self._place, name=self._name, agent=self._name)
        model = _string(step.get("model_name")) or self._model
        call = self._agent.call(None, time, self._place, model=model)
        if step.get("reasoning_content"):
            call.say([reasoning(step["reasoning_content"])])
        call.say(parts)
        call.count(_usage(mapping(step.get("metrics")), priced=self._priced))
        call.attributes |= _rest(step)
        if step.get("llm_call_count") == 0:  # what the program decided without a model
            call.attributes["gen_ai.operation.name"] = "agent_step"
        invocation = _invocation(step)
        _timed(call, invocation)
        tools = self._call_tools(step, call, time)
        self._observe(step, _end(invocation), tools)

    def _call_tools(self, step: dict[str, Any], call: Call, time: int | None) -> dict[str, Tool]:
        tools: dict[str, Tool] = {}
        for item in objects(step.get("tool_calls")):
            call_id = _string(item.get("tool_call_id"))
            name = _string(item.get("function_name")) or "tool"
            tool = call.tool(call_id, name, item.get("arguments"), time, self._place)
            _timed(tool, _invocation(item))
            tools[call_id or str(len(tools))] = tool
        return tools

    def _observe(self, step: dict[str, Any], time: int | None, tools: Mapping[str, Tool]) -> None:
        """Take what came back: of the step's own tools, or of nothing that has an id."""
        for result in objects(mapping(step.get("observation")).get("results")):
            source = result.get("source_call_id")
            tool = tools.get(source) if isinstance(source, str) else None
            invocation = _invocation(result)
            ended = tool.latest if tool is not None else _end(invocation) or time
            failed = result.get("is_error") is True
            self._session.answer(
                tool or source, result.get("content"), ended, failed=failed, agent=self._agent
            )
            self._delegated(result, tool)

    def _delegated(self, result: dict[str, Any], tool: Tool | None) -> None:
        """Tell the sub-agents that a result is of, if they are in this file."""
        owner: Node = tool or self._agent
        for reference in objects(result.get("subagent_trajectory_ref")):
            found = None
            for key in ("trajectory_id", "session_id"):
                inner = _string(reference.get(key))
                found = found or (self._inside.pop(inner, None) if inner else None)
            if found is not None:
                self._start(found, owner)
            else:
                owner.attributes["atif.subagent_trajectory_ref"] = reference

    def _start(self, trajectory: dict[str, Any], owner: Node) -> None:
        name = _string(mapping(trajectory.get("agent")).get("name"))
        agent_id = _string(trajectory.get("trajectory_id")) or _string(trajectory.get("session_id"))
        first = next(iter(objects(trajectory["steps"])), {})
        agent = self._session.subagent(
            owner, agent_id, name, time=unix_nano(first.get("timestamp")), place=self._place
        )
        _Teller(self._session, trajectory, self._place, agent).tell()


def _by_id(trajectory: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sub-agents' trajectories by what results call them."""
    found: dict[str, dict[str, Any]] = {}
    for number, inner in enumerate(objects(trajectory.get("subagent_trajectories"))):
        if isinstance(inner.get("steps"), list):
            name = _string(inner.get("trajectory_id")) or _string(inner.get("session_id"))
            found[name or f"#{number}"] = inner
    return found


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


_STEP_USED = frozenset(
    {
        *("step_id", "timestamp", "source", "model_name", "message", "reasoning_content"),
        *("tool_calls", "observation", "metrics"),
    }
)


def _rest(step: Mapping[str, Any]) -> dict[str, Any]:
    return known(prefixed("atif.", step, _STEP_USED))


def _invocation(holder: Mapping[str, Any]) -> dict[str, Any]:
    """Return when something ran, and how it ended: NeMo writes that beside the standard."""
    return mapping(mapping(holder.get("extra")).get("invocation"))


def _end(invocation: Mapping[str, Any]) -> int | None:
    return unix_nano(invocation.get("end_timestamp"))


def _timed(node: Node, invocation: Mapping[str, Any]) -> None:
    """Give a span the times of its invocation, which are finer than the step's."""
    start = unix_nano(invocation.get("start_timestamp"))
    if start is not None:
        node.start = node.latest = start
    node.seen(_end(invocation))
    if invocation.get("status") in ("error", "failed"):
        node.fail(_string(invocation.get("error")), error_type="invocation_failed")


def _usage(metrics: Mapping[str, Any], *, priced: bool) -> Usage | None:
    extra = mapping(metrics.get("extra"))
    return counted(
        input_tokens=metrics.get("prompt_tokens"),
        output_tokens=metrics.get("completion_tokens"),
        cache_read=metrics.get("cached_tokens"),
        cache_write=extra.get("cache_creation_input_tokens"),
        reasoning=extra.get("reasoning_tokens"),
        cost_usd=(metrics.get("cost_usd") or None) if priced else None,
    )


class _TrajectoryReader(Reader):
    """Reads trajectories, one a value or many in an array."""

    def read(self, value: Any, place: Place) -> None:
        """Tell a trajectory's steps.

        Raises:
            NotKnownError: If the value is no trajectory.
        """
        trajectories = list(items_of(value))
        if not trajectories or not all(map(_is_trajectory, trajectories)):
            raise NotKnownError("a value without the schema_version and steps of ATIF")
        for trajectory in trajectories:
            self._trajectory(trajectory, place)

    def _trajectory(self, trajectory: dict[str, Any], place: Place) -> None:
        session = self.transcript.session(trajectory.get("session_id"))
        who = mapping(trajectory.get("agent"))
        session.resource |= known(
            {
                "service.name": _string(who.get("name")),
                "service.version": _string(who.get("version")),
            }
        )
        session.started(None, place)
        teller = _Teller(session, trajectory, place, None)
        strangers = teller.tell()
        for _ in range(strangers):
            self.transcript.ignore("steps of no known source")
        if session.begun:
            session.current.over = True
        session.root.over = True
        totals = mapping(trajectory.get("final_metrics"))
        priced = "copilot" not in str(who.get("name")).lower()
        usage = _usage(
            {key.removeprefix("total_"): value for key, value in totals.items()}, priced=priced
        )
        if usage is not None:
            session.root.attributes |= usage.attributes()
        session.root.attributes |= known(prefixed("atif.", trajectory, _TRAJECTORY_USED))


_TRAJECTORY_USED = frozenset({"session_id", "agent", "steps", "subagent_trajectories"})


class AtifLoader(TranscriptLoader):
    """Loads ATIF trajectories."""

    name: ClassVar[str] = "atif"
    title: ClassVar[str] = "ATIF trajectory"
    service: ClassVar[str] = "atif"
    reader: ClassVar[type[Reader]] = _TrajectoryReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are trajectories: they say so."""
        for value in head.values:
            if any(map(_is_trajectory, items_of(value))):
                return 1.0
        cut_off = not head.values and any("schema_version" in keys for keys in head.keys)
        return 0.95 if cut_off and b'"ATIF-v' in head.data[:65536] else 0.0


LOADER = AtifLoader()
