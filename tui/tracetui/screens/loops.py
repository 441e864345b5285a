"""Loops: what goes round in circles in all traces, what it cost, and why it is thought so.

Imports numpy and Arrow; it is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui_analyses.loops import TraceLoops

from tracetui.screens.table_screen import TableScreen
from tracetui.screens.wanted import SpanWanted
from tracetui.view_models import format as fmt
from tracetui.view_models import loop_text, totals_line
from tracetui.widgets.title_line import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from tracetui_analyses.loops import Thresholds, TraceFinding
    from tracetui_store.protocol import TraceReader

    from tracetui.view_models.cell_rows import CellColumn, CellRow
    from tracetui.view_models.text_document import TextDocument


class LoopsScreen(TableScreen["dict[Hashable, TraceFinding]"]):
    """Lists findings, loops first and the most wasteful first, over their evidence."""

    WORD = "loops"
    ADVICE = (
        "A loop is an action that is repeated with an unchanged result. Polling, paging",
        "through results and long work on many files are none.",
        "",
        "[loops] in settings.toml changes the thresholds.",
        "",
        "1        the traces",
        "Esc      back",
    )

    def query_to_run(self) -> Callable[[TraceReader], dict[Hashable, TraceFinding]]:
        """Ask for the findings of all traces."""
        thresholds = self.session.settings.thresholds()
        return lambda reader: _findings(reader, thresholds)

    def columns(self) -> Sequence[CellColumn]:
        """Return the columns of findings."""
        return loop_text.COLUMNS

    def rows(self, result: dict[Hashable, TraceFinding]) -> Sequence[CellRow]:
        """Return a row for each finding."""
        return [loop_text.row(key, found) for key, found in result.items()]

    def facts(self, result: dict[Hashable, TraceFinding]) -> Sequence[Fact]:
        """Return how many loops there are, and what they wasted."""
        own = [each.finding for each in result.values() if not each.finding.reported]
        loops = sum(each.verdict == "loop" for each in own)
        maybes = sum(each.verdict == "maybe" for each in own)
        cost, unknown = loop_text.wasted_cost(result.values())
        wasted = "" if cost is None else f"{fmt.money(cost, lower_bound=unknown)} wasted"
        return [
            Fact(totals_line.plural(loops, "loop"), "accent" if loops else "plain", 0),
            Fact(totals_line.plural(maybes, "maybe") if maybes else "", "plain", 2),
            Fact(wasted, "plain", 1),
        ]

    def about(self, result: dict[Hashable, TraceFinding], key: Hashable) -> TextDocument:
        """Return the evidence of a finding."""
        return loop_text.document(result[key])

    def open(self, result: dict[Hashable, TraceFinding], key: Hashable) -> None:
        """Go to the span where a finding begins."""
        found = result[key]
        begins = next((step.row_id for step in found.first), None)
        self.post_message(SpanWanted(found.trace_id, begins))


def _findings(reader: TraceReader, thresholds: Thresholds) -> dict[Hashable, TraceFinding]:
    """Return the findings of all traces by their keys in the table."""
    found = TraceLoops(thresholds).find_all(reader)
    return {loop_text.key(place, each): each for place, each in enumerate(found)}
