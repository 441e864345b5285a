"""`tracetui cost`: what it cost, by model, agent, tool, session, service, user or day."""

from collections.abc import Sequence
from dataclasses import asdict

from tracetui_analyses.cost import DIMENSIONS, CostGroup, CostReport, costs_of_everything

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import cost_text
from tracetui.view_models import format as fmt


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
        report = costs_of_everything(reader, by)
    if as_json:
        total = report.total.cost_usd
        over = None if budget is None or total is None else total > budget
        say_json(asdict(report) | {"budget_usd": budget, "over_budget": over})
        return
    say_lines(_lines(report))
    if budget is not None:
        say(cost_text.budget_words(report.total, budget))


def _lines(report: CostReport) -> list[str]:
    if not report.groups:
        return ["no model calls"]
    heads = [report.by, "calls", "in", "out", *cost_text.PARTS.values(), "other", "cost", "share"]
    rows = [_cells(group, group.value or cost_text.nobody(report.by)) for group in report.groups]
    table = table_lines(heads, [*rows, _cells(report.total, "total")], left=(report.by,))
    return [*_unpriced(report), *table, "", *cost_text.remarks(report.total), cost_text.SAID]


def _cells(group: CostGroup, name: str) -> list[str]:
    other = [value for part in cost_text.OTHERS if (value := getattr(group, part)) is not None]
    return [
        name,
        fmt.count(group.calls),
        fmt.tokens(group.input_tokens),
        fmt.tokens(group.output_tokens),
        *(cost_text.part(getattr(group, part)) for part in cost_text.PARTS),
        cost_text.part(sum(other)) if other else fmt.NOTHING,
        fmt.money(group.cost_usd, lower_bound=group.unpriced_calls > 0),
        fmt.NOTHING if group.share is None else f"{group.share:.1%}",
    ]


def _unpriced(report: CostReport) -> list[str]:
    """Say first what is missing, by model."""
    lines = cost_text.unpriced_lines(report)
    return [*lines, ""] if lines else []
