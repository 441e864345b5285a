"""Columns of a batch: values as JSON text, and Python values as Arrow arrays.

What costs most, JSON text, is encoded into one buffer that Arrow then uses as it is, without a
Python string in between.
"""

import json
import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec
import pyarrow as pa

from tracetui_loaders.conventions.base import Fields, fits_int64

_ENCODER = msgspec.json.Encoder()


def to_json(value: Any) -> str:
    """Return `value` as JSON text; what JSON cannot say is kept as text."""
    try:
        return _ENCODER.encode(value).decode()
    except (OverflowError, RecursionError, TypeError, ValueError, UnicodeError):
        return _careful_json(value)


def _careful_json(value: Any) -> str:
    """Encode integers past 64 bits and values nested too deep: slow, and only for those."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
        return text.encode("utf-8", "replace").decode()
    except (RecursionError, ValueError):
        return json.dumps("(nested too deep to keep)")


class JsonTexts:
    """A column of JSON texts, encoded one after the other into what will be Arrow's buffer."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = [0]

    def add(self, value: Any) -> None:
        """Append `value` as JSON text."""
        data = self._data
        try:
            _ENCODER.encode_into(value, data, -1)
        except (OverflowError, RecursionError, TypeError, ValueError, UnicodeError):
            del data[self._ends[-1] :]
            data += _careful_json(value).encode()
        self._ends.append(len(data))

    def take(self, count: int) -> pa.Array:
        """Return the first `count` texts as a string array, and forget them."""
        data, ends = self._data, self._ends
        size = ends[count]
        self._data, self._ends = data[size:], [end - size for end in ends[count:]]
        offsets = pa.py_buffer(array("i", ends[: count + 1]))
        return pa.StringArray.from_buffers(count, offsets, pa.py_buffer(data))

    @property
    def size(self) -> int:
        """Bytes of text so far."""
        return self._ends[-1]


def finite(value: float) -> float | str:
    """Return `value`, or its name where JSON has no number for it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def columns_of(rows: Sequence[Fields], schema: Sequence[pa.Field]) -> dict[str, pa.Array]:
    """Return the columns of `schema` from a dict per row; one that no row has costs nothing."""
    present = set[str]().union(*rows)
    columns = {
        column.name: pa.nulls(len(rows), column.type)
        for column in schema
        if column.name not in present
    }
    wanted = [column for column in schema if column.name in present]
    try:
        found = cast("pa.StructArray", pa.array(rows, pa.struct(wanted)))
        arrays = pa.RecordBatch.from_struct_array(found).columns
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        arrays = [arrow_array([row.get(item.name) for row in rows], item.type) for item in wanted]
    return columns | dict(zip((column.name for column in wanted), arrays, strict=True))


def from_rows(rows: Sequence[Fields], schema: pa.Schema, source_id: int) -> pa.RecordBatch:
    """Return a dict per row as a batch of `schema`, all of one source."""
    columns = columns_of(rows, list(schema))
    columns["source_id"] = pa.array([source_id] * len(rows), pa.int32())
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def from_tuples(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """Return tuples, in the order of `schema`, as a batch."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        arrow_array(values, column.type) for values, column in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def arrow_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return `values` as an array of `kind`; what it cannot hold is mended or unknown."""
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return pa.array([_fitting(value, kind) for value in values], kind)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """Return `value` as its column can hold it: surrogates replaced, too large numbers unknown."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_fitting(item, kind) for item in value]
    if isinstance(value, int) and pa.types.is_integer(kind):
        limit = 1 << (kind.bit_width - 1)
        return value if -limit <= value < limit and fits_int64(value) else None
    return value
