"""Writes a predicate as a filter: canonical text that reads as the same predicate."""

from tracetui_store import columns
from tracetui_store import predicates as p

from tracetui.filter.fields import Field, Level, by_column
from tracetui.filter.language import EVERYTHING_WORD, HAS, MISSING, NOTHING_WORD
from tracetui.filter.quantities import written, written_time
from tracetui.filter.texts import glob_word, is_glob, quoted

_EITHER, _BELOW, _BOTH, _ATOM = range(4)
"""How tightly a text holds together, loosest first."""
_SIGNS: dict[p.Relation, str] = {"ancestor": ">>", "parent": ">"}


def printed(predicate: p.Predicate, level: Level) -> str:
    """Return `predicate` as text; empty for what holds always.

    Raises:
        PredicateError: If it names a column that there is not.
    """
    predicate = _plain(predicate)
    return "" if predicate == p.EVERYTHING else _text(predicate, level)[0]


def _text(predicate: p.Predicate, level: Level) -> tuple[str, int]:
    """Return a text and how tightly it holds together."""
    match _plain(predicate):
        case p.And(parts):
            return _conjunction(tuple(map(_plain, parts)), level)
        case p.Or(()):
            return NOTHING_WORD, _ATOM
        case p.Or(parts):
            return " or ".join(_within(part, level, _BELOW) for part in parts), _EITHER
        case p.Not(part):
            return _denied(_plain(part), level), _ATOM
        case p.Mentions(text):
            return quoted(text), _ATOM
        case p.Related(relation, span):
            return f"{relation}({_text(span, 'spans')[0]})", _ATOM
        case p.AnySpan(span):
            return f"any({_text(span, 'spans')[0]})", _ATOM
        case p.AllSpans(span):
            return f"all({_text(span, 'spans')[0]})", _ATOM
        case p.CountSpans(span, comparison, count):
            return f"count({_text(span, 'spans')[0]}){comparison}{count}", _ATOM
        case of_column:
            return _condition(of_column, level), _ATOM


def _plain(predicate: p.Predicate) -> p.Predicate:
    """Return the only part of what has one, else the predicate itself."""
    while isinstance(predicate, (p.And, p.Or)) and len(predicate.parts) == 1:
        predicate = predicate.parts[0]
    return predicate


def _denied(part: p.Predicate, level: Level) -> str:
    if isinstance(part, p.IsUnknown):
        return f"{HAS}:{_field(part.column, level).name}"
    return f"-{_within(part, level, _ATOM)}"


def _conjunction(parts: tuple[p.Predicate, ...], level: Level) -> tuple[str, int]:
    match parts:
        case ():
            return EVERYTHING_WORD, _ATOM
        case (below, p.Related("ancestor" | "parent" as relation, above)) if level == "spans":
            upper, lower = _within(above, level, _BELOW), _within(below, level, _BOTH)
            return f"{upper} {_SIGNS[relation]} {lower}", _BELOW
        case _:
            return " ".join(_within(part, level, _ATOM) for part in parts), _BOTH


def _within(predicate: p.Predicate, level: Level, at_least: int) -> str:
    text, holds = _text(predicate, level)
    return text if holds >= at_least else f"({text})"


def _condition(predicate: p.Compare | p.Among | p.TextMatch | p.IsUnknown, level: Level) -> str:
    field = _field(predicate.column, level)
    match predicate:
        case p.IsUnknown():
            return f"{MISSING}:{field.name}"
        case p.Among(_, ()):
            return NOTHING_WORD
        case p.Among(column, (value,)):
            return _condition(p.Compare(column, "=", value), level)
        case p.Among(_, values):
            is_text = field.measure in ("text", "choice")
            sign = "=" if is_text and set(values) - set(field.choices) else ":"
            return f"{field.name}{sign}{','.join(_value(field, value, '=') for value in values)}"
        case p.Compare(_, comparison, value):
            named = comparison == "=" and (field.measure != "text" and value != "")
            named = named and (field.measure != "choice" or value in field.choices)
            return f"{field.name}{':' if named else comparison}{_value(field, value, comparison)}"
        case p.TextMatch(_, text, "contains"):
            return f"{field.name}~{quoted(text)}"
        case p.TextMatch(_, text):
            return _glob(field, text)


def _glob(field: Field, glob: str) -> str:
    word = glob_word(glob)
    if not word:
        # A word has a character at least; only what is known and has none is matched by `""`.
        return f'{field.name}=""'
    if field.choices and not is_glob(word):
        word = f"\\{word}"
    return f"{field.name}:{word}"


def _value(field: Field, value: p.Value, comparison: p.Comparison) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value in field.choices and comparison == "=" else quoted(value)
    if field.measure == "time":
        return written_time(value, aligned=comparison in (">=", "<"))
    return written(value, field.measure)


def _field(column: str, level: Level) -> Field:
    columns.type_of(columns.SPANS if level == "spans" else columns.TRACES, column)
    return by_column(level)[column]
