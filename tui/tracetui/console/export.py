"""Writes the rows of a query to a file: CSV, JSON lines or Parquet, by the file's ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from tracetui.view_models.sql_values import distinct, flat, rows_as_json

ENDINGS = (".csv", ".jsonl", ".parquet")

Write = Callable[[pa.RecordBatch], None]


class ExportError(Exception):
    """The rows cannot be written there; the text says why."""


def export(batches: Iterable[pa.RecordBatch], target: str) -> tuple[Path, int]:
    """Write all rows to a new file; return it and how many rows it has.

    Nothing is left of a file that could not be finished.

    Args:
        batches: From `TraceReader.sql`: the first one says the columns.
        target: A path with one of `ENDINGS`; a file that is there is not touched.

    Raises:
        ExportError: If it cannot be written.
    """
    path = checked_path(target)
    try:
        with path.open("xb") as file:
            try:
                rows = _write(iter(batches), file, path.suffix.lower())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise ExportError(f"{path} is there already; choose another name") from None
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    except pa.ArrowException as error:
        first = (str(error).splitlines() or ["?"])[0]
        raise ExportError(f"{path.suffix} cannot hold this: {first}") from error
    return path, rows


def checked_path(target: str) -> Path:
    """Return where to write.

    Raises:
        ExportError: If there is something, or the ending says no format.
    """
    path = Path(target.strip()).expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise ExportError(f"the name must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if path.exists():
        raise ExportError(f"{path} is there already; choose another name")
    return path.absolute()


def free_name(ending: str = ".csv") -> str:
    """Return a name in the current directory that is not taken."""
    number = 1
    while Path(name := f"tracetui-sql{'' if number == 1 else f'-{number}'}{ending}").exists():
        number += 1
    return name


def _write(batches: Iterator[pa.RecordBatch], file: BinaryIO, ending: str) -> int:
    first = next(batches)
    rows = 0
    with _WRITERS[ending](first, file) as write:
        for batch in batches:
            if batch.num_rows:
                write(batch)
                rows += batch.num_rows
    return rows


@contextmanager
def _csv(first: pa.RecordBatch, file: BinaryIO) -> Generator[Write]:
    with pa_csv.CSVWriter(file, flat(first).schema) as writer:

        def write(batch: pa.RecordBatch) -> None:
            writer.write_batch(flat(batch))

        yield write


@contextmanager
def _jsonl(_first: pa.RecordBatch, file: BinaryIO) -> Generator[Write]:
    def write(batch: pa.RecordBatch) -> None:
        rows = rows_as_json(pa.Table.from_batches([batch]))
        file.writelines(json.dumps(row, default=str).encode() + b"\n" for row in rows)

    yield write


@contextmanager
def _parquet(first: pa.RecordBatch, file: BinaryIO) -> Generator[Write]:
    schema = first.rename_columns(distinct(first.schema.names)).schema
    with pq.ParquetWriter(file, schema) as writer:

        def write(batch: pa.RecordBatch) -> None:
            writer.write_batch(batch.rename_columns(schema.names))

        yield write


_WRITERS = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
