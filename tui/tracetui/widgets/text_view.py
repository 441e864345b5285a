"""The one view for all text: virtual, so that ten megabytes page as quickly as ten lines."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tracetui.commands import TEXT, bindings
from tracetui.view_models.highlight import marked
from tracetui.view_models.text_document import ROLES, TextDocument
from tracetui.view_models.text_layout import Anchor, Sight, TextLayout

if TYPE_CHECKING:
    from textual.timer import Timer

_FIRST_SLICE_SECONDS = 0.012
_SLICE_SECONDS = 0.010
_SLICE_EVERY_SECONDS = 0.025
"""Laying out takes less than half of the time until it is done: keys are answered between."""


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a text document, wrapped or not.

    Give it one with `show`; `plain_text` is the real text, for copying. It posts `RawToggled` when
    the user asks for the other form, if it `has_raw`: what that is, only the owner of the
    document knows.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(TEXT)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--match",
        *(f"text-view--{role}" for role in ROLES),
    }
    DEFAULT_CSS = """
    TextView {
        background: $background;
        color: $foreground;
        scrollbar-color: $foreground 25%;
        scrollbar-color-hover: $foreground 40%;
        scrollbar-color-active: $foreground 40%;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        & > .text-view--accent { color: $text-accent; }
        & > .text-view--code { color: $text-accent; }
        & > .text-view--dim { color: $foreground 60%; }
        & > .text-view--error { color: $text-error; text-style: bold; }
        & > .text-view--heading { color: $text-primary; text-style: bold; }
        & > .text-view--key { color: $text-primary; }
        & > .text-view--keyword { color: $text-warning; }
        & > .text-view--label { color: $foreground 60%; }
        & > .text-view--match { color: $background; background: $warning; text-style: bold; }
        & > .text-view--number { color: $text-accent; }
        & > .text-view--ok { color: $text-success; }
        & > .text-view--string { color: $text-success; }
        & > .text-view--strong { text-style: bold; }
        & > .text-view--warning { color: $text-warning; }
    }
    """

    wrap: reactive[bool] = reactive(True, init=False)

    @dataclass
    class RawToggled(Message):
        """The user wants the raw text instead of the pretty one, or back."""

    def __init__(self, *, has_raw: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._has_raw = has_raw
        self._document = TextDocument()
        self._rows = TextLayout(self._document, 80, wrap=True)
        self._rows_width = 0
        self._styles: dict[str, Style] = {}
        self._strips: dict[int, Strip] = {}
        self._sight: Sight | None = None
        """What is highlighted of long lines; None if that is all."""
        self._timer: Timer | None = None
        self._goal: Anchor | None = None
        self._follow_end = False
        self._match: re.Pattern[str] | None = None

    @property
    def plain_text(self) -> str:
        """The whole text as the trace holds it, for copying: not sanitised, not cut."""
        return self._document.plain_text()

    @property
    def laying_out(self) -> bool:
        """Whether rows are still being found."""
        return not self._rows.done

    def show(self, document: TextDocument) -> None:
        """Show `document` from its beginning."""
        self._document = document
        self._goal, self._follow_end = None, False
        self.scroll_to(0, 0, animate=False, immediate=True)
        self._lay_out()

    def show_match(self, needle: re.Pattern[str], place: tuple[int, int]) -> None:
        """Set off what `needle` matches, from now on, and show a place of the document.

        Args:
            needle: Of the text as it is drawn.
            place: A block and what is in it, as `TextDocument.find` returns them.
        """
        self._match = needle
        self._strips.clear()
        self._goal, self._follow_end = Anchor(*place), False
        self._advance(0)

    def watch_wrap(self) -> None:
        """Lay out again, keeping the text at the top where it is."""
        self._goal = self._rows.anchor(self.scroll_offset.y)
        self.scroll_to(x=0, animate=False, immediate=True)
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width, keeping the text at the top where it is."""
        if self.wrap and self._width() != self._rows_width:
            self._goal = self._rows.anchor(self.scroll_offset.y) if self.scroll_offset.y else None
            self._lay_out()

    def _width(self) -> int:
        """Return the cells for text, with or without a scrollbar: it must not change the wrap."""
        spare = 0 if self.show_vertical_scrollbar else 1
        return max(1, self.scrollable_content_region.width - spare)

    def _lay_out(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._rows_width = self._width()
        self._rows = TextLayout(self._document, self._rows_width, wrap=self.wrap, known=self._rows)
        self._strips.clear()
        self._advance(_FIRST_SLICE_SECONDS)
        if not self._rows.done:
            self._timer = self.set_interval(_SLICE_EVERY_SECONDS, self._advance)

    def _advance(self, seconds: float = _SLICE_SECONDS) -> None:
        rows = self._rows
        rows.advance(seconds)
        size = Size(0 if self.wrap else rows.cells, rows.row_count)
        if size != self.virtual_size:
            self.virtual_size = size
        if self._goal is not None and (row := rows.find(self._goal)) is not None:
            self._goal = None
            self.scroll_to(y=row, animate=False)
        if self._follow_end:
            self.scroll_to(y=self.max_scroll_y, animate=False)
            self._follow_end = not rows.done
        if rows.done and self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget drawn rows: the theme has changed."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Return row `y` of what is visible."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.size.width
        sight = None if self.wrap else (scroll_x, scroll_x + width)
        if sight != self._sight:
            self._sight = sight
            self._strips.clear()
        strip = self._strip(scroll_y + y)
        if (selection := self.text_selection) is not None:
            strip = self._selected(strip, scroll_y + y, selection)
        return strip.crop_extend(scroll_x, scroll_x + width, self._style("")).apply_offsets(
            scroll_x, scroll_y + y
        )

    def _selected(self, strip: Strip, row: int, selection: Selection) -> Strip:
        """Return a row with what is selected of it shown so; of columns, one is."""
        span = selection.get_span(row)
        if span is None or row >= self._rows.row_count:
            return strip
        first, last = (self._cell(row, x) if x >= 0 else strip.cell_length for x in span)
        if selection.start is not None:
            start = selection.start
            column = self._rows.columns_at(start.y, self._cell(start.y, start.x))
            low, high = column or (0, last)
            first, last = max(first, low), min(last, high)
        if first >= last:
            return strip
        look = self.screen.get_component_rich_style("screen--selection")
        inside = (
            Segment(text, (style or Style()) + look) for text, style, _ in strip.crop(first, last)
        )
        return Strip.join([strip.crop(0, first), Strip(inside), strip.crop(last)])

    def _cell(self, row: int, x: int) -> int:
        """Return the cell of what Textual calls an offset: characters, from what is scrolled on."""
        return x if self.scroll_offset.x else cell_len(self._strip(row).text[:x])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected, as the trace holds it."""
        start, end = selection
        first = (0, 0) if start is None else (start.y, self._cell(start.y, start.x))
        last = (self._rows.row_count, 0) if end is None else (end.y, self._cell(end.y, end.x))
        return self._rows.text_between(first, last), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self.refresh()

    def mark(self, needle: str) -> None:
        """Show where `needle` stands, whatever its case."""
        self._match = re.compile(re.escape(needle), re.IGNORECASE) if needle else None
        self._strips.clear()
        self.refresh()

    def _strip(self, row: int) -> Strip:
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) > 2_000:
                self._strips.clear()
            pieces = self._rows.row(row, self._sight)
            if self._match is not None:
                pieces = marked(pieces, self._match)
            segments = [Segment(p.text, self._style(p.role)) for p in pieces]
            strip = self._strips[row] = Strip(segments)
        return strip

    def _style(self, role: str) -> Style:
        style = self._styles.get(role)
        if style is None:
            name = f"text-view--{role}"
            style = self.get_component_rich_style(name) if role else self.rich_style
            self._styles[role] = style
        return style

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by `lines`."""
        self._scroll_by(lines)

    def action_page(self, pages: float) -> None:
        """Scroll by `pages`, keeping one line of a whole page in sight."""
        height = self.scrollable_content_region.height
        self._scroll_by(round(pages * max(1, height - (1 if abs(pages) >= 1 else 0))))

    def _scroll_by(self, lines: int) -> None:
        self._goal, self._follow_end = None, False
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_top(self) -> None:
        """Go to the beginning."""
        self._goal, self._follow_end = None, False
        self.scroll_to(0, 0, animate=False)

    def action_bottom(self) -> None:
        """Go to the end, and stay there while more of the text is laid out."""
        self._goal, self._follow_end = None, not self._rows.done
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_scroll_columns(self, direction: int) -> None:
        """Scroll an unwrapped text sideways by half its width."""
        step = max(1, self.size.width // 2)
        self.scroll_to(x=self.scroll_offset.x + direction * step, animate=False)

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or let them run on."""
        self.wrap = not self.wrap

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the raw form only where there is one."""
        return action != "toggle_raw" or self._has_raw

    def action_toggle_raw(self) -> None:
        """Ask for the raw or the pretty form."""
        self.post_message(self.RawToggled())
