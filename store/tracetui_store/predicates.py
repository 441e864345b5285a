"""Filters as values: a small tree that says which spans or traces are wanted, and no more.

It names no database: what stands behind the protocol compiles it (`predicate_sql`) or walks it.
A filter language builds it.

    kind:llm cost>0.01            And((Compare("kind", "=", "llm"), Compare("cost_usd", ">", 0.01)))
    not model:gpt*                Not(TextMatch("model", "gpt*", "glob"))
    "refund"                      Mentions("refund")
    tool:search >> kind:llm       And((kind_is_llm, Related("ancestor", tool_is_search)))
    count(tool:search)>5          CountSpans(tool_is_search, ">", 5)

A predicate is either true or false of a span: whatever asks for a value that is unknown is false,
and `Not` of it true. Where traces are filtered, columns are those of the list of traces;
`AnySpan`, `AllSpans` and `CountSpans` lead from there to spans. Where spans are filtered, the
three speak of the span's whole trace.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = str | int | float | bool
Comparison: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
Relation: TypeAlias = Literal["parent", "ancestor", "child", "descendant"]

COMPARISONS: tuple[Comparison, ...] = ("=", "!=", "<", "<=", ">", ">=")
LONGEST_TEXT = 4_096
"""Characters that a text or pattern may have."""
DEEPEST = 100
"""How deep a tree may be."""


class PredicateError(ValueError):
    """A predicate that cannot be asked; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts` hold; without parts, always."""

    parts: "tuple[Predicate, ...]" = ()


@dataclass(frozen=True, slots=True)
class Or:
    """One of `parts` holds; without parts, never."""

    parts: "tuple[Predicate, ...]" = ()


@dataclass(frozen=True, slots=True)
class Not:
    """`part` does not hold."""

    part: "Predicate"


@dataclass(frozen=True, slots=True)
class Compare:
    """A column is known and compares so with `value`; texts by code point, case counts."""

    column: str
    comparison: Comparison
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    """A column is known and one of `values`."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TextMatch:
    r"""A text column contains `text`, or is like it as a whole; whatever the case.

    In a glob, `*` stands for any text, `?` for one character, and a backslash makes the next
    character stand for itself.
    """

    column: str
    text: str
    how: Literal["contains", "glob"] = "contains"


@dataclass(frozen=True, slots=True)
class IsUnknown:
    """A column has no value."""

    column: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """A span says `text` in its name, status, payloads, events or log records; see `search`."""

    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """A span has a parent (or ancestor, child, descendant) of which `span` holds.

    A span that names itself as its parent is not related to itself by that.
    """

    relation: Relation
    span: "Predicate"


@dataclass(frozen=True, slots=True)
class AnySpan:
    """`span` holds of at least one span of the trace."""

    span: "Predicate"


@dataclass(frozen=True, slots=True)
class AllSpans:
    """`span` holds of every span of the trace."""

    span: "Predicate"


@dataclass(frozen=True, slots=True)
class CountSpans:
    """The number of the trace's spans of which `span` holds compares so with `count`."""

    span: "Predicate"
    comparison: Comparison
    count: int


Predicate: TypeAlias = (
    And
    | Or
    | Not
    | Compare
    | Among
    | TextMatch
    | IsUnknown
    | Mentions
    | Related
    | AnySpan
    | AllSpans
    | CountSpans
)

EVERYTHING = And()


@dataclass(frozen=True, slots=True)
class Selection:
    """Spans of which `spans` holds, in traces of which `traces` holds."""

    traces: Predicate = EVERYTHING
    spans: Predicate = EVERYTHING


EVERY_SPAN = Selection()


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one column; what is unknown comes last in either direction.

    Texts sort whatever their case. Equal rows stand newest first, then by id, so that pages fit
    together.
    """

    column: str = "start_time_unix_nano"
    descending: bool = True
