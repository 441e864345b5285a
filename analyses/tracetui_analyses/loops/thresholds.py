"""What counts as a loop, in numbers.

Source: reference LOOPS ("Kinds", "Known ratios"); the defaults are those that were measured best on
its label sets (`python -m benchmarks.loops`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The settings of loop detection."""

    repetitions: int = 3
    """Iterations of a repeat, cycle, retry storm, ping-pong, monologue or compaction."""
    longest_period: int = 32
    """Actions in an iteration."""
    equal_results: float = 0.8
    """Share of the compared results that must be equal."""
    similar_results: float = 0.95
    """Likeness of two results that count as equal if their numbers are the same too."""
    similar_arguments: float = 0.9
    """Likeness of the arguments of two calls, with such results, that people call a repetition."""
    similar_speech: float = 0.85
    """Likeness of two texts of a model or hand-off that count as the same."""
    one_off_share: float = 0.34
    """Share of steps that happen once and are passed over in a noisy cycle."""
    varied_repetitions: int = 5
    """Calls of an error loop, of one without effect, and of a runaway counter."""
    near_repetitions: int = 4
    """Calls whose arguments differ by word order or additions."""
    dense_share: float = 0.6
    """Share of the actions from first to last that are of the loop, where others come between."""
    recursion_depth: int = 4
    """Agents of one input within each other."""
    stagnation_window: int = 12
    """Actions that are looked at together."""
    stagnation_new: float = 0.2
    """Share of new pairs of action and result in a window that is stagnation."""
    polls: int = 8
    """Polls without a change at the end of a trace that are a loop."""
    wait_nano: int = 1_500_000_000
    """Idle time before a call that makes it a poll."""


DEFAULTS = Thresholds()
