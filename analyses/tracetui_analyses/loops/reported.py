"""Loops that the framework itself speaks of: findings apart from ours.

Source: reference LOOPS ("The framework's own words").
"""

import re
from collections.abc import Iterable, Sequence

from tracetui_analyses.loops.reading import Row
from tracetui_analyses.loops.steps import Finding, Step

_STUCK = re.compile(
    r"AgentStuckInLoop(?:Error)?|loop_detected|LoopDetected\w*|Tool Repeated Usage"
    r"|I tried reusing the same input|\"is_in_loop\": ?\{[^}]*\"answer\": ?true"
    r"|Stall count exceeded|exceeded maximum repetitions|GraphRecursionError"
    r"|Recursion limit of \d+ reached"
)
_LIMITS = re.compile(
    r"MaxTurnsExceeded|[Mm]ax turns(?: \(\d+\))? exceeded|AgentMaxStepsError|Reached max steps"
    r"|UsageLimitExceeded|LlmCallsLimitExceededError|max iterations|maximum iterations"
)
_WORDS = (
    *("StuckInLoop", "loop_detected", "LoopDetected", "Tool Repeated Usage", "I tried reusing"),
    *("is_in_loop", "Stall count", "maximum repetitions"),
)
"""One of these stands in what a tool or model says of a loop: found faster than the pattern."""
_LONGEST = 20_000


def reported(trace_id: str, rows: Iterable[Row], steps: Sequence[Step]) -> list[Finding]:
    """Return what frameworks say of loops in one trace, once per wording.

    Args:
        trace_id: The trace.
        rows: All its spans: their errors are read.
        steps: Its steps: what tools answered is read.
    """
    texts = [
        (row["span_id"] or "", text)
        for row in rows
        if row["error"] or row["status_message"]
        for text in (row["error_type"], row["error_message"], row["status_message"])
        if text
    ]
    texts += [
        (step.span_id, step.text)
        for step in steps
        if step.text and any(word in step.text for word in _WORDS)
    ]
    told: dict[str, list[str]] = {}
    verdicts: dict[str, str] = {}
    for span_id, text in texts:
        for pattern, verdict in ((_STUCK, "loop"), (_LIMITS, "info")):
            match = pattern.search(text[:_LONGEST])
            if match is not None:
                spans = told.setdefault(match[0], [])
                verdicts[match[0]] = verdict
                if span_id not in spans:
                    spans.append(span_id)
    return [
        Finding(
            kind="reported",
            verdict=verdicts[words],
            thread=trace_id,
            period=0,
            repetitions=len(spans),
            names=[words],
            first=spans[:1],
            rest=spans[1:],
            positions=[],
            confidence=1.0,
            reason="reported by the framework",
            sentence=f"the framework reported: {words}.",
            reported=True,
        )
        for words, spans in told.items()
    ]
