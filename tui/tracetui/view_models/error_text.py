"""How groups of errors read on the screen: a row each, and a page about one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.view_models import format as fmt
from tracetui.view_models.cell_rows import CellColumn, CellRow, number
from tracetui.view_models.kinds import ERROR_MARK, glyph
from tracetui.view_models.text_document import (
    BLANK,
    Piece,
    Source,
    TextDocument,
    joined,
    labelled,
    line,
    text_lines,
)
from tracetui.view_models.totals_line import plural

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tracetui_analyses.errors import ErrorGroup

COLUMNS = (
    number("count", 6),
    number("traces", 6),
    CellColumn("first", 19, tone="dim"),
    CellColumn("type", least=12, most=32, tone="error"),
    CellColumn("message", least=10, most=90),
    CellColumn("where", most=36, tone="dim"),
)


def key(group: ErrorGroup) -> Hashable:
    """Return what a group is known by while the load grows."""
    return group.error_type, group.fingerprint


def row(group: ErrorGroup) -> CellRow:
    """Return a group under `COLUMNS`."""
    cells = (
        fmt.count(group.count),
        fmt.count(group.traces),
        fmt.clock(group.first_seen_unix_nano, with_date=True),
        f"{ERROR_MARK} {group.error_type or 'error'}",
        " ".join(group.fingerprint.split()) or "no message",
        f"{glyph(group.kind)} {group.name or fmt.UNKNOWN}",
    )
    return CellRow(key(group), cells)


def document(group: ErrorGroup) -> TextDocument:
    """Return how often and when a group was seen, and the message of its first error."""
    facts = (
        ("seen", f"{plural(group.count, 'time')} in {plural(group.traces, 'trace')}"),
        ("first", fmt.timestamp(group.first_seen_unix_nano)),
        ("last", fmt.timestamp(group.last_seen_unix_nano)),
        ("example", f"{glyph(group.kind)} {group.name or fmt.UNKNOWN}  {group.span_id or ''}"),
        ("trace", group.trace_id or fmt.UNKNOWN),
    )
    head = text_lines(
        line(Piece(f"{ERROR_MARK} {group.error_type or 'error without a type'}", "error")),
        BLANK,
        *(labelled(label, words) for label, words in facts),
    )
    if not group.message:
        return joined([head, text_lines(line(Piece("The spans carry no message.", "dim")))])
    message = TextDocument((Source(group.message),))
    return joined([head, text_lines(line(Piece("Message", "heading"))), message])
