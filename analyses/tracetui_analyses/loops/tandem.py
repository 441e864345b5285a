"""Rules over the exact stage: repeats, cycles, noisy cycles, retry storms and polling.

Source: reference LOOPS ("Kinds").
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tracetui_analyses.loops.repeats import tandem_runs
from tracetui_analyses.loops.scan import NOT_CAPTURED, Candidate, Scan, confidence

_WAITS = re.compile(r"sleep|wait|delay", re.IGNORECASE)


def repeats(scan: Scan) -> list[Candidate]:
    """Find repeats, cycles, retry storms and polls."""
    tokens = [action.token for action in scan.actions]
    limits = scan.thresholds
    found: list[Candidate] = []
    for run in tandem_runs(tokens, limits.repetitions, limits.longest_period):
        found += _judged_run(scan, list(range(run.start, run.stop)), run.period)
    return found


def noisy_cycles(scan: Scan) -> list[Candidate]:
    """Find cycles that show when steps that happen once are passed over."""
    limits = scan.thresholds
    counts = Counter(action.token for action in scan.actions)
    kept = [i for i, action in enumerate(scan.actions) if counts[action.token] > 1]
    if len(kept) == len(scan.actions):
        return []
    found: list[Candidate] = []
    tokens = [scan.actions[index].token for index in kept]
    for run in tandem_runs(tokens, limits.repetitions, limits.longest_period):
        indices = kept[run.start : run.stop]
        if indices[-1] - indices[0] + 1 == len(indices):
            continue
        found += [
            candidate
            for candidate in _judged_run(scan, indices, run.period)
            if _is_dense(scan, candidate)
        ]
    return found


def _is_dense(scan: Scan, candidate: Candidate) -> bool:
    """Return whether few steps were passed over, and not the like of them in every iteration.

    An iteration that has something of its own each time is work over a list, not a loop.
    """
    index_of = {action.positions[0]: index for index, action in enumerate(scan.actions)}
    indices = [index_of[position] for position in candidate.positions if position in index_of]
    whole = indices[-1] - indices[0] + 1
    if whole - len(indices) > scan.thresholds.one_off_share * whole:
        return False
    period = len(indices) // len(candidate.iterations)
    gaps = [after - before - 1 for before, after in pairwise(indices)]
    return not any(all(gaps[phase::period]) for phase in range(period))


def _judged_run(scan: Scan, indices: list[int], period: int) -> list[Candidate]:
    """Return what a repeat of actions is, seen with its results; maybe only a part of it."""
    limits = scan.thresholds
    actions = [scan.actions[index] for index in indices]
    whole = len(indices) // period * period
    if all(action.step.kind == "handoff" for action in actions):
        return []
    if all(action.error for action in actions):
        kind = "retry_storm" if period == 1 else "cycle"
        return [_found(scan, kind, "loop", indices[:whole], period, 1.0)]
    same = [
        answer
        for before, after in zip(actions, actions[period:], strict=False)
        if (answer := scan.same(before, after)) is not None
    ]
    kind = "repeat" if period == 1 else "cycle"
    if not same:
        return [_found(scan, kind, "maybe", indices[:whole], period, 0.5, NOT_CAPTURED)]
    share = sum(same) / len(same)
    if share >= limits.equal_results:
        # Waiting for a change that came, or that has not come: not the same as running in circles.
        if _is_polling(scan, indices, period):
            return [_polling(scan, indices, period, unchanged=all(same[-limits.polls + 1 :]))]
        return [_found(scan, kind, "loop", indices[:whole], period, share)]
    return _unchanged_parts(scan, indices, period)


def _unchanged_parts(scan: Scan, indices: list[int], period: int) -> list[Candidate]:
    """Return the parts of a repeat whose results stay the same, too."""
    limits = scan.thresholds
    pairs = [hash((scan.actions[i].token, scan.actions[i].result)) for i in indices]
    found: list[Candidate] = []
    for run in tandem_runs(pairs, limits.repetitions, limits.longest_period):
        part = indices[run.start : run.stop]
        if any(scan.actions[index].result is None for index in part):
            continue
        if _is_polling(scan, part, run.period):
            found.append(_polling(scan, part, run.period, unchanged=True))
        elif run.period % period == 0:
            whole = run.repetitions * run.period
            kind = "repeat" if run.period == 1 else "cycle"
            found.append(_found(scan, kind, "loop", part[:whole], run.period, 1.0))
    return found


def _found(  # noqa: PLR0917 - what a candidate has, in its order
    scan: Scan,
    kind: str,
    verdict: str,
    indices: Sequence[int],
    period: int,
    share: float,
    reason: str = "",
) -> Candidate:
    iterations = scan.iterations(indices, period)
    sure = confidence(len(iterations), share)
    return scan.judged(Candidate(kind, verdict, iterations, sure, reason))


def _is_polling(scan: Scan, indices: Sequence[int], period: int) -> bool:
    """Return whether the same call comes again after waits: idle time, or a call that waits."""
    if period > 2:
        return False
    if period == 2:
        names = [scan.actions[index].step.name for index in indices[:2]]
        return sum(bool(_WAITS.search(name)) for name in names) == 1
    waits = [
        _idle_before(scan, after) >= scan.thresholds.wait_nano for _, after in pairwise(indices)
    ]
    return 2 * sum(waits) >= len(waits)


def _idle_before(scan: Scan, index: int) -> int:
    """Return for how long nothing of the thread ran before an action."""
    position = scan.actions[index].positions[0]
    start = scan.steps[position].start
    before = scan.steps[max(0, position - 8) : position]
    ends = [step.end for step in before if step.end is not None]
    return 0 if start is None or not ends else start - max(ends)


def _polling(scan: Scan, indices: list[int], period: int, *, unchanged: bool) -> Candidate:
    whole = len(indices) // period * period
    polls = whole // period
    ends_here = scan.thread.ends and indices[-1] == len(scan.actions) - 1
    stuck = polls >= scan.thresholds.polls and unchanged and ends_here
    reason = "" if stuck else "it waits between calls"
    verdict = "loop" if stuck else "info"
    return _found(scan, "polling", verdict, indices[:whole], period, 1.0, reason)
