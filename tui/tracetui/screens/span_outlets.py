"""What the details of a trace's span lead to: other spans, the clipboard, programs, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.message import Message
from textual.worker import get_current_worker

from tracetui.screens import fetch
from tracetui.screens.taking_out import TakingOut
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.taking_out import Taken, span_takes
from tracetui.widgets.detail_pane import DetailPane
from tracetui.widgets.reading_view import ReadingView

if TYPE_CHECKING:
    from tracetui.session import Session


class SpanOutlets(TakingOut):
    """Takes texts out of the span under the cursor, and follows its links."""

    session: Session
    _span: fetch.Span | None
    details = getters.query_one(DetailPane)

    @dataclass
    class LinkFound(Message):
        """A linked span was looked up; `row_id` is None if it is not loaded."""

        trace_id: str
        span_id: str
        row_id: int | None

    def takes(self) -> list[Taken]:
        """Return what can be taken out of the span; with the focus in the tree, Markdown first."""
        span = self._span
        if span is None or span.detail is None:
            return []
        inside = self.details.has_focus_within
        details = self.details
        tab = details.tab if inside else None
        return span_takes(span.detail, span.folded, tab, lambda: details.plain_text)

    def taken_name(self) -> str:
        """Return the name of the span."""
        span = self._span
        return "" if span is None or span.detail is None else str(span.detail.fields.get("name"))

    def open_span(self, trace_id: str, row_id: int) -> None:
        """Show a span of this trace or another."""
        raise NotImplementedError

    @on(ReadingView.LinkWanted)
    def _want_span(self, message: ReadingView.LinkWanted) -> None:
        message.stop()
        self._find_span(message.trace_id, message.span_id)

    @work(thread=True, exclusive=True, group="link", exit_on_error=False)
    def _find_span(self, trace_id: str, span_id: str) -> None:
        """Look up the row of a linked span on a thread. Touches no widget."""
        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            row_id = fetch.row_of(reader, trace_id, span_id)
        if not get_current_worker().is_cancelled:
            self.post_message(self.LinkFound(trace_id, span_id, row_id))

    @on(LinkFound)
    def _follow(self, message: LinkFound) -> None:
        message.stop()
        if message.row_id is None:
            words = f"The span {sanitise(message.span_id[:64])} is not loaded."
            self.notify(words, markup=False, timeout=3)
        else:
            self.open_span(message.trace_id, message.row_id)
