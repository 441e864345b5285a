"""The facts of a title line: counts, tokens, money, errors and how far the load is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.view_models import format as fmt
from tracetui.view_models.kinds import ERROR_MARK
from tracetui.view_models.text_cells import bar
from tracetui.view_models.trace_summary import TraceSummary, cost_cell, token_cell

if TYPE_CHECKING:
    from tracetui_store.rows import Totals

    from tracetui.session import LoadState

PROGRESS_CELLS = 12
Words = tuple[str, str]
"""A text and its tone."""


def plural(number: int, word: str) -> str:
    """Return a count with its noun: `1 trace`, `18,402 spans`."""
    return f"{fmt.count(number)} {word}{'' if number == 1 else 's'}"


def token_words(text: str) -> str:
    """Return a token count with its noun; a mark for none or unknown says what it is about."""
    return f"{text} tokens"


def error_words(number: int) -> Words:
    """Return the errors, quiet when there are none."""
    if not number:
        return "no errors", "dim"
    return f"{ERROR_MARK} {plural(number, 'error')}", "error"


def totals_words(totals: Totals) -> tuple[str, str]:
    """Return tokens and cost over everything, as lower bounds where a call is silent."""
    total = (
        None
        if totals.input_tokens is None and totals.output_tokens is None
        else (totals.input_tokens or 0) + (totals.output_tokens or 0)
    )
    may_have = totals.model_calls or totals.agents
    if total is None:
        tokens = fmt.UNKNOWN if may_have else fmt.NOTHING
    else:
        tokens = fmt.tokens(total, lower_bound=totals.lower_bound)
    if totals.cost_usd is None:
        cost = fmt.UNKNOWN if may_have else fmt.NOTHING
    else:
        cost = fmt.money(
            totals.cost_usd, lower_bound=totals.unpriced_calls > 0 or totals.lower_bound
        )
    return token_words(tokens), cost_words(cost)


def cost_words(cost: str) -> str:
    """Return a cost that says what it is even where it is only a mark."""
    return f"{cost} cost" if cost in (fmt.UNKNOWN, fmt.NOTHING) else cost


def summary_words(summary: TraceSummary) -> tuple[str, str]:
    """Return tokens and cost of one trace."""
    return (
        token_words(token_cell(summary.total_tokens, summary)),
        cost_words(cost_cell(summary)),
    )


def progress_words(state: LoadState) -> tuple[str, str]:
    """Return a progress bar and its figures; both empty once the load is done.

    Where files are followed, the words say so.
    """
    if state.following:
        return "", "⟳ following"
    if state.finished or state.error:
        return "", ""
    if state.share is None:
        read = fmt.byte_size(state.bytes_done) + " read" if state.bytes_done else ""
        return "", f"loading … {read}".rstrip()
    gauge = bar(state.share, PROGRESS_CELLS).ljust(PROGRESS_CELLS, "░")
    return gauge, f"loading {state.share:.0%}"
