"""Parquet files with span columns: OTel exporters' tables, and OpenInference dataframes.

Spans, log records and data points in the ClickHouse exporter's columns (otlp2parquet, ClickHouse
itself), in OTLP's names, or as Phoenix saves its dataframes. Attributes are a map, JSON text, or
a column each; times of any unit. Rows have no lines; a file that has grown is read anew.

Source: `table_rows` names the schemas; FORMATS §6.
"""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from tracetui_loaders.arrow_tables import READ_ERRORS, Table, load_arrow
from tracetui_loaders.base import Batch, Head, LoadError
from tracetui_loaders.source import Source, describe

_MAGIC = b"PAR1"
_ROWS = 4_096


class OtelParquetLoader:
    """Loads spans, logs and metrics from Parquet."""

    name: ClassVar[str] = "otel_parquet"
    title: ClassVar[str] = "Parquet with span columns"

    def sniff(self, head: Head) -> float:
        """Return how surely it is such a file; the columns stand at its end, out of sight."""
        return 0.6 if head.data.startswith(_MAGIC) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield the rows in batches.

        Raises:
            LoadError: If the file is damaged, or has no columns that are known.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415 - 40 ms, only here

        title = f"{describe(source.path)}: the Parquet file"
        try:
            # As stored: Parquet is compressed inside, and is read from its end.
            file = pq.ParquetFile(pa.BufferReader(source.read_all()))
            schema = file.schema_arrow
        except READ_ERRORS as error:
            raise LoadError(f"{title} cannot be read: {error}") from error
        table = Table(schema, file.iter_batches(batch_size=_ROWS))
        yield from load_arrow([table], source_id, source.bytes_done, title)


LOADER = OtelParquetLoader()
