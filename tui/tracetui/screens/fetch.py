"""The queries of the screens, as values that run on a thread. Imports the store and its weight.

The landing screen imports this only after its first paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracetui_analyses.span_tree import SpanTree
from tracetui_store.content import folded

from tracetui.view_models.trace_rows import TraceRows

if TYPE_CHECKING:
    import pyarrow as pa
    from tracetui_store.protocol import TraceReader
    from tracetui_store.rows import FileRow, ProblemRow, SpanDetail, Totals

    from tracetui.view_models.trace_columns import Sort

PROBLEMS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class TraceList:
    """All traces, sorted, and the sums over them."""

    totals: Totals
    rows: TraceRows


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each input."""

    files: list[FileRow]
    problems: list[ProblemRow]
    """At most `PROBLEMS_SHOWN`."""


def trace_list(reader: TraceReader, sort: Sort) -> TraceList:
    """Fetch the landing screen's rows and totals."""
    return TraceList(reader.totals(), TraceRows(reader.traces(), sort))


def report(reader: TraceReader) -> Report:
    """Fetch the ingest report."""
    return Report(reader.files(), reader.problems(limit=PROBLEMS_SHOWN))


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace, ready to draw."""

    trace_id: str
    table: pa.Table
    tree: SpanTree


@dataclass(frozen=True, slots=True)
class Span:
    """One span, whole, with its folded content; `detail` is None if it is gone."""

    row_id: int
    detail: SpanDetail | None
    folded: dict[str, Any]


def trace(reader: TraceReader, trace_id: str) -> Trace:
    """Fetch the spans of a trace and build their tree."""
    table = reader.trace_spans(trace_id)
    return Trace(trace_id, table, SpanTree.from_table(table))


def span(reader: TraceReader, row_id: int) -> Span:
    """Fetch one span and fold what it says."""
    detail = reader.span(row_id)
    return Span(row_id, detail, {} if detail is None else folded(detail))
