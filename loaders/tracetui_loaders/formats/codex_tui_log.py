"""What Codex's terminal interface logs with `CODEX_TUI_RECORD_SESSION=1`.

Source: `codex-rs/tui/src/session_log.rs`; FORMATS §8 "codex-tui-log". Each line has `ts`, `dir`
(to_tui, from_tui, meta) and `kind`. Traps: most lines are `app_event`, which only say what was
drawn; a `codex_event` holds the events of a rollout and the deltas of their texts, but no items.
"""

from typing import Any, ClassVar, TypeAlias

from tracetui_loaders.base import Head
from tracetui_loaders.codex.conversation import Conversation
from tracetui_loaders.codex.teller import Teller
from tracetui_loaders.transcripts import (
    NotKnownError,
    Part,
    Place,
    Reader,
    TranscriptLoader,
    parts_of,
    text_in,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_DIRECTIONS = frozenset({"to_tui", "from_tui", "meta"})
_Told: TypeAlias = tuple[Conversation, Teller]
_PROMPTS = frozenset({"user_input", "user_turn"})
_FACTS = ("cwd", "model_provider_id", "model_provider_name")


class CodexTuiReader(Reader):
    """Tells the sessions of one log; a session that is begun in it anew is another."""

    _told: _Told | None = None
    _began: tuple[dict[str, Any], int | None, Place] | None = None
    """The header, until the session's id is known."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what one line says."""
        kind, time = value["kind"], unix_nano(value.get("ts"))
        if value["dir"] not in _DIRECTIONS or not isinstance(kind, str):
            raise NotKnownError(f"a line of kind {kind!r} in no known direction")
        if kind == "session_start":
            self._began = (value, time, place)
        elif kind == "codex_event":
            self._event(value["payload"]["msg"], time, place)
        elif kind == "op":
            self._operation(mapping(value["payload"]), time, place)
        else:
            self.transcript.ignore(kind[:40])

    def _event(self, event: dict[str, Any], time: int | None, place: Place) -> None:
        kind = str(event["type"])
        if kind == "session_configured":
            session_id = event.get("session_id")
            if self._told is None or self._told[0].session.session_id != session_id:
                self._begin(session_id, time, place)
            self._now(place)[0].use(event)
        elif kind.endswith(("_delta", "_section_break")):
            self.transcript.ignore("delta")
        else:
            talk, teller = self._now(place)
            talk.session.root.seen(time)
            teller.event(event, time, place)

    def _operation(self, operation: dict[str, Any], time: int | None, place: Place) -> None:
        kind = operation.get("type")
        if kind not in _PROMPTS:
            self.transcript.ignore(f"op {str(kind)[:40]}")
            return
        talk, _ = self._now(place)
        talk.use(operation)
        parts: list[Part] = parts_of(operation.get("items"))
        if talk.is_new("item", "user", text_in(parts)):
            talk.prompt(parts, time, operation.get("id"), place)

    def _begin(self, session_id: Any, time: int | None, place: Place) -> _Told:
        session = self.transcript.session(session_id)
        header, began, first = self._began or ({}, time, place)
        session.started(began, first)
        facts = {key: header[key] for key in _FACTS if isinstance(header.get(key), str)}
        session.root.attributes.update(facts)
        talk = Conversation(session)
        talk.use(header)
        self._told = talk, Teller(self.transcript, talk)
        return self._told

    def _now(self, place: Place) -> _Told:
        return self._told or self._begin(None, None, place)


class CodexTuiLoader(TranscriptLoader):
    """Loads logs of Codex's terminal interface."""

    name: ClassVar[str] = "codex_tui_log"
    title: ClassVar[str] = "Codex TUI log"
    service: ClassVar[str] = "codex"
    reader: ClassVar[type[Reader]] = CodexTuiReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first lines are such a log's."""
        return 0.9 if any(map(_is_line, head.values)) else 0.0


def _is_line(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() >= {"ts", "dir", "kind"}
        and str(value["dir"]) in _DIRECTIONS
    )


LOADER = CodexTuiLoader()
