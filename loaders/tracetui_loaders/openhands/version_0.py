"""Tells events of OpenHands 0: actions and observations.

`cause` of an observation is the `id` of the action that it answers; older events have neither, nor
times, nor a source, and answer the action before. Actions of one `model_response` are one call,
whose usage counts once. Times are local, without a zone. What an agent that was delegated to does
stands between the `delegate` action and its observation.

Source: OpenHands 0.9 to 0.60 `openhands/events/` (`serialization/`, `action/`, `observation/`);
FORMATS §9.
"""

from typing import Any

from tracetui_loaders.loose import first, string
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Place,
    Session,
    Tool,
    call_part,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.transcripts.openai import message_of, note_response, usage_of
from tracetui_loaders.vendor_values import mapping, objects

_NO_TOOLS = frozenset({"message", "finish", "reject", "system"})
_STATES = frozenset(
    {
        *("agent_state_changed", "null", "recall", "change_agent_state", "start_task", "loop"),
        *("loop_recovery", "condensation_request", "task_tracking_state", "pause", "resume"),
    }
)
_NOT_ARGUMENTS = frozenset(
    {
        *("thought", "is_confirmed", "confirmation_state", "hidden", "keep_prompt", "action"),
        *("action_risk", "security_risk", "kernel_init_code", "blocking", "message", "source"),
        *("id", "timestamp", "timeout", "tool_call_metadata", "llm_metrics", "cause"),
    }
)
_SHORT_EXTRAS = ("exit_code", "path", "error_id", "url", "agent_state", "reason")
_AGENT_NAME = "openhands"


class Events:
    """Tells the events of one conversation.

    Args:
        session: What they are told to.
        place: Of the record that holds them.
    """

    def __init__(self, session: Session, place: Place) -> None:
        self.session = session
        self.place = place
        self.model: str | None = None
        self._tools: dict[Any, Tool] = {}
        """By the id of their action."""
        self._last: Tool | None = None
        self._delegates: list[tuple[Tool, Agent]] = []
        """Those at work, the innermost last."""

    @property
    def _agent(self) -> Agent:
        return self._delegates[-1][1] if self._delegates else self.session.current

    def tell(self, event: Any) -> None:
        """Tell one event.

        Raises:
            NotKnownError: If it is no action and no observation.
        """
        action = event.get("action") if isinstance(event, dict) else None
        observation = event.get("observation") if isinstance(event, dict) else None
        time = unix_nano(event.get("timestamp")) if isinstance(event, dict) else None
        if not isinstance(action, str) and not isinstance(observation, str):
            raise NotKnownError("an event that is no action and no observation")
        self.session.started(time, self.place)
        if isinstance(observation, str):
            self._observed(event, observation, time)
        elif action in _STATES:
            if self.session.begun:
                self._agent.event(str(action), time, _short(mapping(event.get("args"))))
        elif action == "condensation":
            self.session.note_compaction(time, _short(mapping(event.get("args"))))
        else:
            self._acted(event, str(action), time)

    def _acted(self, event: dict[str, Any], action: str, time: int | None) -> None:
        args = mapping(event.get("args")) or event
        source = event.get("source")
        by_user = source == "user" or (source is None and not self.session.begun)
        if action == "system":
            self.session.say_system(parts_of(args.get("content")))
            if args.get("tools"):
                self.session.root.attributes["gen_ai.tool.definitions"] = args["tools"]
        elif action == "message" and by_user:
            parts = parts_of(args.get("content"))
            self.session.turn(parts, time, event.get("id"), self.place, agent=_AGENT_NAME)
        elif by_user:
            self._agent.event(action, time, _short(args))
        else:
            self._done(event, action, args, time)

    def _done(self, event: dict[str, Any], action: str, args: dict[str, Any], time: Any) -> None:
        """Tell what the model did."""
        metadata = mapping(event.get("tool_call_metadata"))
        call = self._call(metadata, args, time)
        if action in _NO_TOOLS:
            self._spoke(call, action, args, metadata)
            return
        name = string(metadata.get("function_name")) or action
        known = metadata.get("tool_call_id")
        arguments = {key: value for key, value in args.items() if key not in _NOT_ARGUMENTS}
        sent = _sent_arguments(metadata)
        tool = call.tool(known, name, arguments if sent is None else sent, time, self.place)
        self._last = tool
        if event.get("id") is not None:
            self._tools[event["id"]] = tool
        if action == "delegate":
            agent = tool.subagent(None, string(args.get("agent")), time=time, place=self.place)
            agent.hear(parts_of(mapping(args.get("inputs")).get("task")), time)
            self._delegates.append((tool, agent))

    def _call(self, metadata: dict[str, Any], args: dict[str, Any], time: int | None) -> Call:
        response = mapping(metadata.get("model_response"))
        response_id = string(response.get("id"))
        known = response_id is not None and response_id in self.session.calls
        call = self._agent.call(response_id, time, self.place, model=self.model)
        note_response(call, response)
        call.count(usage_of(response.get("usage")))
        if known:
            return call
        said = message_of(response)
        thought = string(said.get("reasoning_content"))
        if thought:
            call.say([reasoning(thought)])
        words = said.get("content") if response else args.get("thought")
        if words:
            call.say(parts_of(words))
        return call

    def _spoke(
        self, call: Call, action: str, args: dict[str, Any], metadata: dict[str, Any]
    ) -> None:
        """Tell what the model said, or that it has done."""
        words = first(args, ("final_thought", "content"))
        if words and not any(part.get("content") == words for part in call.output):
            call.say(parts_of(words))
        name = string(metadata.get("function_name"))
        if name:
            known = string(metadata.get("tool_call_id"))
            call.output.append(call_part(known, name, _sent_arguments(metadata)))
        if action in ("finish", "reject"):
            call.agent.over = True
            outputs = args.get("outputs")
            if outputs:
                call.agent.attributes["outputs"] = outputs
        if action == "reject":
            call.agent.fail(str(args.get("outputs")), error_type="rejected")

    def _observed(self, event: dict[str, Any], observation: str, time: int | None) -> None:
        tool = self._tools.get(event.get("cause"))
        named = mapping(event.get("tool_call_metadata")).get("tool_call_id")
        if tool is None and isinstance(named, str):
            tool = self.session.tools.get(named)
        if tool is None and event.get("id") is None:
            tool = self._last
        extras = mapping(event.get("extras")) or event
        if tool is None or tool.answered:
            if self.session.begun:
                self._agent.event(observation, time, _short(extras, event.get("content")))
            return
        if self._delegates and self._delegates[-1][0] is tool:
            self._delegates.pop()
        self._answer(tool, event, observation, extras, time)

    def _answer(
        self, tool: Tool, event: dict[str, Any], observation: str, extras: dict[str, Any], time: Any
    ) -> None:
        content = event.get("content")
        code = first(extras, ("exit_code",))
        code = mapping(extras.get("metadata")).get("exit_code") if code is None else code
        failure = None
        if observation == "user_rejected":
            failure = "user_rejected"
        elif observation == "error":
            failure = string(extras.get("error_id")) or "tool_error"
        elif isinstance(code, int) and code > 0:  # -1 is a command that goes on
            failure = "exit_code"
        result = content if content is not None else extras
        self.session.answer(tool, result, time, failed=failure is not None, error_type=failure)
        if isinstance(code, int):
            tool.attributes["exit_code"] = code


def _sent_arguments(metadata: dict[str, Any]) -> Any:
    """Return the arguments as the model wrote them; None if they are not kept."""
    for sent in objects(message_of(metadata.get("model_response")).get("tool_calls")):
        if sent.get("id") == metadata.get("tool_call_id"):
            return mapping(sent.get("function")).get("arguments")
    return None


def _short(facts: dict[str, Any], content: Any = None) -> dict[str, Any]:
    found = {key: facts[key] for key in _SHORT_EXTRAS if isinstance(facts.get(key), str | int)}
    if isinstance(content, str) and content:
        found["content"] = content[:200]
    return found
