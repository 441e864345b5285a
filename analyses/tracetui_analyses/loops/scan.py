"""What the rules share: one thread laid out, and what a rule found in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracetui_analyses.loops.steps import Action, Step, Thread, actions_of, same_result
from tracetui_analyses.loops.thresholds import Thresholds

NOT_CAPTURED = "results were not captured"
USER_BETWEEN = "a user turn lies between"


@dataclass(slots=True)
class Candidate:
    """What a rule found, by positions in the steps of the thread."""

    kind: str
    verdict: str
    iterations: list[list[int]]
    """Positions of each iteration."""
    confidence: float
    reason: str = ""

    @property
    def positions(self) -> list[int]:
        """All positions, in order of iterations."""
        return [position for iteration in self.iterations for position in iteration]


@dataclass(slots=True)
class Scan:
    """One thread, its actions, and the thresholds."""

    thread: Thread
    thresholds: Thresholds
    actions: list[Action] = field(init=False)
    users: list[int] = field(init=False)
    """Positions of the turns of the user."""

    def __post_init__(self) -> None:
        self.actions = actions_of(self.thread.steps)
        self.users = [i for i, step in enumerate(self.steps) if step.kind == "user"]

    @property
    def steps(self) -> list[Step]:
        """The steps of the thread."""
        return self.thread.steps

    def same(self, one: Action, other: Action) -> bool | None:
        """Return whether two results are (nearly) equal; None if one was not captured."""
        return same_result(one, other, self.thresholds.similar_results)

    def judged(self, candidate: Candidate) -> Candidate:
        """Return `candidate`, only a maybe if the user spoke in the middle of it."""
        positions = candidate.positions
        first, last = min(positions), max(positions)
        if candidate.verdict == "loop" and any(first < user < last for user in self.users):
            candidate.verdict, candidate.reason = "maybe", USER_BETWEEN
        return candidate

    def positions(self, indices: Sequence[int]) -> list[int]:
        """Return the positions of some actions."""
        return [position for index in indices for position in self.actions[index].positions]

    def iterations(self, indices: Sequence[int], period: int) -> list[list[int]]:
        """Return the positions of some actions, `period` of them per iteration."""
        return [self.positions(indices[at : at + period]) for at in range(0, len(indices), period)]


def confidence(repetitions: int, share: float) -> float:
    """Return how sure a finding is: more with every repetition, and with equal results.

    3 repetitions of equal results agreed with human labels at 0.9 (LOOPS "Known ratios").
    """
    return round(share * (1 - 0.3 / max(repetitions, 1)), 2)
