"""Reads a session of Gemini CLI: one document, or lines that add to it.

Source: Gemini CLI 0.1 to 0.40, `packages/core/src/services/chatRecordingService.ts`; FORMATS §8
"gemini-cli":
- Lines (0.40) are a header, messages, `{"$set": ...}` with what has changed of the header, and
  `{"$rewindTo": id}`, which takes back that message and all after it.
- A message is written again under its id when tools have answered: the later one holds.
- `tokens.input` holds cached tokens; thoughts and what tools put in are counted beside the rest.
- Only the answers of tools have times of their own.
"""

from pathlib import PurePath
from typing import Any

from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Part,
    Place,
    Reader,
    Session,
    Transcript,
    call_part,
    counted,
    first_line,
    reasoning,
    text_in,
    unix_nano,
)
from tracetui_loaders.transcripts.gemini import plain, said_in
from tracetui_loaders.vendor_values import mapping, objects

AGENT_NAME = "gemini-cli"
ANSWERS = frozenset({"gemini", "model", "assistant"})
REMARKS = frozenset({"info", "warning", "error"})
_FACTS = ("projectHash", "kind", "directories")
_CHATS = "chats"


class GeminiReader(Reader):
    """Tells the session, or the sub-agent, of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._session: Session | None = None
        self._agent: Agent | None = None
        self._model: str | None = None
        self._told: set[str] = set()
        self._before: dict[str, Call | None] = {}
        """The model call before each message, by the message's id."""
        self._branch_of: str | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document or a line says."""
        if "$set" in value:
            self._set(mapping(value["$set"]), place)
        elif "$rewindTo" in value:
            self._rewind(value["$rewindTo"])
        elif "sessionId" in value or "history" in value:
            self._header(value, place)
        elif value.get("type") in ANSWERS | REMARKS | {"user"}:
            self._message(value, place)
        else:
            raise NotKnownError("neither a session, a message nor a change of either")

    def _header(self, header: dict[str, Any], place: Place) -> None:
        messages = header.get("messages", header.get("history", []))
        if not isinstance(messages, list):
            raise NotKnownError("a session whose messages are no list")
        time = unix_nano(header.get("startTime", header.get("start_time")))
        session_id = header.get("sessionId")
        parent = _parent_of(self.transcript.path) if header.get("kind") == "subagent" else None
        self._session = session = self.transcript.session(parent or session_id)
        if parent is not None and isinstance(session_id, str):
            session.whole = False
            self._agent = session.subagent(
                tool_span_of(session_id), session_id, time=time, place=place
            )
        else:
            session.started(time, place)
            session.root.attributes.update(
                {name: header[name] for name in _FACTS if header.get(name) is not None}
            )
        self._set(header, place, messages=False)
        model = mapping(header.get("meta")).get("model")
        self._model = model if isinstance(model, str) else None
        for message in messages:
            if isinstance(message, dict):
                self._message(message, place)
            else:
                self.transcript.ignore("message that is no object")

    def _set(self, changed: dict[str, Any], place: Place, *, messages: bool = True) -> None:
        session = self._now()
        if isinstance(changed.get("summary"), str):
            session.title = first_line(changed["summary"])
        session.root.seen(unix_nano(changed.get("lastUpdated")))
        for message in objects(changed.get("messages")) if messages else ():
            self._message(message, place)

    def _now(self) -> Session:
        if self._session is None:
            self._session = self.transcript.session(None)
        return self._session

    @property
    def _speaker(self) -> Agent:
        return self._agent or self._now().current

    @property
    def _thread(self) -> Any:
        return self._agent.thread if self._agent is not None else self._now().thread

    def _rewind(self, message_id: Any) -> None:
        if isinstance(message_id, str) and message_id in self._before:
            self._thread.last_call = self._before[message_id]
            self._thread.pending = []
            self._branch_of = message_id
        else:
            self._thread.forget()
        self.transcript.ignore("$rewindTo")

    def _message(self, message: dict[str, Any], place: Place) -> None:
        kind = message.get("type", message.get("role"))
        time = unix_nano(message.get("timestamp", message.get("ts")))
        message_id = message.get("id")
        known = isinstance(message_id, str) and message_id in self._told
        if isinstance(message_id, str) and not known:
            self._told.add(message_id)
            self._before[message_id] = self._thread.last_call
        if kind in ANSWERS:
            self._answer(message, message_id, time, place)
        elif known:
            self.transcript.ignore("message that is written again")
        elif kind == "user":
            self._prompt(message, message_id, time, place)
        elif kind in REMARKS:
            self._remark(str(kind), message, time)
        else:
            self.transcript.ignore(f"message of type {str(kind)[:40]}")

    def _prompt(
        self, message: dict[str, Any], message_id: Any, time: int | None, place: Place
    ) -> None:
        parts = said_in(message.get("content", message.get("parts")))
        if self._agent is not None:
            self._agent.hear(parts, time)
            return
        turn = self._now().turn(parts, time, message_id, place, agent=AGENT_NAME)
        if self._branch_of is not None:
            turn.attributes["tracetui.branch_of"] = self._branch_of
            self._branch_of = None

    def _remark(self, kind: str, message: dict[str, Any], time: int | None) -> None:
        said = text_in(said_in(message.get("content")))
        session = self._now()
        node = self._agent or (session.current if session.begun else session.root)
        node.event(kind, time, {"content": said})
        if kind == "error":
            node.fail(said, error_type="error")

    def _answer(
        self, message: dict[str, Any], message_id: Any, time: int | None, place: Place
    ) -> None:
        model = message.get("model") or self._model
        model = model if isinstance(model, str) else None
        parts = _thoughts(message.get("thoughts"))
        parts += said_in(message.get("content", message.get("parts")))
        call = self._speaker.call(message_id, time, place, model=model)
        call.output, call.agent.speaker = [], None
        call.say(parts)
        tokens = mapping(message.get("tokens"))
        given, tool_given = tokens.get("input"), tokens.get("tool")
        if isinstance(given, int) and isinstance(tool_given, int):
            given += tool_given
        call.count(
            counted(
                input_tokens=given,
                output_tokens=tokens.get("output"),
                cache_read=tokens.get("cached"),
                reasoning=tokens.get("thoughts"),
                output_excludes_reasoning=True,
            )
        )
        for asked in objects(message.get("toolCalls")):
            self._tool(call, asked, time, place)

    def _tool(self, call: Call, asked: dict[str, Any], time: int | None, place: Place) -> None:
        """Tell a tool call with its answer; without a time of the answer, neither has one."""
        answered_at = unix_nano(asked.get("timestamp"))
        began = time if answered_at is not None else None
        call_id, name, arguments = asked.get("id"), str(asked["name"]), asked.get("args")
        tool = call.tool(call_id, name, arguments, began, place, in_output=False)
        call.output.append(call_part(tool.call_id, name, arguments))
        status = asked.get("status")
        if tool.answered or status in ("executing", "scheduled", "awaiting_approval", "validating"):
            return
        result = [mapping(part.get("functionResponse")) for part in objects(asked.get("result"))]
        told: Any = [plain(answer.get("response")) for answer in result if answer]
        told = told[0] if len(told) == 1 else (told or asked.get("resultDisplay"))
        call.session.answer(
            tool,
            told,
            answered_at,
            failed=status in ("error", "cancelled"),
            error_type="user_rejected" if status == "cancelled" else None,
        )
        agent_id = asked.get("agentId")
        if isinstance(agent_id, str) and not call.session.is_claimed(tool_span_of(agent_id)):
            tool.span_id = call.session.claim(tool_span_of(agent_id), None, "tool")


def _thoughts(thoughts: Any) -> list[Part]:
    found = [(thought.get("subject"), thought.get("description")) for thought in objects(thoughts)]
    return [reasoning("\n".join(filter(None, map(_text, thought)))) for thought in found]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def tool_span_of(agent_id: str) -> str:
    """Return the span id of the tool call that started an agent, in whichever file that is."""
    return f"{agent_id}:tool"


def _parent_of(path: str) -> str | None:
    """Return the session whose folder a sub-agent's file is in: `chats/<session>/<agent>.jsonl`."""
    parts = PurePath(path).parts
    return parts[-2] if len(parts) >= 3 and parts[-3] == _CHATS else None
