"""The menu of columns to sort the traces by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.trace_columns import COLUMNS

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tracetui.view_models.trace_columns import Sort


class SortMenu(ModalScreen[str | None], DismissedOnce[str | None]):
    """Lets the user choose the column to sort by; its result is the key, None for no change."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("escape,q", "dismiss(None)", "Cancel"),
        Binding("j", "move(1)", "Next", show=False),
        Binding("k", "move(-1)", "Previous", show=False),
    ]
    CSS_PATH = "sort_menu.tcss"

    def __init__(self, sort: Sort) -> None:
        super().__init__()
        self._sort = sort

    def compose(self) -> ComposeResult:
        """Offer every column that has an order, whether it is on screen or not."""
        offered = [column for column in COLUMNS if column.sort_by]
        with Vertical(id="box"):
            yield Static("Sort by", classes="headline")
            yield OptionList(
                *(Option(self._words(c.key, c.title, c.sort_by), id=c.key) for c in offered)
            )
            yield Static("Enter sorts, again reverses  Esc cancels", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Start at the column that is sorted by now."""
        offered = [column.sort_by for column in COLUMNS if column.sort_by]
        menu = self.query_one(OptionList)
        menu.highlighted = offered.index(self._sort.column) if self._sort.column in offered else 0
        menu.focus()

    def _words(self, key: str, title: str, sort_by: str) -> str:
        title = "errors" if key == "flags" else title
        if sort_by != self._sort.column:
            return f"  {title}"
        return f"{'▼' if self._sort.descending else '▲'} {title}"

    def action_move(self, rows: int) -> None:
        """Go down or up."""
        menu = self.query_one(OptionList)
        menu.action_cursor_down() if rows > 0 else menu.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.dismiss(message.option_id)
