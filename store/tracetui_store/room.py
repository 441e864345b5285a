"""Keeps a store from filling its disk: DuckDB gives a database up when it cannot write it.

What is committed stays in memory until there is enough of it to be written to the file
(`checkpoint_threshold`). If that fails the database is lost with all that was loaded, so room is
looked for first, and the load stops with everything in view.
"""

import errno
import os
import shutil
from pathlib import Path

import duckdb

_SMALL_BYTES = 64 << 20
"""Less than this is not written unless a cache is made: that takes 118 MB (measured)."""
_FULL = "the disk is full"


class NoRoomError(Exception):
    """What is to be written would not fit."""


class Room:
    """The room that a database has to grow.

    Args:
        file: The database.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = 0
        self._unwritten = 0

    def claim(self, size: int) -> None:
        """Note that `size` bytes more are to be stored, some time.

        Raises:
            NoRoomError: If there may be no room for them when they are written.
        """
        written = self._file.stat().st_size
        if written != self._written:
            self._written, self._unwritten = written, 0
        self._unwritten += size
        if self._unwritten > _SMALL_BYTES:
            self.check()

    def check(self) -> None:
        """Look for room for everything that is not written yet.

        Raises:
            NoRoomError: If there is none.
        """
        # Bytes as they are in memory: they take less on the disk, but never more.
        if shutil.disk_usage(self._file.parent).free < self._unwritten:
            raise NoRoomError(_FULL)


def plain(error: Exception) -> str:
    """Return in plain words why something could not be written or read.

    What a program calls it follows in brackets where the words alone may not be enough.
    """
    if isinstance(error, NoRoomError):
        return str(error)
    if isinstance(error, OSError):
        return _of_number(error.errno) or (error.strerror or str(error))
    text = (str(error).splitlines() or [type(error).__name__])[0]
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG):
        if os.strerror(number) in text:
            return _of_number(number) or text
    if isinstance(error, duckdb.OutOfMemoryException):
        return "there is not enough memory"
    if isinstance(error, duckdb.Error):
        return f"the database does not work any more ({text})"
    return text


def _of_number(number: int | None) -> str | None:
    return {
        errno.ENOSPC: _FULL,
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the file system is read-only",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.EFBIG: "files may not become that large here",
    }.get(number or 0)
