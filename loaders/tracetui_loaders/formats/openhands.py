"""Conversations of OpenHands: trajectories, evaluations' `output.jsonl`, conversations of the SDK.

- Version 0: an array of events (a trajectory), events one to a line, and results of evaluations
  and of the resolver: a line `{instance_id or issue, history, metrics, error}` each.
- Version 1: an array or lines of events with a `kind`; or a directory with `base_state.json` and
  `events/event-<number>-<id>.json`: the first tells of the others, which are told by themselves
  only where it is missing.
- Logs of model calls (`llm_completions`): one document each, with the whole prompt, which grows.
  Calls whose prompts begin alike, in files of one directory, are of one session.

Source: OpenHands 0.x `openhands/events`, `evaluation/utils/shared.py` (`EvalOutput`); the SDK's
`conversation/state.py` (`ConversationState`), `llm/utils/telemetry.py`; FORMATS §9.
"""

from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from tracetui_loaders.base import Head
from tracetui_loaders.loose import string
from tracetui_loaders.openhands import version_0, version_1
from tracetui_loaders.openhands.metrics import merged, tell_metrics
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Transcript,
    TranscriptLoader,
    message,
    parts_of,
    unix_nano,
)
from tracetui_loaders.transcripts.openai import message_of, note_response, usage_of
from tracetui_loaders.vendor_values import mapping, objects

_EVENTS = "events"
_STATE = "base_state.json"
_LARGEST_EVENT = 64 << 20
_ROW_FACTS = ("instance_id", "issue_type", "base_commit", "success", "error", "result_explanation")
_STATE_KEYS = frozenset({"id", "agent", "persistence_dir", "execution_status"})
_LOG_KEYS = frozenset({"messages", "response", "cost", "timestamp"})
_AGENT_NAME = "openhands"


class OpenHandsReader(Reader):
    """Tells what one file holds."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._old: version_0.Events | None = None
        self._new: version_1.Events | None = None
        self._rows = 0

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document or a line says.

        Raises:
            NotKnownError: If it is none of OpenHands'.
        """
        if isinstance(value, list) and value:
            self._all(value, place)
        elif not isinstance(value, dict):
            raise NotKnownError("no event and no result")
        elif isinstance(value.get("history"), list):
            self._row(value, place)
        elif value.keys() >= _LOG_KEYS:
            self._log(value, place)
        elif value.keys() >= _STATE_KEYS:
            self._state(value, place)
        elif self._told_elsewhere():
            self.transcript.ignore(f"event that {_STATE} tells of")
        else:
            self._event(value, place)

    def finish(self) -> None:
        """Give calls the usage that was only told at the end."""
        if self._new is not None and self._new.metrics:
            tell_metrics(self._new.session, self._new.metrics)

    def _all(self, events: list[Any], place: Place) -> None:
        """Tell the events of an array, of which some may be strangers."""
        told = 0
        for event in events:
            try:
                self._event(event, place)
                told += 1
            except NotKnownError:
                self.transcript.ignore("event of an unknown kind")
        if not told:
            raise NotKnownError("no events")

    def _event(self, event: Any, place: Place) -> None:
        if isinstance(event, dict) and "kind" in event:
            if self._new is None:
                self._new = version_1.Events(self.transcript.session(self._folder()), place)
            self._new.place = place
            self._new.tell(event)
            return
        if self._old is None:
            self._old = version_0.Events(self.transcript.session(None), place)
        self._old.place = place
        self._old.tell(event)

    def _folder(self) -> str | None:
        """Return the conversation's directory, for events in files of their own."""
        path = Path(self.transcript.path)
        return path.parent.parent.name or None if path.parent.name == _EVENTS else None

    def _told_elsewhere(self) -> bool:
        path = Path(self.transcript.path)
        return path.parent.name == _EVENTS and (path.parent.parent / _STATE).is_file()

    def _row(self, row: dict[str, Any], place: Place) -> None:
        """Tell the result of one instance of an evaluation."""
        history: list[Any] = []
        for event in row["history"]:  # old ones are pairs
            history += event if isinstance(event, list) else [event]
        if not all(isinstance(event, dict) for event in history):
            raise NotKnownError("a history of something else than events")
        self._rows += 1
        issue = mapping(row.get("issue"))
        name = string(row.get("instance_id")) or str(issue.get("number") or self._rows)
        session = self.transcript.session(f"{self.transcript.stand_in}/{name}")
        session.title = string(row.get("instance_id")) or string(issue.get("title"))
        session.started(None, place)
        facts = session.root.attributes
        facts.update((key, row[key]) for key in _ROW_FACTS if row.get(key) is not None)
        events = version_0.Events(session, place)
        config = mapping(mapping(row.get("metadata")).get("llm_config"))
        events.model = string(config.get("model"))
        for event in history:
            try:
                events.tell(event)
            except NotKnownError:
                self.transcript.ignore("event of an unknown kind")
        tell_metrics(session, row.get("metrics"))
        if row.get("error"):
            session.root.fail(str(row["error"]), error_type="error")
        session.thread.waiting = False
        if session.begun:
            session.current.over = True

    def _state(self, state: dict[str, Any], place: Place) -> None:
        """Tell a conversation from its state and the events beside it."""
        session = self.transcript.session(state["id"])
        session.started(None, place)
        facts = session.root.attributes
        agent = mapping(state.get("agent"))
        model = string(mapping(agent.get("llm")).get("model"))
        facts["execution_status"] = state.get("execution_status")
        workspace = string(mapping(state.get("workspace")).get("working_dir"))
        if workspace:
            facts["working_dir"] = workspace
        events = version_1.Events(session, place, model)
        for event in self._stored_events():
            try:
                events.tell(event)
            except (NotKnownError, TypeError, AttributeError, LookupError, ValueError):
                self.transcript.ignore("event that could not be read")
        stats = mapping(state.get("stats"))
        found = merged(stats.get("usage_to_metrics"))
        tell_metrics(session, found if found["token_usages"] else events.metrics or found)
        if state.get("execution_status") in ("error", "stuck"):
            session.root.fail(None, error_type=str(state["execution_status"]))

    def _stored_events(self) -> list[Any]:
        folder = Path(self.transcript.path).parent / _EVENTS
        found: list[Any] = []
        for file in sorted(folder.glob("event-*.json")) if folder.is_dir() else ():
            try:
                small = file.is_file() and file.stat().st_size <= _LARGEST_EVENT
                found.append(msgspec.json.decode(file.read_bytes()) if small else None)
            except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                found.append(None)
        return found

    def _log(self, log: dict[str, Any], place: Place) -> None:
        """Tell one model call of a log."""
        heard, response = objects(log["messages"]), mapping(log["response"])
        opening = msgspec.json.encode([item.get("content") for item in heard[:2]])
        folder = str(Path(self.transcript.path).parent)
        digest = blake2b(opening + folder.encode("utf-8", "replace"), digest_size=8).hexdigest()
        session = self.transcript.session(f"llm-log-{digest}")
        ended = unix_nano(log.get("timestamp"))
        prompt = next((item for item in heard if item.get("role") == "user"), {})
        latency = log.get("latency_sec")
        begun = ended
        if ended is not None and isinstance(latency, int | float) and 0 <= latency < 1e6:
            begun = ended - round(latency * 1_000_000) * 1_000
        said = parts_of(prompt.get("content"))
        turn = session.turn(said, begun, f"{digest}-turn", place, agent=_AGENT_NAME)
        session.thread.pending = [message(str(item.get("role")), _parts(item)) for item in heard]
        call = turn.call(string(response.get("id")), ended, place)
        call.start = begun
        note_response(call, response)
        call.count(usage_of(response.get("usage"), log.get("cost")))
        call.say(_parts(message_of(response)))
        turn.over = True


def _parts(said: dict[str, Any]) -> list[Any]:
    """Return what a chat message says, its calls of tools and answers to them."""
    found = parts_of(said.get("content"))
    if said.get("role") == "tool":
        answered = said.get("tool_call_id")
        return [{"type": "tool_call_response", "id": answered, "response": said.get("content")}]
    for sent in objects(said.get("tool_calls")):
        function = mapping(sent.get("function"))
        call = {"type": "tool_call", "id": sent.get("id"), "name": function.get("name")}
        found.append(call | {"arguments": function.get("arguments")})
    return found


class OpenHandsLoader(TranscriptLoader):
    """Loads conversations of OpenHands."""

    name: ClassVar[str] = "openhands"
    title: ClassVar[str] = "OpenHands conversation"
    service: ClassVar[str] = "openhands"
    reader: ClassVar[type[Reader]] = OpenHandsReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are OpenHands'."""
        if any(map(_is_record, head.keys)):
            return 0.9
        return 0.9 if any(map(_is_row, head.values)) else 0.0


def _is_record(keys: frozenset[str]) -> bool:
    if keys >= {"action", "args", "source"} or keys >= {"observation", "extras", "cause"}:
        return True
    if keys >= {"kind", "source", "timestamp", "id"} and "traceId" not in keys:
        return not keys.isdisjoint(
            {"llm_message", "tool_call_id", "system_prompt", "llm_response_id", "key"}
        )
    return keys >= _STATE_KEYS or (keys >= _LOG_KEYS and "latency_sec" in keys)


def _is_row(value: Any) -> bool:
    history = value.get("history") if isinstance(value, dict) else None
    events = history[0] if isinstance(history, list) and history else None
    event = events[0] if isinstance(events, list) and events else events
    return isinstance(event, dict) and isinstance(event.get("action"), str)


LOADER = OpenHandsLoader()
