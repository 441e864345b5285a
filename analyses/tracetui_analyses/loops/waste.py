"""What a loop cost: everything in the thread after its first iteration.

Source: reference LOOPS (the fields of a finding).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui_analyses.loops.steps import Step


@dataclass(frozen=True, slots=True)
class Waste:
    """Time, tokens and US dollars; None where nothing says so."""

    nano: int | None
    tokens: int | None
    cost_usd: float | None


def waste_after(steps: Sequence[Step], first: Sequence[int], later: Sequence[int]) -> Waste:
    """Add up the steps after the first iteration up to the last of the later ones.

    Model calls between the actions count: they asked for the next round.
    """
    if not later:
        return Waste(None, None, None)
    after, last = max(first), max(later)
    wasted = steps[after + 1 : last + 1]
    tokens = [step.tokens for step in wasted if step.tokens is not None]
    costs = [step.cost_usd for step in wasted if step.cost_usd is not None]
    return Waste(
        _between(steps, after, last),
        sum(tokens) if tokens else None,
        sum(costs) if costs else None,
    )


def _between(steps: Sequence[Step], after: int, last: int) -> int | None:
    """Return the time from the end of the first iteration to the end of the last."""
    first_end = steps[after].end
    begins = first_end if first_end is not None else steps[after].start
    ends = [step.end for step in steps[after + 1 : last + 1] if step.end is not None]
    return max(0, max(ends) - begins) if ends and begins is not None else None
