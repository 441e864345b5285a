"""Rules for what models say: monologue, echo, and compaction again and again.

Source: reference LOOPS (`monologue`, `echo`, `compaction_loop`).
"""

import re
from collections.abc import Sequence

from tracetui_analyses.loops.scan import Candidate, Scan, confidence
from tracetui_analyses.loops.steps import ACTING_KINDS, Step, similar

_COMPACTS = re.compile(
    r"\bcompact|condens|summari[sz]e[_ -]?(?:context|conversation|history)", re.I
)
_NUMBER = re.compile(r"\d+")
_SHORTEST = 2
"""Words that a text needs to be a repeated one: "ok" is no monologue."""
_WORK_BETWEEN = 4
"""Actions with a new result between two compactions that make the later one legitimate."""


def is_compaction(step: Step) -> bool:
    """Return whether a step shortens the context."""
    return bool(_COMPACTS.search(step.name))


def monologues(scan: Scan) -> list[Candidate]:
    """Find a model that says nearly the same again with no action between."""
    found: list[Candidate] = []
    run: list[int] = []
    for position, step in enumerate(scan.steps):
        if step.kind in ACTING_KINDS or step.kind == "user":
            found += _said(scan, run)
            run = []
        elif step.kind == "llm" and not is_compaction(step):
            if run and not _says_the_same(scan, scan.steps[run[-1]], step):
                found += _said(scan, run)
                run = []
            run.append(position)
    return found + _said(scan, run)


def _says_the_same(scan: Scan, before: Step, after: Step) -> bool:
    if before.text is None or after.text is None or len(after.text.split()) < _SHORTEST:
        return False
    if before.end is not None and after.start is not None and after.start < before.end:
        # Asked at the same time: samples of one question, not a monologue.
        return False
    return similar(before.text, after.text, scan.thresholds.similar_speech)


def _said(scan: Scan, run: Sequence[int]) -> list[Candidate]:
    if len(run) < scan.thresholds.repetitions:
        return []
    steps = [scan.steps[position] for position in run]
    kind = "monologue" if len({step.agent for step in steps}) == 1 else "echo"
    numbers = {tuple(_NUMBER.findall(step.text or "")) for step in steps}
    counts_on = len(numbers) == len(steps)
    reason = "the numbers in it differ each time" if counts_on else ""
    verdict = "maybe" if counts_on else "loop"
    iterations = [[position] for position in run]
    return [Candidate(kind, verdict, iterations, confidence(len(run), 0.9), reason)]


def compactions(scan: Scan) -> list[Candidate]:
    """Find a context that is compacted again before anything new was done."""
    seen: set[tuple[int, int | None]] = set()
    run: list[int] = []
    found: list[Candidate] = []
    fresh = 0
    at_position = {action.positions[0]: action for action in scan.actions}
    for position, step in enumerate(scan.steps):
        action = at_position.get(position)
        if is_compaction(step):
            if fresh >= _WORK_BETWEEN:
                found += _compacted(scan, run)
                run = []
            run.append(position)
            fresh = 0
        elif action is not None:
            pair = action.token, action.result
            fresh += pair not in seen
            seen.add(pair)
    return found + _compacted(scan, run)


def _compacted(scan: Scan, run: list[int]) -> list[Candidate]:
    if len(run) < scan.thresholds.repetitions:
        return []
    iterations = [[position] for position in run]
    candidate = Candidate("compaction_loop", "loop", iterations, confidence(len(run), 0.9))
    return [scan.judged(candidate)]
