"""Takes a record apart that is more, or less, than one JSON value."""

import json
from collections.abc import Iterator
from typing import Any

from tracetui_loaders.json_records import (
    BETWEEN,
    BLANK,
    BOM,
    CLOSERS,
    OPENERS,
    STRUCTURE,
    Record,
    decodes,
)


def decode_leniently(data: bytes) -> Any:
    """Accept what msgspec refuses: NaN, raw control characters, lone surrogates, broken UTF-8.

    Raises:
        ValueError: If it is not JSON even so.
        RecursionError: If it is nested too deep.
    """
    text = data.decode("utf-8", "replace").replace("\x00", "").strip("\ufeff \t\r\n")
    return _without_surrogates(json.loads(text, strict=False))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def flatten(record: Record) -> Iterator[Record]:
    """Yield the parts of `record` and their parts, in order; itself, if it has none."""
    parts = split_values(record)
    if len(parts) == 1 and parts[0].data == record.data:
        yield parts[0]
        return
    for part in parts:
        yield from flatten(part)


def split_values(record: Record) -> list[Record]:
    """Return the objects and arrays that stand one after the other in `record`.

    One that is still open at the end comes last, and so does what is no value: what stands
    before a stranger is kept up to the last value that is JSON, just as if the line had been
    read before the stranger was written. A record without any such value is returned alone.
    """
    cuts = _Cuts(record)
    for end in _ends(record.data):
        if not cuts.value_until(end):
            break
    return cuts.parts()


class _Cuts:
    """Cuts a record after its values."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._bounds: list[tuple[int, int]] = []

    def value_until(self, end: int) -> bool:
        """Take what stands there up to `end` for a value; return False if it is something else."""
        start = self._bounds[-1][1] if self._bounds else 0
        data = self._record.data
        begun = data[start:end].lstrip(BETWEEN)
        if not self._bounds:
            # White space and marks before the first value are its own: they may need mending.
            value = begun.lstrip(BLANK + BOM)
            first = data[start:end]
            start = end - len(first if first.lstrip(BLANK + BOM) == value else begun)
        else:
            value = begun
            start = end - len(begun)
        if value[:1] not in OPENERS:
            return False
        self._bounds.append((start, end))
        return True

    def parts(self) -> list[Record]:
        """Return the values found and what is behind them."""
        record, data = self._record, self._record.data
        bounds = self._bounds
        rest = data[bounds[-1][1] :].lstrip(BETWEEN) if bounds else b""
        if rest and rest[:1] not in OPENERS:
            while bounds and not _is_json(data[slice(*bounds[-1])]):
                bounds.pop()
            rest = data[bounds[-1][1] :].lstrip(BETWEEN) if bounds else b""
        if not bounds or (not rest and bounds == [(0, len(data))]):
            return [record]
        if rest:
            bounds.append((len(data) - len(rest), len(data)))
        return self._records(bounds, torn=bool(rest))

    def _records(self, bounds: list[tuple[int, int]], *, torn: bool) -> list[Record]:
        record, data = self._record, self._record.data
        parts: list[Record] = []
        counted, left = 0, record.lines
        for number, (start, end) in enumerate(bounds, 1):
            last = number == len(bounds)
            # A physical line belongs to the first value that ends on it.
            lines = left
            if not last:
                line_end = data.find(b"\n", end)
                line_end = len(data) if line_end < 0 else line_end
                lines = min(left, _filled(data[counted:line_end])) if counted <= end else 0
                counted = max(counted, line_end + 1)
            left -= lines
            parts.append(
                Record(
                    data=data[start:end],
                    line=record.line + data.count(b"\n", 0, start),
                    byte_offset=record.byte_offset + start,
                    lines=lines,
                    complete=record.complete or not (last and torn),
                    bytes_done=record.bytes_done,
                )
            )
        return parts


def _filled(data: bytes) -> int:
    """Return how many lines are not blank."""
    return sum(1 for line in data.split(b"\n") if line.strip(BLANK))


def _is_json(data: bytes) -> bool:
    if decodes(data) is None:
        return True
    try:
        decode_leniently(data)
    except (ValueError, RecursionError):
        return False
    return True


def _ends(data: bytes) -> Iterator[int]:
    """Yield where the outermost objects and arrays of `data` end."""
    depth = 0
    for match in STRUCTURE.finditer(data):
        token = match[0]
        if token == b'"':
            return
        if token in OPENERS:
            depth += 1
        elif token in CLOSERS:
            depth -= 1
            if depth == 0:
                yield match.end()
            elif depth < 0:
                return
