"""Decodes a large source in a process of its own, so that the interface keeps its interpreter.

Bulk decoding in a thread doubles the latency of keys (RENDERING §4). The child runs the very
loader that the parent would and writes its batches to a pipe: per batch the length of a header,
the header as JSON, then each table as an Arrow IPC stream. A full pipe makes the child wait.
"""

import contextlib
import fcntl
import gc
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, cast

import msgspec
import pyarrow as pa

from tracetui_loaders.base import Batch, LineCounts, Loader, LoadError, ResumePoint
from tracetui_loaders.source import Source, SourceError

WORTH_A_PROCESS_BYTES = 8 << 20
"""Smaller sources are decoded before a process has started."""

if TYPE_CHECKING:
    from io import IOBase

_TABLES = ("spans", "events", "links", "logs", "resources", "problems", "metrics")
_LENGTH_BYTES = 4
_PIPE_BYTES = 1 << 20
# Arrow's own pools give pages back after every batch, only to fault them in again for the next.
_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
_MAIN = "import sys; from tracetui_loaders.worker import main; main(sys.argv[1:])"
# pyarrow imports numpy if it can. That takes as long as decoding 20 MB, and no built-in format
# needs it.
_MAIN_WITHOUT_NUMPY = f"import sys; sys.modules['numpy'] = None; {_MAIN}"
_BUILT_IN = f"{__package__}."


class _Task(msgspec.Struct):
    """What the child is to decode."""

    loader: str
    source_id: int
    path: str
    end: int
    """Stored bytes of the source to read."""
    start: ResumePoint | None = None


class _Header(msgspec.Struct):
    """What goes before the tables of a batch; without sizes it ends the stream."""

    sizes: list[int]
    source_id: int = 0
    lines: list[int] = []
    bytes_done: int = 0
    resume: ResumePoint | None = None
    provisional: bool = False
    error: str | None = None
    """Why the source could not be read, if it could not."""


def batches(loader: Loader, source: Source, source_id: int) -> Iterator[Batch]:
    """Yield the batches of `source`: the first from this process, the rest from another.

    Raises:
        LoadError: If the source cannot be read, or the other process dies.
    """
    begin = source.start.byte_offset if source.start else 0
    if source.path == "-" or (source.size or 0) - begin < WORTH_A_PROCESS_BYTES:
        yield from loader.load(source, source_id)
        return
    # The child starts while the first batch, which is small, is decoded and shown. Loading is
    # deterministic, so the child's own first batch is the same and is dropped. For that both must
    # see the same bytes, though the file may be growing.
    source.stop_at(source.size or 0)
    with _Child(loader, source, source_id) as child:
        first = next(iter(loader.load(source, source_id)), None)
        if first is not None:
            yield first
        for number, batch in enumerate(child.batches()):
            if number or first is None:
                yield batch


class _Child:
    """The decoding process; ended when the block ends, whatever it still has to say."""

    def __init__(self, loader: Loader, source: Source, source_id: int) -> None:
        # -P: a module in the current directory must not take the place of an installed one.
        built_in = type(loader).__module__.startswith(_BUILT_IN)
        command = [sys.executable, "-P", "-c", _MAIN_WITHOUT_NUMPY if built_in else _MAIN]
        path = os.path.abspath(source.path)  # noqa: PTH100 - links stay links
        task = _Task(loader.name, source_id, path, source.size or 0, source.start)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, msgspec.json.encode(task).decode("utf-8")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
        )
        if self._process.stdout and hasattr(fcntl, "F_SETPIPE_SZ"):
            # More than a user may have is refused, and not needed.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()

    def batches(self) -> Iterator[Batch]:
        """Yield what the child sends until it says that it is done."""
        pipe = self._process.stdout
        while pipe is not None:
            header = _read_header(pipe)
            if header is None:
                raise LoadError(
                    "the decoding process ended unexpectedly "
                    f"(exit status {self._process.wait()}); what was read so far is shown"
                )
            if header.error is not None:
                raise LoadError(header.error)
            if not header.sizes:
                return
            tables = [_read_table(pipe, size) for size in header.sizes]
            yield Batch(
                header.source_id,
                *tables,
                lines=LineCounts(*header.lines),
                bytes_done=header.bytes_done,
                resume=header.resume,
                provisional=header.provisional,
            )


def _read_header(pipe: IO[bytes]) -> _Header | None:
    length = pipe.read(_LENGTH_BYTES)
    if len(length) < _LENGTH_BYTES:
        return None
    try:
        return msgspec.json.decode(pipe.read(int.from_bytes(length, "big")), type=_Header)
    except msgspec.DecodeError:
        return None


def _read_table(pipe: IO[bytes], size: int) -> pa.RecordBatch:
    data = pipe.read(size)
    if len(data) < size:
        raise LoadError("the decoding process ended in the middle of a batch")
    return pa.ipc.open_stream(pa.py_buffer(data)).read_next_batch()


def _write(pipe: IO[bytes], header: _Header, tables: Sequence[pa.RecordBatch] = ()) -> None:
    header.sizes = [_ipc_size(table) for table in tables]
    encoded = msgspec.json.encode(header)
    pipe.write(len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded)
    for table in tables:
        # Column by column: a copy of a whole table would be new memory for every batch.
        _write_ipc(pa.PythonFile(cast("IOBase", pipe), "w"), table)
    pipe.flush()


def _ipc_size(table: pa.RecordBatch) -> int:
    counter = pa.MockOutputStream()
    _write_ipc(counter, table)
    return counter.size()


def _write_ipc(sink: pa.NativeFile, table: pa.RecordBatch) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_batch(table)


def main(arguments: list[str]) -> None:
    """Decode one source for the parent, which gives a `_Task` as JSON."""
    from tracetui_loaders.registry import loader_named  # noqa: PLC0415 - the child only

    # Rows are freed by reference counts; the collector would only walk over them.
    gc.disable()
    if hasattr(os, "nice"):
        # Keys come first: with 1 they took 2 times as long as without a load, with 5 1.2 times.
        os.nice(5)
    task = msgspec.json.decode(arguments[0], type=_Task)
    pipe = sys.stdout.buffer
    try:
        source = Source(task.path, task.start, task.end)
        for batch in loader_named(task.loader).load(source, task.source_id):
            lines = batch.lines
            header = _Header(
                sizes=[],
                source_id=batch.source_id,
                lines=[lines.ok, lines.repaired, lines.rejected, lines.blank, lines.tail],
                bytes_done=batch.bytes_done,
                resume=batch.resume,
                provisional=batch.provisional,
            )
            _write(pipe, header, [getattr(batch, table) for table in _TABLES])
        _write(pipe, _Header(sizes=[]))
    except (LoadError, SourceError) as error:
        _write(pipe, _Header(sizes=[], error=str(error)))
    except BrokenPipeError:
        # The parent has what it wants.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
