"""The first iteration beside the last, and what changed: why a finding is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from tracetui_analyses.loops.steps import Step

_MOST_WORDS = 400
_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a step of the first iteration and that of the last."""

    name: str
    what: str
    """arguments or result"""
    first: str
    """The words that were there the first time only."""
    last: str


def changes(first: Sequence[Step], last: Sequence[Step]) -> list[Change]:
    """Return what differs between two iterations, by words of what was compared (masked)."""
    found: list[Change] = []
    for before, after in zip_longest(first, last):
        if before is None or after is None:
            continue
        for what, one, other in (
            ("arguments", before.arguments, after.arguments),
            ("result", before.text, after.text),
        ):
            if one is not None and other is not None and one != other:
                gone, come = _difference(one, other)
                found.append(Change(before.name, what, gone, come))
    return found


def _difference(one: str, other: str) -> tuple[str, str]:
    words, others = one.split()[:_MOST_WORDS], other.split()[:_MOST_WORDS]
    gone: list[str] = []
    come: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += words[a:b]
            come += others[c:d]
    return _shown(gone), _shown(come)


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:_MOST_SHOWN]) + (" …" if len(words) > _MOST_SHOWN else "")
