"""Rules for agents: hand-offs to and fro, and agents within themselves.

Source: reference LOOPS (`ping_pong`, `recursion`).
"""

from collections.abc import Sequence

from tracetui_analyses.loops.repeats import Run, tandem_runs
from tracetui_analyses.loops.scan import NOT_CAPTURED, Candidate, Scan, confidence
from tracetui_analyses.loops.steps import Step, similar


def ping_pong(scan: Scan) -> list[Candidate]:
    """Find hand-offs that go round while the messages stay the same."""
    limits = scan.thresholds
    handoffs = _handoffs(scan)
    givers: dict[str, int] = {}
    tokens = [
        givers.setdefault(step.agent or step.name, len(givers))
        for step in (scan.actions[index].step for index in handoffs)
    ]
    found: list[Candidate] = []
    for run in tandem_runs(tokens, limits.repetitions, limits.longest_period):
        if run.period < 2:
            continue
        candidate = _judged(scan, handoffs[run.start : run.stop], run)
        if candidate is not None:
            found.append(scan.judged(candidate))
    return found


def _handoffs(scan: Scan) -> list[int]:
    """Return the hand-offs, each told once: nobody hands over twice without being handed to."""
    found: list[int] = []
    for index, action in enumerate(scan.actions):
        if action.step.kind != "handoff":
            continue
        giver = action.step.agent
        if not found or not giver or scan.actions[found[-1]].step.agent != giver:
            found.append(index)
    return found


def _judged(scan: Scan, indices: list[int], run: Run) -> Candidate | None:
    """Return what a circle of hand-offs is, by what they say and what was done between."""
    limits = scan.thresholds
    steps = [scan.actions[index].step for index in indices]
    whole = run.repetitions * run.period
    iterations = scan.iterations(indices[:whole], run.period)
    same = [
        before.arguments == after.arguments
        or similar(before.arguments, after.arguments, limits.similar_speech)
        for before, after in zip(steps, steps[run.period :], strict=False)
        if before.arguments and after.arguments
    ]
    if same:
        # A part may go round although the whole moves on: the longest stretch that does.
        start, stop = _longest(same)
        stop += run.period
        if (stop - start) // run.period < limits.repetitions:
            return None
        if sum(same) >= limits.equal_results * len(same):
            start, stop = 0, len(indices)
        part = indices[start : start + (stop - start) // run.period * run.period]
        iterations = scan.iterations(part, run.period)
        return Candidate("ping_pong", "loop", iterations, confidence(len(iterations), 0.95))
    between = scan.actions[indices[0] : indices[-1]]
    if any(action.step.kind in ("tool", "retriever") for action in between):
        return None
    return Candidate("ping_pong", "maybe", iterations, 0.5, NOT_CAPTURED)


def _longest(flags: Sequence[bool]) -> tuple[int, int]:
    best, start = (0, 0), 0
    for at, flag in enumerate([*flags, False]):
        if flag:
            continue
        if at - start > best[1] - best[0]:
            best = start, at
        start = at + 1
    return best


def recursion(scan: Scan) -> list[Candidate]:
    """Find an agent that calls itself with the same input, again and again."""
    by_id = {
        step.span_id: position for position, step in enumerate(scan.steps) if step.kind == "agent"
    }
    chains: dict[int, list[int]] = {}
    for position, step in enumerate(scan.steps):
        if step.kind != "agent":
            continue
        around = by_id.get(step.parent or "")
        goes_on = around is not None and around in chains and _same_call(scan.steps[around], step)
        chains[position] = (
            [*chains[around], position] if goes_on and around is not None else [position]
        )
    found: list[Candidate] = []
    inner = {position for chain in chains.values() for position in chain[:-1]}
    for position, chain in chains.items():
        if position in inner or len(chain) < scan.thresholds.recursion_depth:
            continue
        known = scan.steps[position].arguments is not None
        found.append(
            Candidate(
                "recursion",
                "loop" if known else "maybe",
                [[each] for each in chain],
                confidence(len(chain), 0.95 if known else 0.5),
                "" if known else "inputs were not captured",
            )
        )
    return found


def _same_call(outer: Step, inner: Step) -> bool:
    return outer.name == inner.name and outer.action == inner.action
