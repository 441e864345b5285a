"""Cursor's agent transcripts: lines of `{role, message: {content[]}}`, and `turn_ended`.

Content is in Anthropic's blocks, but a tool_use has no id, so that results answer in order. There
are no times, no model and no usage.

Source: Cursor (2026-01), `~/.cursor/projects/<directory>/agent-transcripts/<id>.jsonl`; FORMATS §8.
"""

import re
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Tool,
    Transcript,
    TranscriptLoader,
    first_line,
    text_in,
)
from tracetui_loaders.transcripts.anthropic import plain, said
from tracetui_loaders.vendor_values import known, objects, prefixed

_LINE = frozenset({"role", "message"})
_QUERY = re.compile(r"<user_query>\s*(.*?)\s*</user_query>", re.DOTALL)
"""What the user wrote, among what Cursor says in the user's name."""


class _Lines(Reader):
    """Reads one transcript."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._unanswered: list[Tool] = []

    def read(self, value: Any, place: Place) -> None:
        """Tell one line.

        Raises:
            NotKnownError: If it is neither a message nor the end of a turn.
        """
        session = self.transcript.session()
        if value.get("type") == "turn_ended":
            turn = session.current
            turn.over = True
            turn.attributes |= known(prefixed("cursor.", value, frozenset({"type"})))
            return
        role, sent = value.get("role"), value["message"]["content"]
        blocks = [{"type": "text", "text": sent}] if isinstance(sent, str) else objects(sent)
        if role == "user":
            self._heard(blocks, place)
        elif role == "assistant":
            self._replied(blocks, place)
        else:
            raise NotKnownError(f"a message of role {role!r}")

    def _heard(self, blocks: list[dict[str, Any]], place: Place) -> None:
        session = self.transcript.session()
        for block in blocks:
            if block.get("type") == "tool_result":
                tool = self._unanswered.pop(0) if self._unanswered else block.get("tool_use_id")
                failed = block.get("is_error") is True
                session.answer(tool, plain(block.get("content")), failed=failed)
        parts = [block for block in blocks if block.get("type") != "tool_result"]
        if parts:
            query = _QUERY.search(text_in(parts))
            name = first_line(query[1]) if query else None
            session.turn(parts, None, None, place, name=name)

    def _replied(self, blocks: list[dict[str, Any]], place: Place) -> None:
        call = self.transcript.session().current.call(None, None, place)
        for block in blocks:
            part = said(block)
            if part is not None:
                call.say([part])
            else:
                name, arguments = str(block.get("name") or "tool"), block.get("input")
                self._unanswered.append(call.tool(block.get("id"), name, arguments, None, place))


class CursorLoader(TranscriptLoader):
    """Loads Cursor's agent transcripts."""

    name: ClassVar[str] = "cursor"
    title: ClassVar[str] = "Cursor agent transcript"
    service: ClassVar[str] = "cursor"
    reader: ClassVar[type[Reader]] = _Lines

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Cursor's: they have two keys."""
        return 0.85 if any(keys == _LINE for keys in head.keys) else 0.0


LOADER = CursorLoader()
