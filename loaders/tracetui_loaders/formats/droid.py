"""Factory Droid's sessions: its session store, and what `droid exec -o stream-json` prints.

The store begins with `session_start`; messages are in Anthropic's blocks. The stream has messages,
`tool_call` and `tool_result` one a line, and `completion` with the answer, which nothing else may
have said. Times are those of the records; usage, if any, is of the whole run.

Source: Factory CLI `~/.factory/sessions/<id>.jsonl`, "droid exec" (2025-12); FORMATS §8.
"""

import re
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
    first_line,
    parts_of,
    text_in,
    unix_nano,
)
from tracetui_loaders.transcripts.anthropic import plain, said, usage_of
from tracetui_loaders.vendor_values import known, mapping, objects, prefixed

_STREAM = (
    frozenset({"type", "session_id", "role", "text"}),
    frozenset({"type", "session_id", "toolCallId"}),
    frozenset({"type", "session_id", "finalText"}),
)
_STORE = frozenset({"type", "id", "title", "cwd"})
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>\s*", re.DOTALL)
"""What the program says in the user's name."""
_NOTHING = frozenset({"todo_state", "session_end", "compaction_state"})


class _Lines(Reader):
    """Reads one session."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._model: str | None = None
        self._session_id: Any = None
        self._call: Call | None = None
        """The model call whose tool calls come next."""

    def read(self, value: Any, place: Place) -> None:
        """Tell one record.

        Raises:
            NotKnownError: If it is of another type.
        """
        kind, time = value.get("type"), unix_nano(value.get("timestamp"))
        if kind in ("session_start", "system"):
            self._begin(value, time, place)
        elif kind == "message":
            message = mapping(value.get("message")) or value
            self._message(message, value.get("id"), time, place)
        elif kind == "tool_call":
            name = str(value.get("toolName") or value.get("toolId") or "tool")
            call = self._calling(time, place)
            call.tool(value["toolCallId"], name, value.get("parameters"), time, place)
        elif kind == "tool_result":
            self._call = None
            failed = value.get("isError") is True
            self._session(value).answer(
                value["toolCallId"], value.get("value"), time, failed=failed
            )
        elif kind == "completion":
            self._complete(value, time, place)
        elif kind in _NOTHING:
            self.transcript.ignore(f"{kind} records")
        else:
            raise NotKnownError(f"a record of type {kind!r}")

    def _session(self, value: dict[str, Any] | None = None) -> Session:
        self._session_id = self._session_id or (value or {}).get("session_id")
        return self.transcript.session(self._session_id)

    def _begin(self, value: dict[str, Any], time: int | None, place: Place) -> None:
        self._session_id = value.get("session_id") or value.get("id")
        session = self._session()
        session.started(time, place)
        model, title = value.get("model"), value.get("title")
        self._model = model if isinstance(model, str) else None
        session.title = title if isinstance(title, str) else None
        used = frozenset({"type", "id", "session_id", "timestamp", "title", "model"})
        session.root.attributes |= known(prefixed("droid.", value, used))

    def _message(
        self, message: dict[str, Any], own_id: Any, time: int | None, place: Place
    ) -> None:
        session = self._session(message)
        content = message.get("content", message.get("text"))
        blocks = objects(content) or parts_of(content)
        if message.get("role") != "assistant":
            for block in blocks:
                if block.get("type") == "tool_result":
                    failed = block.get("is_error") is True
                    answer = plain(block.get("content"))
                    session.answer(block.get("tool_use_id"), answer, time, failed=failed)
            parts = [block for block in blocks if block.get("type") != "tool_result"]
            if parts:
                asked = _REMINDER.sub("", text_in(parts))
                session.turn(parts, time, own_id, place, name=first_line(asked) or None)
            self._call = None
            return
        call = self._call = session.current.call(own_id, time, place, model=self._model)
        for block in blocks:
            part = block if "content" in block else said(block)
            if part is not None:
                call.say([part])
            else:
                name = str(block.get("name") or "tool")
                call.tool(block.get("id"), name, block.get("input"), time, place)

    def _calling(self, time: int | None, place: Place) -> Call:
        """Return the model call that asks for a tool: the message before, or one unsaid."""
        if self._call is None:
            self._call = self._session().current.call(None, time, place, model=self._model)
        return self._call

    def _complete(self, value: dict[str, Any], time: int | None, place: Place) -> None:
        session = self._session(value)
        turn, final = session.current, value.get("finalText")
        if final and text_in(turn.final) != final:
            turn.call(None, time, place, model=self._model).say(parts_of(final))
        turn.seen(time)
        turn.over = True
        usage = usage_of(value.get("usage"))
        if usage is not None:
            session.root.attributes |= usage.attributes()


class DroidLoader(TranscriptLoader):
    """Loads Factory Droid's sessions."""

    name: ClassVar[str] = "droid"
    title: ClassVar[str] = "Factory Droid session"
    service: ClassVar[str] = "droid"
    reader: ClassVar[type[Reader]] = _Lines

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Droid's: by keys, and the store's first type."""
        if any(keys >= wanted for keys in head.keys for wanted in _STREAM):
            return 0.85
        first = head.values[0] if head.values else None
        if not isinstance(first, dict) or first.get("type") != "session_start":
            return 0.0
        return 0.85 if first.keys() >= _STORE else 0.0


LOADER = DroidLoader()
