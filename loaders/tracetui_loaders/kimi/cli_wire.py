"""Reads the wire of Kimi CLI, before Kimi Code: `~/.kimi/sessions/<project>/<session>/wire.jsonl`.

Source: Kimi CLI 0.5x to 1.x, `src/kimi_cli/wire/types.py`: each line is `{timestamp, message:
{type, payload}}`. A step is an answer of the model; only its `StatusUpdate` has an id and the
usage, and repeats it. What a sub-agent does stands inside `SubagentEvent`, and again in a file of
its own below the session's: where the session's is there, that is left out.
"""

from pathlib import Path, PurePath
from typing import Any

from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Place,
    Session,
    Transcript,
    counted,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_EVENTS = frozenset({"ApprovalRequest", "ApprovalResponse", "StepRetry", "QuestionRequest"})
_WIRE = "wire.jsonl"


class CliWire:
    """Tells the session of one file.

    Args:
        transcript: Where it is told.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._id, self._repeats = _session_of(transcript.path)
        self._calls: dict[str, Call] = {}
        """The last answer of each speaker, by the speaker's span id."""
        self._ended: set[str] = set()
        """Speakers whose last answer is over."""
        self._responses: dict[str, Call] = {}

    def read(self, value: dict[str, Any], place: Place) -> None:
        """Tell what one line says."""
        event, time = value["message"], unix_nano(value.get("timestamp"))
        kind, payload = event["type"], event["payload"]
        if self._repeats:
            self._transcript.ignore("record that the session's own file holds")
            return
        session = self._transcript.session(self._id)
        session.started(time, place)
        session.root.seen(time)
        if kind == "TurnBegin":
            said = parts_of(payload.get("user_input"))
            session.turn(said, time, None, place, agent="kimi-cli")
        else:
            self._event(session, None, event, time, place)

    def _event(
        self,
        session: Session,
        agent: Agent | None,
        event: dict[str, Any],
        time: int | None,
        place: Place,
    ) -> None:
        kind, payload = event["type"], event["payload"]
        speaker = agent or session.current
        if kind == "SubagentEvent":
            below = self._subagent(session, payload, time, place)
            self._event(session, below, payload["event"], time, place)
        elif kind in ("StepBegin", "StepInterrupted", "TurnBegin"):
            self._ended.add(speaker.span_id)
        elif kind == "ContentPart":
            thought = payload.get("think")
            said = [reasoning(thought)] if payload.get("type") == "think" else parts_of(payload)
            self._call(speaker, time, place).say(said)
        elif kind == "ToolCall":
            asked, call = mapping(payload["function"]), self._call(speaker, time, place)
            name = str(asked.get("name"))
            call.tool(payload.get("id"), name, asked.get("arguments"), time, place)
        elif kind == "ToolResult":
            self._answer(session, agent, payload, time)
        elif kind == "StatusUpdate":
            self._count(speaker, payload, time, place)
        elif kind == "CompactionBegin":
            session.note_compaction(time)
        elif kind in ("TurnEnd", "SteerInput"):
            self._turn_goes(speaker, kind, payload, time)
        elif kind in _EVENTS:
            details = {k: v for k, v in payload.items() if isinstance(v, str | int | float)}
            speaker.event(kind, time, details)
        else:
            self._transcript.ignore(str(kind)[:40])

    def _turn_goes(
        self, speaker: Agent, kind: str, payload: dict[str, Any], time: int | None
    ) -> None:
        if kind == "SteerInput":
            speaker.hear(parts_of(payload.get("user_input")), time)
        else:
            speaker.seen(time)
            speaker.over = True

    def _call(self, speaker: Agent, time: int | None, place: Place) -> Call:
        """Return the answer that is being given."""
        call = self._calls.get(speaker.span_id)
        if call is None or speaker.span_id in self._ended:
            call = speaker.call(None, time, place)
            self._calls[speaker.span_id] = call
            self._ended.discard(speaker.span_id)
        call.seen(time)
        call.thread.happened(time)
        return call

    def _answer(
        self, session: Session, agent: Agent | None, payload: dict[str, Any], time: int | None
    ) -> None:
        result = mapping(payload["return_value"])
        failed = result.get("is_error") is True
        told = result.get("output") or result.get("message")
        session.answer(payload.get("tool_call_id"), told, time, failed=failed, agent=agent)

    def _count(
        self, speaker: Agent, payload: dict[str, Any], time: int | None, place: Place
    ) -> None:
        usage, message_id = payload.get("token_usage"), payload.get("message_id")
        if not isinstance(usage, dict):
            self._transcript.ignore("StatusUpdate without usage")
            return
        known = self._responses.get(message_id) if isinstance(message_id, str) else None
        call = known or self._call(speaker, time, place)
        if known is None and isinstance(message_id, str):
            self._responses[message_id] = call
            call.attributes["gen_ai.response.id"] = message_id
        call.count(
            counted(
                input_tokens=usage.get("input_other"),
                output_tokens=usage.get("output"),
                cache_read=usage.get("input_cache_read"),
                cache_write=usage.get("input_cache_creation"),
                input_excludes_cache=True,
            )
        )

    @staticmethod
    def _subagent(
        session: Session, payload: dict[str, Any], time: int | None, place: Place
    ) -> Agent:
        caller = payload.get("parent_tool_call_id") or payload.get("task_tool_call_id")
        tool = session.tools.get(caller) if isinstance(caller, str) else None
        agent_id = payload.get("agent_id") or f"{caller}:agent"
        name = payload.get("subagent_type")
        name = name if isinstance(name, str) else None
        return session.subagent(tool or session.current, agent_id, name, time=time, place=place)


def _session_of(path: str) -> tuple[str | None, bool]:
    """Return the session that a path names, and whether another file holds the same."""
    parts = PurePath(path).parts
    if len(parts) >= 4 and parts[-3] == "subagents":
        return parts[-2], Path(*parts[:-3], _WIRE).is_file()
    return (parts[-2] if len(parts) >= 2 and parts[-1] == _WIRE else None), False
