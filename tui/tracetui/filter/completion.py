"""What may be typed next: fields, comparisons, and the values that the data has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracetui_store.columns import DIMENSIONS

from tracetui.filter.conditions import operators
from tracetui.filter.fields import OUTCOMES, Field, Level, fields
from tracetui.filter.grammar import expected_after
from tracetui.filter.language import FUNCTIONS, HAS, MISSING, kinds
from tracetui.filter.texts import glob_of, glob_word, quoted

_WORD = re.compile(r'[^\s()",]*\Z')
_ASKED = re.compile(
    r"([A-Za-z_]\w*)\s*(!=|<=|>=|[:=~<>])\s*((?:(?:\"(?:\\.|[^\"\\])*\"|[^\s()\",])*,)*)\Z"
)
_OPEN_QUOTE = re.compile(r'"(?:\\.|[^"\\])*\Z', re.DOTALL)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_LONGEST = 60
"""Characters of a value that is proposed: nobody types longer ones, and they fill the screen."""
_EXAMPLES: dict[str, tuple[str, ...]] = {
    "flag": ("yes", "no"),
    "number": ("1", "10", "1k", "10k", "1M"),
    "money": ("0.01", "0.1", "1"),
    "nanoseconds": ("100ms", "1s", "10s", "1m"),
    "milliseconds": ("100ms", "1s", "5s"),
    "time": ("today", "yesterday", "-15m", "-1h", "12:00", "2025-01-31"),
}

Values = Mapping[str, Sequence[tuple[str, int]]]
"""Values of a column and how many spans have each, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that can be typed."""

    text: str
    about: str = ""
    """What it is, or how often the data has it."""
    opens: bool = False
    """Whether something must follow at once: no space after it."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand in the place of `text[start:stop]`."""

    start: int
    stop: int
    proposals: tuple[Proposal, ...]


def complete(text: str, cursor: int, level: Level, values: Values, most: int = 200) -> Completion:
    """Return what may be typed at `cursor`, the likeliest first.

    Args:
        text: The filter.
        cursor: Where it goes on, in characters.
        level: Whether spans or traces are filtered.
        values: By column, what the data has; other columns get none or examples.
        most: How many proposals there may be.
    """
    before = text[:cursor]
    quote = _OPEN_QUOTE.search(_QUOTED.sub(lambda found: "x" * len(found[0]), before))
    start = quote.start() if quote else _word_start(before)
    typed, head = before[start:], before[:start]
    # A word that holds its comparison, `model:gp`, is completed behind it.
    held = None if quote else re.match(r"-?\w+(?:!=|<=|>=|[:=~<>])", typed)
    if held is not None:
        start, head, typed = start + held.end(), head + held[0], typed[held.end() :]
    asked = _ASKED.search(head)
    if asked is not None:
        found = _values(asked[1].lower(), asked[2], level, values)
    elif quote is not None:
        found = []
    else:
        minus = len(typed) > 1 and typed.startswith("-")
        start, head, typed = (
            (start + 1, f"{head}not ", typed[1:]) if minus else (start, head, typed)
        )
        found = _words(head, level)
    return Completion(start, cursor, tuple(_fitting(found, typed, most)))


def _word_start(before: str) -> int:
    found = _WORD.search(before)
    return found.start() if found else len(before)


def _fitting(found: Sequence[Proposal], typed: str, most: int) -> list[Proposal]:
    """Return the proposals that begin with what is typed, then those that contain it."""
    low = typed.lower().lstrip('"')
    begin = [one for one in found if one.text.lower().lstrip('"').startswith(low)]
    inside = [one for one in found if low in one.text.lower() and one not in begin]
    chosen = [one for one in (*begin, *inside) if one.text != typed]
    return chosen[:most]


def _words(head: str, level: Level) -> list[Proposal]:
    expected = expected_after(head)
    found: list[Proposal] = []
    if "OPERATOR" in expected:
        return [Proposal(sign, opens=True) for sign in (">", ">=", "<", "<=", "=", "!=")]
    if "FIELD" in expected:
        known = fields(level)
        found += [_proposed(field) for field in known.values() if field.short]
        found += [Proposal(f"{word}:", "a field without a value", True) for word in (MISSING,)]
        found += [Proposal(f"{word}:", "a field with a value", True) for word in (HAS,)]
        found += [Proposal(kind, "kind") for kind in kinds()]
        found += [Proposal(outcome, "status") for outcome in OUTCOMES]
        found += [Proposal(f"{name}(", _ABOUT[name], True) for name in FUNCTIONS]
        found.append(Proposal("not"))
    if "_OR" in expected:
        found += [Proposal("or"), Proposal(">>", "above"), Proposal(">", "directly above")]
    if "RPAR" in expected:
        found.append(Proposal(")"))
    return found


_ABOUT = {
    "any": "a span of the trace",
    "all": "every span of the trace",
    "count": "spans of the trace",
    "parent": "directly above",
    "ancestor": "above",
    "child": "directly below",
    "descendant": "below",
}


def _proposed(field: Field) -> Proposal:
    usual = operators(field)[0]
    about = "of the trace" if field.level == "traces" else ""
    return Proposal(f"{field.name}{usual}", about, True)


def _values(name: str, operator: str, level: Level, values: Values) -> list[Proposal]:
    if name in (MISSING, HAS):
        return [Proposal(field.name) for field in fields(level).values() if field.short]
    if name == "count":
        return []
    field = fields(level).get(name)
    if field is None or (operator in ("~", "<", ">", "<=", ">=") and field.measure == "text"):
        return []
    counted = dict(values.get(field.column, ()))
    if field.choices:
        rest = [choice for choice in field.choices if choice not in counted]
        there = [choice for choice in counted if choice in field.choices]
        return [Proposal(one, _spans(counted.get(one))) for one in (*there, *rest)]
    if field.column in DIMENSIONS:
        return [
            Proposal(_as_value(value, operator), _spans(number))
            for value, number in counted.items()
            if value and len(value) <= _LONGEST
        ]
    return [Proposal(example) for example in _EXAMPLES.get(field.measure, ())]


def _as_value(value: str, operator: str) -> str:
    """Return a value of the data as a word if it is one to the eye too, else between quotes."""
    word = glob_word(glob_of(value))
    return value if operator == ":" and word == value and value.isprintable() else quoted(value)


def _spans(number: int | None) -> str:
    return "" if number is None else f"{number:,} span{'' if number == 1 else 's'}"
