"""The column chooser of the list of traces and of the trace view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from tracetui.screens.dismissed_once import DismissedOnce

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult


class ColumnChooser(ModalScreen[frozenset[str] | None], DismissedOnce[frozenset[str] | None]):
    """Lets the user choose columns; its result is their keys, None if nothing is to change."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("escape,q", "dismiss(None)", "Cancel"),
        Binding("enter", "keep", "Show these", priority=True),
    ]
    CSS_PATH = "columns.tcss"

    choices = getters.query_one(SelectionList)

    def __init__(self, keys: Iterable[str], columns: Iterable[tuple[str, str]]) -> None:
        """Offer columns as keys and words; those of `keys` are chosen."""
        super().__init__()
        self._keys = frozenset(keys)
        self._columns = tuple(columns)

    def compose(self) -> ComposeResult:
        """Offer the columns."""
        with Vertical(id="box"):
            yield Static("Columns", classes="headline")
            yield SelectionList[str](
                *(Selection(words, key, key in self._keys) for key, words in self._columns)
            )
            yield Static("Space chooses  Enter shows these  Esc cancels", classes="hint")

    def action_keep(self) -> None:
        """Close with what is chosen."""
        self.dismiss(frozenset(map(str, self.choices.selected)))
