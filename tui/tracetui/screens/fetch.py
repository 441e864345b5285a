"""The queries of the screens, as values that run on a thread. Imports the store and its weight.

The landing screen imports this only after its first paint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from tracetui_analyses.span_tree import SpanTree
from tracetui_analyses.stitching import Stitching, stitching
from tracetui_store.columns import DIMENSIONS
from tracetui_store.content import folded
from tracetui_store.predicates import EVERYTHING, Among, And, Compare, Selection
from tracetui_store.predicates import Sort as SortBy

from tracetui.view_models import stitched as stitched_words
from tracetui.view_models.declarations import Declaration, declaration
from tracetui.view_models.derived import Derived
from tracetui.view_models.detail_records import whole_span
from tracetui.view_models.json_text import compact, lightened
from tracetui.view_models.trace_lines import Arranged, arrange
from tracetui.view_models.trace_rows import TraceRows

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from tracetui_store.predicates import Predicate
    from tracetui_store.protocol import TraceReader
    from tracetui_store.rows import FileRow, ProblemRow, SpanDetail, Totals

    from tracetui.view_models.arrangement import Arrangement

PROBLEMS_SHOWN = 1_000
_CALLS_READ = 8
"""Model calls before a tool call that are looked through for its declaration."""
DERIVED_AT_ONCE = 20_000
"""Spans of a trace whose critical path and lanes are found before it is first drawn."""


@dataclass(frozen=True, slots=True)
class TraceList:
    """The traces that meet a filter, arranged, and the sums over all."""

    totals: Totals
    """Over everything, whatever is filtered."""
    arranged: Arranged
    where: Predicate | None = None
    """The filter of the rows."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each input."""

    files: list[FileRow]
    problems: list[ProblemRow]
    """At most `PROBLEMS_SHOWN`."""


def trace_list(
    reader: TraceReader, wanted: Arrangement, where: Predicate | None = None
) -> TraceList:
    """Fetch the landing screen's totals, and its rows as far as they meet a filter."""
    rows = reader.traces(EVERYTHING if where is None else where)
    return TraceList(reader.totals(), arrange(TraceRows(rows, wanted.sort), wanted), where)


def filter_values(reader: TraceReader, most: int) -> dict[str, list[tuple[str, int]]]:
    """Fetch the most frequent values of every column that has few, and how many spans have each."""
    values: dict[str, list[tuple[str, int]]] = {name: [] for name in DIMENSIONS}
    for row in reader.facets(DIMENSIONS, limit=most).to_pylist():
        if row["value"] is not None:
            values[row["dimension"]].append((row["value"], row["spans"]))
    return values


def report(reader: TraceReader) -> Report:
    """Fetch the ingest report."""
    return Report(reader.files(), reader.problems(limit=PROBLEMS_SHOWN))


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace, ready to draw."""

    trace_id: str
    table: pa.Table
    tree: SpanTree
    where: Predicate | None = None
    """The filter of the spans."""
    matching: NDArray[np.int64] | None = None
    """The row ids of the spans that meet it; None without a filter."""
    derived: Derived | None = None
    """None for a large trace: it is drawn before that is found."""


@dataclass(frozen=True, slots=True)
class Stitched:
    """What a trace came of and what came of it."""

    trace_id: str
    joined: Stitching
    words: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a span is linked to."""

    trace_id: str
    span_id: str
    row_id: int | None
    """None if it is not loaded."""
    name: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """One span, whole, with its folded content; `detail` is None if it is gone."""

    row_id: int
    detail: SpanDetail | None
    folded: dict[str, Any]
    declaration: Declaration | None = None
    """How the tool that it calls was declared, if it is a tool call."""
    raw_text: str = ""
    """All of it as JSON: encoding it may take longer than a key may wait."""


def trace(
    reader: TraceReader, trace_id: str, where: Predicate | None = None, *, derive: bool = False
) -> Trace:
    """Fetch the spans of a trace, build their tree, and find which of them meet a filter.

    With `derive` the critical path and lanes are found at once, however large the trace is.
    """
    table = reader.trace_spans(trace_id)
    tree = SpanTree.from_table(table)
    derived = Derived.of(tree) if derive or len(tree) <= DERIVED_AT_ONCE else None
    if where is None:
        return Trace(trace_id, table, tree, derived=derived)
    selection = Selection(spans=And((Compare("trace_id", "=", trace_id), where)))
    found = reader.span_list(selection, ("row_id",))["row_id"]
    matching = found.to_numpy().astype(np.int64)
    return Trace(trace_id, table, tree, where, matching, derived)


def stitched(reader: TraceReader, trace_id: str, known: Stitching | None) -> Stitched:
    """Fetch how the traces hang together, unless that is known, and the names a trace needs."""
    joined = known or stitching(reader.joints(), reader.traces())
    wanted = tuple(stitched_words.named(joined, trace_id))
    rows = reader.traces(Among("trace_id", wanted)).to_pylist() if wanted else []
    names = {row["trace_id"]: row["name"] for row in rows}
    return Stitched(trace_id, joined, stitched_words.words(joined, trace_id, names))


def link_targets(reader: TraceReader, row_id: int) -> list[LinkTarget]:
    """Fetch what a span is linked to, in the order of its links."""
    detail = reader.span(row_id)
    targets: list[LinkTarget] = []
    for link in [] if detail is None else detail.links:
        named = And(
            (Compare("trace_id", "=", link.trace_id), Compare("span_id", "=", link.span_id))
        )
        columns = ("row_id", "name", "kind")
        found = reader.span_list(Selection(spans=named), columns, limit=1).to_pylist()
        targets.append(LinkTarget(link.trace_id, link.span_id, **(found or [{"row_id": None}])[0]))
    return targets


def span(reader: TraceReader, row_id: int) -> Span:
    """Fetch one span and fold what it says."""
    detail = reader.span(row_id)
    if detail is None:
        return Span(row_id, None, {})
    return Span(row_id, detail, lightened(folded(detail)), raw_text=compact(whole_span(detail)))


def declared(reader: TraceReader, span: Span) -> Span:
    """Find how the tool of a tool call was declared, in the model calls before it."""
    fields = {} if span.detail is None else span.detail.fields
    name, start = fields.get("tool_name"), fields.get("start_time_unix_nano")
    if fields.get("kind") != "tool" or not name or start is None:
        return span
    call_id, found = fields.get("tool_call_id"), None
    for row in _calls_before(reader, fields["trace_id"], start):
        call = reader.span(row["row_id"])
        told = None if call is None else declaration(name, call)
        if call is None or told is None:
            continue
        asked = call_id is not None and _asks(folded(call), call_id)
        made = replace(told, told_by=(fields["trace_id"], row["span_id"]), asked=asked)
        if asked or call_id is None:
            return replace(span, declaration=made)
        found = found or made
    return span if found is None else replace(span, declaration=found)


def _calls_before(reader: TraceReader, trace_id: str, start: int) -> list[dict[str, Any]]:
    calls = And(
        (
            Compare("trace_id", "=", trace_id),
            Compare("kind", "=", "llm"),
            Compare("start_time_unix_nano", "<=", start),
        )
    )
    newest = SortBy("start_time_unix_nano", descending=True)
    columns = ("row_id", "span_id")
    return reader.span_list(Selection(spans=calls), columns, newest, limit=_CALLS_READ).to_pylist()


def _asks(content: dict[str, Any], call_id: str) -> bool:
    """Return whether a model's answer holds the tool call `call_id`."""
    return any(
        part.get("type") == "tool_call" and part.get("id") == call_id
        for message in content.get("output_messages") or []
        for part in message.get("parts") or []
    )


def row_of(reader: TraceReader, trace_id: str, span_id: str) -> int | None:
    """Return the row of a span; None if it is not loaded."""
    named = And((Compare("trace_id", "=", trace_id), Compare("span_id", "=", span_id)))
    found = reader.span_list(Selection(spans=named), ("row_id",), limit=1).to_pylist()
    return found[0]["row_id"] if found else None
