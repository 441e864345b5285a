"""What a view may ask of loaded traces, whatever stands behind: named queries, Arrow out.

The embedded DuckDB is one answer (`reader.Reader`, `store.Store`). Another engine fits behind the
same names if it has the columns of `columns` and `rows`, and reads the trees of `predicates`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

import pyarrow as pa

from tracetui_store.predicates import EVERY_SPAN, EVERYTHING, Predicate, Selection, Sort
from tracetui_store.rows import FileRow, ProblemRow, SpanDetail, Totals


class QueryInterruptedError(Exception):
    """The query was cancelled by `TraceReader.interrupt`."""


class SqlError(Exception):
    """A query of the user's own cannot be answered; the text says why in plain words.

    Args:
        message: Why.
        start: Where in the query the fault is, in characters; None if that is not known.
        length: How many characters are at fault.
    """

    def __init__(self, message: str, start: int | None = None, length: int = 1) -> None:
        super().__init__(message)
        self.start = start
        self.length = max(length, 1)


@dataclass(frozen=True, slots=True)
class SqlNames:
    """What a query of the user's own may name."""

    columns: Mapping[str, tuple[tuple[str, str], ...]]
    """The columns of each relation, in its order, with their types."""
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceMark:
    """How many rows of a source there were, and which was the last."""

    source_id: int
    last_row_id: int
    rows: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has seen the store; only to be handed back to it."""

    sources: tuple[SourceMark, ...]
    settled: int
    """The settling of usage roles, orphans and repeated spans that was in force."""
    priced: int = 0
    """The last look-up of prices."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What came after a mark."""

    traces: pa.Table
    """One column `trace_id`: traces with new, replaced or newly settled spans, or new logs."""
    mark: Mark
    """Ask with it next time. What came in between may be told twice, never not at all."""
    dropped: bool = False
    """Whether rows went: then `traces` has every trace, and some that were there may be gone."""


@dataclass(frozen=True, slots=True)
class SearchPart:
    """Hits in a part of the load."""

    hits: pa.Table
    """The columns `rows.HIT_COLUMNS`, in file order."""
    share: float
    """How much is searched by now, to 1."""


@runtime_checkable
class TraceReader(Protocol):
    """Answers for one thread. Only `interrupt` may be called from another.

    Every query raises `QueryInterruptedError` when it is interrupted, and `PredicateError` where
    it is given a predicate or a column that cannot be asked for.
    """

    def totals(self, selection: Selection = EVERY_SPAN) -> Totals:
        """Return sums over the selected spans."""
        ...

    def traces(
        self,
        where: Predicate = EVERYTHING,
        sort: Sort = Sort(),  # noqa: B008 - immutable
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return a page of the list of traces, with the columns `rows.TRACE_COLUMNS`."""
        ...

    def trace_count(self, where: Predicate = EVERYTHING) -> int:
        """Return how many traces there are."""
        ...

    def trace_spans(self, trace_id: str) -> pa.Table:
        """Return the spans of one trace, with the columns `rows.SPAN_COLUMNS`, in file order."""
        ...

    def agent_spans(self) -> pa.Table:
        """Return of every span what agents are found by, with the columns `rows.AGENT_COLUMNS`."""
        ...

    def joints(self) -> pa.Table:
        """Return pairs of spans that belong together beside the tree, and why.

        Links, messages that one sends and another takes, tool calls with one id in several
        traces, and parents in another trace; with the columns `rows.JOINT_COLUMNS`. What joins
        more than 50 spans is left out.
        """
        ...

    def span_list(
        self,
        selection: Selection = EVERY_SPAN,
        columns: Sequence[str] = ("row_id", "trace_id"),
        sort: Sort = Sort(),  # noqa: B008 - immutable
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return a page of the selected spans with some of `columns.SPANS`."""
        ...

    def spans(
        self, trace_id: str | None = None, span_id: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield every normalised column of the spans of a trace, of one span, or of all."""
        ...

    def span(self, row_id: int) -> SpanDetail | None:
        """Return one span with its payloads; None if there is no such row."""
        ...

    def details(self, rows: Sequence[dict[str, Any]]) -> Iterator[SpanDetail]:
        """Yield rows of `spans`, in the order of their row ids, with their payloads."""
        ...

    def search(self, text: str, trace_id: str | None = None) -> Iterator[SearchPart]:
        """Yield where `text` stands, whatever its case, as it is found.

        Names, status messages, attributes and whatever else was sent, events and log records are
        searched: the JSON text of payloads, with keys and numbers.
        """
        ...

    def series(
        self,
        bucket_nano: int,
        selection: Selection = EVERY_SPAN,
        by: str | None = None,
    ) -> pa.Table:
        """Count and add up the selected spans per bucket of their start time.

        Args:
            bucket_nano: The size of a bucket; buckets begin at its multiples.
            selection: Of spans whose start is known.
            by: One of `columns.DIMENSIONS`, to tell its values apart.

        Returns:
            The columns `rows.SERIES_COLUMNS`, by time and value; only buckets with spans.
        """
        ...

    def facets(
        self,
        dimensions: Sequence[str],
        selection: Selection = EVERY_SPAN,
        limit: int | None = None,
    ) -> pa.Table:
        """Count the values of some of `columns.DIMENSIONS`.

        Returns:
            The columns `rows.FACET_COLUMNS`: per dimension, in the order given, the `limit`
            values with the most traces, then most spans. Unknown is a value too, null.
        """
        ...

    def changes_since(self, mark: Mark | None = None) -> Changes:
        """Return what is new since `mark`; everything without one."""
        ...

    def files(self) -> list[FileRow]:
        """Return the ingest report, one row per source."""
        ...

    def problems(self, source_id: int | None = None, limit: int = 1_000) -> list[ProblemRow]:
        """Return the first `limit` lines that were not simply read, of one source or of all."""
        ...

    def metrics(self, name: str | None = None) -> pa.Table:
        """Return metric data points with the columns of `schema.METRICS` and `resource`, as JSON.

        Args:
            name: Only this metric; None for all.
        """
        ...

    def sql(self, text: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query of the user's own, in the engine's SQL, as they are found.

        The first batch is empty and has the columns. One statement that only reads what is loaded
        is run; anything else is refused, and nothing is left behind.

        Raises:
            SqlError: If it is refused, is wrong, or grows out of bounds.
        """
        ...

    def sql_names(self) -> SqlNames:
        """Return what such a query may name."""
        ...

    def interrupt(self) -> None:
        """Cancel the running query; callable from any thread. The reader stays usable."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class TraceStore(Protocol):
    """Where loaded traces live."""

    def reader(self) -> TraceReader:
        """Return a reader for the calling thread; use it as a context manager."""
        ...

    def close(self) -> None:
        """Let go of what the store holds."""
        ...
