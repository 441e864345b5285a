"""How costs read: on the screen and in `tracetui cost`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.view_models import format as fmt
from tracetui.view_models.cell_rows import CellColumn, CellRow, number
from tracetui.view_models.text_document import (
    BLANK,
    Line,
    Piece,
    TextDocument,
    labelled,
    line,
    text_lines,
)
from tracetui.view_models.totals_line import plural

if TYPE_CHECKING:
    from tracetui_analyses.cost import CostGroup, CostReport

REASONS = {
    "no_usage": "no token counts",
    "unknown_model": "unknown model",
    "unpriced_model": "no list price",
    "incomplete_stream": "stream ended early",
}
PARTS = {
    "cost_input": "input",
    "cost_cache_read": "cache read",
    "cost_cache_write": "cache write",
    "cost_output": "output",
    "cost_reasoning": "reasoning",
}
OTHERS = ("cost_fee", "cost_unsplit_usd")
_OTHER_WORDS = {"cost_fee": "fees", "cost_unsplit_usd": "given whole"}
_NOBODY = {"tool": "outside tools", "agent": "outside agents"}
SAID = (
    "Computed costs are list prices on the day of the call, without taxes and without fees for "
    "built-in tools."
)
_LABEL_CELLS = 13
_BAR_CELLS = 32


def nobody(by: str) -> str:
    """Return what calls without a value of a dimension are called."""
    return _NOBODY.get(by, f"unknown {by}")


def part(usd: float | None) -> str:
    """Return a part of a cost, `·` for none."""
    return fmt.money(usd) if usd else fmt.NOTHING


def total_words(group: CostGroup) -> str:
    """Return what a group cost, `?` where no call of it has a price."""
    if group.cost_usd is None:
        return fmt.UNKNOWN if group.unpriced_calls else fmt.NOTHING
    return fmt.money(group.cost_usd, lower_bound=group.unpriced_calls > 0)


def unpriced_lines(report: CostReport) -> list[str]:
    """Return what has no price, by model, the most tokens first; empty if all has one."""
    if not report.total.unpriced_calls:
        return []
    number = report.total.unpriced_calls
    lines = ["not priced: 1 call" if number == 1 else f"not priced: {fmt.count(number)} calls"]
    for group in report.unpriced_models:
        tokens = f", {fmt.tokens(group.unpriced_tokens)} tokens" if group.unpriced_tokens else ""
        lines.append(f"  {group.value or 'unknown model'}: {_why(group)}{tokens}")
    return lines


def _why(group: CostGroup) -> str:
    return ", ".join(
        f"{fmt.count(number)} {REASONS.get(reason, reason)}"
        for reason, number in group.unpriced_reasons.items()
    )


def remarks(total: CostGroup) -> list[str]:
    """Return what there is to say of caching and of costs that differ from list prices."""
    remarks: list[str] = []
    if total.cache_saving_usd is not None:
        saved = total.cache_saving_usd
        words = "Caching saved" if saved >= 0 else "Caching cost more than it saved:"
        remarks.append(f"{words} {fmt.money(abs(saved))}.")
    if total.differing_calls:
        calls = (
            "1 call gives"
            if total.differing_calls == 1
            else f"{total.differing_calls:,} calls give"
        )
        remarks.append(f"{calls} a cost that is more than 5 % off the list price.")
    return remarks


def budget_words(total: CostGroup, budget: float) -> str:
    """Say how a budget stands; a lower bound below it proves nothing."""
    head = f"budget {fmt.money(budget)}: "
    if total.cost_usd is None:
        return head + (fmt.UNKNOWN if total.unpriced_calls else "nothing spent")
    if total.cost_usd > budget:
        least = "at least " if total.unpriced_calls else ""
        return f"{head}✗ exceeded by {least}{fmt.money(total.cost_usd - budget)}"
    left = f"{fmt.money(budget - total.cost_usd)} left"
    return head + (f"at most {left}, some calls have no price" if total.unpriced_calls else left)


def columns(by: str) -> tuple[CellColumn, ...]:
    """Return the columns of costs by a dimension."""
    return (
        CellColumn(by, least=16, most=60),
        *(number("calls", 6), number("in", 6), number("out", 6)),
        *(number("cost", 9), number("share", 6)),
        CellColumn("", least=8, most=30, tone="primary"),
    )


def row(group: CostGroup, by: str, most: float | None) -> CellRow:
    """Return a group under `columns`, with a bar beside the costliest group's, `most`."""
    share = group.cost_usd / most if most and group.cost_usd else 0.0
    cells = (
        group.value or nobody(by),
        fmt.count(group.calls),
        fmt.tokens(group.input_tokens),
        fmt.tokens(group.output_tokens),
        total_words(group),
        fmt.NOTHING if group.share is None else f"{group.share:.1%}",
        bar(share, 30),
    )
    tones = {"cost": "warning"} if group.unpriced_calls else {}
    return CellRow(group.value, cells, tones if group.value else {**tones, by: "dim"})


def bar(share: float, width: int) -> str:
    """Return a bar of eighth blocks: `share` of `width` cells, at least one eighth if not 0."""
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")


def document(report: CostReport, group: CostGroup, budget: float | None) -> TextDocument:
    """Return what a group's cost is made of, what lacks a price, and what there is to say."""
    lines = [
        line(Piece(group.value or nobody(report.by), "strong"), f"   {total_words(group)}"),
        BLANK,
        *_parts(group),
        *_tokens(group),
    ]
    if group.unpriced_calls:
        words = f"{plural(group.unpriced_calls, 'call')}: {_why(group)}"
        lines.append(_fact("not priced", Piece(words, "warning")))
    lines += [BLANK, line(Piece("Of everything", "heading"))]
    if budget is not None:
        lines.append(line("  " + budget_words(report.total, budget)))
    lines += [
        line(f"  {words}", hang=4)
        for words in (*unpriced_lines(report), *remarks(report.total), SAID)
    ]
    return text_lines(*lines)


def _parts(group: CostGroup) -> list[Line]:
    whole = group.cost_usd
    named = {**PARTS, **_OTHER_WORDS}
    values = {words: getattr(group, name) for name, words in named.items()}
    return [
        _fact(
            words,
            f"{fmt.money(usd):>9} {f'{usd / whole:.0%}' if whole else '':>5}  ",
            Piece(bar(usd / whole if whole else 0.0, _BAR_CELLS), "accent"),
        )
        for words, usd in values.items()
        if usd
    ]


def _tokens(group: CostGroup) -> list[Line]:
    words = [
        f"{fmt.tokens(group.input_tokens)} in",
        f"{fmt.tokens(group.output_tokens)} out",
    ]
    if group.cache_read_tokens:
        words.append(f"{fmt.tokens(group.cache_read_tokens)} from cache")
    if group.cache_write_tokens:
        words.append(f"{fmt.tokens(group.cache_write_tokens)} into cache")
    if group.reasoning_tokens:
        words.append(f"{fmt.tokens(group.reasoning_tokens)} reasoning")
    lines = [_fact("tokens", "   ".join(words))]
    if group.cache_saving_usd:
        lines.append(_fact("cache saved", fmt.money(group.cache_saving_usd)))
    return lines


def _fact(label: str, *words: Piece | str) -> Line:
    return labelled(label, *words, cells=_LABEL_CELLS)
