"""Steps and findings: what loop detection reads and what it says.

Source: reference LOOPS ("Steps" and the fields of a finding).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

MODEL_KINDS = frozenset({"llm"})
ACTING_KINDS = frozenset({"tool", "retriever", "handoff", "agent"})
"""The kinds whose spans act; `user` stands for a turn of the user."""

_MOST_WORDS = 400


@dataclass(slots=True)
class Step:
    """A span that acts, speaks, or is a turn of the user."""

    span_id: str
    kind: str
    """tool, retriever, handoff, agent, llm or user."""
    name: str
    """Tool or agent called; who is handed over to; of a model call, its span's name."""
    agent: str = ""
    """Who acts."""
    action: int = 0
    """`actions.action_digest`."""
    result: int | None = None
    """`actions.result_digest`; None if it was not captured."""
    numbers: int | None = None
    """`actions.numbers_digest` of the result."""
    arguments: str | None = None
    """Canonical arguments. None: not at hand, and rules that compare them say nothing."""
    text: str | None = None
    """The masked result, the error, or what a model said. None: not at hand."""
    start: int | None = None
    """Unix nanoseconds, as `end`."""
    end: int | None = None
    error: bool = False
    tokens: int | None = None
    cost_usd: float | None = None
    parent: str | None = None
    """The nearest span around this one that is a step, or the parent span."""
    row_id: int | None = None


@dataclass(slots=True)
class Thread:
    """The steps of one agent in one trace or conversation, by start."""

    key: str
    steps: list[Step]
    ends: bool = True
    """Whether the trace is over: a poll that still runs may yet end well."""


@dataclass(slots=True)
class Finding:
    """Something that goes round in circles, or may."""

    kind: str
    verdict: str
    """loop, maybe or info"""
    thread: str
    period: int
    """Actions per iteration."""
    repetitions: int
    names: list[str]
    """What is called, in the order of the iteration."""
    first: list[str]
    """Span ids of the first iteration."""
    rest: list[str]
    """Span ids of the other iterations."""
    positions: list[int] = field(repr=False)
    """Where those are in the steps of the thread, first iteration first."""
    confidence: float
    reason: str = ""
    """Why it is only a maybe, or only said."""
    wasted_nano: int | None = None
    """From the end of the first iteration to the end of the last; None if unknown."""
    wasted_tokens: int | None = None
    wasted_cost_usd: float | None = None
    sentence: str = ""
    reported: bool = False
    """Whether these are the framework's own words."""


@dataclass(slots=True)
class Action:
    """One call, or calls that overlapped: what is compared with what came before."""

    positions: list[int]
    """In the steps of the thread."""
    token: int
    result: int | None
    numbers: int | None
    step: Step
    """The (first) call."""

    @property
    def error(self) -> bool:
        """Whether it failed."""
        return self.step.error


def actions_of(steps: Sequence[Step]) -> list[Action]:
    """Return the actions among `steps`; tool calls of one parent that overlap are one."""
    actions: list[Action] = []
    batch: list[int] = []
    batch_end: int | None = None

    def close() -> None:
        if batch:
            actions.append(_action(steps, list(batch)))
            batch.clear()

    for position, step in enumerate(steps):
        if step.kind not in ACTING_KINDS:
            continue
        joins = (
            bool(batch)
            and batch_end is not None
            and step.start is not None
            and step.start < batch_end
            and step.kind in ("tool", "retriever")
            and steps[batch[-1]].kind in ("tool", "retriever")
            and steps[batch[-1]].parent == step.parent
        )
        if not joins:
            close()
            batch_end = None
        batch.append(position)
        if step.end is not None:
            batch_end = step.end if batch_end is None else max(batch_end, step.end)
    close()
    return actions


def _action(steps: Sequence[Step], positions: list[int]) -> Action:
    first = steps[positions[0]]
    if len(positions) == 1:
        return Action(positions, first.action, first.result, first.numbers, first)
    members = [steps[position] for position in positions]
    results = [member.result for member in members]
    known = all(result is not None for result in results)
    return Action(
        positions,
        hash(tuple(sorted(member.action for member in members))),
        hash(tuple(sorted(result or 0 for result in results))) if known else None,
        None,
        first,
    )


def similar(one: str, other: str, least: float) -> bool:
    """Return whether two texts are at least that much alike, by words in order."""
    if one == other:
        return True
    words, others = one.split()[:_MOST_WORDS], other.split()[:_MOST_WORDS]
    total = len(words) + len(others)
    if not total or 2 * min(len(words), len(others)) < least * total:
        return False
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return matcher.quick_ratio() >= least and matcher.ratio() >= least


def same_result(one: Action | Step, other: Action | Step, least: float) -> bool | None:
    """Return whether two results are equal or nearly; None where one was not captured.

    Nearly equal are texts that are `least` alike and have the same sequence of numbers.
    """
    if one.result is None or other.result is None:
        return None
    if one.result == other.result:
        return True
    if one.numbers is None or one.numbers != other.numbers:
        return False
    text = one.step.text if isinstance(one, Action) else one.text
    other_text = other.step.text if isinstance(other, Action) else other.text
    return text is not None and other_text is not None and similar(text, other_text, least)
