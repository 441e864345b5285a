"""Conversions for attributes that hold JSON: one member of an object, a quoted string, a time.

Several rows of a table read the same value, so the last few objects are kept decoded. Only small
objects (usage, cost, parameters) are read this way at load; payloads wait for `folding/`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from tracetui_loaders.conventions.base import Convert, text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(16)
def _decoded(value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def json_object(value: Any) -> dict[str, Any] | None:
    """Return the object that `value` is or, as JSON text, holds; None if it is no object."""
    if isinstance(value, str):
        value = _decoded(value) if value.startswith("{") else None
    return value if isinstance(value, dict) else None


def member(*paths: str, convert: Convert = text) -> Convert:
    """Return a conversion to the first of `paths` in an object that `convert` accepts.

    Args:
        paths: Keys, with dots where objects lie in one another.
        convert: What to make of the value found there.
    """
    steps = tuple(tuple(path.split(".")) for path in paths)

    def read(value: Any) -> Any:
        found = json_object(value)
        if found is None:
            return None
        for path in steps:
            inner: Any = found
            for step in path:
                inner = inner.get(step) if isinstance(inner, dict) else None
            if inner is not None and (converted := convert(inner)) is not None:
                return converted
        return None

    return read


def json_text(value: Any) -> str | None:
    """Return a string that may be written as JSON: MLflow and Langfuse quote their strings."""
    if isinstance(value, str) and value[:1] == '"':
        value = _decoded(value)
    return text(value)


def decoded_as(decoder: "msgspec.json.Decoder[Any]", value: Any) -> Any:
    """Return what a typed decoder reads from JSON text; None if it is something else.

    Skipping what the type does not name is several times faster than decoding it.
    """
    if not isinstance(value, str) or value[:1] not in "{[":
        return None
    try:
        return decoder.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def unix_nano(value: Any) -> int | None:
    """Return an ISO 8601 time, also one in JSON quotes, in Unix nanoseconds."""
    written = json_text(value)
    if written is None:
        return None
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    since = (time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000


def quoted(convert: Convert) -> Convert:
    """Return `convert` for values that may be written as JSON strings."""
    return lambda value: convert(json_text(value) if isinstance(value, str) else value)


def flag(when: Callable[[Any], bool]) -> Convert:
    """Return a conversion to True, or to nothing where `when` does not hold."""
    return lambda value: True if when(value) else None
