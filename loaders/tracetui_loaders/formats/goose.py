"""Sessions of goose: `~/.local/share/goose/sessions/*.jsonl`, `sessions.db`, and exports.

Since version 1.10 (2025-10) all sessions are in one SQLite database, of which each is a trace; one
that cannot be read is a rejected one, and the others are told. The events that `goose run
--output-format stream-json` prints are read too.

Source: goose `crates/goose/src/session/session_manager.rs` (tables `sessions` and `messages`,
schema versions 1 to 8); see `tracetui_loaders.goose` for the records.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar

import msgspec

from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.goose.messages import Messages
from tracetui_loaders.goose.reader import METADATA, GooseReader, about
from tracetui_loaders.source import Source, describe
from tracetui_loaders.sqlite_file import MAGIC, connect
from tracetui_loaders.transcripts import Place, Reader, Transcript, TranscriptLoader, unix_nano
from tracetui_loaders.transcripts.load import UNREADABLE, emitted, reason_of
from tracetui_loaders.vendor_values import objects

_TABLE_MARKS = (b"content_json", b"created_timestamp", b"working_dir")
_BLOCKS = frozenset({"toolRequest", "toolResponse", "frontendToolRequest", "systemNotification"})
_MESSAGES = "SELECT * FROM messages WHERE session_id = ? ORDER BY created_timestamp, id"


class GooseLoader(TranscriptLoader):
    """Loads sessions of goose."""

    name: ClassVar[str] = "goose"
    title: ClassVar[str] = "goose session"
    service: ClassVar[str] = "goose"
    reader: ClassVar[type[Reader]] = GooseReader

    def sniff(self, head: Head) -> float:
        """Return how surely it is goose's: by its tables, or the keys of its records."""
        if head.data.startswith(MAGIC):
            return 0.9 if all(mark in head.data for mark in _TABLE_MARKS) else 0.0
        if any(keys >= METADATA for keys in head.keys):
            return 0.9
        if any(keys >= {"working_dir", "extension_data", "conversation"} for keys in head.keys):
            return 0.9
        return 0.9 if any(map(_is_message, head.values)) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the sessions of a file or a database.

        Raises:
            LoadError: If SQLite cannot read the database.
        """
        if source.head.startswith(MAGIC):
            yield from self._database(source, source_id)
        else:
            yield from super().load(source, source_id)

    def _database(self, source: Source, source_id: int) -> Iterator[Batch]:
        title = f"{describe(source.path)}: goose's database"
        if source.size is None or source.compression is not None:
            raise LoadError(f"{title} must be a plain file, not a stream or compressed")
        builder = BatchBuilder(source_id)
        try:
            with closing(connect(source.path)) as connection:
                connection.row_factory = sqlite3.Row
                for row in connection.execute("SELECT * FROM sessions ORDER BY created_at, id"):
                    transcript = Transcript(source, self.service)
                    try:
                        _tell(transcript, dict(row), connection.execute(_MESSAGES, (row["id"],)))
                    except UNREADABLE as error:
                        reason = f"session {row['id']}: {reason_of(error)}"
                        builder.problem("rejected", reason, None, None)
                    yield from emitted(transcript, builder, self.name, 0)
        except sqlite3.Error as error:
            raise LoadError(f"{title} cannot be read: {error}") from error
        yield builder.flush(source.size)


def _tell(transcript: Transcript, facts: dict[str, Any], rows: sqlite3.Cursor) -> None:
    messages = Messages(transcript.session(facts["id"]))
    messages.session.started(unix_nano(facts.get("created_at")), Place())
    messages.model, messages.provider = about(messages.session, facts)
    for row in map(dict, rows):
        message = {
            "id": row.get("message_id"),
            "role": row.get("role"),
            "created": row.get("created_timestamp"),
            "content": msgspec.json.decode(row.get("content_json") or "[]"),
            "metadata": msgspec.json.decode(row.get("metadata_json") or "{}"),
        }
        messages.tell(message, Place())


def _is_message(value: Any) -> bool:
    """Whether a record is a message, alone or printed, with blocks as only goose has them."""
    if not isinstance(value, dict):
        return False
    inner = value.get("message") if value.get("type") == "message" else value
    if not isinstance(inner, dict) or inner.get("role") not in ("user", "assistant"):
        return False
    blocks = objects(inner.get("content"))
    if any(str(block.get("type")) in _BLOCKS for block in blocks):
        return True
    plain = {"created", "content"} <= inner.keys() and "timestamp" not in inner
    return plain and bool(blocks) and all("type" in block for block in blocks)


LOADER = GooseLoader()
