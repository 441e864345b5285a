"""Takes compressed bodies apart piece by piece: a bomb is stopped while it unpacks."""

import zlib
from typing import Protocol

from tracetui.receiver.refusals import Refusal, malformed, too_large

_EITHER_HEADER = zlib.MAX_WBITS | 32
"""Told from the first bytes: gzip or zlib, which HTTP calls deflate."""

_MOST_MEMBERS = 64
"""A bomb may also be made of a million members that hold nothing."""


class Unpacker(Protocol):
    """Takes pieces as they come."""

    def feed(self, piece: bytes) -> bytes:
        """Return what a piece unpacks to."""
        ...

    def end(self) -> None:
        """Learn that there are no more pieces."""
        ...


class _Plain:
    def feed(self, piece: bytes) -> bytes:
        return piece

    def end(self) -> None:
        pass


class _Zlib:
    """Unpacks gzip, in any number of members, and deflate."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit
        self._stream = zlib.decompressobj(_EITHER_HEADER)
        self._began = False
        self._members = 1

    def feed(self, piece: bytes) -> bytes:
        out = bytearray()
        try:
            while piece:
                if self._stream.eof:
                    self._members += 1
                    if self._members > _MOST_MEMBERS:
                        raise malformed("the compressed body has too many parts")
                    self._stream = zlib.decompressobj(_EITHER_HEADER)
                self._began = True
                out += self._stream.decompress(piece, self._left + 1 - len(out))
                if len(out) > self._left:
                    raise too_large(self._limit, "the unpacked body")
                piece = self._stream.unused_data
        except zlib.error as error:
            raise malformed(f"the body is not what Content-Encoding says: {error}") from error
        self._left -= len(out)
        return bytes(out)

    def end(self) -> None:
        if self._began and not self._stream.eof:
            raise malformed("the compressed body is cut off")


def unpacker(encoding: str, limit: int) -> Unpacker:
    """Return what unpacks a `Content-Encoding` to at most `limit` bytes.

    Raises:
        Refusal: If it is one that is not known here.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Zlib(limit)
        case other:
            message = f"Content-Encoding {other[:40]} is not known here; use gzip"
            raise Refusal("unknown encoding", message, status=415)
