"""A field, a comparison and values: the condition they make."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui_store import predicates as p

from tracetui.filter.errors import close_to
from tracetui.filter.fields import Field
from tracetui.filter.quantities import Clock, QuantityError, Stretch, quantity, stretch
from tracetui.filter.texts import is_glob, unquoted

_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_RANGE = ".."


class ConditionError(ValueError):
    """A condition that a field cannot be asked."""

    def __init__(self, message: str, place: int | None = None, meant: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.place = place
        """Which of the values is at fault; None for the comparison."""
        self.meant = meant


@dataclass(frozen=True, slots=True)
class Asked:
    """A value as it was typed."""

    token: str
    is_quoted: bool

    @property
    def plain(self) -> str:
        """The text between the quotes, or the word."""
        return unquoted(self.token) if self.is_quoted else self.token


def operators(field: Field) -> tuple[str, ...]:
    """Return the comparisons that a field can be asked by, the usual one first."""
    match field.measure:
        case "text" | "choice":
            return (":", "=", "!=", "~")
        case "flag":
            return (":", "!=")
        case _:
            return (">", ">=", "<", "<=", ":", "!=")


def condition(field: Field, operator: str, values: Sequence[Asked], clock: Clock) -> p.Predicate:
    """Return the condition `field operator values`; several values are alternatives.

    Raises:
        ConditionError: If the field cannot be asked so.
    """
    if field.measure in ("text", "choice"):
        return _of_text(field, operator, values)
    if operator == "~":
        raise ConditionError(f"{field.name} is no text: ~ looks inside texts")
    if field.measure == "flag":
        return _of_flag(field, operator, values)
    if operator not in (":", "=", "!=") and len(values) > 1:
        raise ConditionError(f"{operator} compares with one value", 1)
    parts = [
        _of_time(field, operator, value.plain, place, clock)
        if field.measure == "time"
        else _of_number(field, operator, value.plain, place)
        for place, value in enumerate(values)
    ]
    return _joined(parts, operator)


def _of_text(field: Field, operator: str, values: Sequence[Asked]) -> p.Predicate:
    if operator in p.COMPARISONS and operator not in ("=", "!="):
        if len(values) > 1 or not values[0].is_quoted:
            raise ConditionError(
                f"{field.name} is a text: {field.name}:…; between spans, > stands between spaces"
            )
        return p.Compare(field.column, operator, values[0].plain)
    if operator == "~":
        return _joined([p.TextMatch(field.column, one.plain) for one in values], operator)
    if operator == ":":
        return _joined([_like(field, one, at) for at, one in enumerate(values)], operator)
    sign: p.Comparison = "=" if operator == "=" else "!="
    return _joined([p.Compare(field.column, sign, one.plain) for one in values], operator)


def _like(field: Field, value: Asked, place: int) -> p.Predicate:
    if value.is_quoted:
        return p.Compare(field.column, "=", value.plain)
    if not field.choices or is_glob(value.token):
        return p.TextMatch(field.column, value.token, "glob")
    word = value.token.lower()
    if word not in field.choices:
        meant = close_to(word, field.choices)
        among = "" if meant else f": it is one of {', '.join(field.choices)}"
        raise ConditionError(f"no {field.name} is {value.token}{among}", place, meant)
    return p.Compare(field.column, "=", word)


def _of_flag(field: Field, operator: str, values: Sequence[Asked]) -> p.Predicate:
    if operator not in (":", "=", "!="):
        raise ConditionError(f"{field.name} is yes or no: {field.name}:yes")
    parts: list[p.Predicate] = []
    for place, value in enumerate(values):
        flag = _FLAGS.get(value.plain.lower())
        if flag is None:
            raise ConditionError(f"{field.name} is yes or no", place)
        parts.append(p.Compare(field.column, "!=" if operator == "!=" else "=", flag))
    return _joined(parts, operator)


def _of_number(field: Field, operator: str, word: str, place: int) -> p.Predicate:
    def number(digits: str) -> int | float:
        try:
            return quantity(digits, field.measure)
        except QuantityError as wrong:
            raise ConditionError(f"{digits} {wrong}", place) from None

    if _RANGE in word and operator in (":", "="):
        low, high = word.split(_RANGE, 1)
        parts: list[p.Predicate] = []
        if low:
            parts.append(p.Compare(field.column, ">=", number(low)))
        if high:
            parts.append(p.Compare(field.column, "<=", number(high)))
        return _range(parts, word, place)
    sign = "=" if operator == ":" else operator
    return p.Compare(field.column, _comparison(sign), number(word))


def _of_time(field: Field, operator: str, word: str, place: int, clock: Clock) -> p.Predicate:
    def time(digits: str) -> Stretch:
        try:
            return stretch(digits, clock)
        except QuantityError as wrong:
            raise ConditionError(f"{digits} {wrong}", place) from None

    column = field.column
    if _RANGE in word and operator in (":", "="):
        low, high = word.split(_RANGE, 1)
        parts: list[p.Predicate] = []
        if low:
            parts.append(p.Compare(column, ">=", time(low).start))
        if high:
            end = time(high)
            parts.append(p.Compare(column, "<=" if end.is_instant else "<", _last(end)))
        return _range(parts, word, place)
    when = time(word)
    sign = _comparison("=" if operator == ":" else operator)
    if when.is_instant:
        return p.Compare(column, sign, when.start)
    match sign:
        case "=":
            return p.And((p.Compare(column, ">=", when.start), p.Compare(column, "<", when.stop)))
        case "!=":
            return p.Or((p.Compare(column, "<", when.start), p.Compare(column, ">=", when.stop)))
        case "<" | ">=":
            return p.Compare(column, sign, when.start)
        case "<=":
            return p.Compare(column, "<", when.stop)
        case ">":
            return p.Compare(column, ">=", when.stop)


def _last(end: Stretch) -> int | float:
    return end.start if end.is_instant else end.stop


def _range(parts: list[p.Predicate], word: str, place: int) -> p.Predicate:
    if not parts:
        raise ConditionError(f"{word} says neither from nor to", place)
    return parts[0] if len(parts) == 1 else p.And(tuple(parts))


def _comparison(sign: str) -> p.Comparison:
    return next(known for known in p.COMPARISONS if known == sign)


def _joined(parts: Sequence[p.Predicate], operator: str) -> p.Predicate:
    """Return that one of `parts` holds, or with `!=` all of them."""
    if len(parts) == 1:
        return parts[0]
    if operator == "!=":
        return p.And(tuple(parts))
    columns = {part.column for part in parts if isinstance(part, p.Compare)}
    equal = [part.value for part in parts if isinstance(part, p.Compare) and part.comparison == "="]
    if len(equal) == len(parts) and len(columns) == 1:
        return p.Among(columns.pop(), tuple(equal))
    return p.Or(tuple(parts))
