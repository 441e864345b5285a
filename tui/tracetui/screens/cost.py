"""Cost: what everything that is loaded cost, by model, agent, tool, session, service, user or day.

Imports Arrow; it is imported when it is asked for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from tracetui_analyses.cost import COLUMNS, DIMENSIONS, CostReport, costs_of_everything
from tracetui_store.predicates import AnySpan, Compare

from tracetui.commands import COST, bindings
from tracetui.filter.printing import printed
from tracetui.screens.table_screen import TableScreen
from tracetui.screens.wanted import TracesWanted
from tracetui.view_models import cost_text, totals_line
from tracetui.view_models import format as fmt
from tracetui.widgets.tab_strip import TabStrip
from tracetui.widgets.title_line import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from textual.widget import Widget
    from tracetui_store.protocol import TraceReader

    from tracetui.session import Session
    from tracetui.view_models.cell_rows import CellColumn, CellRow
    from tracetui.view_models.text_document import TextDocument


class CostScreen(TableScreen[CostReport]):
    """Lists costs by one dimension, over what the cost under the cursor is made of."""

    WORD = "costs"
    BINDINGS = bindings(COST)
    ADVICE = (
        "No span is a model call.",
        "",
        "1        the traces",
        "Esc      back",
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._by = 0
        self._tabs = TabStrip()
        self._tabs.titles = [f"by {name}" for name in DIMENSIONS]

    def above(self) -> Iterable[Widget]:
        """Return the dimensions as tabs."""
        return (self._tabs,)

    def query_to_run(self) -> Callable[[TraceReader], CostReport]:
        """Ask what everything cost."""
        return partial(costs_of_everything, by=DIMENSIONS[self._by])

    def columns(self) -> Sequence[CellColumn]:
        """Return the columns of the dimension."""
        return cost_text.columns(DIMENSIONS[self._by])

    def rows(self, result: CostReport) -> Sequence[CellRow]:
        """Return a row for each group."""
        most = max((group.cost_usd or 0.0 for group in result.groups), default=0.0)
        return [cost_text.row(group, result.by, most) for group in result.groups]

    def facts(self, result: CostReport) -> Sequence[Fact]:
        """Return the total, what lacks a price, and whether a budget is exceeded."""
        total, budget = result.total, self.session.settings.cost.budget_usd
        over = budget is not None and total.cost_usd is not None and total.cost_usd > budget
        calls = totals_line.plural(total.calls, "call")
        unpriced = f"{fmt.count(total.unpriced_calls)} not priced" if total.unpriced_calls else ""
        return [
            Fact(cost_text.total_words(total), "primary", 0, bold=True),
            Fact(f"✗ over {fmt.money(budget)}" if over else "", "error", 1),
            Fact(calls, "plain", 3),
            Fact(unpriced, "warning", 2),
        ]

    def about(self, result: CostReport, key: Hashable) -> TextDocument:
        """Return what a group's cost is made of."""
        group = next(each for each in result.groups if each.value == key)
        return cost_text.document(result, group, self.session.settings.cost.budget_usd)

    def open(self, result: CostReport, key: Hashable) -> None:
        """Show the traces with a span of the group."""
        column = COLUMNS.get(result.by)
        if column is None or not isinstance(key, str):
            self.notify("No filter finds these traces.", markup=False, timeout=3)
            return
        wanted = AnySpan(Compare(column, "=", key))
        self.post_message(TracesWanted(printed(wanted, "traces")))

    def show_result(self, result: CostReport) -> None:
        """Show the costs, unless another dimension was chosen meanwhile."""
        if result.by == DIMENSIONS[self._by]:
            super().show_result(result)

    def action_by(self, step: int) -> None:
        """Tell the costs by the next or previous dimension."""
        self._choose((self._by + step) % len(DIMENSIONS))

    @on(TabStrip.Chosen)
    def _tab_clicked(self, message: TabStrip.Chosen) -> None:
        message.stop()
        self._choose(message.index)

    def _choose(self, index: int) -> None:
        self._by = self._tabs.active = index
        self.supersede()
