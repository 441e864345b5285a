"""The landing screen: every trace, one per line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from textual import getters, on, work
from textual.containers import Container
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker

from tracetui.commands import APP, BROWSE, FILTER, SEARCH, bindings
from tracetui.screens.columns import ColumnChooser
from tracetui.screens.filter_screen import FILTER_STATUS
from tracetui.screens.traces_panes import TracesPanes
from tracetui.view_models import time_window, totals_line
from tracetui.view_models.arrangement import GROUP_COLUMNS, GROUPINGS, Arrangement
from tracetui.view_models.trace_columns import COLUMNS
from tracetui.widgets.filter_line import FilterLine
from tracetui.widgets.histogram_line import HistogramLine, window_words
from tracetui.widgets.notice import Notice
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.title_line import Fact, TitleLine
from tracetui.widgets.trace_table import TraceTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from tracetui_store.predicates import Predicate
    from tracetui_store.protocol import TraceReader

    from tracetui.screens.fetch import TraceList
    from tracetui.session import LoadState, Session
    from tracetui.view_models.arrangement import GroupBy
    from tracetui.view_models.time_window import TimeWindow
    from tracetui.view_models.trace_lines import Arranged

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


class TracesScreen(TracesPanes):
    """Lists traces, newest first; the keyboard is in the list.

    The app loads `traces.tcss`: Textual does not load the sheet of an app's first screen.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's form
        *bindings(SEARCH),
        *bindings(FILTER),
        *bindings(BROWSE),
        *bindings(LEAVE),
    ]
    AUTO_FOCUS = "TraceTable"

    title_line = getters.query_one(TitleLine)
    histogram = getters.query_one(HistogramLine)
    notice = getters.query_one(Notice)
    search_line = getters.query_one(SearchLine)

    @dataclass
    class Rearranged(Message):
        """The traces are as they were wanted."""

        traces: TraceList
        arranged: Arranged

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._arranged: Arranged | None = None
        """As it is shown."""
        self._group_by: GroupBy | None = None
        self._only_marked = False
        self._search_from = 0

    def compose(self) -> ComposeResult:
        """Put title, histogram, list, prompt and footer one below the other."""
        yield TitleLine()
        yield HistogramLine()
        yield TitleLine(id=FILTER_STATUS)
        with Container(id="body"), Container(id="main"):
            yield self.table
            yield Notice()
        yield SearchLine()
        yield FilterLine()
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], TraceList]:
        """Ask for all traces, arranged as they are now."""
        wanted, where = self.arrangement, self.where

        def query(reader: TraceReader) -> TraceList:
            from tracetui.screens.fetch import trace_list  # noqa: PLC0415 - after the first paint

            return trace_list(reader, wanted, where)

        return query

    @property
    def arrangement(self) -> Arrangement:
        """How the traces are wanted now."""
        only = self.table.marks if self._only_marked else None
        return Arrangement(self.table.sort, self._group_by, self._window, only)

    @property
    def shown_where(self) -> Predicate | None:
        """Return the filter and the window of time as one filter."""
        if self._window is None:
            return self.where
        from tracetui_store.predicates import And  # noqa: PLC0415 - after the first paint

        window = time_window.predicate(self._window)
        return window if self.where is None else And((self.where, window))

    def show_result(self, result: TraceList) -> None:
        """Show the traces; what is wanted may have changed meanwhile, and the filter."""
        if result.where is not self.where:
            self.refetch()
            return
        self._list = result
        self._show_arranged(result.arranged)
        self._count_traces()
        if result.arranged.arrangement != self.arrangement:
            self._rearrange()

    @property
    def settled(self) -> bool:
        """Whether all that is to be shown is shown."""
        arranged = self._arranged is not None and self._arranged.arrangement == self.arrangement
        return self.up_to_date and arranged and self.panes_settled

    @property
    def answering(self) -> bool:
        """Whether the list is about to be another."""
        arranged = self._arranged is None or self._arranged.arrangement == self.arrangement
        return super().answering or not arranged

    def _rearrange(self) -> None:
        """Sort, narrow and group anew what was fetched."""
        if self._list is not None and self._arranged is not None:
            self._arrange(self._list, self._arranged, self.arrangement)

    @on(TraceTable.SortWanted)
    def _sort_wanted(self) -> None:
        self._rearrange()

    @work(thread=True, exclusive=True, group="sort", exit_on_error=False)
    def _arrange(self, traces: TraceList, before: Arranged, wanted: Arrangement) -> None:
        """Arrange on a thread: a million names take seconds. Touches no widget."""
        from tracetui.view_models.trace_lines import arrange  # noqa: PLC0415 - numpy

        arranged = arrange(before.everything, wanted)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Rearranged(traces, arranged))

    @on(Rearranged)
    def _show_rearranged(self, message: Rearranged) -> None:
        message.stop()
        if message.traces is self._list and message.arranged.arrangement == self.arrangement:
            self._show_arranged(message.arranged)

    def _show_arranged(self, arranged: Arranged) -> None:
        self._arranged = arranged
        self.table.show(arranged.rows, arranged.groups)
        self._show_status()
        self.show_state(self.session.state)
        self.show_panes()

    def _show_status(self) -> None:
        """Say what narrows the list, and how many of how many traces are left."""
        narrowed = self.where is not None or self._window is not None or self._only_marked
        self.filter_status.display = narrowed
        if not narrowed or self._list is None or self._arranged is None:
            return
        shown, of = len(self._arranged.rows), self._list.totals.traces
        facts: list[Fact] = []
        if self.where is not None:
            facts += [Fact("filter", "accent", 3, bold=True), Fact(self.filter_text, "plain", 0)]
        if self._window is not None:
            facts += [Fact("window", "accent", 3, bold=True)]
            facts += [Fact(window_words(self._window), "plain", 2)]
        if self._only_marked:
            facts.append(Fact("only marked", "accent", 2, bold=True))
        facts.append(Fact(f"{shown:,} of {of:,} traces", "warning", 1, right=True))
        self.filter_status.show(facts)

    def action_group(self) -> None:
        """Group by the next of `GROUPINGS`."""
        self._group_by = GROUPINGS[(GROUPINGS.index(self._group_by) + 1) % len(GROUPINGS)]
        self._rearrange()

    def action_window(self, direction: int) -> None:
        """Move the window of time over the histogram; at first, put one there."""
        if (found := self.histogram.histogram) is not None:
            self._narrow_to(time_window.moved(self._window, found, direction))

    def action_narrow(self) -> None:
        """Make the window half as wide, around the trace under the cursor."""
        if (found := self.histogram.histogram) is None:
            return
        rows, trace_id = self.table.rows, self.table.trace_id
        summary = None if rows is None or trace_id is None else rows.summary_of(trace_id)
        around = None if summary is None else summary.start_time_unix_nano
        self._narrow_to(time_window.narrowed(self._window, found, around))

    def action_reset_window(self) -> None:
        """Show the traces of all of the time."""
        if self._window is not None:
            self._narrow_to(None)

    @on(HistogramLine.Brushed)
    def _brushed(self, message: HistogramLine.Brushed) -> None:
        self._narrow_to(message.window)

    def _narrow_to(self, window: TimeWindow | None) -> None:
        self._window = self.histogram.window = window
        self._rearrange()

    def action_marked(self) -> None:
        """Show only what is marked, or everything."""
        if not self._only_marked and not self.table.marks:
            self.notify("Nothing is marked. m marks the trace under the cursor.", markup=False)
            return
        self._only_marked = not self._only_marked
        self._rearrange()

    @on(TraceTable.Marked)
    def _marked(self) -> None:
        self.show_state(self.session.state)
        if self._only_marked:
            self._only_marked = bool(self.table.marks)
            self._rearrange()

    def action_step_back(self) -> None:
        """Go back to the list; then let go of the window, then of the marks as a filter."""
        if not self.table.has_focus and self.facets_shown and self.has_class("-narrow"):
            self.hide_facets()
        elif not self.table.has_focus:
            self.focus_rows()
        elif self._window is not None:
            self.action_reset_window()
        elif self._only_marked:
            self.action_marked()

    def on_resize(self) -> None:
        """Count the traces into as many bars as there is room for now."""
        self.call_after_refresh(self._count_traces)

    def _count_traces(self) -> None:
        if self._arranged is not None:
            everything = self._arranged.everything
            self.histogram.histogram = everything.histogram(self.histogram.bars)

    def show_state(self, state: LoadState) -> None:
        """Show the totals and how far the load is, or why there is nothing to show."""
        self.title_line.show(self._facts(state))
        rows = None if self._arranged is None else self._arranged.everything
        empty = rows is None or not (len(rows) or self.where)
        settled = state.error is not None or (state.finished and self.up_to_date)
        if empty and settled:
            if state.error is not None:
                self.notice.show(state.error, ADVICE_ERROR, error=True)
            elif (reception := self.session.reception) is not None:
                self.notice.show("Waiting for spans. In the agent's shell:", reception.advice)
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
        if self._group_by is not None and self._arranged is not None and self._arranged.groups:
            of = f"{totals_line.plural(len(self._arranged.groups), 'group')} by {self._group_by}"
            facts.append(Fact(of, "accent", 6))
        if marks := self.table.marks:
            facts.append(Fact(f"{len(marks):,} marked", "accent", 3))
        if state.error is not None:
            said = "stopped early, ctrl+r says why" if something else "not loaded"
            facts.append(Fact(said, "error", 0, right=True))
        if self.session.reception is not None and self.session.reception.failure is not None:
            facts.append(Fact("receives no more", "error", 0, right=True))
        if state.refused:
            facts.append(Fact(f"{state.refused:,} refused", "warning", 2, right=True))
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 1, right=True)]
        return facts

    @on(TraceTable.Opened)
    def _open(self, message: TraceTable.Opened) -> None:
        self.open_trace(message.trace_id)

    def open_trace(self, trace_id: str) -> None:
        """Show one trace in front of the list."""
        from tracetui.screens.trace import TraceScreen  # noqa: PLC0415 - after the first paint

        self.app.push_screen(TraceScreen(self.session, trace_id, self.table.step))

    @on(TraceTable.SortMenuWanted)
    def _choose_sort(self) -> None:
        from tracetui.screens.sort_menu import SortMenu  # noqa: PLC0415 - when asked for

        def chosen(key: str | None) -> None:
            if key is not None:
                self.table.sort_by(key)

        self.app.push_screen(SortMenu(self.table.sort), chosen)

    @on(TraceTable.ColumnsWanted)
    def _choose_columns(self, message: TraceTable.ColumnsWanted) -> None:
        def chosen(keys: frozenset[str] | None) -> None:
            if keys is not None:
                self.table.choose_columns(keys)

        offered = ((c.key, c.title or "duration bar") for c in COLUMNS if c.rank > 0)
        self.app.push_screen(ColumnChooser(message.keys, offered), chosen)

    def row_under_cursor(self) -> dict[str, Any] | None:
        """Return the columns of the trace under the cursor, or what a group shares."""
        if (shared := self.table.group_column) is not None:
            by, value = shared
            return None if by == "day" else {GROUP_COLUMNS[by]: value}
        rows, trace_id = self.table.rows, self.table.trace_id
        summary = None if rows is None or trace_id is None else rows.summary_of(trace_id)
        return None if summary is None else asdict(summary)

    def newest_unix_nano(self) -> int | None:
        """Return the start of the newest trace."""
        return None if self._arranged is None else self._arranged.everything.newest_unix_nano

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
