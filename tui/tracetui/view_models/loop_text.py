"""How findings of loop detection read on the screen: a row each, and the evidence of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui_analyses.loops.evidence import changes

from tracetui.view_models import format as fmt
from tracetui.view_models.cell_rows import CellColumn, CellRow, number
from tracetui.view_models.kinds import LOOP_MARK
from tracetui.view_models.text_document import (
    BLANK,
    Columns,
    Line,
    Piece,
    Source,
    TextDocument,
    joined,
    labelled,
    line,
    text_lines,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from tracetui_analyses.loops import Step, TraceFinding

COLUMNS = (
    CellColumn("verdict", 10, tone="dim"),
    CellColumn("kind", 14, tone="dim"),
    CellColumn("what", least=12),
    *(number("times", 5), number("time", 6), number("tokens", 6), number("cost", 8)),
    CellColumn("agent", most=28, tone="dim"),
)
MARKS = {"loop": LOOP_MARK, "maybe": "?", "info": "·"}


def key(place: int, found: TraceFinding) -> Hashable:
    """Return what a finding is known by while the load grows; its place if it has no span."""
    finding = found.finding
    return found.trace_id, finding.kind, finding.first[0] if finding.first else place


def row(key: Hashable, found: TraceFinding) -> CellRow:
    """Return a finding under `COLUMNS`; what was wasted is `?` where it is not known."""
    tones = {"verdict": "accent"} if found.finding.verdict == "loop" else {}
    return CellRow(key, _cells(found), tones)


def _cells(found: TraceFinding) -> list[str]:
    finding = found.finding
    verdict = "reported" if finding.reported else finding.verdict
    return [
        f"{MARKS.get(finding.verdict, '·')} {verdict}",
        finding.kind.replace("_", " "),
        " → ".join(finding.names) or fmt.UNKNOWN,
        f"\u00d7{fmt.short_count(finding.repetitions)}" if finding.repetitions else fmt.NOTHING,
        *wasted_cells(finding.wasted_nano, finding.wasted_tokens, finding.wasted_cost_usd),
        found.agent or fmt.NOTHING,
    ]


def wasted_cells(nano: int | None, tokens: int | None, usd: float | None) -> tuple[str, str, str]:
    """Return time, tokens and money that went into repetitions."""
    return (
        fmt.UNKNOWN if nano is None else fmt.duration(nano),
        fmt.UNKNOWN if tokens is None else fmt.tokens(tokens),
        fmt.UNKNOWN if usd is None else fmt.money(usd),
    )


def wasted_cost(found: Iterable[TraceFinding]) -> tuple[float | None, bool]:
    """Return what the loops cost after their first iterations, and whether some is unknown.

    None: of no loop it is known. What a framework reports is about loops that are found as well.
    """
    loops = [each.finding for each in found if each.finding.verdict == "loop"]
    known = [
        each.wasted_cost_usd
        for each in loops
        if not each.reported and each.wasted_cost_usd is not None
    ]
    unknown = sum(not each.reported for each in loops) > len(known)
    return (sum(known) if known else None), unknown


def document(found: TraceFinding) -> TextDocument:
    """Return the sentence, what was wasted, and the first iteration beside the last."""
    finding = found.finding
    nano, tokens, cost = wasted_cells(
        finding.wasted_nano, finding.wasted_tokens, finding.wasted_cost_usd
    )
    facts = [
        ("trace", found.trace_id),
        ("agent", found.agent or fmt.NOTHING),
        ("wasted", f"{nano}   {tokens} tokens   {cost}   after the first time"),
        ("sure", fmt.percent(finding.confidence)),
    ]
    if finding.reason:
        facts.append(("but", finding.reason))
    if finding.reported:
        facts = facts[:2]
    about = text_lines(
        line(Piece(finding.sentence, "strong")),
        BLANK,
        *(labelled(label, words) for label, words in facts),
    )
    if finding.reported:
        return about
    return joined([about, _changes(found), _iterations(found.first, found.last)])


def _changes(found: TraceFinding) -> TextDocument:
    changed = changes(found.first, found.last)
    if not changed:
        return text_lines(labelled("changed", "nothing"))
    return text_lines(
        *(
            labelled("changed", f"{each.what} of {each.name}: {each.first} → {each.last}")
            for each in changed
        )
    )


def _iterations(first: Sequence[Step], last: Sequence[Step]) -> TextDocument:
    return TextDocument((Columns(_iteration("First", first), _iteration("Last", last)),))


def _iteration(title: str, steps: Sequence[Step]) -> TextDocument:
    """Return steps as they were compared: volatile values are masked."""
    parts = [text_lines(line(Piece(title, "heading")))]
    for step in steps:
        blocks: list[Line] = [line(Piece(step.name, "accent"))]
        given = [] if step.arguments is None else [Source(step.arguments, "json", role="dim")]
        came = Source(fmt.UNKNOWN if step.text is None else step.text, "json")
        if step.error:
            came = Source(step.text or "failed", role="error")
        parts.append(text_lines(*blocks) + TextDocument((*given, came)))
    return joined(parts)
