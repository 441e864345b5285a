"""Sessions of Cline, and tasks of Cline's and Roo Code's extensions.

Cline's program writes `<session>.messages.json` (and `.compaction.json`), and `<session>.json`
about it. The extensions write `ui_messages.json` (what is shown, with costs) and, beside it,
`api_conversation_history.json` (what is sent): of the two the first is read, and the second only
where it is alone. A task's id is the name of its directory.

Source: Cline `packages/shared`, `src/core/storage/disk.ts`; Roo Code `packages/types`; FORMATS §8.
"""

from pathlib import Path
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.cline.messages import tell_message
from tracetui_loaders.cline.shown import Shown
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Session,
    TranscriptLoader,
    parts_of,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_SENT = "api_conversation_history"
_SHOWN = "ui_messages"
_AGENT_NAME = "cline"
_SESSION_FACTS = ("source", "cwd", "workspace_root", "provider", "model", "status", "exit_code")
_SESSION_KEYS = frozenset({"session_id", "started_at", "messages_path"})
_CONVERSATION_KEYS = frozenset({"sessionId", "messages", "version"})


class ClineReader(Reader):
    """Tells one document."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document says.

        Raises:
            NotKnownError: If it is none of Cline's.
        """
        if isinstance(value, list) and value:
            self._task(value, place)
        elif isinstance(value, dict) and isinstance(value.get("messages"), list):
            self._conversation(value, place)
        elif isinstance(value, dict) and value.keys() >= _SESSION_KEYS:
            self._about(value, place)
        else:
            raise NotKnownError("no messages and no session")

    def _conversation(self, value: dict[str, Any], place: Place) -> None:
        session = self.transcript.session(value.get("sessionId"))
        session.started(None, place)
        agent = value.get("agent")
        name = agent if isinstance(agent, str) and agent else _AGENT_NAME
        if value.get("system_prompt"):
            session.say_system(parts_of(value["system_prompt"]))
        self._messages(session, value["messages"], place, name)

    def _task(self, value: list[Any], place: Place) -> None:
        path = Path(self.transcript.path)
        named = path.parent.name if path.stem in (_SENT, _SHOWN) else None
        session = self.transcript.session(named)
        shown = Shown(session, place, _AGENT_NAME)
        if mapping(value[0]).get("type") in ("say", "ask"):
            for item in value:
                shown.tell(item)
        elif path.stem == _SENT and path.with_stem(_SHOWN).is_file():
            self.transcript.ignore(f"conversation that {_SHOWN}.json beside it tells of")
        else:
            session.started(None, place)
            self._messages(session, value, place, _AGENT_NAME)

    @staticmethod
    def _messages(session: Session, messages: list[Any], place: Place, agent: str) -> None:
        for item in messages:
            tell_message(session, item, place, agent)

    def _about(self, value: dict[str, Any], place: Place) -> None:
        session = self.transcript.session(value["session_id"])
        session.started(unix_nano(value.get("started_at")), place)
        root, details = session.root, mapping(value.get("metadata"))
        root.seen(unix_nano(value.get("ended_at")))
        facts = root.attributes
        facts.update((key, value[key]) for key in _SESSION_FACTS if value.get(key) is not None)
        if isinstance(details.get("title"), str):
            session.title = details["title"]
        forked = mapping(details.get("fork")).get("forkedFromSessionId")
        if isinstance(forked, str):
            facts["forkedFromSessionId"] = forked
        if value.get("status") == "failed" or value.get("exit_code"):
            root.fail(str(value.get("status")), error_type="exit_code")


class ClineLoader(TranscriptLoader):
    """Loads sessions and tasks of Cline and Roo Code."""

    name: ClassVar[str] = "cline"
    title: ClassVar[str] = "Cline or Roo Code session"
    service: ClassVar[str] = "cline"
    reader: ClassVar[type[Reader]] = ClineReader

    def sniff(self, head: Head) -> float:
        """Return how surely the document is Cline's."""
        if any(_is_outermost(keys) for keys in head.keys):
            return 0.9
        is_array = head.data.lstrip()[:1] == b"["
        return 0.85 if is_array and any(map(_is_message, head.keys)) else 0.0


def _is_outermost(keys: frozenset[str]) -> bool:
    shown = {"ts", "type"} <= keys and not keys.isdisjoint({"say", "ask"})
    return shown or keys >= _CONVERSATION_KEYS or keys >= _SESSION_KEYS


def _is_message(keys: frozenset[str]) -> bool:
    """Whether a message has what the extensions add to Anthropic's."""
    return {"role", "content", "ts"} <= keys


LOADER = ClineLoader()
