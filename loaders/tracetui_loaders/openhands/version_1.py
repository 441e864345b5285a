"""Tells events of OpenHands 1 (the agent SDK): objects with a `kind`.

Actions of one `llm_response_id` are one call. Usage is in the conversation's statistics, by
response; see `metrics`. Times are local, without a zone.

Source: OpenHands software-agent-sdk 1.x, `openhands-sdk/openhands/sdk/event/`; FORMATS §9.
"""

from typing import Any

from tracetui_loaders.loose import first, string
from tracetui_loaders.openhands.metrics import merged
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Session,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping, objects

_AGENT_NAME = "openhands"
_EVENT_KIND_ENDINGS = ("Event", "Observation", "Condensation", "CondensationRequest")
_NOTHING = frozenset({"TokenEvent", "StreamingDeltaEvent", "LLMCompletionLogEvent"})
_LONGEST_DETAIL = 200


class Events:
    """Tells the events of one conversation.

    Args:
        session: What they are told to.
        place: Of the record that holds them.
        model: The model that answers, where that is known.
    """

    def __init__(self, session: Session, place: Place, model: str | None = None) -> None:
        self.session = session
        self.place = place
        self.model = model
        self.metrics: dict[str, Any] = {}
        """The last that was said of usage."""

    def tell(self, event: Any) -> None:
        """Tell one event.

        Raises:
            NotKnownError: If it is none.
        """
        kind = event.get("kind") if isinstance(event, dict) else None
        if not isinstance(kind, str) or not kind.endswith(_EVENT_KIND_ENDINGS):
            raise NotKnownError(f"an event of kind {kind!r}")
        time = unix_nano(event.get("timestamp"))
        self.session.started(time, self.place)
        match kind:
            case "SystemPromptEvent":
                self._system(event)
            case "MessageEvent":
                self._message(event, time)
            case "ActionEvent":
                self._action(event, time)
            case "ObservationEvent" | "UserRejectObservation" | "AgentErrorEvent":
                self._answer(event, kind, time)
            case "Condensation":
                self.session.note_compaction(time, {"summary": event.get("summary")})
            case "ConversationStateUpdateEvent":
                self._state(event, time)
            case "PauseEvent" | "InterruptEvent":
                if self.session.begun:
                    self.session.interrupt(self.session.current, time, kind)
            case _ if kind in _NOTHING:
                pass
            case _:
                self._other(event, kind, time)

    def _system(self, event: dict[str, Any]) -> None:
        prompt = event.get("system_prompt")
        self.session.say_system(parts_of(prompt))
        if event.get("tools"):
            self.session.root.attributes["gen_ai.tool.definitions"] = event["tools"]

    def _message(self, event: dict[str, Any], time: int | None) -> None:
        sent = mapping(event.get("llm_message"))
        content = parts_of(sent.get("content"))
        if sent.get("role") == "assistant":
            call = self._call(event, time)
            self._think(call, sent)
            call.say(content)
        elif event.get("source") == "user" or not self.session.begun:
            self.session.turn(content, time, event.get("id"), self.place, agent=_AGENT_NAME)
        else:
            self.session.current.hear(content, time)

    def _call(self, event: dict[str, Any], time: int | None) -> Call:
        response_id = event.get("llm_response_id")
        return self.session.current.call(response_id, time, self.place, model=self.model)

    @staticmethod
    def _think(call: Call, holder: dict[str, Any]) -> None:
        thought = string(holder.get("reasoning_content"))
        if thought is None:
            blocks = objects(holder.get("thinking_blocks"))
            thought = "\n".join(str(block.get("thinking") or "") for block in blocks)
        if thought.strip():
            call.say([reasoning(thought)])

    def _action(self, event: dict[str, Any], time: int | None) -> None:
        response_id = event.get("llm_response_id")
        known = isinstance(response_id, str) and response_id in self.session.calls
        call = self._call(event, time)
        if not known:
            self._think(call, event)
            call.say([part for part in parts_of(event.get("thought")) if part.get("text")])
        sent = mapping(event.get("tool_call"))
        arguments = first(sent, ("arguments",))
        tool = call.tool(
            event.get("tool_call_id"),
            string(event.get("tool_name")) or "tool",
            event.get("action") if arguments is None else arguments,
            time,
            self.place,
        )
        for key in ("summary", "security_risk"):
            if isinstance(event.get(key), str):
                tool.attributes[key] = event[key]

    def _answer(self, event: dict[str, Any], kind: str, time: int | None) -> None:
        seen = mapping(event.get("observation"))
        failure = None
        result = first(seen, ("content", "output")) if seen else None
        if kind == "UserRejectObservation":
            result, failure = event.get("rejection_reason"), "user_rejected"
        elif kind == "AgentErrorEvent":
            result, failure = event.get("error"), "agent_error"
        elif seen.get("is_error") is True:
            failure = "tool_error"
        elif isinstance(seen.get("exit_code"), int) and seen["exit_code"] > 0:
            failure = "exit_code"
        call_id = event.get("tool_call_id")
        tool = self.session.answer(
            call_id,
            result if result is not None else seen,
            time,
            failed=failure is not None,
            error_type=failure,
        )
        if tool is not None and isinstance(seen.get("exit_code"), int):
            tool.attributes["exit_code"] = seen["exit_code"]
        if tool is not None and tool.tool_name == "finish" and failure is None:
            self.session.thread.waiting = False
            tool.agent.over = True

    def _state(self, event: dict[str, Any], time: int | None) -> None:
        key, value = event.get("key"), event.get("value")
        if key in ("stats", "full_state"):
            stats = mapping(value)
            stats = mapping(stats.get("stats")) or stats
            found = merged(stats.get("usage_to_metrics"))
            self.metrics = found if found["token_usages"] else self.metrics
        elif self.session.begun and isinstance(key, str) and isinstance(value, str | int):
            self.session.current.event(key, time, {"value": value})

    def _other(self, event: dict[str, Any], kind: str, time: int | None) -> None:
        node = self.session.current if self.session.begun else self.session.root
        words = first(event, ("detail", "error", "message", "summary"))
        details = {"detail": str(words)[:_LONGEST_DETAIL]} if words else {}
        node.event(kind, time, details)
        if kind == "ConversationErrorEvent":
            node.fail(str(words) if words else None, error_type=string(event.get("code")) or kind)
