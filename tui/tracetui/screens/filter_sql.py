"""The SQL of a filter, with its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from tracetui_store.predicates import PredicateError
from tracetui_store.shown_sql import shown_sql

from tracetui.filter.printing import printed
from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.text_document import BLANK, Line, Piece, TextDocument, line, text_lines
from tracetui.widgets.text_view import TextView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from tracetui_store.predicates import Predicate

    from tracetui.filter.fields import Level


class FilterSqlScreen(ModalScreen[None], DismissedOnce[None]):
    """Shows what a filter is read as, its SQL and its parameters; Esc closes it."""

    BINDINGS = [Binding("escape,q", "dismiss", "Close")]  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    FilterSqlScreen {
        align: center middle;
        background: $background 60%;
        & > #box {
            width: 100; max-width: 100%; height: 80%;
            background: $background; border: round $primary; border-title-color: $accent;
            padding: 0 1;
        }
        & TextView { height: 1fr; }
        & .hint { height: 1; color: $foreground 60%; }
    }
    """

    def __init__(self, text: str, where: Predicate, level: Level) -> None:
        super().__init__()
        self._document = _document(text, where, level)

    def compose(self) -> ComposeResult:
        """Put the page in a box over what was there."""
        with Vertical(id="box") as box:
            box.border_title = "The filter as SQL"
            yield TextView()
            yield Static("Esc closes   j k PgDn PgUp scroll", classes="hint")

    def on_mount(self) -> None:
        """Write the page."""
        page = self.query_one(TextView)
        page.show(self._document)
        page.focus()


def _document(text: str, where: Predicate, level: Level) -> TextDocument:
    lines: list[Line] = [line(Piece("Filter", "heading")), line(text), BLANK]
    lines += [line(Piece("Read as", "heading")), line(printed(where, level)), BLANK]
    try:
        sql = shown_sql(where, level)
    except PredicateError as error:
        return text_lines(*lines, line(str(error)))
    lines += [line(Piece("SQL", "heading")), line(sql.text), BLANK]
    lines += [line(Piece("Parameters", "heading"))]
    lines += [line(Piece(f"  ${name}  ", "accent"), repr(value)) for name, value in sql.parameters]
    return text_lines(*lines)
