"""Reads a transcript record by record, keeps account of its lines, and emits its sessions.

A transcript is read whole: what a later record says (a tool's answer, a larger usage, a title)
belongs to spans of earlier ones. A bad record is counted and kept as a problem, whatever it is
that a format cannot read in it.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, ClassVar

import msgspec

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.json_records import Record, is_open, records
from tracetui_loaders.json_split import decode_leniently, split_values
from tracetui_loaders.source import Source
from tracetui_loaders.transcripts.node import Place
from tracetui_loaders.transcripts.session import Session

_SPANS_AT_ONCE = 1_024
"""How many spans are added before looking whether they fill a batch."""
_PROGRESS_BYTES = 8 << 20
"""How much is read between two batches that only say how far reading has come."""
_KINDS_LISTED = 30
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
"""What code that takes a record for what it should be raises where it is something else."""


class NotKnownError(ValueError):
    """A record that the format does not know; its text is the reason that a person reads."""


class Transcript:
    """The sessions of one source, and its account of what was left out.

    Args:
        source: What is being read; for names and ids that the records do not give.
        service: The producer's name, as `service.name`.
    """

    def __init__(self, source: Source, service: str) -> None:
        self.path = source.path
        self._head = source.head[:4096]
        self._service = service
        self._sessions: dict[str, Session] = {}
        self._ignored: Counter[str] = Counter()
        self._seen: set[str] = set()

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return PurePath(self.path).stem

    @property
    def stand_in(self) -> str:
        """A session id for a source whose records give none: the same whenever it is read.

        Files of one name in different folders differ by what they hold.
        """
        first = self._head.partition(b"\n")[0]
        if first.strip() in (b"{", b"["):
            first = self._head  # of a document, which does not grow, the first line says nothing
        return f"{self.stem}-{blake2b(first, digest_size=4).hexdigest()}"

    def session(self, session_id: Any = None) -> Session:
        """Return the session with this id, made anew when it is first met.

        Args:
            session_id: The producer's id; None or "" stands for the only one of the source.
        """
        if not isinstance(session_id, str) or not session_id.strip("0"):
            session_id = self.stand_in
        found = self._sessions.get(session_id)
        if found is None:
            found = Session(session_id, self._service)
            self._sessions[session_id] = found
        return found

    @property
    def sessions(self) -> list[Session]:
        """All sessions so far, in the order in which they were met."""
        return list(self._sessions.values())

    def ignore(self, kind: str) -> None:
        """Count a record that is known and has nothing to show; the report says how many."""
        self._ignored[kind] += 1

    def ignore_as(self, other: "Transcript") -> None:
        """Count what `other` left out, of the same source."""
        self._ignored += other._ignored

    def repeated(self, record_id: Any) -> bool:
        """Whether a record with this id was read before: a resumed session repeats its history."""
        if not isinstance(record_id, str) or not record_id:
            return False
        if record_id in self._seen:
            self._ignored["repeated record"] += 1
            return True
        self._seen.add(record_id)
        return False

    @property
    def ignored(self) -> str:
        """What was left out, for the report."""
        listed = self._ignored.most_common(_KINDS_LISTED)
        rest = self._ignored.total() - sum(count for _, count in listed)
        if rest:
            listed.append(("others", rest))
        return ", ".join(f"{count:,} {kind}" for kind, count in listed)


class Reader(ABC):
    """Reads one source of a format: made anew for each.

    Args:
        transcript: Where the sessions are told.
    """

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    @abstractmethod
    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says.

        Whatever is raised for a record of an unexpected shape (`TypeError`, `KeyError` and their
        kin) makes it a rejected one; so there is no need to check what is nearly always so, but
        check before anything is told.

        Raises:
            NotKnownError: If the record is none of this format.
        """

    def finish(self) -> None:  # noqa: B027 - most formats have nothing left to tell
        """Tell what is only known at the end."""


class TranscriptLoader(ABC):
    """The base of transcript formats; see the package's docstring."""

    name: ClassVar[str]
    title: ClassVar[str]
    service: ClassVar[str]
    """The producer, as `service.name`."""
    reader: ClassVar[type[Reader]]
    record_type: ClassVar[Any] = Any
    """What records are decoded as; a msgspec struct pays where most of a record is not needed."""

    @abstractmethod
    def sniff(self, head: Head) -> float:
        """Return how surely `head` begins this format; see `base.Loader`."""

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the sessions of `source`, in the order in which they were told."""
        return _Loading(self, source, source_id).batches()


class _Loading:
    """One load of one source."""

    def __init__(self, loader: TranscriptLoader, source: Source, source_id: int) -> None:
        self._source = source
        self._scope = loader.name
        self._title = loader.title
        self._type = loader.record_type
        self._decode = msgspec.json.Decoder(loader.record_type).decode
        self._builder = BatchBuilder(source_id)
        self._transcript = Transcript(source, loader.service)
        self._reader = loader.reader(self._transcript)

    def batches(self) -> Iterator[Batch]:
        builder, source = self._builder, self._source
        # A large source is decoded in another process once this one has its first batch, which
        # is to be quick: see worker.batches.
        next_progress = 0 if (source.size or 0) >= _PROGRESS_BYTES else _PROGRESS_BYTES
        for record in records(source):
            if record.byte_offset >= next_progress:
                yield builder.flush(record.bytes_done)
                next_progress = record.byte_offset + _PROGRESS_BYTES
            builder.lines.blank += record.blank_lines
            if record.data:
                self._record(record)
        if source.truncated:
            builder.problem("tail", "the compressed stream ends before its end mark", None, None)
        self._finish()
        yield from emitted(self._transcript, builder, self._scope, source.bytes_done)
        yield builder.flush(source.bytes_done)

    def _finish(self) -> None:
        builder = self._builder
        try:
            self._reader.finish()
        except UNREADABLE as error:
            builder.problem("note", f"the end could not be read: {reason_of(error)}", None, None)
        if self._transcript.ignored:
            message = f"records that have nothing to show: {self._transcript.ignored}"
            builder.problem("note", message, None, None)

    def _record(self, record: Record) -> None:
        try:
            value = self._decode(record.data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._tolerantly(record, error)
            return
        if self._read(value, record):
            self._builder.lines.ok += record.lines

    def _tolerantly(self, record: Record, error: Exception) -> None:
        """Read a record that is more or less than one JSON value, or not of the usual shape."""
        builder = self._builder
        parts = split_values(record)
        if len(parts) > 1 or parts[0].data != record.data:
            for part in parts:
                self._record(part)
            return
        line, offset = record.line, record.byte_offset
        if not record.complete and is_open(record.data):
            builder.lines.tail += record.lines
            builder.problem("tail", "incomplete last line, still being written?", line, offset)
            return
        try:
            value = decode_leniently(record.data)
        except (ValueError, RecursionError) as failure:
            self._reject(record, f"not JSON: {reason_of(failure)}")
            return
        try:
            value = msgspec.convert(value, self._type)
        except (msgspec.ValidationError, RecursionError) as failure:
            self._reject(record, f"not {self._title}: {failure}")
            return
        if self._read(value, record):
            builder.lines.repaired += record.lines
            builder.problem("repaired", f"read leniently: {error}", line, offset)

    def _read(self, value: Any, record: Record) -> bool:
        try:
            self._reader.read(value, Place(record.line, record.byte_offset))
        except UNREADABLE as error:
            self._reject(record, f"not {self._title}: {reason_of(error)}")
            return False
        return True

    def _reject(self, record: Record, reason: str) -> None:
        self._builder.lines.rejected += record.lines
        self._builder.problem("rejected", reason, record.line, record.byte_offset)


def emitted(
    transcript: Transcript, builder: BatchBuilder, scope: str, bytes_done: int
) -> Iterator[Batch]:
    """Add all sessions to `builder`, and yield the batches that that fills."""
    for session in transcript.sessions:
        more = True
        while more:
            more = session.emit(builder, scope, _SPANS_AT_ONCE)
            yield from builder.full(bytes_done)


def reason_of(error: Exception) -> str:
    """Return why something could not be read, for a person."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, NotKnownError):
        return str(error)
    return f"{type(error).__name__}: {error}"
