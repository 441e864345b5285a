"""Rules for one tool that is called with varying arguments and says the same each time.

Source: reference LOOPS (`error_loop`, `no_effect`, `near_repeat`, `runaway_counter`).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracetui_analyses.loops.scan import Candidate, Scan, confidence
from tracetui_analyses.loops.steps import similar

_NEGATIVE = re.compile(
    r"\b(?:no|not|none|nothing|empty|0|zero|null|without|denied|unchanged|already)\b"
    r"|\[ ?\]|\A\W*\Z",
    re.IGNORECASE,
)
_LONGEST_NEGATIVE = 200
_PLACES = re.compile(
    r"cursor|page|offset|skip|start|attempt|index|iteration|after|line|range|retry", re.IGNORECASE
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORD = re.compile(r"\w+")


def varied(scan: Scan) -> list[Candidate]:
    """Find calls of one tool with varying arguments and one result."""
    found: list[Candidate] = []
    for indices in _unchanging(scan):
        tokens = {scan.actions[index].token for index in indices}
        if len(tokens) < 2:
            continue
        candidate = _judged(scan, indices)
        if candidate is not None:
            found.append(scan.judged(candidate))
    return found


def _unchanging(scan: Scan) -> Iterator[list[int]]:
    """Yield the calls of one tool, close to each other, whose results are the same."""
    open_runs: dict[tuple[str, str], list[int]] = {}
    widest = 1 / scan.thresholds.dense_share + 1
    for index, action in enumerate(scan.actions):
        if action.step.kind not in ("tool", "retriever") or len(action.positions) > 1:
            continue
        key = action.step.agent, action.step.name
        run = open_runs.get(key)
        if run is not None:
            last = scan.actions[run[-1]]
            near = index - run[-1] <= widest
            if near and last.error == action.error and scan.same(last, action):
                run.append(index)
                continue
            yield run
        open_runs[key] = [index]
    yield from open_runs.values()


def _judged(scan: Scan, indices: Sequence[int]) -> Candidate | None:
    """Return what calls with one result are, by how their arguments vary."""
    limits = scan.thresholds
    count = len(indices)
    if count < limits.near_repetitions:
        return None
    dense = count / (indices[-1] - indices[0] + 1)
    if dense < limits.dense_share:
        return None
    first = scan.actions[indices[0]].step
    iterations = scan.iterations(indices, 1)
    sure = confidence(count, 0.95)
    if first.error:
        if count >= limits.varied_repetitions:
            return Candidate("error_loop", "loop", iterations, sure)
        return None
    arguments = [scan.actions[index].step.arguments for index in indices]
    known = [text for text in arguments if text is not None]
    negative = first.text is not None and _is_negative(first.text)
    if len(known) == count:
        if count >= limits.varied_repetitions and (key := _advancing(known)) is not None:
            if negative or _PLACES.search(key):
                return Candidate("runaway_counter", "loop", iterations, sure)
            reason = "the number may be that of another item each time"
            return Candidate("runaway_counter", "maybe", iterations, 0.5, reason)
        if _nearly_the_same(known):
            return Candidate("near_repeat", "loop", iterations, sure)
    if count >= limits.varied_repetitions and negative:
        return Candidate("no_effect", "loop", iterations, sure)
    return None


def repeated_actions(scan: Scan) -> list[list[int]]:
    """Return which actions do what the one before did, each with that one.

    Such an action calls the same tool with arguments that are equal or nearly so, and so is its
    result. Their number agrees best with what people call repetition (LOOPS, "Bars").
    """
    return [[at, at + 1] for at in range(len(scan.actions) - 1) if _repeats_the_last(scan, at)]


def _repeats_the_last(scan: Scan, at: int) -> bool:
    limits = scan.thresholds
    before, after = scan.actions[at], scan.actions[at + 1]
    one, other = before.step, after.step
    if one.kind not in ("tool", "retriever"):
        return False
    if before.token == after.token:
        # Where results were not captured, nothing speaks against it.
        return scan.same(before, after) is not False
    if one.name != other.name:
        return False
    if None in (one.arguments, other.arguments, one.text, other.text):
        return False
    return _words_alike(one.arguments, other.arguments, limits.similar_arguments) and similar(
        one.text or "", other.text or "", limits.similar_results
    )


def _words_alike(one: str | None, other: str | None, least: float) -> bool:
    """Return whether two arguments have nearly the same words in nearly the same order."""
    words, others = " ".join(_WORD.findall(one or "")), " ".join(_WORD.findall(other or ""))
    return similar(words, others, least)


def repetitive(scan: Scan) -> list[Candidate]:
    """Find threads with many repeated actions that are not in a row: maybes."""
    pairs = repeated_actions(scan)
    if len(pairs) < scan.thresholds.repetitions:
        return []
    indices = [pairs[0][0], *(after for _, after in pairs)]
    iterations = scan.iterations(indices, 1)
    sure = confidence(len(pairs), 0.7)
    reason = "they are not in a row"
    return [scan.judged(Candidate("near_repeat", "maybe", iterations, sure, reason))]


def _is_negative(text: str) -> bool:
    return len(text) <= _LONGEST_NEGATIVE and bool(_NEGATIVE.search(text)) and text != ""


def _advancing(arguments: Sequence[str]) -> str | None:
    """Return what stands before the one number that goes up or down; None if that is not all."""
    if len({_NUMBER.sub("#", text) for text in arguments}) != 1:
        return None
    rows = [[float(number) for number in _NUMBER.findall(text)] for text in arguments]
    columns = list(zip(*rows, strict=True))
    moving = [at for at, values in enumerate(columns) if len(set(values)) > 1]
    if not moving:
        return None
    for at in moving:
        values = columns[at]
        up = all(after > before for before, after in pairwise(values))
        down = all(after < before for before, after in pairwise(values))
        if not up and not down:
            return None
    place = list(_NUMBER.finditer(arguments[0]))[moving[0]].start()
    return arguments[0][max(0, place - 24) : place]


def _nearly_the_same(arguments: Sequence[str]) -> bool:
    """Return whether the arguments differ only by the order of words or by words added."""
    words = [frozenset(_WORD.findall(text.lower())) for text in arguments]
    core = min(words, key=len)
    return len(core) >= 2 and all(
        core <= other and len(other) <= 2 * len(core) + 1 for other in words
    )
