"""Sessions of Copilot CLI: `~/.copilot/session-state/<session>/events.jsonl`.

Source: FORMATS §8 "copilot-cli"; Copilot CLI 0.0.420 to 1.0.77. Traps: `parentId` is the event
before, and no parent; a message may be told again as it grows; what a sub-agent did stands
between the session's own events, told apart by `parentToolCallId`; usage: see `copilot.totals`.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.copilot.totals import Totals
from tracetui_loaders.transcripts import (
    Agent,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    Transcript,
    TranscriptLoader,
    message,
    parts_of,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping, objects

AGENT_NAME = "copilot"
_EVENTS = frozenset(
    {
        *("session.resume", "session.mode_changed", "session.plan_changed", "session.handoff"),
        *("session.auto_mode_resolved", "session.warning", "skill.invoked", "session.snapshot"),
        *("permission.requested", "permission.completed", "subagent.selected"),
    }
)
_COMPACTIONS = frozenset({"session.truncation", "session.compaction_complete"})
_FACTS = ("producer", "contextTier", "reasoningEffort")
_TOTALS = ("totalPremiumRequests", "totalNanoAiu", "totalApiDurationMs", "shutdownType")
_AGENT_FACTS = ("totalToolCalls", "totalTokens", "durationMs", "model")


class CopilotReader(Reader):
    """Tells the session of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._session: Session | None = None
        self._model: str | None = None
        self._totals = Totals()
        self._thought: list[str] = []
        """What was thought before a message, which may say it again."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what one event says."""
        kind, data, time = value["type"], value["data"], unix_nano(value.get("timestamp"))
        if not isinstance(kind, str) or not isinstance(data, dict):
            raise NotKnownError(f"an event of type {kind!r} without data")
        session = self._begin(kind, data, time, place)
        family = kind.partition(".")[0]
        if kind == "user.message":
            parts = parts_of(data.get("content"))
            session.turn(parts, time, value.get("id"), place, agent=AGENT_NAME)
        elif family == "assistant":
            self._assistant(kind, data, time, place)
        elif family == "tool":
            self._tool(kind, data, time, place)
        elif family == "subagent" and kind not in _EVENTS:
            self._subagent(kind, data, time, place)
        elif family == "system":
            self._system(session, kind, data, time)
        elif kind == "abort":
            session.interrupt(session.current, time, str(data.get("reason")))
        elif not self._about_session(session, kind, data, time, place):
            self.transcript.ignore(kind[:40])

    def finish(self) -> None:
        """Say what the session used."""
        if self._session is not None:
            self._totals.settle(self._session)

    def _begin(self, kind: str, data: dict[str, Any], time: int | None, place: Place) -> Session:
        if self._session is None:
            session_id = data.get("sessionId") if kind == "session.start" else None
            self._session = self.transcript.session(session_id)
        begun = unix_nano(data.get("startTime")) if kind == "session.start" else None
        self._session.started(begun or time, place)
        self._session.root.seen(time)
        return self._session

    def _about_session(
        self, session: Session, kind: str, data: dict[str, Any], time: int | None, place: Place
    ) -> bool:
        """Tell an event of the session as a whole; whether it is one with something to tell."""
        root = session.root
        match kind:
            case "session.start":
                self._use(data.get("selectedModel"))
                root.attributes.update(_known(data, _FACTS) | mapping(data.get("context")))
                if isinstance(data.get("copilotVersion"), str):
                    session.resource["service.version"] = data["copilotVersion"]
            case "session.model_change":
                self._use(data.get("newModel"))
            case "session.title_changed":
                title = data.get("title")
                session.title = title if isinstance(title, str) else session.title
            case "session.error":
                self._error(session, data, time, place)
            case "session.shutdown":
                self._totals.shut_down(data)
                root.event("session.shutdown", time, _known(data, _TOTALS))
                if session.begun:
                    session.current.over = True
            case _ if kind in _COMPACTIONS:
                session.note_compaction(time, _short(data))
            case _ if kind in _EVENTS:
                node = session.current if session.begun else root
                node.event(kind, time, _short(data))
            case _:
                return False
        return True

    def _use(self, model: Any) -> None:
        self._model = model if isinstance(model, str) and model else self._model

    def _error(
        self, session: Session, data: dict[str, Any], time: int | None, place: Place
    ) -> None:
        said, status = str(data.get("message")), data.get("statusCode")
        node = session.current if session.begun else session.root
        node.event("session.error", time, _short(data))
        if session.begun and session.thread.waiting and isinstance(status, int):
            call = session.current.call(None, time, place, model=self._model)
            call.fail(said, error_type=str(data.get("errorType")), http_status=status)

    def _system(self, session: Session, kind: str, data: dict[str, Any], time: int | None) -> None:
        parts = parts_of(data.get("content"))
        if kind == "system.message":
            session.say_system(parts)
        else:  # what Copilot tells the model: an agent in the background has ended
            session.thread.pending.append(message("user", parts))
            session.thread.happened(time)

    def _speaker(self, data: dict[str, Any]) -> Agent:
        """Return whose event this is: the session's, or that of the agent which a tool started."""
        session = self.transcript.session() if self._session is None else self._session
        caller = data.get("parentToolCallId")
        if not isinstance(caller, str) or not caller:
            return session.current
        return self._agent_of(session, caller)

    @staticmethod
    def _agent_of(
        session: Session,
        caller: str,
        name: str | None = None,
        time: int | None = None,
        place: Place | None = None,
    ) -> Agent:
        tool = session.tools.get(caller)
        parent = tool if tool is not None else session.current
        return session.subagent(parent, f"{caller}:agent", name, time=time, place=place or Place())

    def _assistant(self, kind: str, data: dict[str, Any], time: int | None, place: Place) -> None:
        if kind == "assistant.reasoning":
            self._thought.append(str(data["content"]))
        elif kind == "assistant.message":
            self._message(data, time, place)
        elif kind == "assistant.usage":
            call_id = data.get("apiCallId") or data.get("providerCallId")
            speaker = self._speaker(data)
            last = speaker.thread.last_call
            known = speaker.session.calls.get(call_id) if isinstance(call_id, str) else last
            call = known or speaker.call(call_id, time, place)
            call.model = call.model or data.get("model") or self._model
            self._totals.used(call, data)
        elif kind == "assistant.turn_start":
            self._use(data.get("model"))
        else:
            self.transcript.ignore(kind[:40])

    def _message(self, data: dict[str, Any], time: int | None, place: Place) -> None:
        content, requests = data["content"], objects(data.get("toolRequests"))
        speaker = self._speaker(data)
        model = data.get("model") or (self._model if "parentToolCallId" not in data else None)
        call_id = data.get("apiCallId") or data.get("messageId")
        known = isinstance(call_id, str) and call_id in speaker.session.calls
        call = speaker.call(call_id, time, place, model=model)
        thought = data.get("reasoningText") or "\n".join(self._thought)
        self._thought = []
        said = [reasoning(thought)] if thought else []
        said += [text(content)] if content else []
        call.say([part for part in said if not known or part not in call.output])
        self._totals.said(call, data.get("outputTokens"))
        for key in ("messageId", "requestId", "serviceRequestId", "turnId", "interactionId"):
            if isinstance(data.get(key), str):
                call.attributes[key] = data[key]
        for sent in requests:
            arguments = sent.get("arguments")
            tool = call.tool(sent.get("toolCallId"), str(sent.get("name")), arguments, time, place)
            if isinstance(sent.get("intentionSummary"), str):
                tool.attributes["intentionSummary"] = sent["intentionSummary"]

    def _tool(self, kind: str, data: dict[str, Any], time: int | None, place: Place) -> None:
        call_id, speaker = data["toolCallId"], self._speaker(data)
        tool = speaker.session.tools.get(call_id)
        if kind == "tool.execution_start":
            if tool is None:
                last = speaker.thread.last_call
                if last is None or last.agent is not speaker:
                    last = speaker.call(None, time, place, model=self._model)
                name, arguments = str(data["toolName"]), data.get("arguments")
                tool = last.tool(call_id, name, arguments, time, place, in_output=False)
            tool.start = time if time is not None else tool.start
        elif kind == "tool.execution_complete":
            self._answer(speaker, call_id, data, time)
        else:
            self.transcript.ignore(kind[:40])

    @staticmethod
    def _answer(speaker: Agent, call_id: Any, data: dict[str, Any], time: int | None) -> None:
        result, error = mapping(data.get("result")), mapping(data.get("error"))
        code = error.get("code")
        told = result.get("content") if result else error.get("message")
        speaker.session.answer(
            call_id,
            told,
            time,
            failed=data.get("success") is False,
            error_type="user_rejected" if code in ("rejected", "denied") else None,
            agent=speaker,
        )
        tool: Tool | None = speaker.session.tools.get(call_id)
        if tool is not None:
            metrics = mapping(mapping(data.get("toolTelemetry")).get("metrics"))
            tool.attributes.update({f"toolTelemetry.{k}": v for k, v in _short(metrics).items()})

    def _subagent(self, kind: str, data: dict[str, Any], time: int | None, place: Place) -> None:
        session = self._session or self.transcript.session()
        name = data.get("agentName")
        name = name if isinstance(name, str) else None
        agent = self._agent_of(session, data["toolCallId"], name, time, place)
        if kind == "subagent.started":
            agent.agent_name = agent.agent_name or name
        else:
            agent.attributes.update(_known(data, _AGENT_FACTS))
            agent.seen(time)
            agent.over = True
            if kind == "subagent.failed":
                agent.fail(str(data.get("error")), error_type="subagent_failed")


def _known(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if data.get(name) is not None}


def _short(data: dict[str, Any]) -> dict[str, Any]:
    """Return what of an event's data is short enough for an attribute."""
    return {key: value for key, value in data.items() if isinstance(value, str | int | float)}


class CopilotCliLoader(TranscriptLoader):
    """Loads sessions of Copilot CLI."""

    name: ClassVar[str] = "copilot_cli"
    title: ClassVar[str] = "Copilot CLI session"
    service: ClassVar[str] = "copilot-cli"
    reader: ClassVar[type[Reader]] = CopilotReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are events of Copilot CLI."""
        return 0.9 if any(map(_is_event, head.values)) else 0.0


def _is_event(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= {"type", "data", "timestamp"}:
        return False
    kind = value["type"]
    families = ("session.", "user.", "assistant.", "tool.", "hook.", "system.", "subagent.")
    return isinstance(kind, str) and kind.startswith(families) and isinstance(value["data"], dict)


LOADER = CopilotCliLoader()
