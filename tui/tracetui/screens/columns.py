"""The column chooser of the list of traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from tracetui.view_models.trace_columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult


class ColumnChooser(ModalScreen[frozenset[str] | None]):
    """Lets the user choose columns; its result is their keys, None if nothing is to change."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("escape,q", "dismiss(None)", "Cancel"),
        Binding("enter", "keep", "Show these", priority=True),
    ]
    CSS_PATH = "columns.tcss"

    choices = getters.query_one(SelectionList)

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__()
        self._keys = frozenset(keys)

    def compose(self) -> ComposeResult:
        """Offer every column that is not always there."""
        with Vertical(id="box"):
            yield Static("Columns", classes="headline")
            yield SelectionList[str](
                *(
                    Selection(column.title or "duration bar", column.key, column.key in self._keys)
                    for column in COLUMNS
                    if column.rank > 0
                )
            )
            yield Static("Space chooses  Enter shows these  Esc cancels", classes="hint")

    def action_keep(self) -> None:
        """Close with what is chosen."""
        self.dismiss(frozenset(map(str, self.choices.selected)))
