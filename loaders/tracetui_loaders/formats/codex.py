"""Session files of OpenAI's Codex: `~/.codex/sessions/<year>/<month>/<day>/rollout-*.jsonl`.

Also the files of sub-agents, which become part of the trace of the session that started them,
and those of before September 2025, whose items stand bare.

Source: FORMATS §8 "codex"; `codex-rs/protocol`, Codex 0.2x to 0.146. Traps, each told of where it
is met: events mirror items (`conversation`), totals are cumulative (`teller`), a sub-agent's file
replays the history of its parent (`rollout`).
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.codex.items import BARE
from tracetui_loaders.codex.rollout import RolloutReader
from tracetui_loaders.transcripts import Reader, TranscriptLoader

_ENVELOPE = frozenset({"type", "payload"})
_TYPES = frozenset(
    {"session_meta", "turn_context", "response_item", "event_msg", "compacted", "world_state"}
)
_BEGINNING = 512
_OLD_HEADER = frozenset({"id", "timestamp", "instructions"})
_OLD_ITEMS = BARE - {"message"}


class CodexLoader(TranscriptLoader):
    """Loads rollouts of Codex."""

    name: ClassVar[str] = "codex"
    title: ClassVar[str] = "Codex rollout"
    service: ClassVar[str] = "codex"
    reader: ClassVar[type[Reader]] = RolloutReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Codex's."""
        if any(map(_is_record, head.values)):
            return 0.9
        if any(keys >= _OLD_HEADER and "type" not in keys for keys in head.keys):
            return 0.8
        begins = head.data[:_BEGINNING]  # of a first record that the head cuts off
        enveloped = any(keys >= _ENVELOPE for keys in head.keys)
        return 0.9 if enveloped and any(f'"{name}"'.encode() in begins for name in _TYPES) else 0.0


def _is_record(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = str(value.get("type"))
    if value.keys() >= _ENVELOPE:
        return kind in _TYPES and isinstance(value["payload"], dict)
    # Bare items are also those of the Responses API: only a call's id beside them tells.
    return value.get("record_type") == "state" or (kind in _OLD_ITEMS and "call_id" in value)


LOADER = CodexLoader()
