"""Loads Arrow record batches whose columns are a span's, a log record's or a data point's fields.

Whoever has such batches (a Parquet file, a database read by the store) hands them over here.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from tracetui_loaders.base import Batch, LoadError
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.table_rows import add_row, field_of, table_kind

_NAMES_SHOWN = 12
_IDS = ("trace_id", "span_id", "parent_id", "links.trace_id", "links.span_id")
READ_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError)
"""What pyarrow raises on data that is not what its header says."""


class Table(NamedTuple):
    """Rows that may be spans, and the types of their columns."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]


def load_arrow(tables: Iterable[Table], source_id: int, size: int, title: str) -> Iterator[Batch]:
    """Yield the rows of all tables whose columns are known, in order.

    Args:
        tables: Their batches are read one table after the other.
        source_id: The source's number in the load.
        size: Stored bytes, for progress.
        title: What holds the tables, for a message that no columns are known.

    Raises:
        LoadError: If no table has known columns, or the data cannot be read.
    """
    builder = BatchBuilder(source_id)
    strangers: list[str] = []
    known = False
    try:
        for table in tables:
            fields = fields_of(table.schema)
            kind = table_kind(fields.values())
            if kind is None:
                strangers.append(", ".join(table.schema.names[:_NAMES_SHOWN]))
                continue
            known = True
            yield from _load_table(table, kind, fields, builder)
    except READ_ERRORS as error:
        raise LoadError(f"{title} cannot be read: {error}") from error
    if not known:
        raise LoadError(
            f"{title} has no span columns (trace id, span id, name, start); "
            f"its columns: {'; '.join(strangers) or 'none'}"
        )
    yield builder.flush(size)


def _load_table(
    table: Table, kind: str, fields: dict[str, str], builder: BatchBuilder
) -> Iterator[Batch]:
    refused = 0
    for batch in table.batches:
        for row in _rows(batch, fields):
            refused += not add_row(kind, row, builder)
            # How much of the file this is, nobody says.
            yield from builder.full(0)
    if refused:
        builder.problem("rejected", f"{refused:,} rows have no trace id and no span id", None, None)


def fields_of(schema: pa.Schema) -> dict[str, str]:
    """Return the columns that are known, with the field that each holds; the first one counts."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in schema.names:
        field = field_of(column)
        if field is not None and field not in taken:
            found[column] = field
            taken.add(field)
    return found


def _rows(batch: pa.RecordBatch, fields: dict[str, str]) -> list[dict[str, Any]]:
    columns: list[list[Any]] = []
    for name, field in fields.items():
        values = _plain(batch.column(name)).to_pylist()
        columns.append([_id_text(value) for value in values] if field in _IDS else values)
    names = list(fields.values())
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _id_text(value: Any) -> Any:
    """Return an id that is bytes as hex, also in a list."""
    if isinstance(value, bytes):
        return value.hex()
    return [_id_text(item) for item in value] if isinstance(value, list) else value


def _plain(column: pa.Array) -> Any:
    """Return the column without types that Python or JSON has no exact value for."""
    if pa.types.is_duration(column.type):
        column = column.cast(pa.duration("ns"), safe=False)
    kind = _plain_type(column.type)
    if kind != column.type:
        column = column.cast(kind, safe=False)
    return _Maps(column) if _has_map(column.type) else column


class _Maps:
    """A column with maps in it, which Arrow gives as lists of pairs."""

    def __init__(self, column: pa.Array) -> None:
        self._column = column

    def to_pylist(self) -> list[Any]:
        """Return the values with maps as dicts."""
        return [_unmapped(value, self._column.type) for value in self._column.to_pylist()]


def _plain_type(kind: pa.DataType) -> pa.DataType:
    # A time's size tells its unit, also after its type is gone; Python's own times have no nanos.
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        return pa.int64()
    if pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, _plain_type(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([(item.name, _plain_type(item.type)) for item in kind])
    return kind


def _has_map(kind: pa.DataType) -> bool:
    if pa.types.is_map(kind):
        return True
    if pa.types.is_list(kind):
        return _has_map(kind.value_type)
    return pa.types.is_struct(kind) and any(_has_map(item.type) for item in kind)


def _unmapped(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {str(key): _unmapped(item, kind.item_type) for key, item in value}
    if pa.types.is_list(kind):
        return [_unmapped(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {item.name: _unmapped(value[item.name], item.type) for item in kind}
    return value
