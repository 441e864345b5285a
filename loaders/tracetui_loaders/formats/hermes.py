"""Hermes Agent's sessions: one document, `{session_id, model, platform, messages[]}`.

Messages are those of OpenAI's chat API; a tool's that ended in an error has it as finish_reason.
Only the session has times, without a zone; there is no usage.

Source: NousResearch/hermes-agent `~/.hermes/sessions/session_<id>.json` (2026-04); FORMATS §8.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    TranscriptLoader,
    unix_nano,
)
from tracetui_loaders.transcripts.chat import ROLES, Chat
from tracetui_loaders.vendor_values import known, objects

_KEYS = frozenset({"session_id", "session_start", "messages"})
_KEPT = ("platform", "cwd", "conversation_tags", "base_url", "tools")


class _Document(Reader):
    """Reads a session."""

    def read(self, value: Any, place: Place) -> None:
        """Tell a session's messages.

        Raises:
            NotKnownError: If it is no session.
        """
        if not isinstance(value, dict) or not value.keys() >= _KEYS:
            raise NotKnownError("no session with an id, a start and messages")
        messages = objects(value["messages"])
        session = self.transcript.session(value["session_id"])
        session.started(unix_nano(value["session_start"]), place)
        session.root.seen(unix_nano(value.get("last_updated")))
        session.root.attributes |= known({f"hermes.{key}": value.get(key) for key in _KEPT})
        chat = Chat(session, place, value.get("model"))
        for message in messages:
            if message.get("role") not in ROLES:
                self.transcript.ignore("messages of no one's")
                continue
            failed = message["role"] == "tool" and message.get("finish_reason") == "error"
            chat.tell({**message, "error": failed or message.get("error")})


class HermesLoader(TranscriptLoader):
    """Loads Hermes Agent's sessions."""

    name: ClassVar[str] = "hermes"
    title: ClassVar[str] = "Hermes Agent session"
    service: ClassVar[str] = "hermes"
    reader: ClassVar[type[Reader]] = _Document

    def sniff(self, head: Head) -> float:
        """Return how surely the document is a session, by its keys."""
        return 0.85 if any(keys >= _KEYS for keys in head.keys) else 0.0


LOADER = HermesLoader()
