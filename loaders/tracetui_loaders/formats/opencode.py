"""Sessions of opencode: its storage of one file per session, message and part, and exports.

The file of a session tells of its messages and parts, which are read from where they lie; a
message's or a part's own file is told only where there is no session's. A session with a `parentID`
is a sub-agent's: it hangs on the tool call of the session above whose `metadata.sessionId` names
it. Also what `opencode export` writes: one document of a session and its messages.

Source: opencode `packages/opencode/src/session/`, `storage/storage.ts`; FORMATS §8 "opencode".
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.loose import string
from tracetui_loaders.opencode.parts import Answer, said_by_user, task_span_of
from tracetui_loaders.opencode.storage import Storage
from tracetui_loaders.transcripts import (
    Agent,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping, objects

_AGENT_NAME = "opencode"
_SESSION_FACTS = ("directory", "projectID", "slug", "version", "parentID")
_PARTS = frozenset(
    {
        *("text", "reasoning", "file", "tool", "step-start", "step-finish", "snapshot", "patch"),
        *("agent", "subtask", "retry", "compaction"),
    }
)
_SESSION = frozenset({"id", "projectID", "directory", "time"})
_MESSAGE = frozenset({"id", "sessionID", "role", "time"})


class OpencodeReader(Reader):
    """Tells one file of the storage, or an export."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._storage = Storage(transcript.path)

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document says.

        Raises:
            NotKnownError: If opencode does not write such documents.
        """
        if not isinstance(value, dict):
            raise NotKnownError("no session, message or part")
        if value.keys() >= {"info", "messages"}:
            messages = objects(value["messages"])
            told = [(mapping(item.get("info")), objects(item.get("parts"))) for item in messages]
            self._session(mapping(value["info"]), told, place)
        elif value.keys() >= _SESSION:
            found = self._storage.messages(value["id"])
            self._session(value, [(item, self._parts(item)) for item in found], place)
        elif value.keys() >= _MESSAGE:
            self._alone("message", value, place)
        elif value.get("type") in _PARTS and "id" in value:
            self._alone("part", value, place)
        else:
            raise NotKnownError("no session, message or part")

    def finish(self) -> None:
        """Say how many files could not be read."""
        for _ in range(self._storage.unreadable):
            self.transcript.ignore("unreadable file of a message or part")

    def _parts(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._storage.parts(message.get("id")))

    def _session(
        self,
        info: dict[str, Any],
        messages: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]],
        place: Place,
    ) -> None:
        own_id, parent_id = str(info.get("id")), info.get("parentID")
        session = self.transcript.session(self._storage.topmost(own_id, parent_id))
        times = mapping(info.get("time"))
        begun = unix_nano(times.get("created"))
        if isinstance(info.get("version"), str):
            session.resource["service.version"] = info["version"]
        agent: Agent | None = None
        node: Any = session.root
        if parent_id:
            session.whole = False
            agent = session.subagent(task_span_of(own_id), own_id, time=begun, place=place)
            agent.over = True
            node = agent
        else:
            session.started(begun, place)
            session.title = string(info.get("title"))
        for key in _SESSION_FACTS:
            if info.get(key) is not None:
                node.attributes[key] = info[key]
        for message, parts in messages:
            _tell(session, message, parts, place, agent)

    def _alone(self, kind: str, value: dict[str, Any], place: Place) -> None:
        """Tell a message or a part, unless its session does."""
        session_id = value.get("sessionID")
        stored = self._storage
        if stored.holds_session(session_id) or (not session_id and stored.holds_messages()):
            self.transcript.ignore(f"{kind} that the file of its session tells of")
            return
        session = self.transcript.session(session_id)
        session.started(None, place)
        if kind == "message":
            _tell(session, value, self._parts(value), place, None)
        else:
            message = {"id": value.get("messageID"), "role": "assistant"}
            _tell(session, message, [value], place, None)


def _tell(
    session: Session,
    message: dict[str, Any],
    parts: list[dict[str, Any]],
    place: Place,
    agent: Agent | None,
) -> None:
    created = unix_nano(mapping(message.get("time")).get("created"))
    if message.get("role") == "assistant":
        answer = Answer(agent or session.current, message, place)
        for part in parts:
            answer.tell(part)
        answer.end()
        return
    said = [found for part in parts if (found := said_by_user(part)) is not None]
    if agent is not None:
        agent.agent_name = agent.agent_name or string(message.get("agent"))
        agent.hear(said, created)
        return
    compaction = next((part for part in parts if part.get("type") == "compaction"), None)
    if compaction is not None:
        session.note_compaction(created, {"auto": compaction.get("auto")})
    name = string(mapping(message.get("summary")).get("title"))
    speaker = string(message.get("agent")) or _AGENT_NAME
    session.turn(said, created, message.get("id"), place, name=name, agent=speaker)


class OpencodeLoader(TranscriptLoader):
    """Loads opencode's storage and exports."""

    name: ClassVar[str] = "opencode"
    title: ClassVar[str] = "opencode session"
    service: ClassVar[str] = "opencode"
    reader: ClassVar[type[Reader]] = OpencodeReader

    def sniff(self, head: Head) -> float:
        """Return how surely the document is opencode's."""
        if any(keys >= _SESSION or keys >= _MESSAGE for keys in head.keys):
            return 0.9
        if any(keys >= {"info", "messages"} for keys in head.keys):
            return 0.9 if b'"projectID"' in head.data or b'"sessionID"' in head.data else 0.0
        return 0.8 if any(map(_is_part, head.values)) else 0.0


def _is_part(value: Any) -> bool:
    if not isinstance(value, dict) or str(value.get("type")) not in _PARTS or "timestamp" in value:
        return False
    if "messageID" in value and "sessionID" in value:
        return True
    times = value.get("time")
    return "id" in value and isinstance(times, dict) and "start" in times


LOADER = OpencodeLoader()
