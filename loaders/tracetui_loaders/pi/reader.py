"""Reads a session file of pi or OpenClaw, or the events that `pi --mode json` prints.

Source: pi-mono `packages/coding-agent/src/core/session-manager.ts` (`SessionEntry`, versions 1 to
3) and `packages/agent/src/types.ts` (`AgentEvent`); FORMATS §8 "pi / openclaw".

- Version 3 is a tree: `parentId` names the record before, and a prompt that goes back to an
  earlier one begins a branch. Records of versions 1 and 2 may have no ids.
- The header may be written after the first messages.
- Of the printed events `message_end` has a message once; `turn_end` and `agent_end` repeat it, and
  `tool_execution_end` repeats the tool's result, but for tools whose result no message has.
- OpenClaw is known by what its records say of themselves.
"""

from typing import Any

from tracetui_loaders.pi.messages import mention, plain, tell
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    unix_nano,
)

_SESSION_FACTS = ("version", "cwd", "provider", "modelId", "thinkingLevel", "parentSession")
_CHANGES = {
    "model_change": ("provider", "modelId"),
    "thinking_level_change": ("thinkingLevel",),
    "label": ("targetId", "label"),
}
_COMPACTION_FACTS = ("tokensBefore", "firstKeptEntryId", "firstKeptEntryIndex", "fromHook")
_REPEATS = frozenset({"turn_end", "message_start", "message_update", "tool_execution_update"})
_EVENTS = {
    "auto_compaction_start": ("reason",),
    "auto_retry_start": ("attempt", "maxAttempts", "delayMs", "errorMessage"),
    "auto_retry_end": ("success", "attempt", "finalError"),
    "compaction_start": ("reason",),
    "extension_error": ("extensionPath", "event", "error"),
    "hook_error": ("hookPath", "event", "error"),
    "thinking_level_changed": ("level",),
}
_NOTHING = frozenset({"agent_start", "turn_start", "queue_update", "session_info_changed"})


class PiReader(Reader):
    """Tells the session of one file or stream."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._session_id: str | None = None
        self._begun_at: int | None = None
        """When the header says that the session began."""
        self._model: str | None = None
        """What the last change of model named."""
        self._records: dict[str, tuple[str | None, Call | None]] = {}
        """Each record's parent, and the model call that it is."""
        self._results: dict[str, tuple[Any, bool]] = {}
        """Results of tools that no message has told of yet."""

    @property
    def _session(self) -> Session:
        return self.transcript.session(self._session_id)

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says.

        Raises:
            NotKnownError: If pi does not write such records.
        """
        kind = value.get("type")
        if kind == "session":
            self._header(value, place)
        elif kind == "message":
            self._message(value, place)
        elif kind == "message_end":
            self._message_end(value["message"], place)
        elif isinstance(kind, str) and (kind in _REPEATS or kind in _NOTHING):
            self.transcript.ignore(kind)
        elif not self._tool(kind, value, place) and not self._event(kind, value, place):
            raise NotKnownError(f"a record of type {kind!r}")
        self._note(value)

    def finish(self) -> None:
        """Take the header's time if it comes before all others, and results without a message."""
        self._take_results()
        if self._begun_at is None:
            return
        root = self._session.root
        root.start = self._begun_at if root.start is None else min(root.start, self._begun_at)
        root.seen(self._begun_at)

    def _header(self, value: dict[str, Any], place: Place) -> None:
        if self._session_id is None and not self.transcript.sessions:
            named = value.get("id")
            self._session_id = named if isinstance(named, str) else None
        session = self._session
        session.started(None, place)
        if self._begun_at is None:
            self._begun_at = unix_nano(value.get("timestamp"))
        for key in _SESSION_FACTS:
            if value.get(key) is not None:
                session.root.attributes[key] = value[key]
        self._named(value.get("modelId"))

    def _message(self, value: dict[str, Any], place: Place) -> None:
        said, session = value["message"], self._session
        time = unix_nano(value.get("timestamp"))
        branch = self._branch(value, session) if said.get("role") == "user" else None
        call = tell(session, said, time, value.get("id"), place, model=self._model)
        if branch is not None:
            session.current.attributes["tracetui.branch_of"] = branch
        if isinstance(value.get("id"), str):
            self._records[value["id"]] = (value.get("parentId"), call)

    def _branch(self, value: dict[str, Any], session: Session) -> str | None:
        """Return the record that a prompt goes back to; None if it goes on where all stands.

        What the model has heard then ends with the call above that record.
        """
        found: Any = value.get("parentId")
        call: Call | None = None
        for _ in range(len(self._records)):  # a damaged tree may go round in circles
            if found not in self._records:
                break
            found, call = self._records[found]
            if call is not None:
                break
        known = call is not None or (found is None and "parentId" in value)
        if not known or call is session.thread.last_call or session.thread.last_call is None:
            return None
        session.thread.last_call = call
        return str(value.get("parentId"))

    def _note(self, value: dict[str, Any]) -> None:
        """Keep a record's place in the tree."""
        record_id = value.get("id")
        if isinstance(record_id, str) and record_id not in self._records:
            parent = value.get("parentId")
            if value.get("type") != "session":
                self._records[record_id] = (parent if isinstance(parent, str) else None, None)
        for key in ("customType", "provider"):
            if str(value.get(key)).startswith("openclaw"):
                self._session.resource["service.name"] = "openclaw"

    def _named(self, model: Any) -> None:
        if isinstance(model, str) and model:
            self._model = model

    def _event(self, kind: Any, value: dict[str, Any], place: Place) -> bool:
        """Tell of what is no message; return whether it is known."""
        session = self._session
        time = unix_nano(value.get("timestamp"))
        facts = _CHANGES.get(kind) or _EVENTS.get(kind)
        if facts is not None:
            self._named(value.get("modelId"))
            self._say(session, kind, time, _picked(value, facts), place)
        elif kind == "compaction":
            session.started(time, place)
            session.note_compaction(time, _picked(value, _COMPACTION_FACTS))
            mention(session, value.get("summary"), time)
        elif kind in ("auto_compaction_end", "compaction_end"):
            result = value.get("result")
            if isinstance(result, dict):
                session.note_compaction(time, _picked(result, _COMPACTION_FACTS))
                mention(session, result.get("summary"), time)
        elif kind == "branch_summary":
            self._say(session, kind, time, _picked(value, ("fromId",)), place)
            mention(session, value.get("summary"), time)
        elif kind == "custom_message":
            session.started(time, place)
            mention(session, value.get("content"), time)
        elif kind == "session_info":
            if isinstance(value.get("name"), str):
                session.title = value["name"]
        elif kind == "custom":
            self.transcript.ignore(f"custom {str(value.get('customType'))[:40]}")
        else:
            return False
        return True

    @staticmethod
    def _say(
        session: Session, kind: str, time: int | None, facts: dict[str, Any], place: Place
    ) -> None:
        session.started(time, place)
        (session.current if session.begun else session.root).event(kind, time, facts)

    def _message_end(self, said: dict[str, Any], place: Place) -> None:
        if said.get("role") == "toolResult":
            self._results.pop(str(said.get("toolCallId")), None)
        else:
            self._take_results()
        tell(self._session, said, None, None, place, model=self._model)

    def _tool(self, kind: Any, value: dict[str, Any], place: Place) -> bool:
        """Tell of a tool that runs, or of the end of a run; return whether it is one of these."""
        session = self._session
        if kind == "tool_execution_start":
            last = session.thread.last_call
            if last is not None and value["toolCallId"] not in session.tools:
                name, arguments = str(value.get("toolName")), value.get("args")
                last.tool(value["toolCallId"], name, arguments, None, place, in_output=False)
        elif kind == "tool_execution_end":
            result = value.get("result")
            result = plain(result.get("content")) if isinstance(result, dict) else result
            self._results[str(value["toolCallId"])] = (result, value.get("isError") is True)
        elif kind == "agent_end":
            self._take_results()
            if session.begun:
                session.thread.waiting = False
                session.current.over = True
        else:
            return False
        return True

    def _take_results(self) -> None:
        results, self._results = self._results, {}
        for call_id, (result, failed) in results.items():
            self._session.answer(call_id, result, None, failed=failed)


def _picked(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value[key] for key in keys if value.get(key) is not None}
