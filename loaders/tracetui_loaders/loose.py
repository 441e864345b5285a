"""Reads fields of decoded values that may be anything: what is not as expected is absent."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def string(value: Any) -> str | None:
    """Return a string that is not empty, or None."""
    return value if isinstance(value, str) and value else None


def first(value: Mapping[str, Any], names: Iterable[str]) -> Any:
    """Return the first field of `names` that is there and not null, or None."""
    for name in names:
        found = value.get(name)
        if found is not None:
            return found
    return None


def first_string(value: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the first field of `names` that is a string and not empty, or None."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found:
            return found
    return None


def unpacked(value: Any) -> Any:
    """Return what JSON text of an object or array holds; anything else is returned as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return value
    return value


def flattened(value: Mapping[str, Any], whole: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return nested attributes under dotted keys: `{"a": {"b": [{"c": 1}]}}` is `{"a.b.0.c": 1}`.

    Arrays of anything but objects are values. Order is kept.

    Args:
        value: Attributes, in which objects stand for groups of them.
        whole: Keys whose objects are values.
    """
    found: dict[str, Any] = {}
    waiting = [(str(key), item) for key, item in reversed(list(value.items()))]
    while waiting:
        key, item = waiting.pop()
        inner: list[tuple[str, Any]] = []
        if key not in whole:
            if isinstance(item, dict):
                inner = [(f"{key}.{name}", part) for name, part in item.items()]
            elif isinstance(item, list) and all(isinstance(part, dict) for part in item):
                inner = [(f"{key}.{number}", part) for number, part in enumerate(item)]
        if inner:
            waiting.extend(reversed(inner))
        else:
            found[key] = item
    return found
