"""Inspect AI's evaluation logs: `.eval` archives, the same as one JSON document, or one sample.

A sample is a session: its input is the turn, solvers and agents are steps in that, scorers stand
beside it, scores are evaluations. Archives are read sample by sample; they have no lines, so a
sample that cannot be read is a problem of its own.

Source: `inspect_logs`, which names inspect_ai's modules; FORMATS §0 and §9.
"""

import zipfile
from collections.abc import Iterator
from typing import ClassVar

from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.inspect_logs import archive
from tracetui_loaders.inspect_logs.reader import HEADER_KEYS, SAMPLE_KEYS, InspectReader
from tracetui_loaders.source import Source, describe
from tracetui_loaders.transcripts import NotKnownError, Place, Reader, Transcript, TranscriptLoader
from tracetui_loaders.transcripts.load import UNREADABLE, emitted, reason_of

_ZIP = b"PK\x03\x04"
_MEMBERS = (b"_journal/start.json", b"header.json")


class InspectEvalLoader(TranscriptLoader):
    """Loads Inspect AI's logs."""

    name: ClassVar[str] = "inspect_eval"
    title: ClassVar[str] = "Inspect AI log"
    service: ClassVar[str] = "inspect_ai"
    reader: ClassVar[type[Reader]] = InspectReader

    def sniff(self, head: Head) -> float:
        """Return how surely it is a log: by the names in an archive, or by a document's keys."""
        if head.data.startswith(_ZIP):
            samples = b"samples/" in head.data and b"_epoch_" in head.data
            return 0.95 if samples or any(name in head.data for name in _MEMBERS) else 0.0
        whole = any({*HEADER_KEYS, "plan"} <= keys for keys in head.keys)
        return 0.9 if whole or any({*SAMPLE_KEYS, "scores"} <= keys for keys in head.keys) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the samples in the order of the log.

        Raises:
            LoadError: If an archive cannot be opened.
        """
        if not source.head.startswith(_ZIP):
            yield from super().load(source, source_id)
            return
        try:
            file = archive.opened(source)
        except archive.ERRORS as error:
            raise LoadError(
                f"{describe(source.path)}: the archive cannot be read: {error}; "
                "if it was cut off, copy it again"
            ) from error
        with file:
            yield from self._members(file, source, source_id)

    def _members(self, file: zipfile.ZipFile, source: Source, source_id: int) -> Iterator[Batch]:
        builder = BatchBuilder(source_id)
        header = archive.header(file)
        if not header:
            builder.problem("note", "the archive has no header that can be read", None, None)
        told = 0
        ignored = Transcript(source, self.service)
        for member in archive.samples(file):
            transcript = Transcript(source, self.service)
            reader = InspectReader(transcript)
            reader.header = header
            try:
                reader.read(archive.value_of(file, member), Place())
            except (*archive.ERRORS, *UNREADABLE) as error:
                reason = f"{member.filename}: {reason_of(error)}"
                builder.problem("rejected", reason, None, None)
            told += 1
            ignored.ignore_as(transcript)
            yield from emitted(transcript, builder, self.name, member.header_offset)
        if not told and header:
            transcript = Transcript(source, self.service)
            try:
                InspectReader(transcript).read(header, Place())
            except NotKnownError as error:
                builder.problem("rejected", f"header.json: {error}", None, None)
            yield from emitted(transcript, builder, self.name, 0)
        if ignored.ignored:
            message = f"records that have nothing to show: {ignored.ignored}"
            builder.problem("note", message, None, None)
        yield builder.flush(source.size or source.bytes_done)


LOADER = InspectEvalLoader()
