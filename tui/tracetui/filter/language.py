"""Reads a filter: text to predicate.

    kind:llm model:gpt* cost>0.01       all of them hold (`and` may be written)
    status:error or -tool:search,fetch  one of them; `-x` and `not x`: it does not hold
    "refund"                            a span says so, anywhere
    started:12:00..12:30                from, up to the end of
    missing:model has:cost              unknown, known
    tool:search >> llm                  model calls below a search; `>` for its children
    count(tool:search)>5                of the trace; also `any(…)` and `all(…)`

Where traces are filtered, fields of a trace speak of the trace, and any other condition holds if it
does of one of its spans; `any(kind:llm model:gpt*)` says that it is one and the same span.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tracetui_store import predicates as p

from tracetui.filter.conditions import Asked, ConditionError, condition
from tracetui.filter.errors import FilterError, close_to
from tracetui.filter.fields import OUTCOME, OUTCOMES, Field, Level, fields
from tracetui.filter.grammar import parsed
from tracetui.filter.quantities import Clock, QuantityError, quantity
from tracetui.filter.texts import unquoted

if TYPE_CHECKING:
    from lark import Token, Tree

DEEPEST = p.DEEPEST // 3
"""How deep a filter may be nested: each level is up to three of its predicate."""
EVERYTHING_WORD = "anything"
NOTHING_WORD = "nothing"
MISSING, HAS = "missing", "has"
RELATIONS: dict[str, p.Relation] = {
    "parent": "parent",
    "ancestor": "ancestor",
    "child": "child",
    "descendant": "descendant",
}
FUNCTIONS = ("any", "all", "count", *RELATIONS)


def read(text: str, level: Level, clock: Clock | None = None) -> p.Predicate:
    """Return the predicate that `text` stands for; an empty one holds always.

    Raises:
        FilterError: If it is no filter.
    """
    if not text.strip():
        return p.EVERYTHING
    if len(text) > p.LONGEST_TEXT:
        raise FilterError(text, p.LONGEST_TEXT, len(text), "this filter is too long")
    return _Reader(text, clock or Clock.local()).predicate(parsed(text), level, 0)


def kinds() -> tuple[str, ...]:
    """Return the kinds of spans, each a filter of its own."""
    return fields("spans")["kind"].choices


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    clock: Clock

    def predicate(self, node: "Tree[Token]", level: Level, depth: int) -> p.Predicate:
        """Return the predicate of a node of the syntax tree."""
        if depth > DEEPEST:
            raise self._fault(node, "this is nested too deeply")
        inner = [cast("Tree[Token]", child) for child in node.children]
        match str(node.data):
            case "either":
                return p.Or(tuple(self.predicate(one, level, depth + 1) for one in inner))
            case "both":
                return p.And(tuple(self.predicate(one, level, depth + 1) for one in inner))
            case "negated":
                return p.Not(self.predicate(inner[0], level, depth + 1))
            case "below":
                return _lifted(self._below(node, depth), level)
            case "comparison":
                return self._comparison(node, level)
            case "said":
                return _lifted(self._said(node), level)
            case "word":
                return self._word(node, level)
            case "function":
                return self._function(node, level, depth)
            case _:
                return self._counted(node, depth)

    def _below(self, node: "Tree[Token]", depth: int) -> p.Predicate:
        above, sign, below = cast("tuple[Any, Any, Any]", node.children)
        relation: p.Relation = "ancestor" if sign.type == "DESCENDANT" else "parent"
        upper = self.predicate(above, "spans", depth + 1)
        return p.And((self.predicate(below, "spans", depth + 1), p.Related(relation, upper)))

    def _said(self, node: "Tree[Token]") -> p.Predicate:
        text = unquoted(str(node.children[0]))
        if not text:
            raise self._fault(node, "there is no text to look for")
        return p.Mentions(text)

    def _word(self, node: "Tree[Token]", level: Level) -> p.Predicate:
        word = str(node.children[0])
        lower = word.lower()
        if lower in (EVERYTHING_WORD, NOTHING_WORD):
            return p.EVERYTHING if lower == EVERYTHING_WORD else p.Or()
        if lower in kinds():
            return _lifted(p.Compare("kind", "=", lower), level)
        if lower in OUTCOMES:
            return _outcome((lower,), level)
        known = (*kinds(), *OUTCOMES, *FUNCTIONS)
        if lower in fields(level):
            raise self._fault(node, f"{word} is a field and wants a value: {word}:…")
        close = close_to(word, known) or (f'"{word}"',)
        message = f'{word} is no kind; text to look for stands in quotes: "{word}"'
        raise self._fault(node, message, meant=close)

    def _function(self, node: "Tree[Token]", level: Level, depth: int) -> p.Predicate:
        name, argument = cast("tuple[Any, Any]", node.children)
        span = self.predicate(argument, "spans", depth + 1)
        match name.lower():
            case "any":
                return p.AnySpan(span)
            case "all":
                return p.AllSpans(span)
            case relation:
                return _lifted(p.Related(RELATIONS[relation], span), level)

    def _counted(self, node: "Tree[Token]", depth: int) -> p.Predicate:
        _, argument, operator, number = cast("tuple[Any, Any, Any, Any]", node.children)
        span = self.predicate(argument, "spans", depth + 1)
        sign = "=" if operator == ":" else str(operator)
        if sign not in p.COMPARISONS:
            raise self._fault(operator, "a count is compared with = != < <= > or >=")
        try:
            count = quantity(str(number), "number")
        except QuantityError as wrong:
            raise self._fault(number, f"{number} {wrong}") from None
        if not isinstance(count, int):
            raise self._fault(number, f"{number} is no whole number")
        return p.CountSpans(span, sign, count)

    def _comparison(self, node: "Tree[Token]", level: Level) -> p.Predicate:
        name, operator, values = cast("tuple[Any, Any, Any]", node.children)
        lower = str(name).lower()
        if lower in (MISSING, HAS):
            return self._known(lower, operator, values, level)
        field = fields(level).get(lower)
        if field is None:
            raise self._unknown_field(name, level)
        asked = [Asked(str(value), value.type == "STRING") for value in values.children]
        if field.column == OUTCOME and level == "traces" and operator in (":", "="):
            words = tuple(one.plain.lower() for one in asked)
            if not set(words) - set(OUTCOMES):
                return _outcome(words, level)
        try:
            found = condition(field, str(operator), asked, self.clock)
        except ConditionError as wrong:
            at = operator if wrong.place is None else values.children[wrong.place]
            raise self._fault(at, str(wrong), meant=wrong.meant) from None
        return _lifted(found, level) if field.level == "spans" else found

    def _known(self, name: str, operator: Any, values: Any, level: Level) -> p.Predicate:
        if operator not in (":", "="):
            raise self._fault(operator, f"{name} is asked with a colon: {name}:model")
        parts: list[p.Predicate] = []
        for value in values.children:
            field = fields(level).get(str(value).lower())
            if field is None:
                raise self._unknown_field(value, level)
            unknown = p.IsUnknown(field.column)
            part = unknown if name == MISSING else p.Not(unknown)
            parts.append(_lifted(part, level) if field.level == "spans" else part)
        return parts[0] if len(parts) == 1 else p.Or(tuple(parts))

    def _unknown_field(self, token: Any, level: Level) -> FilterError:
        known = (name for name, field in fields(level).items() if field.short)
        meant = close_to(token, (*known, MISSING, HAS)) or close_to(token, fields(level))
        message = f"there is no field {token}"
        if str(token).lower() in kinds():
            message += "; between spans, > stands between spaces"
            return self._fault(token, message)
        other: dict[str, Field] = fields("traces") if level == "spans" else {}
        if str(token).lower() in other:
            message += " of a span: it is one of traces"
        return self._fault(token, message, meant=meant)

    def _fault(self, at: Any, message: str, *, meant: tuple[str, ...] = ()) -> FilterError:
        place = at.meta if hasattr(at, "meta") else at
        return FilterError(self.text, place.start_pos, place.end_pos, message, meant=meant)


def _lifted(of_span: p.Predicate, level: Level) -> p.Predicate:
    """Return a condition about a span as one of this level: of a trace, that a span meets it."""
    return p.AnySpan(of_span) if level == "traces" else of_span


def _outcome(words: tuple[str, ...], level: Level) -> p.Predicate:
    """Return that a span, or a trace as a whole, ended so: a trace is ok if all its spans are."""
    parts: list[p.Predicate] = []
    for word in words:
        is_so = p.Compare(OUTCOME, "=", word)
        whole = p.AllSpans(is_so) if word == "ok" else p.AnySpan(is_so)
        parts.append(whole if level == "traces" else is_so)
    return parts[0] if len(parts) == 1 else p.Or(tuple(parts))
