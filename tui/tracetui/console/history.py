"""The queries that were run, kept from session to session for nobody else to read."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import platformdirs

MOST_KEPT = 500
_MOST_BYTES = 4 << 20


class SqlHistory:
    """A file of JSON texts, one query per line, the latest last.

    Args:
        path: The file; in the user's data directory without one.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Path(platformdirs.user_data_path("tracetui")) / "sql_history.jsonl"

    def load(self) -> list[str]:
        """Return the queries; nothing, if the file cannot be read, and no line that is damaged."""
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                lines = file.read(_MOST_BYTES).splitlines()
        except OSError:
            return []
        found: list[str] = []
        for line in lines:
            with contextlib.suppress(ValueError, RecursionError):
                value = json.loads(line)
                if isinstance(value, str):
                    found.append(value)
        return found[-MOST_KEPT:]

    def add(self, query: str) -> None:
        """Keep a query as the latest one; a history that cannot be written is none.

        What another session has added meanwhile stays.
        """
        kept = [*(one for one in self.load() if one != query), query][-MOST_KEPT:]
        unfinished = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.unlink(missing_ok=True)
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(one)}\n" for one in kept)
            unfinished.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
