"""Grok Build's sessions: `chat_history.jsonl`, and `summary.json` beside it.

The history is chat messages whose `type` is their role; the name and arguments of a tool call stand
beside its id. It has neither times nor usage. The summary alone tells of a session's title and
times; it becomes a session without turns.

Source: Grok Build's `~/.grok/sessions/<directory>/<id>/` (2026-07); FORMATS §8.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Transcript,
    TranscriptLoader,
    first_line,
    unix_nano,
)
from tracetui_loaders.transcripts.chat import Chat
from tracetui_loaders.vendor_values import known, mapping

_MESSAGES = (
    frozenset({"type", "content", "prompt_index"}),
    frozenset({"type", "content", "model_id", "tool_calls"}),
)
_SUMMARY = frozenset({"info", "session_summary", "num_chat_messages"})
_ROLES = {"system": "system", "user": "user", "assistant": "assistant", "tool_result": "tool"}
_KEPT = ("current_model_id", "num_messages", "num_chat_messages", "agent_name", "reasoning_effort")


class _Records(Reader):
    """Reads a history or a summary."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._chat: Chat | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell one message, or a summary.

        Raises:
            NotKnownError: If it is of another type.
        """
        if value.keys() >= _SUMMARY:
            self._summary(value, place)
            return
        role = _ROLES.get(str(value.get("type")))
        if role is None:
            raise NotKnownError(f"a record of type {value.get('type')!r}")
        session = self.transcript.session()
        session.started(None, place)
        if self._chat is None:
            self._chat = Chat(session, place)
        chat, model = self._chat, value.get("model_id")
        chat.place, chat.model = place, model if isinstance(model, str) else None
        node = chat.tell({**value, "role": role})
        node.attributes |= known({"grok.reasoning_effort": value.get("reasoning_effort")})

    def _summary(self, summary: dict[str, Any], place: Place) -> None:
        info = mapping(summary["info"])
        session = self.transcript.session(info.get("id"))
        session.started(unix_nano(summary.get("created_at")), place)
        session.root.seen(unix_nano(summary.get("updated_at")))
        title = summary.get("generated_title") or summary["session_summary"]
        session.title = first_line(str(title or "")) or None
        session.root.attributes |= known({f"grok.{key}": summary.get(key) for key in _KEPT})
        session.root.attributes |= known({"grok.cwd": info.get("cwd")})


class GrokLoader(TranscriptLoader):
    """Loads Grok Build's sessions."""

    name: ClassVar[str] = "grok"
    title: ClassVar[str] = "Grok Build session"
    service: ClassVar[str] = "grok"
    reader: ClassVar[type[Reader]] = _Records

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Grok's, by their keys."""
        if any(keys >= message for keys in head.keys for message in _MESSAGES):
            return 0.85
        return 0.85 if any(keys >= _SUMMARY for keys in head.keys) else 0.0


LOADER = GrokLoader()
