"""Session files of Qwen Code: `~/.qwen/projects/<project>/chats/<session>.jsonl`.

Source: FORMATS §8 "qwen-code"; Qwen Code 0.2 to 0.21. Traps: the outermost keys are those of
Claude Code, and only `message.parts` tells them apart; an answer may be several records of one
`uuid`; `system/ui_telemetry` says the usage again; thoughts are part of the output where the
total says so, as it is with OpenAI's API below; a rewind goes on from an earlier record.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
    Usage,
    counted,
    message,
    unix_nano,
)
from tracetui_loaders.transcripts.gemini import add_tool, answers_in, calls_in, plain, said_in
from tracetui_loaders.vendor_values import mapping

AGENT_NAME = "qwen-code"
_KEYS = frozenset({"uuid", "parentUuid", "sessionId", "timestamp", "type"})
_TYPES = frozenset({"user", "assistant", "tool_result", "system"})
_FACTS = ("cwd", "gitBranch")
_TOLD = frozenset({"notification", "cron"})
"""What Qwen Code itself tells the model in the user's name."""
_MID_TURN = "mid_turn_user_message"
_COMPACTION = "chat_compression"


class QwenReader(Reader):
    """Tells the sessions of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._calls_at: dict[str, Call | None] = {}
        """The last model call when a record was written, by uuid."""
        self._branch_of: str | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says."""
        kind, said = value["type"], value.get("message")
        if kind not in _TYPES or not isinstance(said, dict | None):
            raise NotKnownError(f"a record of type {kind!r} of another program")
        session, time = self.transcript.session(value["sessionId"]), unix_nano(value["timestamp"])
        session.started(time, place)
        session.root.seen(time)
        session.root.attributes.update({k: value[k] for k in _FACTS if value.get(k) is not None})
        if isinstance(value.get("version"), str):
            session.resource["service.version"] = value["version"]
        parts = mapping(said).get("parts")
        if kind == "system":
            self._system(session, value, time)
        elif kind == "assistant":
            self._answer(session, value, parts, time, place)
        elif kind == "tool_result":
            self._tool_result(session, value, parts, time)
        else:
            self._user(session, value, parts, time, place)
        if isinstance(value.get("uuid"), str):
            self._calls_at[value["uuid"]] = session.thread.last_call

    def _user(
        self, session: Session, value: dict[str, Any], parts: Any, time: int | None, place: Place
    ) -> None:
        said, subtype = said_in(parts), value.get("subtype")
        if subtype in _TOLD:
            session.thread.pending.append(message("user", said))
            session.thread.happened(time)
        elif subtype == _MID_TURN and session.begun and self._branch_of is None:
            session.current.hear(said, time)
        else:
            shown = mapping(value.get("systemPayload")).get("displayText")
            name = shown.strip().partition("\n")[0][:80] if isinstance(shown, str) else None
            turn = session.turn(said, time, value.get("uuid"), place, name=name, agent=AGENT_NAME)
            if self._branch_of is not None:
                turn.attributes["tracetui.branch_of"] = self._branch_of
                self._branch_of = None

    @staticmethod
    def _answer(
        session: Session, value: dict[str, Any], parts: Any, time: int | None, place: Place
    ) -> None:
        model = value.get("model")
        model = model if isinstance(model, str) else None
        call = session.current.call(value.get("uuid"), time, place, model=model)
        call.say([part for part in said_in(parts) if part not in call.output])
        for asked in calls_in(parts):
            add_tool(call, asked, time, place)
        call.count(_usage_of(mapping(value.get("usageMetadata"))))

    def _tool_result(
        self, session: Session, value: dict[str, Any], parts: Any, time: int | None
    ) -> None:
        details = mapping(value.get("toolCallResult"))
        status = details.get("status")
        answers = answers_in(parts) or [{"id": details.get("callId")}]
        for answer in answers:
            told = answer.get("response")
            refused = status == "cancelled"
            failed = refused or status == "error" or "error" in mapping(told)
            tool = session.answer(
                answer.get("id"),
                plain(told),
                time,
                failed=failed,
                error_type="user_rejected" if refused else None,
            )
            shown = details.get("resultDisplay")
            if tool is not None and isinstance(shown, dict):
                tool.attributes["resultDisplay"] = shown

    def _system(self, session: Session, value: dict[str, Any], time: int | None) -> None:
        subtype, payload = str(value.get("subtype")), mapping(value.get("systemPayload"))
        if subtype == "custom_title" and isinstance(payload.get("customTitle"), str):
            session.title = payload["customTitle"]
        elif subtype == "rewind":
            target = payload.get("targetUuid")
            if isinstance(target, str) and target in self._calls_at:
                session.thread.last_call = self._calls_at[target]
                session.thread.pending = []
                self._branch_of = target
        elif subtype == _COMPACTION:
            info = mapping(payload.get("info"))
            session.note_compaction(time, {k: v for k, v in info.items() if isinstance(v, int)})
        else:
            self.transcript.ignore(f"system/{subtype[:40]}")


def _usage_of(raw: dict[str, Any]) -> Usage | None:
    given, made = raw.get("promptTokenCount"), raw.get("candidatesTokenCount")
    thought, total = raw.get("thoughtsTokenCount"), raw.get("totalTokenCount")
    beside = (
        isinstance(given, int)
        and isinstance(made, int)
        and isinstance(thought, int)
        and isinstance(total, int)
        and total >= given + made + thought
    )
    return counted(
        input_tokens=given,
        output_tokens=made,
        cache_read=raw.get("cachedContentTokenCount"),
        reasoning=thought,
        output_excludes_reasoning=beside,
    )


class QwenCodeLoader(TranscriptLoader):
    """Loads sessions of Qwen Code."""

    name: ClassVar[str] = "qwen_code"
    title: ClassVar[str] = "Qwen Code session"
    service: ClassVar[str] = "qwen-code"
    reader: ClassVar[type[Reader]] = QwenReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Qwen Code's."""
        return 0.9 if any(map(_is_record, head.values)) else 0.0


def _is_record(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= _KEYS:
        return False
    return isinstance(mapping(value.get("message")).get("parts"), list)


LOADER = QwenCodeLoader()
