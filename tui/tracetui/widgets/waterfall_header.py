"""The lines over the waterfall: minimap, ruler, and in the icicle the span under the cursor."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from tracetui.view_models import format as fmt
from tracetui.view_models.ruler import BREAK, Tick
from tracetui.view_models.span_columns import GUTTER, Columns
from tracetui.view_models.time_axis import TimeAxis
from tracetui.widgets.waterfall_palette import Palette
from tracetui.widgets.waterfall_text import left, right


def ruler_line(columns: Columns, palette: Palette, ticks: Sequence[Tick]) -> Strip:
    """Return the line of column titles and ticks."""
    title, quiet = palette.style("title", bold=True), palette.style("dim")
    accent = palette.style("break")
    segments = [Segment(left("  span" if columns.tree > 0 else "", columns.bar_at - 1), title)]
    if columns.bar:
        segments.append(Segment(" ", quiet))
        at = 0
        for tick in ticks:
            fits = tick.cell + 1 + len(tick.label) <= columns.bar
            words = tick.mark + (tick.label if fits else "")
            style = accent if tick.mark == BREAK else quiet
            segments += [Segment(" " * (tick.cell - at), quiet), Segment(words, style)]
            at = tick.cell + len(words)
        segments.append(Segment(" " * (columns.bar - at), quiet))
    segments += [Segment(right(column.title, column.width), title) for column in columns.numbers]
    return Strip([segment for segment in segments if segment.text])


def minimap_line(
    columns: Columns, palette: Palette, axis: TimeAxis, shape: str, words: str
) -> Strip:
    """Return the line with the whole trace in small, the window on it lit."""
    quiet = palette.style("dim")
    segments = [Segment(left(f"  {words}", columns.bar_at - 1), quiet)]
    if columns.bar:
        first = min(axis.start * columns.bar // axis.last, columns.bar - 1)
        stop = min(max(-(-axis.stop * columns.bar // axis.last), first + 1), columns.bar)
        dark, lit = palette.style("guide"), palette.style("minimap-window")
        if axis.is_whole:
            lit = palette.style("minimap")
        segments += [
            Segment(" ", quiet),
            Segment(shape[:first], dark),
            Segment(shape[first:stop], lit),
            Segment(shape[stop:], dark),
        ]
    segments.append(Segment(right(window_words(axis), columns.numbers_width), quiet))
    return Strip([segment for segment in segments if segment.text])


def window_words(axis: TimeAxis) -> str:
    """Say how much of how much time is in view."""
    whole = fmt.duration(axis.duration)
    if axis.is_whole:
        return whole
    return f"{fmt.duration(axis.span)} of {whole}"


def cursor_line(palette: Palette, parts: Sequence[tuple[str, str]], end: str, width: int) -> Strip:
    """Return a line with facts in their colours from the left, and one at the right end."""
    segments = [Segment("  ", palette.style("text"))]
    room = width - GUTTER - len(end) - 2
    for text, colour in parts:
        shown = left(text, min(len(text) * 2, room)).rstrip() if len(text) > room else text
        segments.append(Segment(shown, palette.style(colour, bold=colour == "text")))
        segments.append(Segment("  ", palette.style("text")))
        room -= sum(segment.cell_length for segment in segments[-2:])
        if room <= 2:
            break
    taken = sum(segment.cell_length for segment in segments)
    segments.append(Segment(" " * max(width - taken - len(end) - 1, 0), palette.style("dim")))
    segments.append(Segment(f"{end} ", palette.style("dim")))
    return Strip(segments).adjust_cell_length(width, palette.style("text"))
