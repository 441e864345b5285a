"""Hits of a search through all text, as they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

FIELD_WORDS = {
    "status_message": "status",
    "event_name": "event",
    "log_name": "log",
    "log_attributes": "log",
}
"""Fields that are called otherwise; the rest are called as they are."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where the text stands."""

    row_id: int | None
    """None if a log record names a span that is not loaded."""
    trace_id: str | None
    span_id: str | None
    name: str | None
    """The span's."""
    field: str
    snippet: str
    """What stands around it, escape sequences resolved; not yet safe to draw."""

    @property
    def where(self) -> str:
        """What of the span it is in, in a word."""
        return FIELD_WORDS.get(self.field, self.field)


@dataclass(frozen=True, slots=True)
class HitWalk:
    """The way along the hits of a search."""

    text: str
    """What was looked for."""
    hit: Hit
    """Where it begins."""
    step: Callable[[int], Hit | None]
    """Goes to the next (1) or previous (-1) hit; None at the end."""


def hits_of(table: pa.Table) -> list[Hit]:
    """Return the rows of `rows.HIT_COLUMNS`."""
    from tracetui_store.patterns import readable  # noqa: PLC0415 - brings DuckDB; widgets load this

    return [_hit(row, readable) for row in table.to_pylist()]


def _hit(row: dict[str, Any], readable: Callable[[str], str]) -> Hit:
    snippet = row["snippet"] or ""
    return Hit(
        row["row_id"],
        row["trace_id"],
        row["span_id"],
        row["name"],
        row["field"],
        readable(snippet) if row["is_json"] else snippet,
    )


def needle_of(text: str) -> re.Pattern[str]:
    """Return what finds `text` in drawn text, whatever its case."""
    return re.compile(re.escape(sanitise(text)), re.IGNORECASE)


def around(snippet: str, needle: re.Pattern[str], cells: int) -> str:
    """Return the part of a snippet, made safe, that has the match in the first half of `cells`."""
    safe = sanitise(snippet)
    found = needle.search(safe)
    before = max(cells // 3, 8)
    if found is None or found.start() <= before:
        return safe
    return "…" + safe[found.start() - before + 1 :]
