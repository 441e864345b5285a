"""The ingest report: what became of each input, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.binding import Binding
from textual.widgets import Footer

from tracetui.screens.store_screen import StoreScreen
from tracetui.view_models import totals_line
from tracetui.view_models.report_text import report_document
from tracetui.view_models.text_document import line, text_lines
from tracetui.widgets.text_view import TextView
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from tracetui_store.protocol import TraceReader

    from tracetui.reception import Received
    from tracetui.screens.fetch import Report
    from tracetui.session import LoadState, Session


class ReportScreen(StoreScreen["Report"]):
    """Shows the ingest report and keeps it up to date while files load; Esc goes back."""

    BINDINGS = [Binding("escape", "back", "back", key_display="Esc")]  # noqa: RUF012 - Textual's form
    CSS_PATH = "report.tcss"
    AUTO_FOCUS = "TextView"

    title_line = getters.query_one(TitleLine)
    page = getters.query_one(TextView)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._report: Report | None = None
        self._error: str | None = None
        """Why the load stopped, as far as it is shown."""
        self._received: Received | None = None
        """What a receiver had counted when it was shown."""

    def compose(self) -> ComposeResult:
        """Put the title over the page."""
        yield TitleLine()
        yield TextView()
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], Report]:
        """Ask for all files and the first problems."""
        from tracetui.screens.fetch import report  # noqa: PLC0415 - after the first paint

        return report

    def show_result(self, result: Report) -> None:
        """Show the report, where it was scrolled to."""
        error = self.session.state.error
        reception = self.session.reception
        received = None if reception is None else reception.counts
        if (result, error, received) == (self._report, self._error, self._received):
            return
        at = self.page.scroll_offset.y
        first = self._report is None
        self._report, self._error, self._received = result, error, received
        self.page.show(report_document(result.files, result.problems, error, received))
        if not first:
            self.page.scroll_to(y=at, animate=False)
        self.show_state(self.session.state)

    def show_state(self, state: LoadState) -> None:
        """Show how far the load is, and its error where there is no report."""
        if self._report is not None and self._received is not None:
            self.show_result(self._report)
        gauge, progress = totals_line.progress_words(state)
        files = [] if self._report is None else self._report.files
        problems = sum(file.problem_count for file in files)
        words = totals_line.plural(problems, "problem") if problems else "no problems"
        if state.error is not None and not problems:
            words = "stopped early"
        self.title_line.show(
            [
                Fact("ingest report", "accent", 3, bold=True),
                Fact(self.session.title, "plain", 2, bold=True),
                Fact(totals_line.plural(len(files), "file"), "plain", 1),
                Fact(words, "dim" if words == "no problems" else "warning", 0),
                Fact(gauge, "primary", 5, right=True),
                Fact(progress, "dim", 4, right=True),
            ]
        )
        if state.error is not None and not files:
            self.page.show(text_lines(line(state.error)))

    def action_back(self) -> None:
        """Go back to where the report was asked for."""
        self.dismiss()
