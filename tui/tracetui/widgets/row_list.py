"""A list of rows drawn line by line under a header that stays: cursor, paging, colours, cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.widgets.colours import Palette

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

CACHED_STRIPS = 4_000


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws only the rows on screen, so that a million rows are as quick as ten.

    A subclass says how many rows there are and draws the header and a run of rows; it calls
    `rows_changed` when they are others, and hears of the cursor in `cursor_moved`.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RowList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    cursor: reactive[int] = reactive(0, init=False)
    """The row under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._palette: Palette | None = None
        self._strips: dict[int, Strip] = {}

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def draw_header(self, palette: Palette, width: int) -> Strip:
        """Draw the line that stays on top."""
        raise NotImplementedError

    def draw_rows(self, start: int, stop: int, palette: Palette, width: int) -> list[Strip]:
        """Draw the rows from `start` up to `stop`, which may lie beyond the last."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """Hear that the user moved the cursor to another row."""

    @property
    def cursor_ground(self) -> str:
        """The theme variable behind the row under the cursor."""
        return "row-cursor" if self.has_focus else "row-cursor-blurred"

    @property
    def page_rows(self) -> int:
        """How many rows are on screen, the header left out."""
        return max(self.scrollable_content_region.height - 1, 0)

    def rows_changed(self, cursor: int, *, top: int | None = None) -> None:
        """Take up other rows, with the cursor on `cursor` and row `top` on top of the screen."""
        self.redraw()
        height = self.row_count + 1
        if self.virtual_size.height != height:
            self.virtual_size = self.virtual_size.with_height(height)
        self.cursor = min(max(cursor, 0), max(self.row_count - 1, 0))
        if top is not None:
            self.scroll_to(y=top, animate=False, immediate=True)
        self.keep_cursor_in_view()

    def move_to(self, row: int) -> None:
        """Put the cursor on `row`, or on the nearest there is."""
        if not self.row_count:
            return
        before = self.cursor
        self.cursor = min(max(row, 0), self.row_count - 1)
        self.keep_cursor_in_view()
        if self.cursor != before:
            self.cursor_moved()

    def keep_cursor_in_view(self) -> None:
        """Scroll as little as shows the cursor."""
        height = self.page_rows
        if height <= 0:
            return
        top = round(self.scroll_y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def action_cursor(self, rows: int) -> None:
        """Move the cursor by `rows`."""
        self.move_to(self.cursor + rows)

    def action_top(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.move_to(self.row_count - 1)

    def action_page(self, pages: float) -> None:
        """Move the cursor, and the screen with it, by `pages` of what is on screen."""
        rows = max(int(self.page_rows * abs(pages)), 1) * (1 if pages > 0 else -1)
        self.scroll_to(y=self.scroll_y + rows, animate=False, immediate=True)
        self.move_to(self.cursor + rows)

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw the two lines that changed."""
        for row in (before, now):
            self._strips.pop(row, None)
            self.refresh_line(row + 1)

    def redraw(self) -> None:
        """Draw everything anew."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours: the theme changed."""
        super().notify_style_update()
        self._palette = None
        self._strips.clear()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor on screen."""
        self.redraw()
        self.virtual_size = self.virtual_size.with_width(event.size.width)
        self.keep_cursor_in_view()

    def on_focus(self) -> None:
        """Show a bright cursor."""
        self.redraw()

    def on_blur(self) -> None:
        """Show a quiet cursor."""
        self.redraw()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Take the width there is."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """Draw the header or one row; rows are read by the screen, not one at a time."""
        width = self.scrollable_content_region.width
        palette = self._palette = self._palette or Palette(self)
        if y == 0:
            return self.draw_header(palette, width)
        row = y - 1 + round(self.scroll_y)
        if row >= self.row_count:
            return Strip.blank(width, palette.style("plain"))
        if row not in self._strips:
            self._draw_from(row, palette, width)
        return self._strips[row]

    def _draw_from(self, row: int, palette: Palette, width: int) -> None:
        """Draw a row, and the rest of the screen with it where that is not drawn either."""
        if len(self._strips) > CACHED_STRIPS:
            self._strips.clear()
        stop = min(row + max(self.page_rows, 1), self.row_count)
        stop = next((below for below in range(row + 1, stop) if below in self._strips), stop)
        strips = self.draw_rows(row, stop, palette, width)
        self._strips.update(enumerate(strips, start=row))


class OpenableRows(RowList, inherit_bindings=False):
    """Rows that lead somewhere: a click goes to one, a second click opens it."""

    def action_open(self) -> None:
        """Go where the row under the cursor leads."""
        raise NotImplementedError

    def on_click(self, event: events.Click) -> None:
        """Go to a row, open it on a second click."""
        row = event.y - 1 + round(self.scroll_y)
        if event.y > 0 and row < self.row_count:
            self.move_to(row)
            if event.chain == 2:
                self.action_open()
