"""`tracetui cost`: what it cost, by model, agent, tool, session, service, user or day."""

from collections.abc import Sequence
from dataclasses import asdict

from tracetui_analyses.cost import COST_COLUMNS, DIMENSIONS, CostGroup, CostReport, costs
from tracetui_store.protocol import TraceReader

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt

_REASONS = {
    "no_usage": "no token counts",
    "unknown_model": "unknown model",
    "unpriced_model": "no list price",
    "incomplete_stream": "stream ended early",
}
_PARTS = {
    "cost_input": "input",
    "cost_cache_read": "cache read",
    "cost_cache_write": "cache write",
    "cost_output": "output",
    "cost_reasoning": "reasoning",
}
_OTHERS = ("cost_fee", "cost_unsplit_usd")
_NOBODY = {"tool": "outside tools", "agent": "outside agents"}
_SAID = (
    "Computed costs are list prices on the day of the call, without taxes and without fees for "
    "built-in tools."
)


def run(
    paths: Sequence[str],
    *,
    by: str,
    budget: float | None,
    as_json: bool,
    options: LoadOptions,
) -> None:
    """Print what `paths` cost.

    Raises:
        CommandError: If `by` is nothing that costs are told apart by.
    """
    if by not in DIMENSIONS:
        raise CommandError(f"cannot tell costs by {by!r}; one of: {', '.join(DIMENSIONS)}", USAGE)
    with loaded(paths, options) as reader:
        report = cost_report(reader, by)
    if as_json:
        total = report.total.cost_usd
        over = None if budget is None or total is None else total > budget
        say_json(asdict(report) | {"budget_usd": budget, "over_budget": over})
        return
    say_lines(_lines(report))
    if budget is not None:
        say(_budget(report.total, budget))


def cost_report(reader: TraceReader, by: str) -> CostReport:
    """Return what everything that is loaded cost."""
    return costs(reader.span_list(columns=COST_COLUMNS), by)


def _lines(report: CostReport) -> list[str]:
    if not report.groups:
        return ["no model calls"]
    heads = [report.by, "calls", "in", "out", *_PARTS.values(), "other", "cost", "share"]
    rows = [_cells(group, group.value or _nobody(report.by)) for group in report.groups]
    table = table_lines(heads, [*rows, _cells(report.total, "total")], left=(report.by,))
    return [*_unpriced(report), *table, "", *_remarks(report.total), _SAID]


def _nobody(by: str) -> str:
    return _NOBODY.get(by, f"unknown {by}")


def _cells(group: CostGroup, name: str) -> list[str]:
    other = [value for part in _OTHERS if (value := getattr(group, part)) is not None]
    return [
        name,
        fmt.count(group.calls),
        fmt.tokens(group.input_tokens),
        fmt.tokens(group.output_tokens),
        *(_part(getattr(group, part)) for part in _PARTS),
        _part(sum(other)) if other else fmt.NOTHING,
        fmt.money(group.cost_usd, lower_bound=group.unpriced_calls > 0),
        fmt.NOTHING if group.share is None else f"{group.share:.1%}",
    ]


def _part(usd: float | None) -> str:
    return fmt.money(usd) if usd else fmt.NOTHING


def _unpriced(report: CostReport) -> list[str]:
    """Say first what is missing, by model."""
    if not report.total.unpriced_calls:
        return []
    number = report.total.unpriced_calls
    lines = ["not priced: 1 call" if number == 1 else f"not priced: {fmt.count(number)} calls"]
    for group in report.unpriced_models:
        why = ", ".join(
            f"{fmt.count(number)} {_REASONS.get(reason, reason)}"
            for reason, number in group.unpriced_reasons.items()
        )
        tokens = f", {fmt.tokens(group.unpriced_tokens)} tokens" if group.unpriced_tokens else ""
        lines.append(f"  {group.value or 'unknown model'}: {why}{tokens}")
    return [*lines, ""]


def _remarks(total: CostGroup) -> list[str]:
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


def _budget(total: CostGroup, budget: float) -> str:
    """Say how a budget stands; a lower bound below it proves nothing."""
    head = f"budget {fmt.money(budget)}: "
    if total.cost_usd is None:
        return head + (fmt.UNKNOWN if total.unpriced_calls else "nothing spent")
    if total.cost_usd > budget:
        least = "at least " if total.unpriced_calls else ""
        return f"{head}✗ exceeded by {least}{fmt.money(total.cost_usd - budget)}"
    left = f"{fmt.money(budget - total.cost_usd)} left"
    return head + (f"at most {left}, some calls have no price" if total.unpriced_calls else left)
