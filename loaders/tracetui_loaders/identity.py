"""Tells whether a file is still the one that was read, without reading it again.

Device, inode, size and time of change say most of it; digests of the first bytes and of those
before the place where reading ended say that what was read still stands there (INGEST §6). Of a
file that is not large a sum of all bytes tells whether it was written anew or only touched.
"""

import os
import zlib
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Literal

PIECE_BYTES = 4 << 10
SUMMED_BYTES = 16 << 20
"""Larger files are not summed: 10 ms are lost in the reading of this many, not more."""
_DIGEST_BYTES = 16
_BLOCK_BYTES = 1 << 20

Change = Literal["same", "grown", "replaced", "gone"]
"""What became of a file. `grown` means that all that was read still stands: resume.

`replaced` is whatever is not sure to be one of the others: rotated, truncated, written anew, or
touched and too large to have been summed. Load the whole file.
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file was when it was read."""

    device: int
    inode: int
    size: int
    """Bytes that there were to read."""
    mtime_ns: int
    head_length: int
    head_digest: str
    """Of the first `head_length` bytes."""
    offset: int
    """Where reading is to go on."""
    offset_digest: str
    """Of the bytes before `offset`, at most `PIECE_BYTES`."""
    checksum: int | None = None
    """CRC-32 of all `size` bytes; None of a file that is large, or was written to meanwhile."""

    @classmethod
    def of(cls, path: str, offset: int, size: int | None = None) -> "Identity":
        """Return the identity of the file at `path`; see `of_open`.

        Raises:
            OSError: If it cannot be read.
        """
        with Path(path).open("rb", buffering=0) as stream:
            return cls.of_open(stream, offset, size)

    @classmethod
    def of_open(
        cls,
        stream: BinaryIO,
        offset: int,
        size: int | None = None,
        before: "Identity | None" = None,
    ) -> "Identity":
        """Return the identity of an open file.

        Args:
            stream: A regular file, open for reading; it is left at another place.
            offset: Where reading is to go on: the byte offset of a resume point.
            size: Bytes that were there when it was read; by default those that are there now.
                Give `Source.bytes_done`: what was appended since then is then seen as growth.
            before: What the file was before it grew: only what came since is summed.

        Raises:
            OSError: If it cannot be read.
        """
        status = os.fstat(stream.fileno())
        seen = status.st_size if size is None else size
        head_length = min(PIECE_BYTES, seen)
        checksum = _sum_of(stream, seen, before)
        if os.fstat(stream.fileno()).st_mtime_ns != status.st_mtime_ns:
            checksum = None
        return cls(
            device=status.st_dev,
            inode=status.st_ino,
            size=seen,
            mtime_ns=status.st_mtime_ns,
            head_length=head_length,
            head_digest=_digest(stream, 0, head_length),
            offset=offset,
            offset_digest=_digest_before(stream, offset),
            checksum=checksum,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return a dict that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Identity":
        """Return what `to_dict` was called on.

        Raises:
            TypeError: If it is not what `to_dict` returns.
        """
        return cls(**values)


def change(identity: Identity, path: str) -> Change:
    """Return what became of the file at `path` since `identity` was taken.

    Costs a tenth of a millisecond, and up to 10 ms if it was touched. A file that cannot be opened
    counts as gone.
    """
    try:
        with Path(path).open("rb", buffering=0) as stream:
            return change_of_open(identity, stream)
    except OSError:
        return "gone"


def change_of_open(identity: Identity, stream: BinaryIO) -> Change:
    """Return what became of the file that is now open as `stream`; see `change`.

    Raises:
        OSError: If it cannot be read.
    """
    status = os.fstat(stream.fileno())
    if (status.st_dev, status.st_ino) != (identity.device, identity.inode):
        return "replaced"
    if status.st_size < identity.size:
        return "replaced"
    # Looked at even if size and time are the same: a time can be set, and has its grain.
    stands = (
        _digest(stream, 0, identity.head_length) == identity.head_digest
        and _digest_before(stream, identity.offset) == identity.offset_digest
    )
    if not stands:
        return "replaced"
    if status.st_size > identity.size:
        return "grown"
    if status.st_mtime_ns == identity.mtime_ns:
        return "same"
    if identity.checksum is None or identity.checksum != _sum_of(stream, identity.size, None):
        return "replaced"
    return "same"


def _sum_of(stream: BinaryIO, size: int, before: Identity | None) -> int | None:
    """Return the CRC-32 of the first `size` bytes; None if they are too many or not there."""
    if size > SUMMED_BYTES:
        return None
    total = place = 0
    if before is not None and before.checksum is not None and before.size <= size:
        total, place = before.checksum, before.size
    stream.seek(place)
    while place < size:
        block = stream.read(min(size - place, _BLOCK_BYTES))
        if not block:
            return None
        total = zlib.crc32(block, total)
        place += len(block)
    return total


def _digest_before(stream: BinaryIO, offset: int) -> str:
    length = min(PIECE_BYTES, offset)
    return _digest(stream, offset - length, length)


def _digest(stream: BinaryIO, start: int, length: int) -> str:
    stream.seek(start)
    data = bytearray()
    while len(data) < length and (piece := stream.read(length - len(data))):
        data += piece
    return blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
