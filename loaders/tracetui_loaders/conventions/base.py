"""The mechanism of the conventions: one dict lookup per attribute key, ranks decide.

A convention is a table of `Key`s: attribute key -> normalised field, with a rank (the lowest
found wins, over all conventions together) and a conversion that returns None for "absent".
`kind` is a field like any other. All tables are merged into one dict, so that reading a span's
scalars is one pass over its attributes (MAPPING §0 "Speed").
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

Convert = Callable[[Any], Any]
Fields = dict[str, Any]
Told = Callable[[Any], Any]
"""A pure function of an attribute's value."""

ABSENT = frozenset({"", "None", "null", "N/A", "unknown", "{}"})
"""Strings that emitters write for "no value" (MAPPING §0, rule 3)."""
MOST_TOKENS = 1_000_000_000_000
_INT64 = 1 << 63


def text(value: Any) -> str | None:
    """Return a non-empty string, or None."""
    if isinstance(value, str):
        return None if value in ABSENT else value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return str(value)
    return None


def token_count(value: Any) -> int | None:
    """Return a plausible token count, or None: negative and absurd counts are absent."""
    if type(value) is int:  # nearly always
        return value if 0 <= value <= MOST_TOKENS else None
    if value is None:
        return None
    parsed = number(value)
    if parsed is None:
        return None
    count = int(parsed)
    return count if 0 <= count <= MOST_TOKENS else None


def number(value: Any) -> float | None:
    """Return a finite float, or None."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, (int, float)):
        try:
            result = float(value)
        except OverflowError:
            return None
        return result if math.isfinite(result) else None
    return None


def dollars(value: Any) -> float | None:
    """Return an amount in USD that is not negative, or None."""
    amount = number(value)
    return amount if amount is not None and amount >= 0 else None


def seconds_as_ms(value: Any) -> float | None:
    """Return seconds as milliseconds, rounded to the nanosecond."""
    seconds = number(value)
    return None if seconds is None or seconds < 0 else round(seconds * 1e3, 6)


def milliseconds(value: Any) -> float | None:
    """Return milliseconds that are not negative."""
    result = number(value)
    return None if result is None or result < 0 else result


def boolean(value: Any) -> bool | None:
    """Return a boolean from a boolean or its name."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return None


def status_code(value: Any) -> int | None:
    """Return an HTTP status code, or None."""
    code = number(value)
    return int(code) if code is not None and 100 <= code <= 999 else None


def small_count(value: Any) -> int | None:
    """Return a small count that is not negative, or None."""
    result = number(value)
    return int(result) if result is not None and 0 <= result < 1_000_000 else None


def text_list(value: Any) -> list[str] | None:
    """Return a list of strings from an array, a JSON array in a string, or `a, b`."""
    if isinstance(value, str):
        if value in ABSENT:
            return None
        if value.startswith("["):
            try:
                value = msgspec.json.decode(value)
            except (msgspec.DecodeError, RecursionError):
                return [value]
        else:
            return [part for part in value.split(", ") if part] or None
    if isinstance(value, list):
        found = [str(item) for item in value if item is not None and str(item) not in ABSENT]
        return found or None
    return None


def one_of(mapping: Mapping[str, str]) -> Convert:
    """Return a conversion that looks a lower-cased string up in `mapping`."""

    def convert(value: Any) -> str | None:
        return mapping.get(value.lower()) if isinstance(value, str) else None

    return convert


def starts_with(prefixes: Mapping[str, str]) -> Convert:
    """Return a conversion by prefix; the longest prefix that fits wins."""
    ordered = sorted(prefixes.items(), key=lambda item: -len(item[0]))

    def convert(value: Any) -> str | None:
        if not isinstance(value, str):
            return None
        return next((kind for prefix, kind in ordered if value.startswith(prefix)), None)

    return convert


def always(kind: str) -> Convert:
    """Return a conversion to `kind` for any value that is there."""
    return lambda value: kind if text(value) is not None or value is True else None


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute key that feeds a normalised field."""

    key: str
    field: str
    rank: int
    """Lower wins. Kinds: RULES §1's number times 100; fields: place in MAPPING's list times 10."""
    convert: Convert = text


class Span(msgspec.Struct, gc=False):
    """What derivation may look at: a span as sent, and the fields found so far."""

    name: str
    scope_name: str | None
    attributes: Mapping[str, Any]
    events: Iterable[tuple[str, int | None, Mapping[str, Any]]]
    start: int | None
    fields: Fields
    """Filled by the tables and by `derive` steps; absent means unknown."""

    def tell(self, key: str, told: Told) -> Any:
        """Return what `told` says of an attribute, or of None; it returns hashable values.

        For what is long and different in every span, and tells little: spans are known again by
        what it tells (`remembering`), not by the whole of it.
        """
        return told(self.attributes.get(key))


Derive = tuple[frozenset[str], Callable[[Span], None]]
"""The kinds that a step is for, and the step."""
KindRule = Callable[[Span], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Convention:
    """One tracing convention: its table and what a table cannot say."""

    name: str
    keys: tuple[Key, ...]
    kind_rules: tuple[tuple[int, KindRule], ...] = ()
    """Rules asked in rank order when no key decided the kind; each returns (kind, source)."""
    derive: tuple[Derive, ...] = field(default=())
    """Steps after the kind is known: names from span names, values inside JSON."""
    correct: Callable[[Span], None] | None = None
    """Mends kinds that one of this convention's own keys decided."""


def keys(
    field_name: str, first_rank: int, names: Iterable[str], convert: Convert = text
) -> tuple[Key, ...]:
    """Return `Key`s for `names` in order of preference, ranks ten apart from `first_rank`."""
    return tuple(
        Key(name, field_name, first_rank + 10 * index, convert) for index, name in enumerate(names)
    )


Single = tuple[tuple[str, str], ...]
"""Fields that are one key's value: field and key."""
Others = tuple[tuple[str, tuple[tuple[str, Convert], ...]], ...]
"""Fields with the keys that may fill them, in order of preference, and how."""
Plan = tuple[Single, Single, Others, tuple[tuple[str, int, Convert], ...]]
"""Fields that are one key's text, fields that are one key's count, the others with their keys in
order of preference, and the keys that may decide the kind."""
_MOST_PLANS = 4_096


class Lookup:
    """All tables as one: attribute key -> ((field, rank, conversion), ...).

    Spans of one emitter have the same few sets of known keys. What to look at, and in which
    order, is worked out once for each set: it costs as much as looking at a span's attributes.
    """

    def __init__(self, rows: Mapping[str, tuple[tuple[str, int, Convert], ...]]) -> None:
        self.rows = rows
        self._plans: dict[tuple[str, ...], Plan] = {}

    def plan(self, known: tuple[str, ...]) -> Plan:
        """Return how to read a span that has just the keys `known` of those in the tables."""
        plan = self._plans.get(known)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[known] = self._planned(known)
        return plan

    def _planned(self, known: tuple[str, ...]) -> Plan:
        candidates: dict[str, list[tuple[int, str, Convert]]] = {}
        for key in known:
            for field_name, rank, convert in self.rows[key]:
                candidates.setdefault(field_name, []).append((rank, key, convert))
        for found in candidates.values():
            # Stable: of two keys of one rank the one that was sent first wins.
            found.sort(key=lambda item: item[0])
        kinds = tuple((key, rank, convert) for rank, key, convert in candidates.pop("kind", ()))
        texts: list[tuple[str, str]] = []
        counts: list[tuple[str, str]] = []
        others: list[tuple[str, tuple[tuple[str, Convert], ...]]] = []
        for name, found in candidates.items():
            _, key, convert = found[0]
            if len(found) == 1 and convert is text:
                texts.append((name, key))
            elif len(found) == 1 and convert is token_count:
                counts.append((name, key))
            else:
                others.append((name, tuple((key, convert) for _, key, convert in found)))
        return tuple(texts), tuple(counts), tuple(others), kinds


def lookup_of(conventions: Iterable[Convention]) -> Lookup:
    """Merge the tables of `conventions`."""
    merged: dict[str, list[tuple[str, int, Convert]]] = {}
    for convention in conventions:
        for row in convention.keys:
            merged.setdefault(row.key, []).append((row.field, row.rank, row.convert))
    return Lookup(
        {key: tuple(sorted(rows, key=lambda row: row[1])) for key, rows in merged.items()}
    )


def scan(attributes: Mapping[str, Any], lookup: Lookup) -> Fields:
    """Return the fields that the tables find in `attributes`: one pass, one lookup a key.

    `kind_source` is the key that decided `kind`, `kind_rank` its rank.
    """
    rows = lookup.rows
    texts, counts, others, kinds = lookup.plan(tuple([key for key in attributes if key in rows]))
    found: Fields = {}
    for name, key in texts:
        value = attributes[key]
        # Nearly every value is of its key's own type: not worth a call.
        if value.__class__ is not str:
            value = text(value)
            if value is not None:
                found[name] = value
        elif value not in ABSENT:
            found[name] = value
    for name, key in counts:
        value = attributes[key]
        if value.__class__ is not int or not 0 <= value <= MOST_TOKENS:
            value = token_count(value)
        if value is not None:
            found[name] = value
    for name, candidates in others:
        for key, convert in candidates:
            value = convert(attributes[key])
            if value is not None:
                found[name] = value
                break
    for key, rank, convert in kinds:
        kind = convert(attributes[key])
        if kind is not None:
            found["kind"], found["kind_source"], found["kind_rank"] = kind, key, rank
            break
    return found


_STATUS_IN_TEXT = re.compile(r"(?:error code|status_code|status code)[:= ]+(\d{3})", re.IGNORECASE)
_RATE_LIMIT = re.compile(
    r"rate.?limit|too many requests|throttl|quota|overloaded|resource.?exhausted", re.IGNORECASE
)


def status_in_text(message: str) -> int | None:
    """Return the HTTP status that SDK error texts carry, e.g. `Error code: 429 - ...`."""
    match = _STATUS_IN_TEXT.search(message)
    return int(match[1]) if match else None


def says_rate_limited(*texts: str | None) -> bool:
    """Whether an error's type or text names a rate limit or exhausted capacity (MAPPING §7)."""
    return any(_RATE_LIMIT.search(item) for item in texts if item)


def fits_int64(value: int) -> bool:
    """Whether a column of 64-bit integers can hold `value`."""
    return -_INT64 <= value < _INT64
