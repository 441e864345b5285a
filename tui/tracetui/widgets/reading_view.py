"""A text with a cursor on its lines: JSON that folds, links to follow, matches to go to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from tracetui.view_models.json_folds import JsonFolds
from tracetui.view_models.json_text import PRETTY_LIMIT
from tracetui.view_models.text_document import Columns, Lines, Path, Source, TextDocument
from tracetui.view_models.text_finder import Place, TextFinder
from tracetui.widgets.colours import Palette
from tracetui.widgets.text_view import TextView

if TYPE_CHECKING:
    import re

    from textual import events

_FIND_SECONDS = 0.008
_FOLDS_MOST = 4 * PRETTY_LIMIT
"""Characters of JSON that can be folded: finding the folds takes 20 ms."""


class ReadingView(TextView):
    """Shows a document with a cursor; it posts `LinkWanted` and `Found`."""

    @dataclass
    class LinkWanted(Message):
        """The user wants to go to what the line under the cursor leads to."""

        trace_id: str
        span_id: str

    @dataclass
    class Found(Message):
        """Matches were found, or the cursor was sent to one."""

    def __init__(self, *, has_raw: bool = False) -> None:
        super().__init__(has_raw=has_raw)
        self._unfolded = TextDocument()
        self._folds: dict[Path, JsonFolds] = {}
        self._cursor_row = 0
        self._goal_place: Place | None = None
        self._goal_scrolls = True
        """Whether the text scrolls to the goal, or only the cursor goes there."""
        self._finder = TextFinder(TextDocument(), "")
        self._find_from: Place | None = None
        self.at = -1
        """Index of the match the cursor was sent to; -1 before the first."""
        self._palette: Palette | None = None

    def show(self, document: TextDocument) -> None:
        """Show `document` from its beginning, unfolded."""
        self._unfolded, self._folds = document, {}
        self._cursor_row, self._goal_place = 0, None
        needle = self._finder.needle
        self._finder, self.at = TextFinder(document, needle), -1
        super().show(document)
        if needle:
            self._search_on()

    @property
    def plain_text(self) -> str:
        """The whole text as the trace holds it, for copying: not folded, not sanitised, not cut."""
        return self._unfolded.plain_text()

    @property
    def place(self) -> Place | None:
        """What the line under the cursor begins with."""
        leaf = next(iter(self._rows.leaves(self._cursor_row)), None)
        if leaf is None:
            return None
        folds = self._folds.get(leaf.path)
        return Place(leaf.path, leaf.offset if folds is None else folds.to_text(leaf.offset))

    @property
    def matches(self) -> tuple[int, bool]:
        """How many matches are found, and whether there may be more."""
        return len(self._finder.places), self._finder.more or not self._finder.done

    def find(self, needle: str, start: Place | None) -> None:
        """Mark `needle` and go to its first match from `start` on; an empty one is nowhere."""
        self._finder, self.at = TextFinder(self._unfolded, needle), -1
        self._find_from = start
        self.mark(needle)
        self._search_on()

    def show_match(self, needle: re.Pattern[str], place: tuple[int, int]) -> None:
        """Set off what `needle` matches, from now on, and put the cursor on a place."""
        super().show_match(needle, place)
        found = self._unfolded.blocks[place[0] : place[0] + 1]
        if found and isinstance(found[0], Columns):
            places = (
                Place((place[0], *path), at.start())
                for path, leaf in ((p[1:], one) for p, one in TextDocument(found).leaves())
                if isinstance(leaf, Source) and (at := needle.search(leaf.text))
            )
            self.go_to(next(places, Place((place[0], 0, 0), 0)))
        else:
            self.go_to(Place((place[0],), place[1]))

    def _search_on(self) -> None:
        """Search a slice; keys are answered between slices."""
        finder = self._finder
        finder.advance(_FIND_SECONDS)
        if self.at < 0 and finder.places and self._find_from is not None:
            later = next((i for i, p in enumerate(finder.places) if p >= self._find_from), None)
            if later is not None or finder.done:
                self._go_to_match(later or 0)
        if not finder.done:
            self.set_timer(0.02, lambda: self._search_on() if finder is self._finder else None)
        self.post_message(self.Found())

    def next_match(self, direction: int) -> bool:
        """Go to the next or previous match, round the ends; return whether there is one."""
        places = self._finder.places
        if not places:
            return False
        at = self.at
        if at < 0:
            here = self.place or Place((0,), 0)
            at = next((i for i, p in enumerate(places) if p >= here), 0) - (direction > 0)
        self._go_to_match((at + direction) % len(places))
        self.post_message(self.Found())
        return True

    def _go_to_match(self, at: int) -> None:
        self.at = at
        self.go_to(self._finder.places[at])

    def go_to(self, place: Place) -> None:
        """Put the cursor on a place, unfolding what hides it, now or once it is laid out."""
        folds = self._folds.get(place.path)
        if folds is not None and folds.reveal(place.offset):
            self._refold(place.path)
        self._goal_place, self._goal_scrolls = place, True
        self._reach_goal()

    def _reach_goal(self) -> None:
        place = self._goal_place
        if place is None:
            return
        folds = self._folds.get(place.path)
        offset = place.offset if folds is None else folds.to_shown(place.offset)
        row = self._rows.row_of(place.path, offset)
        if row is None and not self._rows.done:
            return
        self._goal_place = None
        if self._goal_scrolls:
            self._move(row or 0, centre=True)
        else:
            self._cursor_row = row or 0
            self._goal_scrolls = True

    def _advance(self, seconds: float = 0.010) -> None:
        follows = self._follow_end
        super()._advance(seconds)
        if follows:
            self._cursor_row = max(self._rows.row_count - 1, 0)
        self._reach_goal()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width, the cursor on its line."""
        place, width = self.place, self._rows_width
        super().on_resize(event)
        if self._rows_width != width and self._goal_place is None:
            self._keep_cursor_on(place)

    def watch_wrap(self) -> None:
        """Lay out again, the cursor on its line."""
        place = self.place
        super().watch_wrap()
        self._keep_cursor_on(place)

    def _keep_cursor_on(self, place: Place | None) -> None:
        """Put the cursor on its line where that is now; what is at the top stays there."""
        self._goal_place, self._goal_scrolls = place, False
        self._reach_goal()

    def action_activate(self) -> None:
        """Follow the link under the cursor, or fold or unfold the JSON that begins there."""
        for leaf in self._rows.leaves(self._cursor_row):
            if isinstance(leaf.block, Lines):
                link = leaf.block.lines[leaf.offset].link if leaf.block.lines else None
                if link is not None:
                    self.post_message(self.LinkWanted(*link))
                    return
            elif _folds(leaf.block) and self._folds_of(leaf.path).toggle(leaf.offset):
                self._refold(leaf.path)
                return

    def action_fold_all(self) -> None:
        """Fold what is in the outermost brackets of all JSON, or unfold everything."""
        place, changed = self.place, False
        paths = [p for p, leaf in self._unfolded.leaves() if _folds(leaf)]
        unfold = any(self._folds_of(path).folded for path in paths)
        for path in paths:
            folds = self._folds_of(path)
            if bool(folds.folded) == unfold and folds.toggle_all():
                changed = True
                self._replace(path)
        if changed:
            self._lay_out()
            if place is not None:
                self._goal_place = place
                self._reach_goal()

    def _folds_of(self, path: Path) -> JsonFolds:
        if path not in self._folds:
            text = next(leaf for at, leaf in self._unfolded.leaves() if at == path)
            self._folds[path] = JsonFolds(text.text if isinstance(text, Source) else "")
        return self._folds[path]

    def _replace(self, path: Path) -> None:
        leaf = next(leaf for at, leaf in self._unfolded.leaves() if at == path)
        if isinstance(leaf, Source):
            folds = self._folds[path]
            shown = replace(leaf, text=folds.shown) if folds.folded else leaf
            self._document = self._document.with_leaf(path, shown)

    def _refold(self, path: Path) -> None:
        """Lay out again, the row of the cursor where it is."""
        self._replace(path)
        self._lay_out()
        self._move(self._cursor_row)

    def _move(self, row: int, *, centre: bool = False) -> None:
        """Put the cursor on a row and scroll as little as shows it, or so that it is not alone."""
        self._follow_end = False
        self._cursor_row = min(max(row, 0), max(self._rows.row_count - 1, 0))
        height, top = max(self.scrollable_content_region.height, 1), self.scroll_offset.y
        if not top <= self._cursor_row < top + height:
            if centre:
                top = self._cursor_row - height // 3
            else:
                top = self._cursor_row - (height - 1 if self._cursor_row > top else 0)
            self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def action_scroll_lines(self, lines: int) -> None:
        """Move the cursor by `lines`; one that was scrolled out of sight comes back first."""
        self._goal_place = None
        top = self.scroll_offset.y
        last = top + max(self.scrollable_content_region.height, 1) - 1
        self._move(min(max(self._cursor_row, top), last) + lines)

    def action_page(self, pages: float) -> None:
        """Move the cursor, and the text with it, by `pages`."""
        self._goal_place = None
        before = self.scroll_offset.y
        super().action_page(pages)
        moved = self.scroll_offset.y - before
        height = max(1, self.scrollable_content_region.height)
        self._move(self._cursor_row + (moved or round(pages * height)))

    def action_top(self) -> None:
        """Go to the beginning."""
        self._goal_place = None
        super().action_top()
        self._move(0)

    def action_bottom(self) -> None:
        """Go to the end, and stay there while more of the text is laid out."""
        self._goal_place = None
        self._move(self._rows.row_count - 1)
        super().action_bottom()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; the second click does what Enter does."""
        if event.button == 1 and self.text_selection is None:
            self._move(self.scroll_offset.y + event.y)
            if event.chain == 2:
                self.action_activate()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours: the theme has changed."""
        super().notify_style_update()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        """Return row `y` of what is visible, on another ground under the cursor."""
        strip = super().render_line(y)
        row = self.scroll_offset.y + y
        if row != self._cursor_row or not self.has_focus or row >= self._rows.row_count:
            return strip
        palette = self._palette = self._palette or Palette(self)
        ground = Style(bgcolor=palette.style("plain", "row-cursor").bgcolor)
        plain = self._style("").bgcolor
        return Strip(
            Segment(text, (style + ground) if style and style.bgcolor == plain else style)
            for text, style, _ in strip
        )


def _folds(leaf: Lines | Source) -> TypeGuard[Source]:
    """Return whether a text is JSON that is indented: one that is too long for that is not."""
    if isinstance(leaf, Lines) or leaf.language != "json":
        return False
    return len(leaf.text) <= _FOLDS_MOST
