"""The waterfall of a trace: tree, bars over time, and numbers, in one virtualised widget."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tracetui.commands import WATERFALL, bindings
from tracetui.view_models.span_columns import Columns
from tracetui.widgets.waterfall_jumps import WaterfallJumps


class Waterfall(WaterfallJumps, inherit_bindings=False):
    """Shows the spans of one trace as a tree beside their bars, or as an icicle.

    Give it a trace with `show`; it posts `CursorMoved`, `Opened`, `LinkWanted`, `ColumnsWanted`,
    `ThresholdWanted`, `Narrowed` and `Note`.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(WATERFALL)

    @dataclass
    class Opened(Message):
        """The user asked for the details of a span."""

        row_id: int

    @dataclass
    class LinkWanted(Message):
        """The user asked for the spans that a span is linked to."""

        row_id: int

    @dataclass
    class ColumnsWanted(Message):
        """The user asked to choose columns."""

        keys: frozenset[str]

    @dataclass
    class PathToggled(Message):
        """The critical path is marked, or no more."""

    def action_open(self) -> None:
        """Ask for the details of the span under the cursor."""
        if self.cursor_row_id is not None:
            self.post_message(self.Opened(self.cursor_row_id))

    def action_link(self) -> None:
        """Ask for the spans that the span under the cursor is linked to."""
        if self.cursor_row_id is not None:
            self.post_message(self.LinkWanted(self.cursor_row_id))

    def action_columns(self) -> None:
        """Ask which columns to show."""
        self.post_message(self.ColumnsWanted(frozenset(self._columns)))

    def choose_columns(self, keys: frozenset[str]) -> None:
        """Show other columns; say which do not fit."""
        self._columns = keys
        self._redraw()
        fit = Columns.for_width(self.scrollable_content_region.width, keys).numbers
        if missing := len(keys) - len(fit):
            self.note(f"{missing} of {len(keys)} columns do not fit here")

    def action_toggle_path(self) -> None:
        """Show the critical path, or everything alike again."""
        if self._derived is None:
            self.note("the critical path is being found")
        self._shows_path = not self._shows_path
        self._redraw()
        self.post_message(self.PathToggled())

    @property
    def needs_derived(self) -> bool:
        """Whether what is drawn would change if critical path and lanes came later."""
        return self._icicle or self._shows_path

    @property
    def shows_path(self) -> bool:
        """Whether the critical path is marked."""
        return self._shows_path

    def action_toggle_icicle(self) -> None:
        """Draw the spans as an icicle, or as a tree again; the cursor stays."""
        self._icicle = not self._icicle
        if self._icicle and self._derived is None:
            self.note("the icicle is being laid out")
        self._rows_changed(self.rows_on_screen // 3)
