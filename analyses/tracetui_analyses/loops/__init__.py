"""Loops: repeated actions with unchanged results (reference LOOPS). Pure functions over steps."""

from tracetui_analyses.loops.find import (
    GrowingThreads,
    by_waste,
    find_all,
    find_loops,
    repeated_actions,
)
from tracetui_analyses.loops.repeats import tandem_runs
from tracetui_analyses.loops.steps import Finding, Step, Thread
from tracetui_analyses.loops.thresholds import DEFAULTS, Thresholds
from tracetui_analyses.loops.traces import TraceFinding, TraceLoops

__all__ = [
    "DEFAULTS",
    "Finding",
    "GrowingThreads",
    "Step",
    "Thread",
    "Thresholds",
    "TraceFinding",
    "TraceLoops",
    "by_waste",
    "find_all",
    "find_loops",
    "repeated_actions",
    "tandem_runs",
]
