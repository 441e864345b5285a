"""`tracetui summary`: everything that is loaded, in one object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracetui_store.protocol import TraceReader
from tracetui_store.rows import Totals

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.loops import loop_count
from tracetui.headless.output import say_json, say_lines
from tracetui.view_models import format as fmt

_TOKEN_FIELDS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


_MOST_SPANS_SEARCHED = 50_000
"""More would keep a script waiting for loops: `tracetui loops` looks for them however many."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum for the eye, and in words what keeps it from being the whole truth."""

    text: str
    remark: str


def run(paths: Sequence[str], *, as_json: bool, options: LoadOptions) -> None:
    """Print the totals of `paths`."""
    with loaded(paths, options) as reader:
        if as_json:
            totals = reader.totals()
            sought = totals.spans <= _MOST_SPANS_SEARCHED
            say_json(summary_json(totals, loop_count(reader) if sought else None))
        else:
            say_lines(summary_lines(reader))


def summary_json(totals: Totals, loops: int | None = None) -> dict[str, Any]:
    """Return the totals under the names scripts rely on (DESIGN §7); unknown is None."""
    return {
        "traces": totals.traces,
        "spans": totals.spans,
        "model_calls": totals.model_calls,
        **{name: getattr(totals, name) for name in _TOKEN_FIELDS},
        "cost_usd": totals.cost_usd,
        "unpriced_calls": totals.unpriced_calls,
        "errors": totals.errors,
        "loops": loops,
        "unknown_usage_calls": totals.unknown_usage_calls,
        "error_spans": totals.error_spans,
        "running": totals.running,
        "lower_bound": lower_bounds(totals),
    }


def lower_bounds(totals: Totals) -> list[str]:
    """Return the names of the sums that are known to be too low."""
    names: list[str] = []
    if totals.lower_bound:
        names += [name for name in _TOKEN_FIELDS if getattr(totals, name) is not None]
    if (totals.unpriced_calls or totals.lower_bound) and totals.cost_usd is not None:
        names.append("cost_usd")
    return names


def summary_lines(reader: TraceReader) -> list[str]:
    """Return the totals as lines of words and numbers."""
    totals = reader.totals()
    rows = [
        ("traces", Amount(fmt.count(totals.traces), "")),
        ("spans", Amount(fmt.count(totals.spans), _running(totals))),
        ("model calls", Amount(fmt.count(totals.model_calls), "")),
        ("tokens in", _tokens(totals, totals.input_tokens, "cache_read_tokens", "from cache")),
        ("tokens out", _tokens(totals, totals.output_tokens, "reasoning_tokens", "reasoning")),
        ("cost", _cost(totals)),
        ("errors", Amount(fmt.count(totals.errors), _errors(totals))),
    ]
    if totals.metric_points:
        rows.append(("metrics", Amount(fmt.count(totals.metric_points), "data points")))
    return [f"{head:<12}{amount.text:>12}  {amount.remark}".rstrip() for head, amount in rows]


def _running(totals: Totals) -> str:
    return f"{fmt.count(totals.running)} without an end" if totals.running else ""


def _errors(totals: Totals) -> str:
    repeats = totals.error_spans - totals.errors
    return f"told again by {fmt.count(repeats)} spans above them" if repeats > 0 else ""


def _tokens(totals: Totals, count: int | None, part: str, word: str) -> Amount:
    """Return a token sum with its best-known part and how sure it is."""
    silent = totals.unknown_usage_calls
    if count is None:
        if not totals.model_calls and not totals.agents:
            return Amount(fmt.NOTHING, "no model calls")
        return Amount(fmt.UNKNOWN, "unknown: no model call reports usage")
    remarks: list[str] = []
    share = getattr(totals, part)
    if share:
        remarks.append(f"{fmt.count(share)} {word}")
    doubts = [f"{_calls(silent)} no usage"] if silent else []
    if totals.orphans:
        doubts.append(_missing_parents(totals))
    if doubts:
        remarks.append("lower bound: " + ", ".join(doubts))
    return Amount(("≥" if doubts else "") + fmt.count(count), ", ".join(remarks))


def _missing_parents(totals: Totals) -> str:
    """Say that spans which never came may have used tokens."""
    spans = "1 span lacks its" if totals.orphans == 1 else f"{totals.orphans:,} spans lack their"
    return f"{spans} parent"


def _calls(count: int) -> str:
    return "1 model call reports" if count == 1 else f"{fmt.count(count)} model calls report"


def _cost(totals: Totals) -> Amount:
    """Return the cost and how sure it is."""
    if totals.cost_usd is None:
        if not totals.model_calls and not totals.agents:
            return Amount(fmt.NOTHING, "no model calls")
        return Amount(fmt.UNKNOWN, "unknown: no model call has a price")
    doubts: list[str] = []
    if totals.unpriced_calls:
        unpriced = totals.unpriced_calls
        have = "1 model call has" if unpriced == 1 else f"{fmt.count(unpriced)} model calls have"
        doubts.append(f"{have} no price")
    if totals.orphans:
        doubts.append(_missing_parents(totals))
    remark = "lower bound: " + ", ".join(doubts) if doubts else ""
    return Amount(fmt.money(totals.cost_usd, lower_bound=bool(doubts)), remark)
