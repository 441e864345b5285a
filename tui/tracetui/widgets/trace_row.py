"""Draws one line of the list of traces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tracetui.view_models import format as fmt
from tracetui.view_models.kinds import glyph
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_cells import bar, clip
from tracetui.view_models.totals_line import plural
from tracetui.view_models.trace_columns import GAP, GUTTER
from tracetui.view_models.trace_summary import flags, mark

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from tracetui.view_models.trace_columns import Layout, Placed, Sort
    from tracetui.view_models.trace_lines import GroupLine
    from tracetui.view_models.trace_summary import TraceSummary
    from tracetui.widgets.colours import Palette

Piece = tuple[str, str]
"""A text and its tone."""
_ADDED_UP = frozenset(
    (
        *("start_time_unix_nano", "span_count", "llm_count", "tool_count", "total_tokens"),
        *("input_tokens", "output_tokens", "cost_usd"),
    )
)
"""Columns that a group has too; its start is that of its newest trace."""


def draw_header(layout: Layout, sort: Sort, palette: Palette, width: int) -> Strip:
    """Draw the titles; the sorted one is bright and says the direction."""
    segments: list[Segment] = []
    taken = 0
    for placed in layout.placed:
        column = placed.column
        is_sorted = bool(column.sort_by) and column.sort_by == sort.column
        title = column.title
        if is_sorted:
            arrow = "▼" if sort.descending else "▲"
            title = f"{arrow}{title}" if column.right else f"{title}{arrow}"
        # A number's arrow may stand in the gap before it, where there is always room.
        start = placed.x + placed.width - max(cell_len(title), 1) if column.right else placed.x
        segments.append(Segment(" " * (start - taken), palette.style("dim")))
        segments.append(Segment(title, palette.style("accent" if is_sorted else "dim", bold=True)))
        taken = start + cell_len(title)
    if layout.pages > 1:
        ends = ("◂" if layout.page else "") + ("▸" if layout.page < layout.pages - 1 else "")
        hints = (f"◂{layout.page + 1}/{layout.pages}▸", ends)
        room = width - taken - 1
        hint = next((hint for hint in hints if len(hint) <= room), "")
        segments.append(Segment(" " * (width - taken - len(hint)), palette.style("dim")))
        segments.append(Segment(hint, palette.style("dim")))
    return Strip(segments).adjust_cell_length(width, palette.style("dim"))


def draw_row(
    summary: TraceSummary,
    layout: Layout,
    palette: Palette,
    width: int,
    *,
    ground: str,
    needle: re.Pattern[str] | None,
    longest: int,
    marked: bool = False,
    indent: int = 0,
) -> Strip:
    """Draw one trace; `ground` is the theme variable behind it, empty for the widget's own."""
    text, tone = mark(summary)
    segments = [
        Segment("▌" if marked else " ", palette.style("accent", ground)),
        Segment(f"{text} ", palette.style(tone, ground, bold=True)),
    ]
    plain = palette.style("plain", ground)
    for at, placed in enumerate(layout.placed):
        used = 0
        cell = _cell(summary, placed, longest, needle, indent)
        for piece, piece_tone in cell:
            if piece_tone == "match":
                style = palette.style("match-foreground", "match-background")
            else:
                named = placed.column.key == "trace" and piece_tone == "plain"
                style = palette.style(piece_tone, ground, bold=named and bool(ground))
            segments.append(Segment(piece, style))
            used += cell_len(piece)
        gap = placed.width - used + (GAP if at < len(layout.placed) - 1 else 0)
        if gap > 0:
            segments.append(Segment(" " * gap, plain))
    return Strip(segments).adjust_cell_length(width, plain)


def draw_group(
    line: GroupLine, layout: Layout, palette: Palette, width: int, *, ground: str
) -> Strip:
    """Draw the header of a group: what its traces share, how many they are, and their sums."""
    summary = line.summary
    text, tone = mark(summary)
    segments = [Segment(f" {text} ", palette.style(tone, ground, bold=True))]
    taken = GUTTER
    for placed in _filled(layout, width):
        if placed.column.key == "trace":
            pieces = _group_name(line, placed.width)
        else:
            pieces = list(_cell(summary, placed, 0, None, 0))
        segments.append(Segment(" " * (placed.x - taken), palette.style("plain", ground)))
        taken = placed.x
        for piece, piece_tone in pieces:
            style = palette.style(piece_tone, ground, bold=piece_tone != "dim")
            segments.append(Segment(piece, style))
            taken += cell_len(piece)
    return Strip(segments).adjust_cell_length(width, palette.style("plain", ground))


def _filled(layout: Layout, width: int) -> list[Placed]:
    """Return the columns that a group fills; its name goes on over those it leaves empty."""
    found = [
        placed
        for placed in layout.placed
        if placed.column.key in ("trace", "flags") or placed.column.sort_by in _ADDED_UP
    ]
    ends = [placed.x - GAP for placed in found[1:]] + [width]
    return [
        replace(placed, width=end - placed.x) if placed.column.key == "trace" else placed
        for placed, end in zip(found, ends, strict=True)
    ]


def _group_name(line: GroupLine, width: int) -> list[Piece]:
    arrow = "▸" if line.folded else "▾"
    count = f"  {plural(line.count, 'trace')}"
    room = width - 2 - len(count)
    if room < 1:
        return [(clip(f"{arrow}{count[1:]}", width), "dim")]
    return [(f"{arrow} {clip(sanitise(line.summary.name or ''), room)}", "accent"), (count, "dim")]


def _aligned(text: str, placed: Placed) -> str:
    text = clip(text, placed.width)
    pad = " " * (placed.width - cell_len(text))
    return pad + text if placed.column.right else text + pad


def _cell(
    summary: TraceSummary,
    placed: Placed,
    longest: int,
    needle: re.Pattern[str] | None,
    indent: int,
) -> Iterator[Piece]:
    """Yield the pieces of one cell, never wider than it is."""
    key = placed.column.key
    if key == "trace":
        yield f"{' ' * indent}{glyph(summary.kind)} ", f"kind-{summary.kind or 'other'}"
        name = sanitise(summary.name) if summary.name else "(no name)"
        tone = "plain" if summary.name else "dim"
        yield from _highlighted(clip(name, placed.width - 2 - indent), tone, needle)
    elif key == "started":
        yield _aligned(fmt.start(summary.start_time_unix_nano, placed.width), placed), "dim"
    elif key == "bar":
        if summary.duration_nano and longest:
            kind = "error" if summary.error_count else "kind-workflow"
            yield bar(summary.duration_nano / longest, placed.width), kind
    elif key == "flags":
        room = placed.width
        for text, tone in flags(summary):
            if len(text) <= room:
                yield f"{text} "[:room], tone
                room -= len(text) + 1
    else:
        text = sanitise(placed.column.text(summary))
        quiet = text.strip() in ("·", "?")
        yield _aligned(text, placed), "dim" if quiet else placed.column.tone


def _highlighted(text: str, tone: str, needle: re.Pattern[str] | None) -> Iterator[Piece]:
    """Yield `text` with what `needle` matches apart."""
    at = 0
    for match in needle.finditer(text) if needle is not None else ():
        if match.start() > at:
            yield text[at : match.start()], tone
        yield match[0], "match"
        at = match.end()
    if at < len(text):
        yield text[at:], tone
