"""Trajectories of SWE-agent: `<instance>.traj`, and its demonstrations (history alone).

Traps: `trajectory` has every step, `history` what the model was told first and, where the model
calls functions, the ids and arguments of its calls; the last step may be missing from it, and ids
may recur. There are no times, but `execution_time` of a step's command. Tokens and cost are known
of the whole run only; a run that replays another has zeros for them, which say nothing. `messages`
of a step repeat the whole prompt.

Source: SWE-agent 0.6 to 1.1, `sweagent/types.py` (`TrajectoryStep`, `HistoryItem`, `AgentInfo`)
and `agent/agents.py` (`RetryAgent`: `attempts`); FORMATS §9.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.loose import unpacked
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    TranscriptLoader,
    counted,
    message,
    parts_of,
)
from tracetui_loaders.vendor_values import mapping, objects

_COMMAND = re.compile(r"\s*([A-Za-z_][\w.-]{0,39})(?:\s|$)")
_STAND_INS = frozenset({"replay", "human", "human_thought", "instant_empty_submit"})
"""Names of what plays a model's part."""
_STEP_MARKS = (b'"action"', b'"observation"', b'"response"', b'"thought"')
_INFO_FACTS = ("exit_status", "submission", "swe_agent_version", "swe_agent_hash", "score")


@dataclass(slots=True)
class _Step:
    """What the model said, what it had run, and what came of it."""

    response: Any
    action: Any
    observation: Any
    calls: list[dict[str, Any]]
    """As sent to the API; empty where the action is text."""
    facts: dict[str, Any]


class SweAgentReader(Reader):
    """Tells one run."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document says.

        Raises:
            NotKnownError: If it is no run of SWE-agent.
        """
        document = mapping(value)
        attempts = objects(document.get("attempts")) or [document]
        runs = [(attempt, _steps(attempt)) for attempt in attempts]
        if not any(steps for _, steps in runs):
            raise NotKnownError("a document without steps")
        session = self.transcript.session(None)
        session.title = self.transcript.stem
        session.started(None, place)
        model = _model(document)
        for attempt, steps in runs:
            session.thread.forget()
            _begin(session, objects(attempt.get("history")), place)
            for step in steps:
                _tell(session, step, place, model)
            session.current.over = True
            if attempt is not document:
                _tell_outcome(session.current.attributes, mapping(attempt.get("info")))
        session.thread.waiting = False
        _conclude(session, document)


def _conclude(session: Session, document: dict[str, Any]) -> None:
    info, root = mapping(document.get("info")), session.root
    _tell_outcome(root.attributes, info)
    if isinstance(document.get("environment"), str):
        root.attributes["environment"] = document["environment"]
    stats = mapping(info.get("model_stats"))
    if any(stats.get(key) for key in ("instance_cost", "tokens_sent", "tokens_received")):
        usage = counted(
            input_tokens=stats.get("tokens_sent"),
            output_tokens=stats.get("tokens_received"),
            cost_usd=stats.get("instance_cost"),
        )
        root.attributes.update(usage.attributes() if usage else {})
    status = info.get("exit_status")
    if isinstance(status, str) and status and not status.startswith("submitted"):
        root.fail(status, error_type=status)
    root.over = True


def _tell_outcome(attributes: dict[str, Any], info: dict[str, Any]) -> None:
    attributes.update((key, info[key]) for key in _INFO_FACTS if info.get(key) is not None)
    calls = mapping(info.get("model_stats")).get("api_calls")
    if calls:
        attributes["api_calls"] = calls


def _model(document: dict[str, Any]) -> str | None:
    config = mapping(unpacked(document.get("replay_config")))
    name = mapping(mapping(config.get("agent")).get("model")).get("name")
    return name if isinstance(name, str) and name and name not in _STAND_INS else None


def _begin(session: Session, history: list[dict[str, Any]], place: Place) -> None:
    """Begin the turn with what the model was told before its first own answer."""
    prompt: list[Any] = []
    agent: Any = None
    for item in history:
        parts = parts_of(item.get("content"))
        if item.get("role") == "system":
            session.say_system(parts)
        elif item.get("is_demo") is True:
            session.thread.pending.append(message(str(item.get("role")), parts))
        elif item.get("role") == "assistant":
            break
        else:
            prompt += parts
            agent = item.get("agent")
    name = agent if isinstance(agent, str) else "swe-agent"
    session.turn(prompt, None, None, place, name=session.title, agent=name)


def _steps(attempt: dict[str, Any]) -> list[_Step]:
    history = [item for item in objects(attempt.get("history")) if item.get("is_demo") is not True]
    told = [
        _Step(
            item.get("content"),
            item.get("action"),
            _content_after(history, position),
            objects(item.get("tool_calls")),
            {},
        )
        for position, item in enumerate(history)
        if item.get("role") == "assistant"
    ]
    ran = objects(attempt.get("trajectory"))
    if not ran:
        return told
    steps: list[_Step] = []
    for position, step in enumerate(ran):
        action = step.get("action")
        same = told[position] if position < len(told) else None
        calls = same.calls if same is not None and same.action == action else []
        facts = {key: step[key] for key in ("execution_time", "state") if step.get(key)}
        response = step.get("response") or step.get("thought")
        steps.append(_Step(response, action, step.get("observation"), calls, facts))
    return steps


def _content_after(history: list[dict[str, Any]], position: int) -> Any:
    after = history[position + 1] if position + 1 < len(history) else {}
    return after.get("content") if after.get("role") != "assistant" else None


def _tell(session: Session, step: _Step, place: Place, model: str | None) -> None:
    call = session.current.call(None, None, place, model=model)
    if step.response:
        call.say(parts_of(step.response))
    tools = [
        call.tool(_id(session, sent), _name(sent), _arguments(sent), None, place)
        for sent in step.calls
    ]
    if not tools and isinstance(step.action, str) and step.action.strip():
        tools = [_run(call, step.action, place)]
    if not tools:
        session.current.hear(parts_of(step.observation))
        return
    tools[0].attributes.update(step.facts)
    for number, tool in enumerate(tools):
        # Several calls of one step have one observation.
        session.answer(tool, None if number else step.observation)


def _run(call: Call, action: str, place: Place) -> Tool:
    found = _COMMAND.match(action)
    name = found[1] if found else "bash"
    return call.tool(None, name, {"command": action}, None, place, in_output=False)


def _id(session: Session, sent: dict[str, Any]) -> Any:
    """Return the id of a call; in demonstrations several have the same, and the first keeps it."""
    return None if sent.get("id") in session.tools else sent.get("id")


def _name(sent: dict[str, Any]) -> str:
    name = mapping(sent.get("function")).get("name")
    return name if isinstance(name, str) and name else "tool"


def _arguments(sent: dict[str, Any]) -> Any:
    return mapping(sent.get("function")).get("arguments")


class SweAgentLoader(TranscriptLoader):
    """Loads trajectories of SWE-agent."""

    name: ClassVar[str] = "swe_agent"
    title: ClassVar[str] = "SWE-agent trajectory"
    service: ClassVar[str] = "swe-agent"
    reader: ClassVar[type[Reader]] = SweAgentReader

    def sniff(self, head: Head) -> float:
        """Return how surely the document is a run of SWE-agent."""
        marked = all(mark in head.data for mark in _STEP_MARKS)
        if marked and any("trajectory" in keys or {"attempts"} <= keys for keys in head.keys):
            return 0.9
        return 0.85 if any(map(_is_demonstration, head.values)) else 0.0


def _is_demonstration(value: Any) -> bool:
    history = objects(value.get("history")) if isinstance(value, dict) else []
    return (
        len(history) > 1
        and all({"role", "content", "agent"} <= item.keys() for item in history)
        and any("action" in item for item in history)
    )


LOADER = SweAgentLoader()
