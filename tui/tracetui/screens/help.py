"""The help screen: the keys that work, as they are bound now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tracetui.commands import GROUPS
from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.help_text import help_document
from tracetui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult


class HelpScreen(ModalScreen[None], DismissedOnce[None]):
    """Shows every key in a page that scrolls; Esc closes it."""

    BINDINGS = [Binding("escape,q,question_mark,f1", "dismiss", "Close")]  # noqa: RUF012 - Textual's form
    CSS_PATH = "help.tcss"

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Put the page in a box over what was there."""
        with Vertical(id="box") as box:
            box.border_title = "Keys"
            yield TextView()
            yield Static("Esc closes   j k PgDn PgUp scroll", classes="hint")

    def on_mount(self) -> None:
        """Write the page."""
        page = self.query_one(TextView)
        page.show(help_document(GROUPS, self._keymap))
        page.focus()
