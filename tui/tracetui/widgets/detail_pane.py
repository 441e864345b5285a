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
from tracetui.view_models.detail import Tab, tabs
from tracetui.view_models.hits import needle_of
from tracetui.view_models.text_document import Piece, Role, TextDocument, line, text_lines
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
        & > TextView { height: 1fr; padding: 0 0 0 1; }
    }
    """

    @dataclass
    class Back(Message):
        """The user wants to go back to the tree."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tabs: list[Tab] = []
        self._tab_id = "overview"
        self._raw = False
        self._strip = TabStrip()
        self._text = TextView(has_raw=True)

    def compose(self) -> ComposeResult:
        """Put the tabs over the text."""
        yield self._strip
        yield self._text

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

    def show(self, detail: SpanDetail | None, folded: Mapping[str, Any] | None = None) -> None:
        """Show a span with its folded content; None empties the pane."""
        if detail is None:
            self._say(EMPTY)
            return
        self._tabs = tabs(detail, dict(folded or {}))
        self._strip.titles = [tab.title for tab in self._tabs]
        self.add_class("-filled")
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
        self._tabs = []
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
        """Go back to the tree."""
        self.post_message(self.Back())
