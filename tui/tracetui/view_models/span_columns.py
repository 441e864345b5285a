"""The columns of numbers beside a trace's tree, and which of them fit a width."""

from collections.abc import Collection
from dataclasses import dataclass

GUTTER = 2
MARGIN = 1
"""Cells between the numbers and the scroll bar."""
_LEAST_TREE_AND_BARS = (33, 46, 54)
"""Cells that tree and bars keep beside the first, second and further columns of the default."""
_LEAST_BESIDE_CHOSEN = 42
"""The same beside columns that the user has chosen."""
_LEAST_WITH_BARS = 40


@dataclass(frozen=True, slots=True)
class SpanColumn:
    """A column of numbers or words."""

    key: str
    title: str
    width: int
    """With the blank before it."""
    rank: int
    """Lower ranks stay longer when room is short."""
    default: bool = False
    about: str = ""
    """What it shows, where the title is short."""


COLUMNS = (
    SpanColumn("started", "started", 10, 5, about="clock time of the start"),
    SpanColumn("agent", "agent", 16, 7),
    SpanColumn("model", "model", 20, 6),
    SpanColumn("service", "service", 16, 8),
    SpanColumn("spans", "spans", 8, 9, about="spans below, itself included"),
    SpanColumn("calls", "calls", 7, 10, about="model calls"),
    SpanColumn("errors", "errors", 8, 11, about="errors, each where it came from"),
    SpanColumn("self", "self", 9, 3, about="time that no child covers"),
    SpanColumn("path", "path", 7, 4, about="share of the critical path"),
    SpanColumn("duration", "duration", 9, 0, default=True),
    SpanColumn("input", "input", 8, 12, about="input tokens of the span itself"),
    SpanColumn("output", "output", 8, 13, about="output tokens of the span itself"),
    SpanColumn("tokens", "tokens", 9, 1, default=True, about="tokens with all below"),
    SpanColumn("cost", "cost", 10, 2, default=True, about="cost with all below"),
)
DEFAULT_KEYS = frozenset(column.key for column in COLUMNS if column.default)


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the parts of a row, in cells."""

    tree: int
    bar: int
    numbers: tuple[SpanColumn, ...]
    """The columns that fit, from the left."""

    @classmethod
    def for_width(cls, width: int, keys: Collection[str] = DEFAULT_KEYS) -> "Columns":
        """Share out `width` cells: numbers go first, by rank, then the bar, never names."""
        rest = width - MARGIN - GUTTER
        chosen: list[SpanColumn] = []
        is_default = frozenset(keys) == DEFAULT_KEYS
        wanted = sorted((c for c in COLUMNS if c.key in keys), key=lambda column: column.rank)
        for column in wanted:
            least = _LEAST_TREE_AND_BARS[min(len(chosen), 2)]
            if rest - column.width < (least if is_default else min(least, _LEAST_BESIDE_CHOSEN)):
                break
            chosen.append(column)
            rest -= column.width
        numbers = tuple(column for column in COLUMNS if column in chosen)
        if rest < _LEAST_WITH_BARS:
            return cls(max(rest, 0), 0, numbers)
        tree = min(max(rest * 52 // 100, 26), 72)
        return cls(tree, rest - tree - 1, numbers)

    @classmethod
    def of_bars_alone(cls, width: int) -> "Columns":
        """Leave everything to the bars but the margins."""
        return cls(-1, max(width - MARGIN - GUTTER, 0), ())

    @property
    def bar_at(self) -> int:
        """The cell where the bar column begins."""
        return GUTTER + self.tree + 1

    @property
    def numbers_width(self) -> int:
        """Cells of all numbers."""
        return sum(column.width for column in self.numbers)

    def guides_for(self, depth: int) -> int:
        """Return how many levels of guides a row at `depth` shows, two cells each."""
        return min(depth, max((self.tree - 16) // 2, 1))
