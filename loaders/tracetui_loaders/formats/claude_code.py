"""Session files of Claude Code: `~/.claude/projects/<directory>/<session>.jsonl`.

Also the files of sub-agents, `<session>/subagents/agent-<id>.jsonl`, which become part of the
session's trace, and sessions exported as one document (`loglines`).

Source: FORMATS §8 "claude-code"; Claude Code 1.0 to 2.1. Qwen Code and iFlow write files with
the same outermost keys; what is inside a message tells them apart.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.claude.reader import ClaudeReader
from tracetui_loaders.transcripts import Reader, TranscriptLoader

_RECORDS = (
    frozenset({"sessionId", "message", "timestamp"}),
    frozenset({"uuid", "message", "timestamp", "isSidechain"}),
    frozenset({"type", "leafUuid", "summary"}),
    frozenset({"type", "operation", "sessionId", "timestamp"}),
    frozenset({"type", "messageId", "snapshot"}),
    frozenset({"parentUuid", "isSidechain", "sessionId"}),
    frozenset({"loglines"}),
    frozenset({"agentType", "spawnDepth"}),
)
"""All the keys of one of these are in a record."""


class ClaudeCodeLoader(TranscriptLoader):
    """Loads sessions of Claude Code."""

    name: ClassVar[str] = "claude_code"
    title: ClassVar[str] = "Claude Code session"
    service: ClassVar[str] = "claude-code"
    reader: ClassVar[type[Reader]] = ClaudeReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Claude Code's."""
        if not any(record <= keys for keys in head.keys for record in _RECORDS):
            return 0.0
        return 0.0 if any(map(_is_anothers, head.values)) else 0.9


def _is_anothers(value: Any) -> bool:
    """Whether a record is one of Qwen Code (parts), or of iFlow (answers that are objects)."""
    message = value.get("message") if isinstance(value, dict) else None
    if not isinstance(message, dict):
        return False
    content = message.get("content")
    return "parts" in message or (
        isinstance(content, list)
        and any(
            isinstance(block, dict)
            and block.get("type") == "tool_result"
            and isinstance(block.get("content"), dict)
            for block in content
        )
    )


LOADER = ClaudeCodeLoader()
