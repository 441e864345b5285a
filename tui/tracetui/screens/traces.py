"""The landing screen: every trace, one per line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from textual import getters, on, work
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker

from tracetui.commands import APP, FILTER, SEARCH, bindings
from tracetui.screens.columns import ColumnChooser
from tracetui.screens.filter_screen import FILTER_STATUS, FilterScreen
from tracetui.view_models import totals_line
from tracetui.view_models.trace_columns import COLUMNS
from tracetui.widgets.filter_line import FilterLine
from tracetui.widgets.histogram_line import HistogramLine
from tracetui.widgets.notice import Notice
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.title_line import Fact, TitleLine
from tracetui.widgets.trace_table import TraceTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from tracetui_store.protocol import TraceReader

    from tracetui.screens.fetch import TraceList
    from tracetui.session import LoadState, Session
    from tracetui.view_models.trace_columns import Sort
    from tracetui.view_models.trace_rows import TraceRows

LEAVE = tuple(
    replace(command, action=f"app.{command.action}", label="quit")
    for command in APP
    if command.id == "app.back"
)
"""Stepping back from here quits, and the footer says so."""
ADVICE_EMPTY = (
    "Looked for spans in OTLP JSON (one request, an array, JSON lines)",
    "and OTLP protobuf; plain, gzip or zstd.",
    "A file's content decides, not its name.",
    "",
    "ctrl+r   what became of each file, line by line",
    "q        quit, and try another path: tracetui open PATH…",
    "         or a sample: tracetui demo",
)
ADVICE_ERROR = (
    "ctrl+r   what became of each file, line by line",
    "q        quit",
    "",
    "tracetui demo   opens a sample",
)


class TracesScreen(FilterScreen["TraceList"]):
    """Lists traces, newest first; the keyboard is in the list.

    The app loads `traces.tcss`: Textual does not load the sheet of an app's first screen.
    """

    LEVEL = "traces"
    BINDINGS = [*bindings(SEARCH), *bindings(FILTER), *bindings(LEAVE)]  # noqa: RUF012 - Textual's form
    AUTO_FOCUS = "TraceTable"

    title_line = getters.query_one(TitleLine)
    histogram = getters.query_one(HistogramLine)
    table = getters.query_one(TraceTable)
    notice = getters.query_one(Notice)
    search_line = getters.query_one(SearchLine)

    @dataclass
    class Sorted(Message):
        """The traces are in the order that was asked for."""

        traces: TraceList
        rows: TraceRows

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list: TraceList | None = None
        self._search_from = 0

    def compose(self) -> ComposeResult:
        """Put title, histogram, list, prompt and footer one below the other."""
        yield TitleLine()
        yield HistogramLine()
        yield TitleLine(id=FILTER_STATUS)
        yield TraceTable()
        yield Notice()
        yield SearchLine()
        yield FilterLine()
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], TraceList]:
        """Ask for all traces, in the order of now."""
        sort, where = self.table.sort, self.where

        def query(reader: TraceReader) -> TraceList:
            from tracetui.screens.fetch import trace_list  # noqa: PLC0415 - after the first paint

            return trace_list(reader, sort, where)

        return query

    def show_result(self, result: TraceList) -> None:
        """Show the traces; the order may have been changed meanwhile, and the filter."""
        if result.where is not self.where:
            self.refetch()
            return
        self._list = result
        self.table.show(result.rows)
        self.show_filtered(len(result.rows), result.totals.traces, "traces")
        self._count_traces()
        self.show_state(self.session.state)
        if result.rows.sort != self.table.sort:
            self._sort(result, self.table.sort)

    @on(TraceTable.SortWanted)
    def _sort_wanted(self, message: TraceTable.SortWanted) -> None:
        if self._list is not None:
            self._sort(self._list, message.sort)

    @work(thread=True, exclusive=True, group="sort", exit_on_error=False)
    def _sort(self, traces: TraceList, sort: Sort) -> None:
        """Sort on a thread: a million names take seconds. Touches no widget."""
        rows = traces.rows.sorted_by(sort)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Sorted(traces, rows))

    @on(Sorted)
    def _show_sorted(self, message: Sorted) -> None:
        message.stop()
        if message.traces is self._list and message.rows.sort == self.table.sort:
            self._list = replace(message.traces, rows=message.rows)
            self.table.show(message.rows)

    def on_resize(self) -> None:
        """Count the traces into as many bars as there is room for now."""
        self.call_after_refresh(self._count_traces)

    def _count_traces(self) -> None:
        if self._list is not None:
            self.histogram.histogram = self._list.rows.histogram(self.histogram.bars)

    def show_state(self, state: LoadState) -> None:
        """Show the totals and how far the load is, or why there is nothing to show."""
        self.title_line.show(self._facts(state))
        empty = self._list is None or not (len(self._list.rows) or self.where)
        settled = state.error is not None or (state.finished and self.up_to_date)
        if empty and settled:
            if state.error is not None:
                self.notice.show(state.error, ADVICE_ERROR, error=True)
            else:
                self.notice.show(f"No traces in {self.session.title}.", ADVICE_EMPTY)
        if self.has_class("-nothing") != (empty and settled):
            self.toggle_class("-nothing")
            (self.notice if empty else self.table).focus()

    def _facts(self, state: LoadState) -> list[Fact]:
        gauge, progress = totals_line.progress_words(state)
        facts = [
            Fact("tracetui", "accent", 7, bold=True),
            Fact(self.session.title, "plain", 2, bold=True),
        ]
        something = self._list is not None and self._list.totals.spans > 0
        if self._list is not None and something:
            totals = self._list.totals
            tokens, cost = totals_line.totals_words(totals)
            errors, tone = totals_line.error_words(totals.errors)
            facts += [
                Fact(totals_line.plural(totals.traces, "trace"), "plain", 1),
                Fact(totals_line.plural(totals.spans, "span"), "plain", 3),
                Fact(tokens, "plain", 5),
                Fact(cost, "plain", 4),
                Fact(errors, tone, 6 if tone == "dim" else 2),
            ]
        if state.error is not None:
            said = "stopped early, ctrl+r says why" if something else "not loaded"
            facts.append(Fact(said, "error", 0, right=True))
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 1, right=True)]
        return facts

    @on(TraceTable.Opened)
    def _open(self, message: TraceTable.Opened) -> None:
        self.open_trace(message.trace_id)

    def open_trace(self, trace_id: str) -> None:
        """Show one trace in front of the list."""
        from tracetui.screens.trace import TraceScreen  # noqa: PLC0415 - after the first paint

        self.app.push_screen(TraceScreen(self.session, trace_id, self._step))

    def _step(self, rows: int) -> str | None:
        """Move the cursor by `rows`; return the trace it came to, None at the end of the list."""
        before = self.table.trace_id
        self.table.action_cursor(rows)
        return self.table.trace_id if self.table.trace_id != before else None

    @on(TraceTable.ColumnsWanted)
    def _choose_columns(self, message: TraceTable.ColumnsWanted) -> None:
        def chosen(keys: frozenset[str] | None) -> None:
            if keys is not None:
                self.table.choose_columns(keys)

        offered = ((c.key, c.title or "duration bar") for c in COLUMNS if c.rank > 0)
        self.app.push_screen(ColumnChooser(message.keys, offered), chosen)

    def row_under_cursor(self) -> dict[str, Any] | None:
        """Return the columns of the trace under the cursor."""
        rows, trace_id = self.table.rows, self.table.trace_id
        summary = None if rows is None or trace_id is None else rows.summary_of(trace_id)
        return None if summary is None else asdict(summary)

    def newest_unix_nano(self) -> int | None:
        """Return the start of the newest trace."""
        return None if self._list is None else self._list.rows.newest_unix_nano

    def focus_rows(self) -> None:
        """Give the keyboard to the list."""
        self.table.focus()

    def action_search(self) -> None:
        """Open the search prompt."""
        self._search_from = self.table.cursor
        self.search_line.open()

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous match."""
        if not self.table.next_match(direction):
            self.notify("Nothing matches. Press / to search.", markup=False)

    @on(SearchLine.Changed)
    def _search(self, message: SearchLine.Changed) -> None:
        count = self.table.search(message.text, start=self._search_from)
        self.search_line.show_count(count if message.text else None)
        if not count:
            self.table.move_to(self._search_from)

    @on(SearchLine.Confirmed)
    def _keep_search(self) -> None:
        self.search_line.close()
        self.table.focus()

    @on(SearchLine.Cancelled)
    def _drop_search(self) -> None:
        self.table.search("")
        self.table.move_to(self._search_from)
        self._keep_search()
