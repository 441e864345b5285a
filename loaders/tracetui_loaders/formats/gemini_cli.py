"""Session files of Gemini CLI: `~/.gemini/tmp/<project>/chats/session-*.json` and `.jsonl`.

Source: FORMATS §8 "gemini-cli"; the traps are told of in `gemini.reader`.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.gemini.reader import ANSWERS, GeminiReader
from tracetui_loaders.transcripts import Reader, TranscriptLoader

_HEADERS = (
    frozenset({"sessionId", "projectHash"}),
    frozenset({"sessionId", "startTime", "messages"}),
    frozenset({"history", "start_time", "lastUpdated"}),
)
"""All the keys of one of these are in a header or a document."""


class GeminiCliLoader(TranscriptLoader):
    """Loads sessions of Gemini CLI."""

    name: ClassVar[str] = "gemini_cli"
    title: ClassVar[str] = "Gemini CLI session"
    service: ClassVar[str] = "gemini-cli"
    reader: ClassVar[type[Reader]] = GeminiReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Gemini CLI's."""
        if any(keys >= header for keys in head.keys for header in _HEADERS):
            return 0.9
        return 0.9 if any(map(_is_message, head.values)) else 0.0


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() >= {"id", "timestamp", "type", "content"}
        and str(value["type"]) in ANSWERS - {"assistant", "model"}
    )


LOADER = GeminiCliLoader()
