"""Writes what was read into the tables: several batches as one, because small ones cost alike."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa
from tracetui_loaders.base import Batch

from tracetui_store.sql import statement

BATCH_TABLES = ("events", "links", "logs", "resources", "problems", "metrics")

Step = tuple[int, Batch]
"""A batch and when it was read: its number in the order of all that is written."""


def insert(writer: duckdb.DuckDBPyConnection, steps: Sequence[Step]) -> None:
    """Insert the rows of batches and how far they got, inside the writer's transaction.

    Inserting a row into the span table costs eight milliseconds, ten thousand cost sixteen.
    """
    spans = pa.Table.from_batches([batch.spans for _, batch in steps])
    if spans.num_rows:
        writer.register("batch_spans", spans)
        writer.execute(statement("ingest/spans"))
        writer.execute(statement("ingest/payloads"))
        writer.unregister("batch_spans")
    for table in BATCH_TABLES:
        rows = _rows(steps, table)
        if rows.num_rows:
            writer.register(f"batch_{table}", rows)
            writer.execute(statement(f"ingest/{table}"))
            if table == "logs":
                writer.execute(statement("ingest/request_costs"))
            writer.unregister(f"batch_{table}")
    for step, batch in steps:
        _insert_progress(writer, step, batch)


def _rows(steps: Sequence[Step], table: str) -> pa.Table:
    found = pa.Table.from_batches([getattr(batch, table) for _, batch in steps])
    if table != "problems":
        return found
    numbers = [step for step, batch in steps for _ in range(batch.problems.num_rows)]
    return found.append_column("step", pa.array(numbers, pa.int64()))


def _insert_progress(writer: duckdb.DuckDBPyConnection, step: int, batch: Batch) -> None:
    lines = batch.lines
    writer.execute(
        statement("ingest/progress"),
        {
            "step": step,
            "source_id": batch.source_id,
            "state": "loading",
            "provisional": batch.provisional,
            "bytes_done": batch.bytes_done,
            "ok": lines.ok,
            "repaired": lines.repaired,
            "rejected": lines.rejected,
            "blank": lines.blank,
            "tail": lines.tail,
            "metric_points": batch.metrics.num_rows,
        },
    )
