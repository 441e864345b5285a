"""Values of a query of the user's own, whatever their type: as text for a cell, and as JSON."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LONGEST_CELL = 400
"""Characters of a text that a cell may need; the rest is not even looked at."""
_UNREADABLE = "(cannot be shown)"


def is_number(kind: pa.DataType) -> bool:
    """Return whether values are aligned to the right."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def cell_texts(column: pa.ChunkedArray) -> list[str | None]:
    """Return the values as text, the beginning of long ones; None is unknown."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.utf8_slice_codeunits(column, 0, LONGEST_CELL).to_pylist()
    if is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        try:
            return column.cast(pa.string()).to_pylist()
        except pa.ArrowException:
            pass
    return [_cell(value) for value in json_values(column)]


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else value[:LONGEST_CELL]
    return json.dumps(value, ensure_ascii=False, default=str)[:LONGEST_CELL]


def json_values(column: pa.ChunkedArray) -> list[Any]:
    """Return the values as JSON has them: times and bytes are text, NaN is text as well."""
    kind = column.type
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        try:
            return column.cast(pa.string()).to_pylist()
        except pa.ArrowException:
            return _one_by_one(column)
    try:
        return [plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, ImportError):
        return _one_by_one(column)


def _one_by_one(column: pa.ChunkedArray) -> list[Any]:
    """Return what can be read; Python has no word for some times that DuckDB knows."""

    def value(scalar: pa.Scalar) -> Any:
        try:
            return plain(scalar.as_py())
        except (ValueError, OverflowError, ImportError):
            return _UNREADABLE

    return [value(scalar) for scalar in column]


def plain(value: Any) -> Any:
    """Return a value of Arrow as JSON has it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            return value.hex()
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() if hasattr(value, "months"):
            return f"{value[0]} months {value[1]} days {value[2] / 1e9:g} seconds"
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return str(value)


def rows_as_json(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows; of columns with one name, the later have a number behind it."""
    names = distinct(table.column_names)
    columns = [json_values(table.column(at)) for at in range(table.num_columns)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def distinct(names: list[str]) -> list[str]:
    """Return `names` with a number behind those that were there before."""
    seen: set[str] = set()
    found: list[str] = []
    for name in names:
        one, number = name, 1
        while one in seen:
            number += 1
            one = f"{name}_{number}"
        seen.add(one)
        found.append(one)
    return found


def plan_lines(table: pa.Table) -> pa.Table:
    """Return the plan that EXPLAIN tells, a line per row; any other table as it is."""
    if table.column_names != ["explain_key", "explain_value"]:
        return table
    told = "\n".join(text or "" for text in table.column(1).to_pylist())
    return pa.table({"plan": pa.array(told.rstrip().split("\n"), pa.string())})


def flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch that CSV can hold: what has parts becomes JSON text."""
    columns = [column if _is_simple(column.type) else _as_text(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=distinct(batch.schema.names))


def _is_simple(kind: pa.DataType) -> bool:
    return is_number(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind)


def _as_text(column: pa.Array) -> pa.Array:
    values = json_values(pa.chunked_array([column]))
    texts = [
        value if value is None or isinstance(value, str) else json.dumps(value) for value in values
    ]
    return pa.array(texts, pa.string())
