"""Reads a rollout of Codex: the session's own, or that of a sub-agent.

Source: Codex 0.2x to 0.146, `codex-rs/rollout`; FORMATS §8:
- A sub-agent's file begins with its own `session_meta`, which names the thread that started it.
  Then the history of that thread may be replayed, all of it stamped when the agent was started:
  its totals are where counting begins, and its last prompt is what the agent was told.
- A fork begins with the history of the session that it was forked from, in the same way.
- Before September 2025 items stood bare, without envelope or time.
"""

from typing import Any

from tracetui_loaders.codex import items
from tracetui_loaders.codex.conversation import Conversation, tool_span_of
from tracetui_loaders.codex.teller import Teller
from tracetui_loaders.transcripts import (
    NotKnownError,
    Part,
    Place,
    Reader,
    Transcript,
    text_in,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_REPLAY_NS = 1_000_000_000
"""A replayed history is written at once; an answer of the model takes longer."""
_FACTS = ("cwd", "originator", "source", "model_provider", "forked_from_id", "thread_source")


class RolloutReader(Reader):
    """Tells the session of one rollout file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._told: tuple[Conversation, Teller] | None = None
        self._meta_id: str | None = None
        self._copies = False
        """Whether a history may be replayed in this file."""
        self._replayed_at: int | None = None
        """When a history was replayed, as long as it is."""
        self._last_prompt: tuple[list[Part], int | None] | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says."""
        kind, payload = value.get("type"), value.get("payload")
        time = unix_nano(value.get("timestamp"))
        if isinstance(payload, dict) and isinstance(kind, str):
            self._record(kind, payload, time, place)
        elif "record_type" in value:
            self.transcript.ignore(str(value["record_type"])[:40])
        elif kind in items.BARE or (kind is None and "role" in value):
            self._now(place)[1].item(value, time, place)
        elif kind is None and "id" in value and "timestamp" in value:
            self._meta(value, time, place)
        else:
            raise NotKnownError(f"a record of type {kind!r} without a payload")

    def _record(self, kind: str, payload: dict[str, Any], time: int | None, place: Place) -> None:
        if kind == "session_meta":
            self._meta(payload, time, place)
            return
        talk, teller = self._now(place)
        if self._is_replayed(talk, time):
            self._replay(talk, kind, payload, time)
            return
        talk.session.root.seen(time)
        match kind:
            case "response_item":
                teller.item(payload, time, place)
            case "event_msg":
                teller.event(payload, time, place)
            case "turn_context":
                teller.context(payload)
            case "compacted":
                teller.compacted(payload, time)
            case _:
                self.transcript.ignore(kind[:40])

    def _now(self, place: Place) -> tuple[Conversation, Teller]:
        """Return the conversation of this file, also if no header came first."""
        if self._told is None:
            session = self.transcript.session(None)
            session.started(None, place)
            talk = Conversation(session)
            self._told = talk, Teller(self.transcript, talk)
        return self._told

    def _meta(self, meta: dict[str, Any], time: int | None, place: Place) -> None:
        if self._told is not None:
            self.transcript.ignore("repeated session_meta")
            if self._copies and meta.get("id") != self._meta_id and self._replayed_at is None:
                self._replayed_at = time
            return
        began = unix_nano(meta.get("timestamp")) or time
        spawn = _spawn_of(meta)
        parent = spawn.get("parent_thread_id") or meta.get("parent_thread_id")
        self._meta_id = meta["id"] if isinstance(meta["id"], str) else None
        self._copies = bool(spawn) or isinstance(meta.get("forked_from_id"), str)
        if isinstance(parent, str) and parent and self._meta_id is not None:
            trace = meta.get("session_id")
            trace = trace if isinstance(trace, str) and trace != self._meta_id else parent
            session = self.transcript.session(trace)
            session.whole = False
            session.root.place = place
            below = "parent_thread_id" in spawn
            starter = tool_span_of(self._meta_id) if below else session.root.span_id
            agent = session.subagent(
                starter, self._meta_id, _role_of(spawn, meta), time=began, place=place
            )
        else:
            session = self.transcript.session(self._meta_id)
            session.started(began, place)
            agent = None
            facts = {key: meta[key] for key in _FACTS if isinstance(meta.get(key), str)}
            session.root.attributes.update(facts)
        if isinstance(meta.get("cli_version"), str):
            session.resource["service.version"] = meta["cli_version"]
        talk = Conversation(session, agent)
        self._told = talk, Teller(self.transcript, talk)
        provider = meta.get("model_provider")
        talk.provider = provider if isinstance(provider, str) else None
        instructions = mapping(meta.get("base_instructions")).get("text", meta.get("instructions"))
        if isinstance(instructions, str) and instructions:
            talk.add_input("system", [{"type": "text", "content": instructions}], began)

    def _is_replayed(self, talk: Conversation, time: int | None) -> bool:
        since = self._replayed_at
        if since is None:
            return False
        if time is not None and time - since < _REPLAY_NS:
            return True
        self._replayed_at, self._copies = None, False
        if self._last_prompt is not None and talk.agent is not None:
            parts, told_at = self._last_prompt
            talk.agent.hear(parts, told_at)
        return False

    def _replay(
        self, talk: Conversation, kind: str, payload: dict[str, Any], time: int | None
    ) -> None:
        """Take from another session's history what holds for this one."""
        self.transcript.ignore("replayed record")
        if kind == "turn_context":
            talk.use(payload)
        elif kind == "event_msg" and payload.get("type") == "token_count":
            total = items.usage_of(mapping(payload.get("info")).get("total_token_usage"))
            if total is not None:
                talk.meter.start_from(total)
        elif kind == "response_item" and payload.get("role") == "user":
            parts = items.content_parts(payload.get("content"))
            if not items.is_context(text_in(parts)):
                self._last_prompt = (parts, time)

    def finish(self) -> None:
        """Tell what an agent was told that has not answered yet."""
        if self._told is not None:
            self._is_replayed(self._told[0], None)


def _spawn_of(meta: dict[str, Any]) -> dict[str, Any]:
    """Return what a header says of the thread that started its own; empty if it is no agent's."""
    source = mapping(meta.get("source")).get("subagent")
    if not isinstance(source, dict):
        return {"agent_role": source} if isinstance(source, str) else {}
    return mapping(source.get("thread_spawn")) or {"agent_role": source.get("other")}


def _role_of(spawn: dict[str, Any], meta: dict[str, Any]) -> str | None:
    names = (spawn.get("agent_role"), meta.get("agent_role"), meta.get("agent_nickname"))
    return next((name for name in names if isinstance(name, str) and name), None)
