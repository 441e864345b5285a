"""A chat in the text view: a cursor on its lines, items that fold, matches that show."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from tracetui.view_models.conversation.items import Item, Key, document
from tracetui.view_models.text_layout import Anchor
from tracetui.widgets.colours import Palette
from tracetui.widgets.text_view import TextView

_TO_THE_END = 1 << 40
"""Rows below a place, more than there are."""
CURSOR_MARK = "\u203a"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the cursor is to go once that is laid out."""

    block: int
    offset: int
    """A character of a text, a line of lines."""
    rows: int
    """Rows below the place."""
    at: int | None
    """Row of the screen to show it on; None scrolls as little as shows it."""


class ConversationView(TextView):
    """Shows the items of a chat; `show_items` gives it some. It posts `Moved` and `Clicked`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"conversation-view--cursor"}
    DEFAULT_CSS = """
    ConversationView {
        & > .conversation-view--cursor { color: $accent; text-style: bold; }
    }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another item."""

    @dataclass
    class Clicked(Message):
        """The user clicked the item under the cursor twice."""

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[Item] = ()
        self._first_blocks: list[int] = []
        self._cursor_row = 0
        self._goal_cursor: Goal | None = None
        self._palette: Palette | None = None

    @property
    def items(self) -> Sequence[Item]:
        """What is shown."""
        return self._items

    @property
    def item(self) -> Item | None:
        """The item under the cursor."""
        at = self._item_at(self._cursor_row)
        return None if at is None else self._items[at]

    def show_items(self, items: Sequence[Item], *, keep: bool) -> None:
        """Show `items`, the cursor on the item it was on if `keep`, else on the first."""
        before, goal, at = self.item, self._goal_cursor, self._cursor_row - self.scroll_offset.y
        rows = self._rows_into_item()
        self._items = items
        self._first_blocks, count = [], 0
        for item in items:
            self._first_blocks.append(count)
            count += len(item.blocks)
        self._document = document(items)
        if not keep:
            self._cursor_row, self._goal_cursor = 0, Goal(0, 0, 0, 1) if items else None
            goal = None
            self.scroll_to(0, 0, animate=False, immediate=True)
        self._lay_out()
        place = None if before is None or not keep else self._place_of(before.key)
        if goal is not None and keep:
            self._goal_cursor = goal
        elif place is not None:
            if before is not None and before.folded and not items[place].folded:
                at = min(at, self._third)  # room for what was unfolded
            self._goal_cursor = Goal(self._first_blocks[place], 0, rows, max(at, 0))
        elif before is None and items:
            self._goal_cursor = Goal(0, 0, 0, 1)
        self._reach_goal()

    @property
    def _third(self) -> int:
        return self.scrollable_content_region.height // 3

    def go_to(self, key: Key, *, at: int | None = 0) -> bool:
        """Put the cursor on an item; return whether it is there."""
        place = self._place_of(key)
        if place is not None:
            self._set_goal(Goal(self._first_blocks[place], 0, 0, at))
        return place is not None

    def go_to_match(self, key: Key, needle: str) -> None:
        """Put the cursor on the first row of an item that holds `needle`."""
        place = self._place_of(key)
        if place is None:
            return
        first, item = self._first_blocks[place], self._items[place]
        for number, block in enumerate(item.blocks):
            text = block.plain_text().casefold()
            found = text.find(needle.casefold())
            if found >= 0:
                is_lines = not hasattr(block, "text")
                offset = text.count("\n", 0, found) if is_lines else found
                self._set_goal(Goal(first + number, offset, 0, None))
                return
        self._set_goal(Goal(first, 0, 0, None))

    def _place_of(self, key: Key) -> int | None:
        return next((at for at, item in enumerate(self._items) if item.key == key), None)

    def _item_at(self, row: int) -> int | None:
        if not self._items or not self._rows.row_count:
            return None
        return max(bisect_right(self._first_blocks, self._rows.anchor(row).block) - 1, 0)

    def _rows_into_item(self) -> int:
        at = self._item_at(self._cursor_row)
        if at is None:
            return 0
        start = self._rows.find(Anchor(self._first_blocks[at], 0))
        return 0 if start is None else max(self._cursor_row - start, 0)

    def _set_goal(self, goal: Goal) -> None:
        self._goal_cursor = goal
        self._reach_goal()

    def _advance(self, seconds: float = 0.010) -> None:
        super()._advance(seconds)
        if self._goal_cursor is not None:
            self._reach_goal()

    def _reach_goal(self) -> None:
        goal = self._goal_cursor
        if goal is None:
            return
        row = self._rows.find(Anchor(goal.block, goal.offset))
        if (row is None or goal.rows == _TO_THE_END) and not self._rows.done:
            return
        self._goal_cursor = None
        if row is not None:
            following = bisect_right(self._first_blocks, goal.block)
            after = self._first_blocks[following : following + 1]
            end = self._rows.find(Anchor(after[0], 0)) if after else None
            rows = goal.rows if end is None else min(goal.rows, max(end - 1 - row, 0))
            self._move(self._past_blank(row + rows), at=goal.at, jump=True)

    def _past_blank(self, row: int) -> int:
        """Return `row`, or the next one where it is a blank line over a head."""
        blank = not "".join(piece.text for piece in self._rows.row(row)).strip()
        return row + 1 if blank and row + 1 < self._rows.row_count else row

    def _move(self, row: int, *, at: int | None = None, jump: bool = False) -> None:
        """Put the cursor on a row, and the row on row `at` of the screen.

        Without `at` the screen moves as little as it must; after a jump, so that what is around
        the row is seen too.
        """
        before = self._item_at(self._cursor_row)
        self._cursor_row = min(max(row, 0), max(self._rows.row_count - 1, 0))
        height = max(self.scrollable_content_region.height, 1)
        top = self.scroll_offset.y
        if at is not None:
            top = self._cursor_row - min(at, height - 1)
        elif jump and not top <= self._cursor_row < top + height:
            top = self._cursor_row - self._third
        elif self._cursor_row < top:
            top = self._cursor_row
        elif self._cursor_row >= top + height:
            top = self._cursor_row - height + 1
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()
        if self._item_at(self._cursor_row) != before or at is not None:
            self.post_message(self.Moved())

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew, the cursor on its item."""
        place, rows = self._item_at(self._cursor_row), self._rows_into_item()
        at = self._cursor_row - self.scroll_offset.y
        goal = self._goal_cursor
        super().on_resize(event)
        self._goal = None
        if goal is not None:
            self._goal_cursor = goal
        elif place is not None:
            self._goal_cursor = Goal(self._first_blocks[place], 0, rows, max(at, 0))
        self._reach_goal()

    def watch_wrap(self) -> None:
        """Lay out anew, the cursor on its item."""
        place = self._item_at(self._cursor_row)
        at = self._cursor_row - self.scroll_offset.y
        super().watch_wrap()
        self._goal = None
        if place is not None:
            self._set_goal(Goal(self._first_blocks[place], 0, 0, max(at, 0)))

    def action_scroll_lines(self, lines: int) -> None:
        """Move the cursor by `lines`."""
        self._goal_cursor = None
        self._move(self._cursor_row + lines)

    def action_page(self, pages: float) -> None:
        """Move the cursor by `pages`, at the same place of the screen."""
        self._goal_cursor = None
        height = max(self.scrollable_content_region.height - (1 if abs(pages) >= 1 else 0), 1)
        self._move(
            self._cursor_row + round(pages * height), at=self._cursor_row - self.scroll_offset.y
        )

    def action_top(self) -> None:
        """Go to the beginning."""
        self._goal_cursor = None
        self._move(0)

    def action_bottom(self) -> None:
        """Go to the end of what is laid out, and on while there comes more."""
        if self._items:
            last = self._first_blocks[-1]
            self._set_goal(Goal(last, 0, _TO_THE_END, None))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        self._move(self.scroll_offset.y + event.y)
        if event.chain == 2:
            self.post_message(self.Clicked())

    def on_focus(self) -> None:
        """Show a bright cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show a quiet cursor."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours: the theme has changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Return row `y` of what is visible, marked if the cursor is on it."""
        strip = super().render_line(y)
        if self.scroll_offset.y + y != self._cursor_row or not self._items:
            return strip
        palette = self._palette = self._palette or Palette(self)
        ground = palette.style("plain", "row-cursor" if self.has_focus else "row-cursor-blurred")
        below = Style(bgcolor=ground.bgcolor)
        match = self.get_component_rich_style("text-view--match").bgcolor
        strip = Strip(
            Segment(
                text,
                style
                if style and self._match and style.bgcolor == match
                else (style or Style()) + below,
            )
            for text, style, _ in strip
        )
        style = self.get_component_rich_style("conversation-view--cursor")
        mark = Segment(CURSOR_MARK, style + below)
        return Strip.join([Strip([mark]), strip.crop(1)])
