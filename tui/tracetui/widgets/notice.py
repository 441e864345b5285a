"""A few calm words in place of a list: nothing found, or nothing could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from tracetui.view_models.sanitise import sanitise, sanitise_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class Notice(VerticalScroll, can_focus=True):
    """Says what is the matter and what to do next."""

    DEFAULT_CSS = """
    Notice { padding: 1 3; }
    Notice > Static { height: auto; }
    Notice > .headline { text-style: bold; color: $foreground; padding-bottom: 1; }
    Notice.-error > .headline { color: $text-error; }
    Notice > .advice { color: $foreground 75%; }
    """

    def compose(self) -> ComposeResult:
        """Put the headline over the advice."""
        yield Static("", classes="headline", markup=False)
        yield Static("", classes="advice", markup=False)

    def show(self, headline: str, advice: Sequence[str], *, error: bool = False) -> None:
        """Show a headline and lines of advice."""
        self.set_class(error, "-error")
        self.query_one(".headline", Static).update(Text(sanitise_block(headline)))
        self.query_one(".advice", Static).update(Text("\n".join(map(sanitise, advice))))
