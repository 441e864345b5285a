"""Opens SQLite databases that anybody may have written, to read them and nothing else.

Source: SQLite "URI filenames", "Defense against the dark arts" (`trusted_schema`).
"""

import sqlite3
from pathlib import Path

MAGIC = b"SQLite format 3\x00"


def connect(path: str) -> sqlite3.Connection:
    """Open the database at `path` read-only; text that is not UTF-8 is repaired.

    Raises:
        sqlite3.Error: If it cannot be opened.
    """
    file = Path(path).resolve()
    # Without `immutable` SQLite may write a lock file beside it; with it, a log is not seen.
    logged = Path(f"{file}-wal").exists()
    uri = f"{file.as_uri()}?mode=ro{'' if logged else '&immutable=1'}"
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = _text
    # A damaged or hostile schema must not call functions.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
