"""One trace as a row of numbers, and how its cells read."""

from dataclasses import dataclass, fields

from tracetui.view_models import format as fmt
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """One row of the list of traces, by the names of its columns."""

    trace_id: str
    name: str | None
    """The root's name; None until any span is known."""
    kind: str | None
    agent_name: str | None
    service_name: str | None
    session_id: str | None
    start_time_unix_nano: int | None
    end_time_unix_nano: int | None
    duration_nano: int | None
    """First start to last end; None while nothing has ended."""
    span_count: int
    llm_count: int
    tool_count: int
    agent_count: int
    error_count: int
    running_count: int
    orphan_count: int
    total_tokens: int | None
    input_tokens: int | None
    output_tokens: int | None
    unknown_usage_count: int
    """Model calls that report no usage."""
    lower_bound: bool
    """Whether the sums may miss something: silent calls, or parents that never came."""
    cost_usd: float | None
    unpriced_count: int
    """Model calls without a cost: `cost_usd` is a lower bound."""

    @property
    def calls_models(self) -> bool:
        """Whether a token count could be there at all."""
        return self.llm_count > 0 or self.agent_count > 0


FIELDS = tuple(field.name for field in fields(TraceSummary))
"""The columns of `TRACE_COLUMNS` that make a summary."""


def token_cell(value: int | None, summary: TraceSummary) -> str:
    """Return a token count: `·` where no model is called, `?` where none is reported."""
    if value is None:
        return fmt.UNKNOWN if summary.calls_models else fmt.NOTHING
    return fmt.tokens(value, lower_bound=summary.lower_bound)


def cost_cell(summary: TraceSummary) -> str:
    """Return the cost: `·` where no model is called, `?` where no call has a price."""
    if summary.cost_usd is None:
        return fmt.UNKNOWN if summary.calls_models else fmt.NOTHING
    return fmt.money(
        summary.cost_usd, lower_bound=summary.unpriced_count > 0 or summary.lower_bound
    )


def count_cell(value: int, width: int) -> str:
    """Return a count in at most `width` cells, `·` for none."""
    return fmt.count_within(value, width) if value else fmt.NOTHING


def flags(summary: TraceSummary) -> list[tuple[str, str]]:
    """Return what needs attention as (text, tone): errors, running and parentless spans."""
    found: list[tuple[str, str]] = []
    if summary.error_count:
        found.append((f"{ERROR_MARK}{fmt.short_count(summary.error_count)}", "error"))
    if summary.running_count:
        found.append((f"{RUNNING_MARK}{fmt.short_count(summary.running_count)}", "warning"))
    if summary.orphan_count:
        found.append((f"?{fmt.short_count(summary.orphan_count)}", "dim"))
    return found


def mark(summary: TraceSummary) -> tuple[str, str]:
    """Return the gutter's mark and its tone: an error outweighs a running span."""
    if summary.error_count:
        return ERROR_MARK, "error"
    if summary.running_count:
        return RUNNING_MARK, "warning"
    return " ", "plain"
