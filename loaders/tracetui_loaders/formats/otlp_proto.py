"""OTLP as protobuf: one request, or requests each with its length before it.

Source: OTLP 1.x `collector/{trace,logs,metrics}/v1` request messages; the Collector's file
exporter for length-prefixed messages (4 bytes, big-endian) and protobuf's own
`SerializeDelimited` (varint). FORMATS §0: the three requests share field numbers, so that parsing
as the wrong one "succeeds"; a parse counts only with records in it and without unknown fields.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head, LoadError, ResumePoint
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.source import Source

_LONGEST_FRAME = 1 << 30
_FRAMES_LOOKED_AT = 8

Frame = tuple[int, bytes]
"""Byte offset and content of a message."""


class OtlpProtoLoader:
    """Loads OTLP/protobuf exports of traces, logs and metrics."""

    name: ClassVar[str] = "otlp_proto"
    title: ClassVar[str] = "OTLP protobuf"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the bytes are OTLP messages, one or length-prefixed."""
        data = head.data
        if not data or data.lstrip()[:1] in (b"{", b"[") or not _may_be_protobuf(data):
            return 0.0
        return 0.9 if _framing(data, head.complete) is not None else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield a batch per message or more; the whole file is read at once.

        Raises:
            LoadError: If the bytes turn out not to be OTLP.
        """
        # What a file of messages grows by may look like a single message.
        first = source.first_bytes() if source.start else b""
        data = source.read_all()
        split = _framing(first, complete=False) if source.start else _framing(data, complete=True)
        if split is None:
            raise LoadError(f"{source.path}: not OTLP protobuf")
        builder = BatchBuilder(source_id, source.start)
        reading = _Reading(source, data, split)
        for offset, frame in reading.frames():
            _add_frame(frame, offset, builder)
            yield from builder.full(source.bytes_done, reading.resume(builder))
        if source.truncated:
            builder.problem("tail", "the compressed stream ends before its end mark", None, None)
        resume = reading.resume(builder)
        torn = reading.torn.offset is not None
        if resume is not None and torn:
            yield builder.flush(source.bytes_done, resume)
        if torn:
            builder.problem("tail", "incomplete last message", None, reading.reached)
        yield builder.flush(source.bytes_done, resume, provisional=resume is not None and torn)


class _Reading:
    """Goes through the messages of a source and knows how far it has come."""

    def __init__(self, source: Source, data: bytes, split: "Split") -> None:
        self._begin = source.start.byte_offset if source.start else 0
        # A message that is not framed says nothing of what may follow it.
        self._resumable = source.resumable and split is not _whole
        self._data, self._split = data, split
        self.torn = _Torn()
        self.reached = self._begin
        """Byte offset behind the last message; where a torn one begins."""

    def frames(self) -> Iterator["Frame"]:
        """Yield the messages, with their byte offsets in the file."""
        for offset, frame in self._split(self._data, self.torn):
            self.reached = self._begin + offset + len(frame)
            yield self._begin + offset, frame

    def resume(self, builder: BatchBuilder) -> ResumePoint | None:
        """Return where to go on behind the last message."""
        if not self._resumable:
            return None
        return ResumePoint(self.reached, 0, inside_line=False, ordinal=builder.ordinal)


class _Torn:
    """Where a length-prefixed file breaks off; None if it does not."""

    offset: int | None = None


Split = Callable[[bytes, _Torn], Iterator[Frame]]


def _may_be_protobuf(data: bytes) -> bool:
    """A request begins with field 1, length-delimited; before it a length may stand."""
    return b"\x0a" in data[:12]


def _framing(data: bytes, complete: bool) -> Split | None:
    """Return the way to cut `data` into messages, or None if it is not OTLP."""
    if complete and _signal(data) is not None:
        return _whole
    for split in (_big_endian, _varint):
        torn = _Torn()
        seen = 0
        for _, frame in split(data, torn):
            if not frame:
                continue
            if _signal(frame) is None:
                seen = 0
                break
            seen += 1
            if seen == _FRAMES_LOOKED_AT:
                break
        if seen:
            return split
    # A first message larger than the head: its beginning is all there is to go by.
    if not complete:
        for split, start in ((_whole, 0), (_big_endian, 4), (_varint, _read_varint(data, 0)[1])):
            if start is not None and _begins_like_a_request(data[start:]):
                return split
    return None


def _whole(data: bytes, torn: _Torn) -> Iterator[Frame]:
    del torn
    yield 0, data


def _big_endian(data: bytes, torn: _Torn) -> Iterator[Frame]:
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        start = position + 4
        if size > _LONGEST_FRAME or start + size > len(data) or start > len(data):
            torn.offset = position
            return
        yield start, data[start : start + size]
        position = start + size


def _varint(data: bytes, torn: _Torn) -> Iterator[Frame]:
    position = 0
    while position < len(data):
        size, start = _read_varint(data, position)
        if start is None or size > _LONGEST_FRAME or start + size > len(data):
            torn.offset = position
            return
        yield start, data[start : start + size]
        position = start + size


def _read_varint(data: bytes, position: int) -> tuple[int, int | None]:
    value = 0
    for shift in range(0, 64, 7):
        if position >= len(data):
            return 0, None
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    return 0, None


def _begins_like_a_request(data: bytes) -> bool:
    """Whether field 1 of field 1 is a resource or scope list of plausible size."""
    if data[:1] != b"\x0a":
        return False
    size, start = _read_varint(data, 1)
    return start is not None and size > 0 and data[start : start + 1] in (b"\x0a", b"\x12")


def _signal(frame: bytes) -> Any | None:
    """Return `frame` parsed as the request it is, or None if it is none.

    A wrong guess shows as unknown fields: the wire types of spans, log records and metrics differ.
    """
    from tracetui_loaders.otlp.proto_walk import parse_request  # noqa: PLC0415 - 60 ms, only here

    return parse_request(frame)


def _add_frame(frame: bytes, offset: int, builder: BatchBuilder) -> None:
    from tracetui_loaders.otlp.proto_walk import add_message  # noqa: PLC0415 - 60 ms, only here

    if not frame:
        return
    message = _signal(frame)
    if message is None:
        builder.problem("rejected", "not an OTLP request", None, offset)
        return
    add_message(message, builder, offset)


LOADER = OtlpProtoLoader()
