"""The counts of the facets, as a query that runs on a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracetui_store.predicates import AllSpans, Among, And, AnySpan, Compare, Selection

from tracetui.filter.fields import OUTCOME, OUTCOMES
from tracetui.view_models.facet import Facet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracetui_store.predicates import Predicate
    from tracetui_store.protocol import TraceReader

    from tracetui.filter.facets import Dimension

VALUES_SHOWN = 8
"""Values of a dimension that are offered, the most frequent."""


@dataclass(frozen=True, slots=True)
class Question:
    """A dimension, and what all else the traces must meet."""

    dimension: Dimension
    where: Predicate
    """The filter without the dimension's own part."""
    chosen: tuple[str, ...]


def facets(reader: TraceReader, questions: Sequence[Question]) -> list[Facet]:
    """Count the values of each dimension among the traces that meet everything else."""
    found: dict[str, Facet] = {}
    of_spans = [one for one in questions if one.dimension.column != OUTCOME]
    for where in dict.fromkeys(one.where for one in of_spans):
        alike = [one for one in of_spans if one.where == where]
        columns = [one.dimension.column for one in alike]
        # One more: the unknown is a value too, and is left out.
        table = reader.facets(columns, Selection(traces=where), limit=VALUES_SHOWN + 1)
        rows = table.to_pylist()
        for one in alike:
            own = [row for row in rows if row["dimension"] == one.dimension.column]
            found[one.dimension.column] = _facet(reader, one, own)
    for one in questions:
        if one.dimension.column == OUTCOME:
            found[OUTCOME] = _outcomes(reader, one)
    return [found[one.dimension.column] for one in questions]


def _facet(reader: TraceReader, asked: Question, rows: list[dict[str, Any]]) -> Facet:
    known = [(str(row["value"]), int(row["traces"])) for row in rows if row["value"] is not None]
    values = known[:VALUES_SHOWN]
    different = int(rows[0]["values"]) - (len(rows) - len(known)) if rows else 0
    shown = {value for value, _ in values}
    missing = tuple(value for value in asked.chosen if value not in shown)
    if missing:
        column = asked.dimension.column
        wanted = Selection(traces=asked.where, spans=Among(column, missing))
        counts = {
            row["value"]: row["traces"] for row in reader.facets([column], wanted).to_pylist()
        }
        values += [(value, int(counts.get(value, 0))) for value in missing]
    return Facet(asked.dimension, values, max(different, len(values)))


def _outcomes(reader: TraceReader, asked: Question) -> Facet:
    """Count traces by how they ended as a whole: one may have failed and be running."""
    values: list[tuple[str, int]] = []
    for outcome in OUTCOMES:
        is_so = Compare(OUTCOME, "=", outcome)
        whole = AllSpans(is_so) if outcome == "ok" else AnySpan(is_so)
        count = reader.trace_count(And((asked.where, whole)))
        if count or outcome in asked.chosen:
            values.append((outcome, count))
    return Facet(asked.dimension, values, len(values))
