"""Finds what belongs to a session in opencode's storage: one file each for messages and parts.

    storage/session/<project>/<session>.json
    storage/message/<session>/<message>.json
    storage/part/<message>/<part>.json

Ids come from files that anybody may have written: those that are no plain names lead nowhere.

Source: opencode `packages/opencode/src/storage/storage.ts`, `session/index.ts`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tracetui_loaders.vendor_values import mapping

_NAME = re.compile(r"\w[\w.-]{0,199}", re.ASCII)
_LARGEST = 64 << 20
_DEEPEST = 16


class Storage:
    """The storage that a file is part of.

    Args:
        path: Of the file; of a session, a message or a part.
    """

    def __init__(self, path: str) -> None:
        file = Path(path)
        self._base = file.parent.parent.parent if file.is_file() else None
        self.unreadable = 0
        """Files that are no JSON objects, or too large."""

    def holds_session(self, session_id: Any) -> bool:
        """Whether the session itself is stored, so that it tells of its messages and parts."""
        return self._session_file(session_id) is not None

    def holds_messages(self) -> bool:
        """Whether there are messages at all, of which parts without a session's id may be."""
        return self._base is not None and (self._base / "message").is_dir()

    def topmost(self, session_id: str, parent_id: Any) -> str:
        """Return the session that started all: of a sub-agent's, the one above."""
        found, above = session_id, parent_id
        for _ in range(_DEEPEST):
            if not isinstance(above, str) or not above:
                break
            found = above
            file = self._session_file(found)
            above = self._object(file).get("parentID") if file else None
        return found

    def messages(self, session_id: Any) -> list[dict[str, Any]]:
        """Return the session's messages, as they came."""
        found = list(self._objects("message", session_id))
        return sorted(found, key=_created)

    def parts(self, message_id: Any) -> Iterator[dict[str, Any]]:
        """Yield the message's parts, in order."""
        yield from self._objects("part", message_id)

    def _session_file(self, session_id: Any) -> Path | None:
        if self._base is None or not _is_name(session_id):
            return None
        return next(iter(sorted(self._base.glob(f"session/*/*{session_id}.json"))), None)

    def _objects(self, kind: str, owner: Any) -> Iterator[dict[str, Any]]:
        if self._base is None or not _is_name(owner):
            return
        for file in sorted((self._base / kind / owner).glob("*.json")):
            found = self._object(file)
            if found:
                yield found
            else:
                self.unreadable += 1

    @staticmethod
    def _object(file: Path) -> dict[str, Any]:
        try:
            if not file.is_file() or file.stat().st_size > _LARGEST:
                return {}
            return mapping(msgspec.json.decode(file.read_bytes()))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _created(message: dict[str, Any]) -> float:
    created = mapping(message.get("time")).get("created")
    return created if isinstance(created, int | float) else 0.0
