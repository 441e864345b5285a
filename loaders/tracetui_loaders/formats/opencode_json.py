"""Events that `opencode run --format json` prints: `{type, timestamp, sessionID, part}`.

A part is as in the storage; tools are printed when they have ended. The prompt is not printed, and
neither is what sub-agents do. An `error` fails the step that goes on, or a call of its own.

Source: opencode `packages/opencode/src/cli/cmd/run.ts`; FORMATS §8 "opencode-json".
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.opencode.parts import Answer, fail
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Transcript,
    TranscriptLoader,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_PARTS = frozenset({"step_start", "step_finish", "tool_use", "text", "reasoning"})
_LAST_REASONS = frozenset({"stop", "length", "content-filter", "error"})


class OpencodeJsonReader(Reader):
    """Tells one run."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._answers: dict[str, Answer] = {}

    def read(self, value: Any, place: Place) -> None:
        """Tell what one event says.

        Raises:
            NotKnownError: If opencode does not print such events.
        """
        kind, time = value["type"], unix_nano(value.get("timestamp"))
        if kind == "error":
            self._error(value, time, place)
            return
        part = value.get("part")
        if kind not in _PARTS or not isinstance(part, dict):
            raise NotKnownError(f"an event of type {kind!r}")
        session = self.transcript.session(value.get("sessionID"))
        session.started(time, place)
        message_id = str(part.get("messageID"))
        answer = self._answers.get(message_id)
        if answer is None:
            answer = Answer(session.current, {"id": part.get("messageID")}, place)
            self._answers[message_id] = answer
        answer.tell(part, time)
        if part.get("type") == "step-finish" and part.get("reason") in _LAST_REASONS:
            session.thread.waiting = False

    def _error(self, value: dict[str, Any], time: int | None, place: Place) -> None:
        session = self.transcript.session(value.get("sessionID"))
        session.started(time, place)
        call = session.thread.last_call
        if call is None or call.finish_reason is not None:
            call = session.current.call(None, time, place)
        fail(call, mapping(value.get("error")), time)


class OpencodeJsonLoader(TranscriptLoader):
    """Loads what opencode prints."""

    name: ClassVar[str] = "opencode_json"
    title: ClassVar[str] = "opencode run --format json"
    service: ClassVar[str] = "opencode"
    reader: ClassVar[type[Reader]] = OpencodeJsonReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first events are opencode's."""
        return 0.9 if any(map(_is_event, head.values)) else 0.0


def _is_event(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= {"type", "timestamp", "sessionID"}:
        return False
    part = value.get("part")
    return str(value["type"]) in _PARTS and isinstance(part, dict) and "messageID" in part


LOADER = OpencodeJsonLoader()
