"""Antigravity CLI's transcripts: one step a line, `{step_index, source, type, status, created_at}`.

USER_INPUT begins a turn, PLANNER_RESPONSE is a model call, and every other step of the model's is a
tool at work, named by its type; its content is the result. There is no usage.

Source: Google Antigravity CLI `~/.gemini/antigravity-cli/brain/<id>/` (2026-06); FORMATS §8.
"""

import re
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Reader,
    Tool,
    Transcript,
    TranscriptLoader,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.vendor_values import known, objects, prefixed

_KEYS = frozenset({"step_index", "source", "type", "status"})
_USED = frozenset({"type", "content", "created_at", "thinking", "tool_calls", "status"})
_REQUEST = re.compile(r"\A\s*<USER_REQUEST>\s*(.*?)\s*</USER_REQUEST>", re.DOTALL)
_FAILED = frozenset({"ERROR", "FAILED"})


class _Steps(Reader):
    """Reads one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._call: Call | None = None
        self._unanswered: list[Tool] = []

    def read(self, value: Any, place: Place) -> None:
        """Tell one step.

        Raises:
            NotKnownError: If it is no step.
        """
        if not isinstance(value, dict) or not value.keys() >= _KEYS:
            raise NotKnownError("no step with an index, a source, a type and a status")
        kind, time = str(value["type"]), unix_nano(value.get("created_at"))
        session = self.transcript.session()
        content = value.get("content")
        if kind == "USER_INPUT":
            match = _REQUEST.match(content) if isinstance(content, str) else None
            node = session.turn(parts_of(match[1] if match else content), time, None, place)
        elif kind == "PLANNER_RESPONSE":
            node = self._call = session.current.call(None, time, place)
            self._planned(node, value, time, place)
        elif self._call is None or value["source"] != "MODEL":
            attributes = known({"content": content, "status": value["status"]})
            (session.current if session.begun else session.root).event(kind, time, attributes)
            return
        else:
            node = self._tool(self._call, kind, time, place)
            failed = value["status"] in _FAILED
            session.answer(node, content, time, failed=failed)
        node.attributes |= known(prefixed("antigravity.", value, _USED))

    def _planned(self, call: Call, step: dict[str, Any], time: int | None, place: Place) -> None:
        if isinstance(step.get("thinking"), str):
            call.say([reasoning(step["thinking"])])
        call.say(parts_of(step.get("content")))
        self._unanswered = []
        for wish in objects(step.get("tool_calls")):
            name = str(wish.get("name") or "tool")
            arguments = wish.get("args", wish.get("arguments"))
            self._unanswered.append(call.tool(wish.get("id"), name, arguments, time, place))

    def _tool(self, call: Call, kind: str, time: int | None, place: Place) -> Tool:
        """Return the tool call that a step answers, or one that the step alone tells of."""
        if self._unanswered:
            return self._unanswered.pop(0)
        return call.tool(None, kind.lower(), None, time, place, in_output=False)


class AntigravityLoader(TranscriptLoader):
    """Loads Antigravity CLI's transcripts."""

    name: ClassVar[str] = "antigravity"
    title: ClassVar[str] = "Antigravity CLI transcript"
    service: ClassVar[str] = "antigravity"
    reader: ClassVar[type[Reader]] = _Steps

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are steps, by their keys."""
        return 0.85 if any(keys >= _KEYS for keys in head.keys) else 0.0


LOADER = AntigravityLoader()
