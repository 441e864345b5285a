"""The cells of numbers beside a row of the waterfall."""

from rich.segment import Segment
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models import format as fmt
from tracetui.view_models.derived import Derived
from tracetui.view_models.kinds import RUNNING_MARK
from tracetui.view_models.span_columns import SpanColumn
from tracetui.widgets.waterfall_palette import Palette
from tracetui.widgets.waterfall_text import SpanTexts, cut, right

_WORDS = {"agent": "agent_name", "model": "model", "service": "service_name"}
"""Columns of the table that are shown as they are, by column."""


class NumberCells:
    """Writes the columns of one tree."""

    def __init__(
        self,
        tree: SpanTree,
        texts: SpanTexts,
        columns: tuple[SpanColumn, ...],
        derived: Derived | None,
    ) -> None:
        self._tree = tree
        self._texts = texts
        self._columns = columns
        self._derived = derived
        self._path_total = max(derived.path.shares.total, 1) if derived else 1

    def draw(self, palette: Palette, row: int, *, cursor: bool, dim: bool) -> list[Segment]:
        """Return the cells of a row; sums over what is below are quiet."""
        own = bool(self._tree.own_usage[row])
        plain, quiet = palette.style("text", cursor=cursor), palette.style("dim", cursor=cursor)
        known = not (dim or self._tree.running[row] or self._tree.no_start[row])
        segments: list[Segment] = []
        for column in self._columns:
            bright = known and (own or column.key not in ("tokens", "cost"))
            segments.append(Segment(self._cell(column, row), plain if bright else quiet))
        return segments

    def text(self, key: str, row: int) -> str:
        """Return what the column `key` says of a row."""
        match key:
            case "duration":
                return self.duration(row)
            case "tokens":
                return self.tokens(row)
            case "cost":
                return self.cost(row)
            case "self" | "path":
                return self._of_path(key, row)
            case "started":
                return self._started(row)
            case "input" | "output":
                return self._own_tokens(f"{key}_tokens", row)
            case _:
                return self._count(key, row)

    def _cell(self, column: SpanColumn, row: int) -> str:
        if column.key in _WORDS:
            text = self._texts.text(_WORDS[column.key], row) or fmt.NOTHING
            return right(cut(text, column.width - 2), column.width)
        return right(self.text(column.key, row), column.width)

    def duration(self, row: int) -> str:
        """Return how long the span took, as far as that is known."""
        tree = self._tree
        if tree.source_row[row] < 0:
            return fmt.NOTHING
        if tree.no_start[row]:
            return RUNNING_MARK if tree.running[row] else fmt.UNKNOWN
        nano = int(tree.end[row] - tree.start[row])
        if tree.running[row]:
            return f"{RUNNING_MARK}{fmt.duration(nano)}" if nano else RUNNING_MARK
        return fmt.duration(nano)

    def tokens(self, row: int) -> str:
        """Return the tokens of the span and all below it."""
        totals = self._tree.totals
        silent = int(totals.silent[row])
        if totals.reported[row]:
            return fmt.tokens(int(totals.tokens[row]), lower_bound=silent > 0)
        return fmt.UNKNOWN if silent else fmt.NOTHING

    def cost(self, row: int) -> str:
        """Return the cost of the span and all below it."""
        totals = self._tree.totals
        unpriced = int(totals.silent[row]) + int(totals.unpriced[row])
        if totals.priced[row]:
            return fmt.money(float(totals.cost_usd[row]), lower_bound=unpriced > 0)
        return fmt.UNKNOWN if unpriced else fmt.NOTHING

    def _of_path(self, key: str, row: int) -> str:
        if self._derived is None or self._tree.source_row[row] < 0:
            return fmt.NOTHING
        if key == "self":
            unknown = self._tree.no_start[row] or self._tree.running[row]
            return fmt.UNKNOWN if unknown else fmt.duration(int(self._derived.self_time[row]))
        if not self._derived.path.on_path[row]:
            return fmt.NOTHING
        return fmt.percent(int(self._derived.path.own[row]) / self._path_total)

    def _started(self, row: int) -> str:
        if self._tree.no_start[row] or self._tree.source_row[row] < 0:
            return fmt.UNKNOWN
        return fmt.clock(self._tree.origin + int(self._tree.start[row]))

    def _own_tokens(self, column: str, row: int) -> str:
        count = self._texts.number(column, row)
        return fmt.NOTHING if count is None else fmt.tokens(count)

    def _count(self, key: str, row: int) -> str:
        tree = self._tree
        count = {"spans": tree.size, "calls": tree.totals.calls, "errors": tree.error_roots}[key]
        number = int(count[row])
        return fmt.count_within(number, 7) if number else fmt.NOTHING
