"""The preview of the trace under the cursor: a text that scrolls, beside or below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from tracetui.view_models.text_document import BLANK, Piece, TextDocument, line, text_lines
from tracetui.widgets.text_view import TextView

if TYPE_CHECKING:
    from textual.app import ComposeResult


class TracePreview(Vertical):
    """Shows a document about a trace; the text takes the keyboard."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._text = TextView()
        self.trace_id: str | None = None
        """The trace that is shown."""

    def compose(self) -> ComposeResult:
        """Hold the text."""
        yield self._text

    @property
    def plain_text(self) -> str:
        """What is shown."""
        return self._text.plain_text

    def show(self, trace_id: str, document: TextDocument) -> None:
        """Show the preview of a trace; the same one, grown, keeps its place."""
        top = self._text.scroll_offset.y if trace_id == self.trace_id else 0
        self.trace_id = trace_id
        self._text.show(document)
        if top:
            self._text.scroll_to(y=top, animate=False)

    def say(self, words: str) -> None:
        """Say why there is no preview."""
        self.trace_id = None
        self._text.show(text_lines(BLANK, line("  ", Piece(words, "dim"), hang=2)))
