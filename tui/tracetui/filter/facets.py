"""Facets of traces as parts of a filter: to choose a value is to edit the text of the filter.

A dimension's part is the first of the filter's conjuncts that says which of its values are wanted,
as `model="a","b"` does. Everything else stays as it was typed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tracetui_store import predicates as p

from tracetui.filter.fields import OUTCOME, OUTCOMES
from tracetui.filter.grammar import parsed
from tracetui.filter.language import read
from tracetui.filter.texts import quoted

if TYPE_CHECKING:
    from lark import Token, Tree


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column of spans by whose values traces can be chosen."""

    column: str
    """One of `columns.DIMENSIONS`."""
    title: str
    field: str
    """Its name in a filter."""
    of_trace_too: bool = False
    """Whether a trace has a field of this name, so that the spans' own needs `any(…)`."""


FACETS = (
    Dimension("service_name", "service", "service", of_trace_too=True),
    Dimension("agent_name", "agent", "agent", of_trace_too=True),
    Dimension("model", "model", "model"),
    Dimension("session_id", "session", "session", of_trace_too=True),
    Dimension(OUTCOME, "status", "status"),
    Dimension("error_type", "kind of error", "error_type"),
)


def chosen(text: str, dimension: Dimension) -> tuple[str, ...]:
    """Return the values of `dimension` that the filter `text` wants; none if it asks for none."""
    found = _own_part(_parts(text), dimension)
    return found[1] if found else ()


def without(text: str, dimension: Dimension) -> str:
    """Return the filter `text` without the part of `dimension`."""
    return _replaced(text, dimension, "")


def toggled(text: str, dimension: Dimension, value: str) -> str:
    """Return the filter `text` with `value` wanted too, or no more."""
    before = chosen(text, dimension)
    now = tuple(one for one in before if one != value) if value in before else (*before, value)
    return _replaced(text, dimension, wanted(dimension, now) if now else "")


def wanted(dimension: Dimension, values: tuple[str, ...]) -> str:
    """Return the filter for traces that have one of `values`."""
    if dimension.column == OUTCOME:
        return f"{dimension.field}:{','.join(values)}"
    condition = f"{dimension.field}={','.join(map(quoted, values))}"
    return f"any({condition})" if dimension.of_trace_too else condition


def _replaced(text: str, dimension: Dimension, new: str) -> str:
    parts = _parts(text)
    found = _own_part(parts, dimension)
    if found is None:
        if not new:
            return text
        return f"{' '.join(parts)} {new}".strip() if _is_loose(text) else f"{text} {new}".strip()
    parts[found[0]] = new
    return " ".join(part for part in parts if part)


def _own_part(parts: list[str], dimension: Dimension) -> tuple[int, tuple[str, ...]] | None:
    """Return which part is the dimension's, and the values it wants."""
    for at, part in enumerate(parts):
        if (values := _values(read(part, "traces"), dimension)) is not None:
            return at, values
    return None


def _values(predicate: p.Predicate, dimension: Dimension) -> tuple[str, ...] | None:
    """Return the values that `predicate` wants; None if it says anything else."""
    column = dimension.column
    match predicate:
        case p.AnySpan(p.Compare(of, "=", str(value))) if of == column:
            return (value,)
        case p.AllSpans(p.Compare(of, "=", "ok")) if of == column == OUTCOME:
            return ("ok",)
        case p.AnySpan(p.Among(of, values)) if of == column:
            return tuple(map(str, values))
        case p.Or(parts) if column == OUTCOME and parts:
            found = [_values(part, dimension) for part in parts]
            flat = tuple(value for one in found for value in one or ())
            return flat if all(found) and not set(flat) - set(OUTCOMES) else None
        case _:
            return None


def _is_loose(text: str) -> bool:
    """Return whether what is put behind `text` would bind more tightly than `text` does."""
    return bool(text.strip()) and str(parsed(text).data) in ("either", "below")


def _parts(text: str) -> list[str]:
    """Return the conditions that must all hold, each as it is written."""
    if not text.strip():
        return []
    tree = parsed(text)
    if str(tree.data) in ("either", "below"):
        return [f"({text.strip()})"]
    if str(tree.data) != "both":
        return [text.strip()]
    places: list[Any] = [child.meta for child in cast("list[Tree[Token]]", tree.children)]
    # A container is a condition with the brackets around it.
    return [text[place.container_start_pos : place.container_end_pos] for place in places]
