"""Which columns the list of traces has, and which of them fit a width."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from tracetui.view_models import format as fmt
from tracetui.view_models.trace_summary import (
    TraceSummary,
    cost_cell,
    count_cell,
    token_cell,
)

GUTTER = 3
"""Cells in front of the first column: a space, the mark, a space."""
GAP = 2
NAME_MINIMUM = 24


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: a column of `TRACE_COLUMNS` and its direction."""

    column: str = "start_time_unix_nano"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list of traces."""

    key: str
    title: str
    width: int
    rank: int
    """Lower ranks stay longer when room is short; rank 0 is always there."""
    text: Callable[[TraceSummary], str]
    sort_by: str
    """The column of `TRACE_COLUMNS` it sorts by; empty if it cannot."""
    right: bool = True
    """Whether it is aligned to the right, as numbers are."""
    most: int = 0
    """The width it may grow to; 0 is its own width."""
    default: bool = True
    """Whether it is shown until the user chooses otherwise."""
    tone: str = "plain"


COLUMNS: tuple[Column, ...] = (
    Column("started", "started", 8, 0, lambda _: "", "start_time_unix_nano", right=False),
    Column("trace", "trace", NAME_MINIMUM, 0, lambda s: s.name or "", "name", right=False, most=72),
    Column(
        "agent", "agent", 12, 6, lambda s: s.agent_name or "·", "agent_name", right=False, most=22
    ),
    Column(
        "service",
        "service",
        14,
        11,
        lambda s: s.service_name or "·",
        "service_name",
        right=False,
        most=22,
        default=False,
    ),
    Column(
        "session",
        "session",
        12,
        12,
        lambda s: s.session_id or "·",
        "session_id",
        right=False,
        most=36,
        default=False,
    ),
    Column("duration", "duration", 8, 1, lambda s: fmt.duration(s.duration_nano), "duration_nano"),
    Column("bar", "", 6, 7, lambda _: "", "", right=False, most=32),
    Column("spans", "spans", 6, 5, lambda s: fmt.count_within(s.span_count, 6), "span_count"),
    Column("llm", "llm", 4, 8, lambda s: count_cell(s.llm_count, 4), "llm_count"),
    Column("tool", "tool", 4, 9, lambda s: count_cell(s.tool_count, 4), "tool_count"),
    Column(
        "input",
        "input",
        7,
        13,
        lambda s: token_cell(s.input_tokens, s),
        "input_tokens",
        default=False,
    ),
    Column(
        "output",
        "output",
        7,
        14,
        lambda s: token_cell(s.output_tokens, s),
        "output_tokens",
        default=False,
    ),
    Column("tokens", "tokens", 7, 4, lambda s: token_cell(s.total_tokens, s), "total_tokens"),
    Column("cost", "cost", 8, 2, cost_cell, "cost_usd"),
    Column("flags", "flags", 8, 3, lambda _: "", "error_count", right=False),
    Column(
        "trace_id",
        "trace id",
        16,
        15,
        lambda s: s.trace_id,
        "trace_id",
        right=False,
        most=32,
        default=False,
        tone="dim",
    ),
)
_DATED = replace(COLUMNS[0], width=11, most=19)
"""`started` with the date, for traces of several days."""
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_KEYS = frozenset(column.key for column in COLUMNS if column.default)


@dataclass(frozen=True, slots=True)
class Placed:
    """A column with the cells it takes."""

    column: Column
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are on screen, and how many pages of columns there are."""

    placed: tuple[Placed, ...]
    page: int
    pages: int

    def at(self, x: int) -> Column | None:
        """Return the column that is drawn at cell `x`."""
        return next((p.column for p in self.placed if p.x <= x < p.x + p.width), None)


def lay_out(width: int, keys: Collection[str], page: int = 0, *, dated: bool = False) -> Layout:
    """Place the columns of `keys` that fit into `width` cells; `dated` shows days with times.

    What does not fit by rank goes to further pages, each with the columns of rank 0 in front.
    """
    columns = (_DATED, *COLUMNS[1:]) if dated else COLUMNS
    wanted = sorted((c for c in columns if c.key in keys or c.rank == 0), key=lambda c: c.rank)
    fixed = [c for c in wanted if c.rank == 0]
    rest = [c for c in wanted if c.rank > 0]
    room = width - GUTTER - sum(c.width for c in fixed) - GAP * (len(fixed) - 1)
    pages: list[list[Column]] = [[]]
    left = room
    for column in rest:
        if column.width + GAP > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(column)
        left -= column.width + GAP
    page = min(page, len(pages) - 1)
    chosen = {c.key for c in (*fixed, *pages[page])}
    return Layout(_place(width, [c for c in columns if c.key in chosen]), page, len(pages))


def _place(width: int, columns: list[Column]) -> tuple[Placed, ...]:
    """Give `columns` their cells; what is left over goes to those that may grow."""
    spare = width - GUTTER - sum(c.width for c in columns) - GAP * (len(columns) - 1)
    grown = {c.key: c.width for c in columns}
    most = {c.key: c.most or c.width for c in columns}
    shares = ((0.5, "trace"), (0.5, "started"), (0.5, "agent"), (1.0, "bar"), (1.0, "trace"))
    for share, key in shares:
        if key in grown and spare > 0:
            extra = min(int(spare * share), most[key] - grown[key])
            grown[key] += extra
            spare -= extra
    for column in columns:
        if spare > 0 and column.most > grown[column.key]:
            extra = min(spare, column.most - grown[column.key])
            grown[column.key] += extra
            spare -= extra
    placed: list[Placed] = []
    x = GUTTER
    for column in columns:
        placed.append(Placed(column, x, grown[column.key]))
        x += grown[column.key] + GAP
    return tuple(placed)
