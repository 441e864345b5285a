"""Sessions of pi: `~/.pi/agent/sessions/<directory>/<time>_<id>.jsonl`; and of OpenClaw.

OpenClaw is built on pi and writes the same records (`~/.openclaw/agents/<agent>/sessions/`). The
events that `pi --mode json` prints are read too.

Source: pi-mono `packages/coding-agent/src/core/session-manager.ts`; FORMATS §8 "pi / openclaw".
What the records mean, and their traps, say `tracetui_loaders.pi`'s modules.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.pi.reader import PiReader
from tracetui_loaders.transcripts import Reader, TranscriptLoader

_ROLES = frozenset({"user", "assistant", "toolResult", "bashExecution", "custom", "hookMessage"})
_MESSAGES = frozenset({"message", "message_start", "message_end"})


class PiLoader(TranscriptLoader):
    """Loads sessions of pi and OpenClaw."""

    name: ClassVar[str] = "pi"
    title: ClassVar[str] = "pi or OpenClaw session"
    service: ClassVar[str] = "pi"
    reader: ClassVar[type[Reader]] = PiReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are pi's."""
        return 0.9 if any(map(_is_record, head.values)) else 0.0


def _is_record(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if kind == "session":
        return "cwd" in value and "id" in value and "timestamp" in value
    said = value.get("message")
    return (
        isinstance(kind, str)
        and kind in _MESSAGES
        and isinstance(said, dict)
        and str(said.get("role")) in _ROLES
        and ("parentId" in value or "timestamp" in said)
        and "sessionId" not in value
    )


LOADER = PiLoader()
