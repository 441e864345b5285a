"""Sources: files, directories, globs and standard input, plain or compressed, as bytes.

Compression is told by magic bytes, never by the suffix. Reading goes through
`pyarrow.CompressedInputStream`, which reads multi-member gzip and multi-frame zstd and raises on
truncation (INGEST §4: zstandard's stream_reader ends silently).
"""

import glob
import io
import os
import stat
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import pyarrow as pa

from tracetui_loaders.identity import Change, Identity, change_of_open
from tracetui_loaders.rotation import rotated_siblings

if TYPE_CHECKING:
    from tracetui_loaders.base import ResumePoint

HEAD_BYTES = 1 << 20
FIRST_BLOCK_BYTES = 1 << 20
BLOCK_BYTES = 1 << 20
_PIECE_BYTES = 64 << 10
"""What one read of a compressed stream asks for."""

Compression = Literal["gzip", "zstd"]
_MAGIC: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_GLOB_CHARACTERS = frozenset("*?[")

_stdin: dict[str, int] = {"fd": 0}


class SourceError(Exception):
    """A path that cannot be opened; its text says why and what to try next."""


class TruncatedSourceError(Exception):
    """A compressed stream that ends before its end mark; what came before has been read."""


def set_stdin_fd(fd: int) -> None:
    """Read `-` from `fd` instead of 0: the TUI needs fd 0 for the keyboard."""
    _stdin["fd"] = fd


def stdin_is_terminal() -> bool:
    """Whether there is a person, not data, behind standard input."""
    return os.isatty(_stdin["fd"])


def expand_paths(paths: Sequence[str]) -> list[str]:
    """Return the files that `paths` name: files, directories (recursively), globs and `-`.

    A file comes with those that it was rotated to, before it: they are one log. Hidden files and
    directories below a directory are left out. Order is that of `paths`, and by name within each;
    a file named twice, in whatever way, is returned once.

    Raises:
        SourceError: If a path names nothing.
    """
    found: dict[str, str] = {}
    for path in paths:
        for file in _expand(path):
            found.setdefault(file if file == "-" else os.path.realpath(file), file)
    return list(found.values())


def _expand(path: str) -> list[str]:
    if path == "-":
        return [path]
    target = expand_user(path)
    if os.path.isdir(target):  # noqa: PTH112 - Path's own raises where access is denied
        files = _files_below(target)
        if not files:
            raise SourceError(f"{path}: the directory holds no files")
        return files
    if _is_there(target, path):
        return [*rotated_siblings(target), target]
    if _GLOB_CHARACTERS & set(path):
        matches = sorted(glob.glob(target, recursive=True))  # noqa: PTH207 - absolute patterns
        files = [file for match in matches for file in _matched(match)]
        if files:
            return files
        raise SourceError(f"{path}: no file matches this pattern")
    raise SourceError(f"{path}: no such file or directory")


def _matched(match: str) -> list[str]:
    """Return what a match of a pattern stands for: what it does not match is not asked for."""
    return _files_below(match) if os.path.isdir(match) else [match]  # noqa: PTH112 - as above


def expand_user(path: str) -> str:
    """Return `path` with its `~` expanded; a home that nobody has is left as it is."""
    return str(Path(os.path.expanduser(path)))  # noqa: PTH111 - Path's own raises


def _is_there(target: str, path: str) -> bool:
    try:
        Path(target).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error
    return True


def _files_below(directory: str) -> list[str]:
    found: list[str] = []
    unreadable: list[str] = []

    def refused(error: OSError) -> None:
        # Opening it will fail again and be reported like a file's failure.
        unreadable.append(str(error.filename))

    for base, directories, files in os.walk(directory, onerror=refused):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        found.extend(str(Path(base, name)) for name in sorted(files) if not name.startswith("."))
    return [path for path in found if os.path.isfile(path)] + unreadable  # noqa: PTH113 - as above


class _CountingReader(io.RawIOBase):
    """Passes reads on and counts the bytes, so that progress is that of the stored file."""

    def __init__(self, raw: BinaryIO, count: int = 0) -> None:
        super().__init__()
        self._raw = raw
        self.count = count
        self.end: int | None = None
        """Where to stop, even if there is more; None reads all there is."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        size = len(buffer) if self.end is None else min(len(buffer), self.end - self.count)
        data = self._raw.read(max(size, 0))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)

    @contextmanager
    def looked_at(self) -> Generator[BinaryIO]:
        """Lend the file to read elsewhere in it; reading goes on where it was."""
        position = self._raw.tell()
        try:
            yield self._raw
        finally:
            self._raw.seek(position)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class Source:
    """One file or stream, opened for reading once from its beginning or from a resume point.

    Args:
        path: A file, or `-` for standard input.
        start: Where to begin in an uncompressed file that has grown. Give it to loaders that
            are resumable only (`base.is_resumable`).
        end: The stored byte at which to stop, though the file may have grown; see `stop_at`.

    Raises:
        SourceError: If it cannot be opened.
    """

    def __init__(
        self, path: str, start: "ResumePoint | None" = None, end: int | None = None
    ) -> None:
        self.path = path
        self.start = start
        """Where reading begins; None at the beginning."""
        self.size: int | None = None
        """Bytes as stored when it was opened; None for a stream."""
        self.opened: os.stat_result | None = None
        """What the file was when it was opened; None for a stream."""
        self.compression: Compression | None = None
        self._position = 0
        begin = start.byte_offset if start else 0
        self._counter = _CountingReader(self._open(path, begin), begin)
        self._counter.end = end
        first = self._counter.read(HEAD_BYTES) or b""
        if begin == 0:
            self.compression = _compression(first)
        self._stream = self._decompressed(first)
        self.truncated = False
        """Whether a compressed stream ended before its end mark."""
        self.head = self._fill(HEAD_BYTES)
        """The first bytes from `start`, decompressed."""
        self.head_complete = len(self.head) < HEAD_BYTES

    def _open(self, path: str, begin: int) -> BinaryIO:
        try:
            if path == "-":
                return os.fdopen(os.dup(_stdin["fd"]), "rb", buffering=0)
            stream = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - closed by close()
            status = os.fstat(stream.fileno())
            if stat.S_ISREG(status.st_mode):
                self.opened, self.size = status, status.st_size
                stream.seek(begin)
            return stream
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error

    def _decompressed(self, first: bytes) -> "pa.NativeFile | _Joined":
        joined = _Joined(first, self._counter)
        if self.compression is None:
            return joined
        return pa.CompressedInputStream(pa.PythonFile(joined, mode="r"), self.compression)

    @property
    def bytes_done(self) -> int:
        """Where reading has come to in the stored file; counts what is before `start`."""
        return self._counter.count

    @property
    def resumable(self) -> bool:
        """Whether what it grows by can be read alone: true of plain files."""
        return self.size is not None and self.compression is None

    def stop_at(self, end: int) -> None:
        """Read no further than stored byte `end`, though the file may have grown since."""
        self._counter.end = end

    def first_bytes(self) -> bytes:
        """Return the first stored bytes of a plain file, wherever reading has come to."""
        with self._counter.looked_at() as stream:
            stream.seek(0)
            return stream.read(HEAD_BYTES)

    def identity(self, offset: int, before: Identity | None = None) -> Identity | None:
        """Return what this very file was when it was opened; None for a stream.

        What has been appended since is growth to `identity.change`, also if it was read.

        Args:
            offset: Where reading is to go on.
            before: What it was before it grew, if it has.
        """
        if self.opened is None:
            return None
        opened = self.opened
        with self._counter.looked_at() as stream:
            now = Identity.of_open(stream, offset, opened.st_size, before)
        if now.mtime_ns == opened.st_mtime_ns:
            return now
        # Written to since: the sum may be of other bytes than were read.
        return replace(now, mtime_ns=opened.st_mtime_ns, checksum=None)

    def change(self, identity: Identity) -> Change:
        """Return what became of the file since `identity` was taken, as `identity.change` does.

        Asked of the open file, the answer is about what will be read, whatever is renamed.
        """
        if self.opened is None:
            return "replaced"
        with self._counter.looked_at() as stream:
            return change_of_open(identity, stream)

    def _fill(self, size: int) -> bytes:
        """Read until `size` bytes or the end; a truncated stream ends where it breaks."""
        pieces: list[bytes] = []
        missing = size
        while missing > 0 and not self.truncated:
            try:
                piece = self._stream.read(
                    min(missing, _PIECE_BYTES) if self.compression else missing
                )
            except OSError as error:
                if self.compression is None:
                    raise SourceError(f"{self.path}: {error}") from error
                self.truncated = True
                piece = self._last_bytes()
            if not piece:
                break
            pieces.append(piece)
            self._position += len(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _last_bytes(self) -> bytes:
        """Return what can still be decompressed before the break: a failed read drops its piece.

        A fresh stream is read up to the same place and then byte by byte.
        """
        if self.path == "-" or self.compression is None:
            return b""
        found = bytearray()
        stored = pa.OSFile(self.path, mode="r")
        with pa.CompressedInputStream(stored, self.compression) as stream:
            try:
                left = self._position
                while left:
                    left -= len(stream.read(min(left, _PIECE_BYTES)))
                while byte := stream.read(1):
                    found += byte
            except OSError:
                pass
        return bytes(found)

    def blocks(self) -> Iterator[bytes]:
        """Yield the decompressed bytes: a small block first, then larger ones."""
        block = self.head + self._fill(FIRST_BLOCK_BYTES - len(self.head))
        self.head = self.head[:0]
        while block:
            yield block
            block = self._fill(BLOCK_BYTES)

    def line_blocks(self) -> Iterator[bytes]:
        """Yield the bytes cut at newlines; only the last block may lack a final newline."""
        rest: list[bytes] = []
        for block in self.blocks():
            end = block.rfind(b"\n") + 1
            if end == 0:
                rest.append(block)
                continue
            yield b"".join([*rest, block[:end]]) if rest else block[:end]
            rest = [block[end:]] if end < len(block) else []
        if rest:
            yield b"".join(rest)

    def read_all(self) -> bytes:
        """Return everything; for formats that need the whole file."""
        return b"".join(self.blocks())

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()
        self._counter.close()


def _compression(first: bytes) -> Compression | None:
    return next((name for magic, name in _MAGIC if first.startswith(magic)), None)


class _Joined(io.RawIOBase):
    """Bytes already read, followed by the rest of their stream."""

    def __init__(self, first: bytes, rest: _CountingReader) -> None:
        super().__init__()
        self._first = memoryview(first)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        if len(self._first):
            size = min(len(buffer), len(self._first))
            buffer[:size] = self._first[:size]
            self._first = self._first[size:]
            return size
        return self._rest.readinto(buffer)


def describe(path: str) -> str:
    """Return how a person names the source."""
    return "standard input" if path == "-" else path


if sys.platform == "win32":  # pragma: no cover - fd 0 is in text mode there
    import msvcrt

    msvcrt.setmode(0, os.O_BINARY)
