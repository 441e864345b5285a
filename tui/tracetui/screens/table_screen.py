"""A view over everything that is loaded: a table, and below it what the row under the cursor says.

Imports numpy and Arrow; it is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import getters, on
from textual.widgets import Footer

from tracetui.screens.store_screen import StoreScreen
from tracetui.view_models import totals_line
from tracetui.widgets.cell_table import CellTable
from tracetui.widgets.notice import Notice
from tracetui.widgets.text_view import TextView
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from tracetui.session import LoadState, Session
    from tracetui.view_models.cell_rows import CellColumn, CellRow
    from tracetui.view_models.text_document import TextDocument

ResultT = TypeVar("ResultT")


class TableScreen(StoreScreen[ResultT]):
    """Lists rows over a page about the one under the cursor; a subclass makes both."""

    CSS_PATH = "table_screen.tcss"
    AUTO_FOCUS = "CellTable"
    WORD: ClassVar[str]
    """What is listed, in the plural, for title and notice."""
    ADVICE: ClassVar[Sequence[str]] = ()
    """What is said where there is nothing to list."""

    title_line = getters.query_one(TitleLine)
    table = getters.query_one(CellTable)
    page = getters.query_one(TextView)
    notice = getters.query_one(Notice)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._result: ResultT | None = None

    def above(self) -> Iterable[Widget]:
        """Return what stands between title and table."""
        return ()

    def compose(self) -> ComposeResult:
        """Put the table over the page."""
        yield TitleLine()
        yield from self.above()
        yield CellTable()
        yield TextView()
        yield Notice()
        yield Footer(show_command_palette=False)

    def columns(self) -> Sequence[CellColumn]:
        """Return the columns of the table."""
        raise NotImplementedError

    def rows(self, result: ResultT) -> Sequence[CellRow]:
        """Return the rows of the table."""
        raise NotImplementedError

    def facts(self, result: ResultT) -> Sequence[Fact]:
        """Return what the title says of the result."""
        raise NotImplementedError

    def about(self, result: ResultT, key: Hashable) -> TextDocument:
        """Return the page about a row."""
        raise NotImplementedError

    def open(self, result: ResultT, key: Hashable) -> None:
        """Go where a row leads."""
        raise NotImplementedError

    def show_result(self, result: ResultT) -> None:
        """Show the rows; the cursor stays on its row, and the page where it is scrolled to."""
        before = self.table.key
        self._result = result
        self.table.show(self.columns(), self.rows(result))
        at = self.page.scroll_offset.y if self.table.key == before else 0
        self._show_page()
        self.page.scroll_to(y=at, animate=False)
        self.show_state(self.session.state)

    def show_state(self, state: LoadState) -> None:
        """Show what the rows come to, and how far the load is."""
        gauge, progress = totals_line.progress_words(state)
        facts = [
            Fact(self.WORD, "accent", 6, bold=True),
            Fact(self.session.title, "plain", 5, bold=True),
        ]
        if (result := self._result) is not None:
            facts += self.facts(result)
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 7, right=True)]
        self.title_line.show(facts)
        is_done = result is not None and state.finished and self.up_to_date
        nothing = is_done and not self.table.row_count
        if nothing != self.has_class("-nothing"):
            self.set_class(nothing, "-nothing")
            self.notice.show(f"No {self.WORD} in {self.session.title}.", self.ADVICE)
            (self.notice if nothing else self.table).focus()

    def _show_page(self) -> None:
        if self._result is not None and self.table.row_count:
            self.page.show(self.about(self._result, self.table.key))

    @on(CellTable.Moved)
    def _moved(self, message: CellTable.Moved) -> None:
        message.stop()
        self._show_page()

    @on(CellTable.Opened)
    def _opened(self, message: CellTable.Opened) -> None:
        message.stop()
        if self._result is not None:
            self.open(self._result, message.key)

    @on(CellTable.Back)
    def _back(self, message: CellTable.Back) -> None:
        message.stop()
        self.dismiss()

    def key_escape(self) -> None:
        """Step back to the table, or from the words that there is nothing."""
        if self.has_class("-nothing"):
            self.dismiss()
        else:
            self.table.focus()
