"""One trace: tree and timeline, and the span under the cursor in detail.

Imports numpy and Arrow; it is imported when the first trace is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import getters, on, work
from textual.containers import Container
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker

from tracetui.commands import FILTER, OUT, SEARCH, TRACE, bindings
from tracetui.screens import fetch
from tracetui.screens.filter_screen import FILTER_STATUS
from tracetui.screens.span_outlets import SpanOutlets
from tracetui.screens.trace_tools import HIDDEN_STATUS, STITCHED_STATUS, TraceTools
from tracetui.view_models import totals_line, tree_summary
from tracetui.view_models.kinds import glyph
from tracetui.view_models.sanitise import sanitise
from tracetui.widgets.detail_pane import DetailPane
from tracetui.widgets.filter_line import FilterLine
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.threshold_line import ThresholdLine
from tracetui.widgets.title_line import Fact, TitleLine
from tracetui.widgets.waterfall import Waterfall

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer
    from tracetui_store.protocol import TraceReader

    from tracetui.session import LoadState, Session

SECONDS_BEFORE_DETAILS = 0.04
"""How long the cursor rests before its span is fetched: a held key fetches nothing."""
MARGIN_OF_TREE = 5
"""Lines of a tree without the rows: up to three of header, and some to stand apart."""
SIDE_BY_SIDE_FROM = 140
"""Cells of width from which the details stand beside the tree instead of below."""


class TraceScreen(SpanOutlets, TraceTools):
    """Shows a trace; `step` moves along the list and returns the next trace's id."""

    LEVEL = "spans"
    BINDINGS = [*bindings(TRACE), *bindings(OUT), *bindings(SEARCH), *bindings(FILTER)]  # noqa: RUF012 - Textual's form
    CSS_PATH = "trace.tcss"
    AUTO_FOCUS = "Waterfall"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (SIDE_BY_SIDE_FROM, "-wide")]  # noqa: RUF012

    title_line = getters.query_one(TitleLine)
    search_line = getters.query_one(SearchLine)

    @dataclass
    class SpanFetched(Message):
        """The span under the cursor is there."""

        span: fetch.Span

    def __init__(self, session: Session, trace_id: str, step: Callable[[int], str | None]) -> None:
        super().__init__(session, trace_id, step)
        self._span: fetch.Span | None = None
        self._detail_timer: Timer | None = None
        self._search_from: int | None = None
        self._goal_row: int | None = None
        """The span to put the cursor on as soon as it is there."""

    def go_to_row(self, row_id: int | None) -> None:
        """Put the cursor on a span, now or once the trace is there."""
        self._goal_row = row_id
        if self._trace is not None and row_id is not None and self.waterfall.move_to_row(row_id):
            self._goal_row = None
            self.waterfall.focus()

    def compose(self) -> ComposeResult:
        """Put the title over tree and details, the prompt and the footer below."""
        yield TitleLine()
        yield TitleLine(id=STITCHED_STATUS)
        yield TitleLine(id=FILTER_STATUS)
        yield TitleLine(id=HIDDEN_STATUS)
        with Container(id="panes"):
            yield Waterfall()
            yield DetailPane()
        yield SearchLine()
        yield FilterLine()
        yield ThresholdLine()
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], fetch.Trace]:
        """Ask for the spans of the trace of now."""
        return partial(
            fetch.trace,
            trace_id=self._trace_id,
            where=self.where,
            derive=self.waterfall.needs_derived,
        )

    def show_result(self, result: fetch.Trace) -> None:
        """Show the trace; if it is the same one, grown, cursor and folds stay."""
        if result.trace_id != self._trace_id or result.where is not self.where:
            # The user has stepped on meanwhile, or filters otherwise.
            self.refetch()
            return
        grown = self._trace is not None and self._trace.trace_id == result.trace_id
        self._trace = result
        if result.derived is not None or not grown:
            self._derived = result.derived
        if not grown and self.session.span_columns is not None:
            self.waterfall.choose_columns(self.session.span_columns)
        self.waterfall.show(
            result.tree,
            result.table,
            keep_cursor=grown,
            matching=result.matching,
            derived=result.derived,
        )
        # Below a short tree the room is for the details.
        self.waterfall.styles.max_height = len(result.tree) + MARGIN_OF_TREE
        self.derive()
        self.stitch()
        self.show_hidden()
        self.go_to_row(self._goal_row)
        if result.matching is not None:
            self.show_filtered(result.matching.size, result.table.num_rows, "spans")
        self.show_state(self.session.state)

    @property
    def answering(self) -> bool:
        """Whether the trace is to come, or the details that have the keyboard."""
        shown = self._span is not None and self._span.row_id == self.waterfall.cursor_row_id
        return super().answering or (self.details.has_focus_within and not shown)

    def show_state(self, state: LoadState) -> None:
        """Show the trace's totals, and how far the load is."""
        gauge, progress = totals_line.progress_words(state)
        facts: list[Fact] = []
        if self._trace is not None:
            name, kind = tree_summary.root_name(self._trace.tree, self._trace.table)
            facts.append(Fact(f"{glyph(kind)} {name or self._trace_id}", "plain", 0, bold=True))
            ranks = (1, 3, 4, 2, 2, 5)
            for (text, tone), rank in zip(
                tree_summary.words(self._trace.tree), ranks, strict=False
            ):
                facts.append(Fact(text, tone, 6 if tone == "dim" else rank))
            facts += self.path_facts()
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 7, right=True)]
        self.title_line.show(facts)

    @on(Waterfall.CursorMoved)
    def _cursor_moved(self, message: Waterfall.CursorMoved) -> None:
        if self._detail_timer is not None:
            self._detail_timer.stop()
        if message.row_id is None:
            self._span = None
            self.details.show_absent()
            return
        if self._span is None:
            self.details.show_loading()
        self._detail_timer = self.set_timer(
            SECONDS_BEFORE_DETAILS, partial(self._fetch_span, message.row_id)
        )

    @work(thread=True, exclusive=True, group="span", exit_on_error=False)
    def _fetch_span(self, row_id: int) -> None:
        """Fetch and fold a span on a thread. Touches no widget: it goes home as a message."""
        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            span = fetch.span(reader, row_id)
            if get_current_worker().is_cancelled:  # the cursor has moved on
                return
            self.post_message(self.SpanFetched(span))
            declared = fetch.declared(reader, span)
        if declared is not span and not get_current_worker().is_cancelled:
            self.post_message(self.SpanFetched(declared))

    @on(SpanFetched)
    def _show_span(self, message: SpanFetched) -> None:
        message.stop()
        if message.span.row_id == self.waterfall.cursor_row_id:
            self._span = span = message.span
            self.details.show(span.detail, span.folded, span.declaration, span.raw_text)

    @on(Waterfall.Opened)
    def _go_to_details(self) -> None:
        self.details.focus()

    @on(DetailPane.Back)
    def _go_to_tree(self) -> None:
        self.waterfall.focus()

    @on(Waterfall.Note)
    def _say(self, message: Waterfall.Note) -> None:
        self.notify(sanitise(message.text), markup=False, timeout=3)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def action_step(self, rows: int) -> None:
        """Show the next or previous trace of the list."""
        trace_id = self._step(rows)
        if trace_id is None:
            self.notify("That was the last one." if rows > 0 else "That was the first one.")
            return
        self._trace_id = trace_id
        self.supersede()

    def open_span(self, trace_id: str, row_id: int) -> None:
        """Show a span: in this trace, or in another on top of it."""
        self.follow_link(fetch.LinkTarget(trace_id, "", row_id))

    def row_under_cursor(self) -> dict[str, Any] | None:
        """Return the columns of the span under the cursor."""
        trace, row_id = self._trace, self.waterfall.cursor_row_id
        row = None if trace is None or row_id is None else trace.tree.row_of(row_id)
        if trace is None or row is None:
            return None
        return trace.table.slice(int(trace.tree.source_row[row]), 1).to_pylist()[0]

    def newest_unix_nano(self) -> int | None:
        """Return when the trace began."""
        return None if self._trace is None else self._trace.tree.origin or None

    def focus_rows(self) -> None:
        """Give the keyboard to the tree."""
        self.waterfall.focus()

    def action_search(self) -> None:
        """Open the search prompt."""
        self._search_from = self.waterfall.cursor_row_id
        self.search_line.open()

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous match."""
        self.waterfall.next_match(direction)

    @on(SearchLine.Changed)
    def _search(self, message: SearchLine.Changed) -> None:
        self._return_to_start()
        count = self.waterfall.search(message.text)
        self.search_line.show_count(count if message.text else None)

    @on(SearchLine.Confirmed)
    def _keep_search(self) -> None:
        self.search_line.close()
        self.waterfall.focus()

    @on(SearchLine.Cancelled)
    def _drop_search(self) -> None:
        self.waterfall.search("")
        self._return_to_start()
        self._keep_search()

    def _return_to_start(self) -> None:
        """Put the cursor where it was when the search began."""
        if self._search_from is not None:
            self.waterfall.move_to_row(self._search_from)
