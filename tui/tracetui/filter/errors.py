"""What is wrong with a filter, where, and what was meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(eq=False)
class FilterError(ValueError):
    """A filter that cannot be read."""

    text: str
    """The whole filter."""
    start: int
    """Where the fault begins, in characters; the length of `text` if something is missing."""
    stop: int
    """Where it ends."""
    message: str
    expected: tuple[str, ...] = ()
    """What could stand there, in words."""
    meant: tuple[str, ...] = ()
    """What may have been meant, the likeliest first."""

    def __str__(self) -> str:
        return self.message + self.advice

    @property
    def advice(self) -> str:
        """What could stand there, or what was meant, to follow the message."""
        if self.meant:
            return f"; did you mean {' or '.join(self.meant)}?"
        return f"; expected {_listed(self.expected)}" if self.expected else ""

    @property
    def caret(self) -> str:
        """A line to stand below the filter: a caret under each character that is at fault."""
        return " " * self.start + "^" * max(self.stop - self.start, 1)


def close_to(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to two of `known` that `word` is nearly, or begins like."""
    names = sorted(set(known))
    found = get_close_matches(word.lower(), names, n=2, cutoff=0.6)
    if not found and len(word) > 1:
        found = [name for name in names if name.startswith(word.lower())][:2]
    return tuple(found)


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
