"""The file that takes what is accepted, one request a line, before its sender is answered.

A line is handed to the operating system whole, so that it outlives this process; it is not
forced to the disk, which a power cut may reach first. The file is rotated as the Collector's file
exporter does it (lumberjack): `name.ext` becomes `name-2026-11-20T10-00-00.000.ext`.
"""

import fcntl
import os
import shutil
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tracetui_loaders.json_keys import first_value_keys

from tracetui.receiver.refusals import no_room

_HEAD_BYTES = 1 << 16
_ROOM_LOOKED_AT_BYTES = 16 << 20
"""How much is written between two looks at the room on the disk."""
_KEYS = frozenset({"resourceSpans", "resourceLogs", "resourceMetrics"})


class RecordError(Exception):
    """The record cannot be written to; says why and what to do."""


class Record:
    """Appends lines to a file, from any thread.

    Args:
        path: The file; made if it is not there, readable by its owner alone.
        rotate_bytes: The size from which a further line goes to a new file.
        free_bytes: Room to leave on the disk.
        keep_rotated: Whether the older parts stay.

    Raises:
        RecordError: If it cannot be written, is in use by another receiver, or holds something
            else than a record.
    """

    def __init__(
        self, path: str, *, rotate_bytes: int, free_bytes: int, keep_rotated: bool = True
    ) -> None:
        self.path = Path(path)
        self._rotate_bytes, self._free_bytes = rotate_bytes, free_bytes
        self._keep_rotated = keep_rotated
        self._lock = threading.Lock()
        self._until_look = 0
        self._file = _open(self.path)
        try:
            self._size = self._prepare()
        except RecordError:
            os.close(self._file)
            raise

    def append(self, line: bytes) -> None:
        """Write one line; when this returns it is the operating system's.

        Raises:
            Refusal: If it cannot be written; then nothing of it is in the file.
        """
        data = line + b"\n"
        with self._lock:
            if self._file < 0:
                raise no_room("the receiver is ending")
            try:
                self._make_room(len(data))
                self._write(data)
            except OSError as error:
                raise no_room(f"{self.path}: {error.strerror}") from error

    def close(self) -> None:
        """Write nothing more."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _prepare(self) -> int:
        """Look at what the file holds already; return its size."""
        size = os.fstat(self._file).st_size
        if not size:
            return 0
        head = os.pread(self._file, _HEAD_BYTES, 0)
        if not _KEYS & set(next(iter(first_value_keys(head)), ())):
            raise RecordError(
                f"{self.path} holds something else than OTLP JSON lines: "
                "give --record a new file, or one that tracetui recorded"
            )
        if os.pread(self._file, 1, size - 1) != b"\n":
            # The end of a line that a crash cut off stays alone on its line.
            size += os.write(self._file, b"\n")
        return size

    def _make_room(self, size: int) -> None:
        if self._size and self._size + size > self._rotate_bytes:
            self._rotate()
        self._until_look -= size
        if self._until_look < 0:
            free = shutil.disk_usage(self.path.parent).free
            if free - size < self._free_bytes:
                raise no_room(f"the disk that holds {self.path} is full ({free:,} bytes left)")
            self._until_look = _ROOM_LOOKED_AT_BYTES

    def _write(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            # A line is there or it is not: its sender is going to send it again.
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += written

    def _rotate(self) -> None:
        moment = datetime.now(UTC)
        while True:
            time = f"{moment:%Y-%m-%dT%H-%M-%S}.{moment.microsecond // 1000:03d}"
            part = self.path.with_name(f"{self.path.stem}-{time}{self.path.suffix}")
            if not part.exists():
                break
            moment = datetime.now(UTC)
        self.path.rename(part)
        try:
            file = _open(self.path)
        except RecordError:
            part.rename(self.path)
            raise no_room(f"{self.path} cannot be rotated") from None
        os.close(self._file)
        self._file, self._size = file, 0
        if not self._keep_rotated:
            part.unlink(missing_ok=True)


def _open(path: Path) -> int:
    """Open the file for appending and keep other receivers away from it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        file = os.open(path, flags, 0o600)
    except OSError as error:
        raise RecordError(f"cannot write to {path}: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise RecordError(f"another receiver records to {path}: give --record another") from None
    except OSError:
        # Some file systems know no locks: then nobody can tell.
        pass
    return file
