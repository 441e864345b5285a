"""Holds loop detection to the bars of reference LOOPS, beside the plain rules of other projects.

    python -m benchmarks.loops --labels FOLDER     (corpora/loop-labels)

Prints precision, recall and F1 per label set, and the speed of the exact stage.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from tracetui_analyses.loops import (
    DEFAULTS,
    find_loops,
    repeated_actions,
    tandem_runs,
)

from benchmarks.bars import Bar, at_least, at_most, table
from benchmarks.loop_labels import Labelled, human, long_runs, synthetic

ACTIONS = 1_000_000
"""Of the speed bar."""
_LENGTH = 30
"""Of the rule that a long run is a loop."""

Rule = Callable[[Labelled], bool]
"""Says whether a run is a loop."""


@dataclass(slots=True)
class Score:
    """How often a rule was right."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    runs: int = 0

    @property
    def precision(self) -> float:
        """Share of what was told that is so."""
        return _share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        """Share of what is so that was told."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        wrong = self.false_positive + self.false_negative
        return _share(2 * self.true_positive, 2 * self.true_positive + wrong)

    @property
    def alarms(self) -> float:
        """Share of the runs that were told and are not so."""
        return _share(self.false_positive, self.runs)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def says_loop(run: Labelled) -> bool:
    """Return whether tracetui finds something in a run whose verdict is loop."""
    return any(found.verdict == "loop" for found in find_loops(run.thread))


def repeats_itself(run: Labelled) -> bool:
    """Return whether tracetui counts three or more repeated actions in a run."""
    return len(repeated_actions(run.thread)) >= DEFAULTS.repetitions


def three_identical(run: Labelled) -> bool:
    """Return whether three actions in a row are the same, letter by letter."""
    actions = [action for action, _ in run.raw]
    return any(a == b == c for (a, b), (_, c) in pairwise(pairwise(actions)))


def long_run(run: Labelled) -> bool:
    """Return whether a run has many actions."""
    return len(run.raw) >= _LENGTH


def score(runs: Iterable[Labelled], rule: Rule) -> Score:
    """Hold a rule to the labels."""
    result = Score()
    for run in runs:
        told = rule(run)
        result.runs += 1
        result.true_positive += told and run.is_loop
        result.false_positive += told and not run.is_loop
        result.false_negative += run.is_loop and not told
    return result


def exact_stage_seconds(actions: int = ACTIONS) -> float:
    """Return how long the exact stage takes over random actions with loops of every period."""
    random = np.random.default_rng(7)
    tokens = random.integers(0, 200, actions)
    for period in range(1, 33):
        start = period * (actions // 40)
        tokens[start : start + 6 * period] = np.tile(tokens[start : start + period], 6)
    begun = time.perf_counter()
    tandem_runs(tokens)
    return time.perf_counter() - begun


def measure(folder: Path) -> tuple[str, list[Bar]]:
    """Return the table of scores per set and rule, and the bars."""
    lines = ["| set | rule | precision | recall | F1 | false alarms |", "|---|---|--:|--:|--:|--:|"]
    scores: dict[str, Score] = {}
    for name, runs, own in (
        ("synthetic", list(synthetic(folder)), says_loop),
        ("thought-action-result", list(human(folder)), repeats_itself),
        ("mini-swe-gemini3pro", list(long_runs(folder)), says_loop),
    ):
        for title, rule in (
            ("tracetui", own),
            ("3 identical in a row", three_identical),
            (f"length >= {_LENGTH}", long_run),
        ):
            found = score(runs, rule)
            if rule is own:
                scores[name] = found
            figures = (
                ["-", "-", "-"]
                if name.startswith("mini")
                else [f"{found.precision:.3f}", f"{found.recall:.3f}", f"{found.f1:.3f}"]
            )
            lines.append(f"| {name} | {title} | {' | '.join(figures)} | {found.alarms:.1%} |")
    return "\n".join(lines), [
        at_least(0, "F1 of `loop`, synthetic", scores["synthetic"].f1, 0.97),
        at_least(0, "precision of `loop`, synthetic", scores["synthetic"].precision, 0.99),
        at_least(0, "F1 of 3 repetitions, human", scores["thought-action-result"].f1, 0.74),
        at_most(0, "false alarms, long runs", 100 * scores["mini-swe-gemini3pro"].alarms, 1, " %"),
    ]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="corpora/loop-labels")
    text, bars = measure(parser.parse_args().labels)
    bars.append(at_most(0, f"exact stage, {ACTIONS:,} actions", exact_stage_seconds(), 2, " s"))
    print(f"{text}\n\n{table(bars)}")


if __name__ == "__main__":
    main()
