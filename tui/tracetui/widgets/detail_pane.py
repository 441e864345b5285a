"""The detail pane: one span, in tabs over a text view."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from tracetui_store.rows import SpanDetail

from tracetui.commands import DETAIL, bindings
from tracetui.view_models.declarations import Declaration
from tracetui.view_models.detail import Tab, tabs
from tracetui.view_models.hits import needle_of
from tracetui.view_models.text_document import Piece, Role, TextDocument, line, text_lines
from tracetui.view_models.text_finder import Place
from tracetui.widgets.find_line import FindLine
from tracetui.widgets.reading_view import ReadingView
from tracetui.widgets.tab_strip import TabStrip
from tracetui.widgets.text_view import TextView

EMPTY = "Move to a span to see its details"
ABSENT = "No span with this id is in what was loaded; the spans below name it as their parent."


class DetailPane(Vertical):
    """Shows a span; `show` gives it one. The chosen tab is kept from span to span."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DETAIL)
    DEFAULT_CSS = """
    DetailPane {
        & > TabStrip { display: none; }
        &.-filled > TabStrip { display: block; }
        &:focus-within > TabStrip > .tab-strip--active { color: $background; background: $primary; }
        & > ReadingView { height: 1fr; padding: 0 0 0 1; }
    }
    """

    @dataclass
    class Back(Message):
        """The user wants to go back to the tree."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tabs: list[Tab] = []
        self._detail: SpanDetail | None = None
        self._tab_id = "overview"
        self._raw = False
        self._strip = TabStrip()
        self._text = ReadingView(has_raw=True)
        self._find_line = FindLine("find in the text")
        self._find_from: Place | None = None

    def compose(self) -> ComposeResult:
        """Put the tabs over the text and the prompt below it."""
        yield self._strip
        yield self._text
        yield self._find_line

    def on_mount(self) -> None:
        """Say what the pane is for."""
        if not self._tabs:
            self._say(EMPTY)

    @property
    def plain_text(self) -> str:
        """The text of the shown tab, for copying."""
        return self._text.plain_text

    @property
    def tab_title(self) -> str | None:
        """The title of the shown tab; None while no span is shown."""
        return self._tabs[self._active()].title if self._tabs else None

    @property
    def tab(self) -> Tab | None:
        """The shown tab; None while no span is shown."""
        return self._tabs[self._active()] if self._tabs else None

    def show(
        self,
        detail: SpanDetail | None,
        folded: Mapping[str, Any] | None = None,
        declaration: Declaration | None = None,
        raw_text: str | None = None,
    ) -> None:
        """Show a span with its folded content; None empties the pane.

        Args:
            detail: The span.
            folded: Its folded content.
            declaration: How the tool that it calls was declared, if that is known.
            raw_text: All of it as JSON, if that is made already.
        """
        if detail is None:
            self._say(EMPTY)
            return
        known = detail is self._detail
        self._detail = detail
        self._tabs = tabs(detail, dict(folded or {}), declaration, raw_text)
        self._strip.titles = [tab.title for tab in self._tabs]
        self.add_class("-filled")
        if not known or self._tabs[self._active()].id == "call":
            # What came later is about the call only; elsewhere the reader is not disturbed.
            self._show_tab()

    def reveal(self, text: str, likely: Sequence[str]) -> bool:
        """Show the tab that has `text` in it, where it is; False if none has.

        Args:
            text: What is looked for, whatever its case.
            likely: Ids of tabs, the likeliest first; the others are looked at after them.
        """
        needle = re.compile(re.escape(text), re.IGNORECASE)
        order = {tab_id: rank for rank, tab_id in enumerate(likely)}
        found = sorted(enumerate(self._tabs), key=lambda one: order.get(one[1].id, len(order)))
        for index, tab in found:
            place = tab.build(self._raw).find(needle)
            if place is not None:
                self._choose(index)
                self._text.show_match(needle_of(text), place)
                return True
        return False

    def show_absent(self) -> None:
        """Say why a parent that only its children name has no details."""
        self._say(ABSENT)

    def show_loading(self) -> None:
        """Say that the span is on its way."""
        self._say("Loading …")

    def show_error(self, text: str) -> None:
        """Say why there is nothing to show."""
        self._say(text, "error")

    def focus(self, scroll_visible: bool = True) -> "DetailPane":
        """Focus the text: it is what scrolls."""
        self._text.focus(scroll_visible)
        return self

    def _say(self, text: str, role: Role = "dim") -> None:
        self._tabs, self._detail = [], None
        self.remove_class("-filled")
        self._text.show(text_lines(line(), line("  ", Piece(text, role), hang=2)))

    def _active(self) -> int:
        """Return the index of the chosen tab, or Overview's where this span has no such tab."""
        return next((i for i, tab in enumerate(self._tabs) if tab.id == self._tab_id), 0)

    def _show_tab(self) -> None:
        if not self._tabs:
            return
        active = self._active()
        self._strip.active = active
        document = self._tabs[active].build(self._raw)
        self._text.show(document if document.blocks else TextDocument())

    def action_tab(self, step: int) -> None:
        """Go `step` tabs on, round at the ends."""
        if self._tabs:
            self._choose((self._active() + step) % len(self._tabs))

    @on(TabStrip.Chosen)
    def _tab_clicked(self, message: TabStrip.Chosen) -> None:
        message.stop()
        if message.index < len(self._tabs):
            self._choose(message.index)

    def _choose(self, index: int) -> None:
        self._tab_id = self._tabs[index].id
        self._show_tab()

    @on(TextView.RawToggled)
    def _raw_toggled(self, message: TextView.RawToggled) -> None:
        message.stop()
        self._raw = not self._raw
        self._show_tab()

    def action_back(self) -> None:
        """Drop the search, or go back to the tree."""
        if self._find_line.is_open:
            self._drop_search()
        else:
            self.post_message(self.Back())

    def action_activate(self) -> None:
        """Fold, unfold or follow what is under the cursor."""
        self._text.action_activate()

    def action_fold_all(self) -> None:
        """Fold or unfold all JSON."""
        self._text.action_fold_all()

    def action_search(self) -> None:
        """Open the prompt."""
        if self._tabs:
            self._find_from = self._text.place
            self._find_line.open()

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous match."""
        if not self._text.next_match(direction):
            self.notify("Nothing matches. Press / to search the text.", timeout=3)

    @on(FindLine.Changed)
    def _search(self, message: FindLine.Changed) -> None:
        message.stop()
        self._text.find(message.text, self._find_from or Place((0,), 0))
        if not message.text and self._find_from is not None:
            self._text.go_to(self._find_from)

    @on(FindLine.Confirmed)
    def _keep_search(self, message: FindLine.Confirmed) -> None:
        message.stop()
        if not message.text:
            self._find_line.close()
        self._text.focus()

    @on(FindLine.Cancelled)
    def _cancel_search(self, message: FindLine.Cancelled) -> None:
        message.stop()
        self._drop_search()
        if self._find_from is not None:
            self._text.go_to(self._find_from)

    def _drop_search(self) -> None:
        self._text.find("", None)
        self._find_line.close()
        self._text.focus()

    @on(ReadingView.Found)
    def _say_found(self, message: ReadingView.Found) -> None:
        message.stop()
        if self._find_line.is_open:
            count, more = self._text.matches
            self._find_line.show_place(self._text.at, count, more=more)
