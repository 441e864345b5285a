"""Reading from the embedded DuckDB: `protocol.TraceReader` over statements on a cursor."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from tracetui_store import console, lists, queries
from tracetui_store.changes import changes_since
from tracetui_store.predicates import EVERY_SPAN, EVERYTHING, Predicate, Selection, Sort
from tracetui_store.protocol import Changes, Mark, SearchPart, SqlNames
from tracetui_store.rows import FileRow, ProblemRow, SpanDetail, Totals
from tracetui_store.search import search
from tracetui_store.statements import Statements

NEWEST_FIRST = Sort()


class Reader(Statements):
    """Answers for one thread; `protocol.TraceReader` says what each answer is."""

    def totals(self, selection: Selection = EVERY_SPAN) -> Totals:
        """Return sums over the selected spans."""
        return lists.totals(self, selection)

    def traces(
        self,
        where: Predicate = EVERYTHING,
        sort: Sort = NEWEST_FIRST,
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return a page of the list of traces."""
        return lists.traces(self, where, sort, limit=limit, offset=offset)

    def trace_count(self, where: Predicate = EVERYTHING) -> int:
        """Return how many traces there are."""
        return lists.trace_count(self, where)

    def trace_spans(self, trace_id: str) -> pa.Table:
        """Return the spans of one trace, in file order."""
        return queries.trace_spans(self, trace_id)

    def agent_spans(self) -> pa.Table:
        """Return what agents are found by of every span."""
        return queries.agent_spans(self)

    def joints(self) -> pa.Table:
        """Return pairs of spans that belong together beside the tree, and why."""
        return queries.joints(self)

    def span_list(
        self,
        selection: Selection = EVERY_SPAN,
        columns: Sequence[str] = ("row_id", "trace_id"),
        sort: Sort = NEWEST_FIRST,
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return a page of the selected spans with some of their columns."""
        return lists.span_list(self, selection, columns, sort, limit=limit, offset=offset)

    def spans(
        self, trace_id: str | None = None, span_id: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield every column of the spans of a trace, of one span, or of all."""
        return queries.spans(self, trace_id, span_id)

    def span(self, row_id: int) -> SpanDetail | None:
        """Return one span with its payloads; None if there is no such row."""
        return queries.span(self, row_id)

    def details(self, rows: Sequence[dict[str, Any]]) -> Iterator[SpanDetail]:
        """Yield rows of `spans` with their payloads."""
        return queries.details(self, rows)

    def search(self, text: str, trace_id: str | None = None) -> Iterator[SearchPart]:
        """Yield where `text` stands, as it is found."""
        return search(self, text, trace_id)

    def series(
        self, bucket_nano: int, selection: Selection = EVERY_SPAN, by: str | None = None
    ) -> pa.Table:
        """Add up the selected spans per bucket of time, and per value of a dimension."""
        return lists.series(self, bucket_nano, selection, by)

    def facets(
        self,
        dimensions: Sequence[str],
        selection: Selection = EVERY_SPAN,
        limit: int | None = None,
    ) -> pa.Table:
        """Count the values of each of `dimensions` among the selected spans."""
        return lists.facets(self, dimensions, selection, limit)

    def changes_since(self, mark: Mark | None = None) -> Changes:
        """Return the traces that changed since `mark`."""
        return changes_since(self, mark)

    def files(self) -> list[FileRow]:
        """Return the ingest report."""
        return queries.files(self)

    def problems(self, source_id: int | None = None, limit: int = 1_000) -> list[ProblemRow]:
        """Return the first lines that were not simply read."""
        return queries.problems(self, source_id, limit)

    def metrics(self, name: str | None = None) -> pa.Table:
        """Return metric data points."""
        return queries.metrics(self, name)

    def sql(self, text: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query of the user's own."""
        return console.sql(self, text)

    def sql_names(self) -> SqlNames:
        """Return what such a query may name."""
        return console.sql_names(self)
