"""Remembers what spans of one shape come to, so that their rules are not asked span by span.

An emitter writes the same few shapes of spans over and over: the same scope and attribute keys,
and the same few operations, providers and tool names. All rules are asked of the first such span
while it is watched which values they look at. They are functions of what they look at: of a span
of the same shape with the same values there they say the same. What they never looked at, such as
response ids, counts of tokens and conversations, is read from each span.

Nothing is declared: a rule that looks at one more key makes that key part of what is compared.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tracetui_loaders.conventions.base import (
    ABSENT,
    MOST_TOKENS,
    Fields,
    Lookup,
    Others,
    Plan,
    Single,
    Told,
    scan,
    token_count,
)

_MOST_SHAPES = 4_096
_MOST_OUTCOMES = 256
"""Of one shape: one whose rules look at what is different in every span is not worth it."""
_UNPROVEN = 2_000
"""Outcomes that may be learned before they have been of use as often."""
_ANY_NAME = ""

_Outcome = tuple[Fields, Single, Single, Others]
"""The fields that are the same, and those of the plan that are read from each span."""
_COMPARABLE = frozenset({int, bool, type(None)})


class _WatchedAttributes(Mapping[str, Any]):
    """Attributes that note whose values were looked at; which keys there are is the shape."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self._attributes = attributes
        self.seen: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        value = self._attributes[key]
        self.seen.add(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._attributes

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __len__(self) -> int:
        return len(self._attributes)


class _WatchedFields(Fields):
    """Fields that note which were read or changed; whether one is there is noted otherwise."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.seen: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.seen.add(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        self.seen.add(key)
        super().__delitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a field."""
        self.seen.add(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        """Return a field and take it out."""
        self.seen.add(key)
        return super().pop(key, *default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return a field, which is set if it is not there."""
        self.seen.add(key)
        return super().setdefault(key, default)

    def _all(self) -> None:
        self.seen.update(self)

    def items(self) -> Any:
        """Return all fields with their values."""
        self._all()
        return super().items()

    def values(self) -> Any:
        """Return the values of all fields."""
        self._all()
        return super().values()

    def update(self, *others: Any, **more: Any) -> None:
        """Set fields."""
        added = dict(*others, **more)
        self.seen.update(added)
        super().update(added)


class WatchedSpan:
    """A span without events that notes what rules look at; stands in for `base.Span`."""

    events = ()

    def __init__(
        self, name: str, scope_name: str | None, attributes: Mapping[str, Any], fields: Fields
    ) -> None:
        self._name = name
        self.scope_name = scope_name
        self.attributes = _WatchedAttributes(attributes)
        self.fields = _WatchedFields(fields)
        self._attributes = attributes
        self.told: list[tuple[str, Told]] = []
        self.name_seen = self.start_seen = False

    @property
    def name(self) -> str:
        """The span's name."""
        self.name_seen = True
        return self._name

    @property
    def start(self) -> int | None:
        """When the span started, which is different for every span: it is not worth it then."""
        self.start_seen = True
        return None

    def tell(self, key: str, told: Told) -> Any:
        """Return what an attribute tells: only that is compared, not the attribute."""
        if key in self._attributes:
            self.told.append((key, told))
        return told(self._attributes.get(key))

    def keys(self, plan: Plan) -> set[str]:
        """Return the attributes that decided what the rules said."""
        texts, counts, others, kinds = plan
        seen = self.fields.seen
        found = self.attributes.seen | {key for key, _, _ in kinds}
        found.update(key for field, key in (*texts, *counts) if field in seen)
        found.update(key for field, row in others if field in seen for key, _ in row)
        return found


class _Shape:
    """The spans of one scope with one set of attribute keys."""

    def __init__(self) -> None:
        self.worth_it = True
        self.by_name = False
        self.keys: tuple[str, ...] = ()
        self.told: tuple[tuple[str, Told], ...] = ()
        self.outcomes: dict[tuple[Any, ...], _Outcome] = {}

    def values(self, name: str, attributes: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return what is compared; None if it is nothing that can be."""
        found: list[Any] = [name if self.by_name else _ANY_NAME]
        for key in self.keys:
            value = attributes[key]
            if value.__class__ is not str:
                # 1, 1.0 and True are equal and do not mean the same.
                if value.__class__ not in _COMPARABLE:
                    return None
                value = (value.__class__, value)
            found.append(value)
        for key, told in self.told:
            found.append(told(attributes[key]))
        return tuple(found)

    def look_at(self, watched: WatchedSpan, keys: set[str]) -> None:
        """Compare also what the rules looked at in a span."""
        more = keys.difference(self.keys)
        told = [item for item in watched.told if item not in self.told]
        if more or told or watched.name_seen > self.by_name:
            self.by_name |= watched.name_seen
            self.keys += tuple(sorted(more))
            self.told += tuple(dict.fromkeys(told))
            self.outcomes.clear()


class Memory:
    """What spans of each shape came to.

    Args:
        lookup: The tables of all conventions.
        settle: All rules that are remembered. It may look at the span it is given and at nothing
            else that changes, and changes the span's fields.
    """

    def __init__(self, lookup: Lookup, settle: Callable[[Any], None]) -> None:
        self._lookup = lookup
        self._settle = settle
        self._shapes: dict[tuple[Any, ...], _Shape | None] = {}
        self._balance = _UNPROVEN

    def fields(
        self, name: str, scope_name: str | None, attributes: Mapping[str, Any]
    ) -> Fields | None:
        """Return the settled fields of a span without events; None if nothing is remembered.

        The answer is that of `scan` and the rules, for a third of the time.
        """
        shapes = self._shapes
        key = (scope_name, *attributes)
        shape = shapes.get(key)
        if shape is None:
            # What comes once is not worth learning from.
            if key not in shapes:
                if len(shapes) >= _MOST_SHAPES:
                    shapes.clear()
                shapes[key] = None
                return None
            shape = shapes[key] = _Shape()
        if not shape.worth_it:
            return None
        values = shape.values(name, attributes)
        if values is None:
            return None
        outcome = shape.outcomes.get(values)
        if outcome is None:
            return self._learn(shape, name, scope_name, attributes)
        self._balance += 1
        return _filled(outcome, attributes)

    def _learn(
        self, shape: _Shape, name: str, scope_name: str | None, attributes: Mapping[str, Any]
    ) -> Fields | None:
        """Ask all rules, and remember what they said and looked at."""
        if self._balance <= 0:
            return None
        self._balance -= 1
        scanned = scan(attributes, self._lookup)
        watched = WatchedSpan(name, scope_name, attributes, scanned)
        self._settle(watched)
        if watched.start_seen or len(shape.outcomes) >= _MOST_OUTCOMES:
            shape.worth_it = False
            shape.outcomes.clear()
            return None
        fields = dict(watched.fields)
        rows = self._lookup.rows
        plan = self._lookup.plan(tuple([key for key in attributes if key in rows]))
        shape.look_at(watched, watched.keys(plan))
        free = _free(plan, watched.fields.seen, frozenset(shape.keys))
        values = shape.values(name, attributes)
        names = [field for part in free for field, _ in part]
        # A value that is absent in this span may be there in the next.
        if values is not None and all(field in scanned for field in names):
            same = {field: value for field, value in fields.items() if field not in names}
            shape.outcomes[values] = (same, *free)
        return fields


def _filled(outcome: _Outcome, attributes: Mapping[str, Any]) -> Fields | None:
    """Return what is remembered with what is each span's own; None if a value is not there."""
    same, texts, counts, others = outcome
    fields = same.copy()
    for field, source in texts:
        value = attributes[source]
        if value.__class__ is not str or value in ABSENT:
            return None
        fields[field] = value
    for field, source in counts:
        value = attributes[source]
        if value.__class__ is not int or not 0 <= value <= MOST_TOKENS:
            value = token_count(value)
            if value is None:
                return None
        fields[field] = value
    for field, candidates in others:
        for source, convert in candidates:
            value = convert(attributes[source])
            if value is not None:
                fields[field] = value
                break
        else:
            return None
    return fields


def _free(plan: Plan, seen: set[str], known: frozenset[str]) -> tuple[Single, Single, Others]:
    """Return the parts of a plan that no rule looked at and that are not compared."""
    texts, counts, others, _ = plan
    return (
        tuple(row for row in texts if row[0] not in seen and row[1] not in known),
        tuple(row for row in counts if row[0] not in seen and row[1] not in known),
        tuple(
            row
            for row in others
            if row[0] not in seen and not known.issuperset(key for key, _ in row[1])
        ),
    )
