"""Errors: what went wrong in all traces, grouped by cause.

Imports numpy and Arrow; it is imported when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from tracetui_analyses.errors import ErrorGroup, error_groups, spans_of_failed_traces

from tracetui.screens.table_screen import TableScreen
from tracetui.screens.wanted import SpanWanted
from tracetui.view_models import error_text, totals_line
from tracetui.widgets.title_line import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from tracetui_store.protocol import TraceReader

    from tracetui.view_models.cell_rows import CellColumn, CellRow
    from tracetui.view_models.text_document import TextDocument


@dataclass(frozen=True, slots=True)
class Errors:
    """Groups of errors by their keys in the table, and the rows of their examples."""

    groups: dict[Hashable, ErrorGroup]
    example_rows: dict[tuple[str | None, str | None], int]


class ErrorsScreen(TableScreen[Errors]):
    """Lists groups of errors, the most frequent first, over what is known of one."""

    WORD = "errors"
    ADVICE = (
        "No span says that it failed.",
        "",
        "1        the traces",
        "Esc      back",
    )

    def query_to_run(self) -> Callable[[TraceReader], Errors]:
        """Ask for the errors of all traces."""
        return _errors

    def columns(self) -> Sequence[CellColumn]:
        """Return the columns of groups."""
        return error_text.COLUMNS

    def rows(self, result: Errors) -> Sequence[CellRow]:
        """Return a row for each group."""
        return [error_text.row(group) for group in result.groups.values()]

    def facts(self, result: Errors) -> Sequence[Fact]:
        """Return how many errors there are, of how many causes."""
        total = sum(group.count for group in result.groups.values())
        causes = totals_line.plural(len(result.groups), "cause")
        return [
            Fact(totals_line.plural(total, "error"), "error" if total else "plain", 0),
            Fact(f"of {causes}" if total else "", "plain", 1),
        ]

    def about(self, result: Errors, key: Hashable) -> TextDocument:
        """Return what is known of a group."""
        return error_text.document(result.groups[key])

    def open(self, result: Errors, key: Hashable) -> None:
        """Go to the first span that failed so."""
        group = result.groups[key]
        if group.trace_id is not None:
            row_id = result.example_rows.get((group.trace_id, group.span_id))
            self.post_message(SpanWanted(group.trace_id, row_id))


def _errors(reader: TraceReader) -> Errors:
    """Return the groups, and where their examples are."""
    spans = spans_of_failed_traces(reader)
    groups = error_groups(spans)
    examples = {(group.trace_id, group.span_id) for group in groups}
    span_ids = pa.array([span_id for _, span_id in examples], pa.string())
    some = spans.filter(pc.is_in(spans["span_id"], value_set=span_ids))
    rows: dict[tuple[str | None, str | None], int] = {
        place: each["row_id"]
        for each in some.select(["trace_id", "span_id", "row_id"]).to_pylist()
        if (place := (each["trace_id"], each["span_id"])) in examples
    }
    return Errors({error_text.key(group): group for group in groups}, rows)
