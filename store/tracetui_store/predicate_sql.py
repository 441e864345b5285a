# ruff: noqa: S608 - names come from fixed tables, values are parameters: tests hold it to that
"""Compiles predicates to SQL: the one place where they meet a database.

Names come from fixed tables, values are bound as parameters, never written into the text.
"""

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tracetui_store import columns
from tracetui_store.columns import ColumnType
from tracetui_store.patterns import Needle, escaped, glob
from tracetui_store.predicates import (
    COMPARISONS,
    DEEPEST,
    EVERYTHING,
    AllSpans,
    Among,
    And,
    AnySpan,
    Compare,
    Comparison,
    CountSpans,
    IsUnknown,
    Mentions,
    Not,
    Or,
    Predicate,
    PredicateError,
    Related,
    Selection,
    Sort,
    TextMatch,
    Value,
)
from tracetui_store.statements import storable

Level: TypeAlias = Literal["spans", "traces"]

_SPAN_EXPRESSIONS = {
    "duration_nano": (
        "CASE WHEN {s}.end_time_unix_nano >= {s}.start_time_unix_nano "
        "THEN {s}.end_time_unix_nano - {s}.start_time_unix_nano "
        "WHEN {s}.end_time_unix_nano < {s}.start_time_unix_nano THEN 0 END"
    ),
    "outcome": (
        "CASE WHEN {s}.error THEN 'error' "
        "WHEN {s}.end_time_unix_nano IS NULL AND {s}.start_time_unix_nano IS NOT NULL "
        "THEN 'running' ELSE 'ok' END"
    ),
    "finish_reason": "array_to_string({s}.finish_reasons, ',')",
}
_BEYOND = 1 << 64
"""No stored integer is larger."""


@dataclass(slots=True)
class Compiled:
    """SQL, and the values of its parameters."""

    sql: str
    values: dict[str, Any]


def column_sql(level: Level, name: str, alias: str) -> str:
    """Return the expression of a canonical column.

    Raises:
        PredicateError: If there is no such column.
    """
    columns.type_of(columns.SPANS if level == "spans" else columns.TRACES, name)
    expression = _SPAN_EXPRESSIONS.get(name) if level == "spans" else None
    return expression.format(s=alias) if expression else f'{alias}."{name}"'


def order_sql(level: Level, sort: Sort, alias: str) -> str:
    """Return the terms of ORDER BY for `sort`, equal rows newest first.

    Raises:
        PredicateError: If there is no such column.
    """
    expression = column_sql(level, sort.column, alias)
    known = columns.SPANS if level == "spans" else columns.TRACES
    if known[sort.column] == "text":
        expression = f"lower({expression})"
    direction = "DESC" if sort.descending else "ASC"
    last = "row_id" if level == "spans" else "trace_id"
    return (
        f"{expression} {direction} NULLS LAST, "
        f"{alias}.start_time_unix_nano DESC NULLS LAST, {alias}.{last}"
    )


def compile_predicate(predicate: Predicate, level: Level, alias: str) -> Compiled:
    """Return the condition that `predicate` is, about the rows of `alias`.

    Raises:
        PredicateError: If it names no column, compares unlike things or is too deep.
    """
    compiler = _Compiler()
    return Compiled(compiler.condition(predicate, level, alias, 0), compiler.values)


def compile_selection(
    selection: Selection, traces: str, columns_read: Collection[str] = columns.PRICED
) -> Compiled:
    """Return the query of the selected rows of `spans`.

    Args:
        selection: Which spans.
        traces: The relation that traces are selected from.
        columns_read: The columns that are read of them; others may be missing.

    Raises:
        PredicateError: As `compile_predicate`.
    """
    compiler = _Compiler()
    conditions = [compiler.condition(selection.spans, "spans", "s", 0)]
    if selection.traces != EVERYTHING:
        wanted = compiler.condition(selection.traces, "traces", "t", 0)
        conditions.append(f"s.trace_id IN (SELECT t.trace_id FROM {traces} t WHERE {wanted})")
    spans = _spans_with({*columns_read, *_columns_of(selection.spans)})
    return Compiled(f"SELECT s.* FROM {spans} s WHERE {' AND '.join(conditions)}", compiler.values)


def _spans_with(names: Collection[str]) -> str:
    """Return the relation of spans that has these columns, unpriced if none of them is."""
    return "settled_spans" if columns.PRICED.isdisjoint(names) else "spans"


def _columns_of(predicate: Predicate) -> Iterator[str]:
    """Yield the columns that a predicate asks of a span itself, not of those it leads to."""
    match predicate:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _columns_of(part)
        case Not(part):
            yield from _columns_of(part)
        case Compare() | Among() | TextMatch() | IsUnknown():
            yield predicate.column
        case _:
            pass


@dataclass(slots=True)
class _Compiler:
    """Collects the values of one statement's predicates.

    A condition may be null where its predicate is false: WHERE, AND and OR take null so, and
    `Not` asks for IS NOT TRUE. Comparisons stay bare, so that DuckDB can skip row groups by them.
    """

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    _aliases: int = 0

    def condition(self, predicate: Predicate, level: Level, alias: str, depth: int) -> str:
        """Return `predicate` as an SQL condition about `alias`, in parentheses."""
        if depth > DEEPEST:
            raise PredicateError("this filter is nested too deeply")

        def inner(part: Predicate) -> str:
            return self.condition(part, level, alias, depth + 1)

        match predicate:
            case And(parts):
                return f"({' AND '.join(map(inner, parts)) or 'TRUE'})"
            case Or(parts):
                return f"({' OR '.join(map(inner, parts)) or 'FALSE'})"
            case Not(part):
                return f"({inner(part)} IS NOT TRUE)"
            case Compare() | Among() | TextMatch() | IsUnknown():
                return self._of_column(predicate, level, alias)
            case Mentions(text):
                return self._mentions(text, level, alias)
            case Related():
                return self._related(predicate, level, alias, depth)
            case AnySpan() | AllSpans() | CountSpans():
                return self._of_trace(predicate, alias, depth)

    def _of_column(
        self, predicate: Compare | Among | TextMatch | IsUnknown, level: Level, alias: str
    ) -> str:
        name = predicate.column
        holds = columns.type_of(columns.SPANS if level == "spans" else columns.TRACES, name)
        expression = column_sql(level, name, alias)
        match predicate:
            case Compare(_, comparison, value):
                columns.check_value(name, holds, value)
                return self._compare(expression, holds, comparison, value)
            case Among(_, values):
                for value in values:
                    columns.check_value(name, holds, value)
                equal = [self._compare(expression, holds, "=", value) for value in values]
                return f"({' OR '.join(equal) or 'FALSE'})"
            case TextMatch(_, text, how):
                if holds != "text":
                    raise PredicateError(f"{name} is no text")
                pattern = glob(text) if how == "glob" else escaped(storable(text))
                return f"regexp_matches({expression}, {self._bind(pattern)}, 'is')"
            case IsUnknown():
                return f"({expression} IS NULL)"

    def _compare(
        self, expression: str, holds: ColumnType, comparison: Comparison, value: Value
    ) -> str:
        if comparison not in COMPARISONS:
            raise PredicateError(f"{comparison!r} is no comparison")
        if holds == "flag" and comparison not in ("=", "!="):
            raise PredicateError("true and false are equal or not, never more or less")
        if holds == "integer" and isinstance(value, (int, float)):
            # Beside a fraction DuckDB would compare as floating point: times are exact.
            value = max(-_BEYOND, min(value, _BEYOND))
            if not float(value).is_integer():
                if comparison in ("=", "!="):
                    return "FALSE" if comparison == "=" else f"({expression} IS NOT NULL)"
                value = math.floor(value) if comparison[0] == "<" else math.ceil(value)
                comparison = "<=" if comparison[0] == "<" else ">="
            value = int(value)
        if holds == "real":
            value = _real(value)
        return f"({expression} {comparison} {self._bind(value)})"

    def _mentions(self, text: str, level: Level, alias: str) -> str:
        _spans_only(level, "text in payloads")
        needle = Needle.of(text)
        plain, json = self._bind(needle.plain), self._bind(needle.json)
        found = f"(NOT is_json AND regexp_matches(text, {plain}, 'is'))"
        found += f" OR (is_json AND regexp_matches(text, {json}, 'is')"
        if needle.whole != needle.json:
            found += f" AND regexp_matches(text, {self._bind(needle.whole)}, 'is')"
        found += ")"
        return (
            f"({alias}.row_id IN (SELECT row_id FROM span_texts WHERE {found}) OR "
            f"({alias}.trace_id, {alias}.span_id) IN "
            f"(SELECT (trace_id, span_id) FROM log_texts WHERE {found}))"
        )

    def _related(self, predicate: Related, level: Level, alias: str, depth: int) -> str:
        _spans_only(level, "relations between spans")
        other = self._alias()
        wanted = self.condition(predicate.span, "spans", other, depth + 1)
        if predicate.relation not in _RELATIONS:
            raise PredicateError(f"{predicate.relation!r} is no relation between spans")
        spans = _spans_with(set(_columns_of(predicate.span)))
        return _RELATIONS[predicate.relation](alias, other, wanted, spans)

    def _of_trace(self, predicate: AnySpan | AllSpans | CountSpans, alias: str, depth: int) -> str:
        span = self._alias()
        wanted = self.condition(predicate.span, "spans", span, depth + 1)
        spans = _spans_with(set(_columns_of(predicate.span)))
        traces = f"SELECT {span}.trace_id FROM {spans} {span}"
        match predicate:
            case AnySpan():
                return f"({alias}.trace_id IN ({traces} WHERE {wanted}))"
            case AllSpans():
                others = f"{traces} WHERE {wanted} IS NOT TRUE"
                return f"(({alias}.trace_id IN ({others})) IS NOT TRUE)"
            case CountSpans(_, comparison, count):
                counted = f"count(*) FILTER (WHERE {wanted})"
                having = self._compare(counted, "integer", comparison, count)
                return f"({alias}.trace_id IN ({traces} GROUP BY {span}.trace_id HAVING {having}))"

    def _bind(self, value: Value) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = storable(value) if isinstance(value, str) else value
        return f"${name}"

    def _alias(self) -> str:
        self._aliases += 1
        return f"s{self._aliases}"


def _real(value: Value) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, int(value))


def _spans_only(level: Level, what: str) -> None:
    if level != "spans":
        raise PredicateError(f"{what}: ask it of any, all or a count of a trace's spans")


def _parent(alias: str, other: str, wanted: str, spans: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {spans} {other} WHERE {other}.trace_id = {alias}.trace_id "
        f"AND {other}.span_id = {alias}.parent_span_id AND {other}.span_id <> {alias}.span_id "
        f"AND {wanted})"
    )


def _child(alias: str, other: str, wanted: str, spans: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {spans} {other} WHERE {other}.trace_id = {alias}.trace_id "
        f"AND {other}.parent_span_id = {alias}.span_id AND {other}.span_id <> {alias}.span_id "
        f"AND {wanted})"
    )


# UNION drops rows that were reached before, so that a cycle of parents comes to an end.
def _ancestor(alias: str, other: str, wanted: str, spans: str) -> str:
    return (
        f"{alias}.row_id IN (WITH RECURSIVE edges AS MATERIALIZED (FROM span_edges), reached AS ("
        f"SELECT e.row_id FROM {spans} {other} JOIN edges e ON e.parent_row_id = {other}.row_id "
        f"WHERE {wanted} UNION "
        "SELECT e.row_id FROM reached r JOIN edges e ON e.parent_row_id = r.row_id"
        ") SELECT row_id FROM reached)"
    )


def _descendant(alias: str, other: str, wanted: str, spans: str) -> str:
    return (
        f"{alias}.row_id IN (WITH RECURSIVE edges AS MATERIALIZED (FROM span_edges), reached AS ("
        f"SELECT e.parent_row_id AS row_id FROM {spans} {other} "
        f"JOIN edges e ON e.row_id = {other}.row_id WHERE {wanted} UNION "
        "SELECT e.parent_row_id FROM reached r JOIN edges e ON e.row_id = r.row_id"
        ") SELECT row_id FROM reached)"
    )


_RELATIONS: dict[str, Callable[[str, str, str, str], str]] = {
    "parent": _parent,
    "child": _child,
    "ancestor": _ancestor,
    "descendant": _descendant,
}
