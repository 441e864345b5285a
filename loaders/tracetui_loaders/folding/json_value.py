"""Decoding of JSON that hides in strings, only where a fold needs it.

Emitters write structured values as JSON text, sometimes twice; exporters cut long text off, which
leaves invalid JSON. What does not parse is text and stays so.
"""

import json
import math
from typing import Any

import msgspec

ABSENT_TEXT = frozenset({"", "None", "null", "{}", "[]"})
"""Text that instrumentations write for "nothing". A tool may well answer "unknown" or "N/A", so
those count as content here.
"""

_MAX_DEPTH = 64
"""How deep walks over decoded values go; below it a value is passed on as it is."""


def parsed(text: str) -> Any:
    """Return the JSON value that `text` holds.

    Raises:
        ValueError: If `text` is not JSON, or too deep to be read.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        # json also reads control characters in strings, lone surrogates and NaN, which occur.
        try:
            return json.loads(text, strict=False)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def decoded(value: Any) -> Any:
    """Return the object or array that a string holds; anything else comes back as it is.

    A JSON string literal around an object or array counts too: some emitters encode twice.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text) < 2 or (text[0], text[-1]) not in {("{", "}"), ("[", "]"), ('"', '"')}:
        return value
    try:
        result = parsed(text)
    except ValueError:
        return value
    if isinstance(result, str):
        inner = decoded(result)
        return value if isinstance(inner, str) else inner
    return result


def decoded_text(value: Any) -> Any:
    """Return what JSON text says, also where that is a string."""
    found = decoded(value)
    if isinstance(found, str) and len(found) > 1 and found[0] == found[-1] == '"':
        inner = decoded(f"[{found}]")
        return inner[0] if isinstance(inner, list) and len(inner) == 1 else found
    return found


def decoded_fully(value: Any, mime_type: Any) -> Any:
    """Return `value` decoded as its MIME type says; without one, like `decoded`."""
    if not isinstance(value, str) or not isinstance(mime_type, str):
        return decoded(value)
    if not mime_type.startswith("application/json"):
        return value
    try:
        return parsed(value)
    except ValueError:
        return value


def present(value: Any) -> bool:
    """Tell whether `value` is content at all."""
    if value is None:
        return False
    if isinstance(value, str):
        return value.strip() not in ABSENT_TEXT
    if isinstance(value, (dict, list)):
        return bool(value)
    return not (isinstance(value, float) and not math.isfinite(value))


def text_of(value: Any) -> str:
    """Return `value` as text: a string as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError, OverflowError):
        return str(value)


def without_vectors(value: Any, depth: int = 0) -> Any:
    """Return `value` with every embedding vector replaced by its dimension.

    A vector is a list of more than 32 numbers: nothing a person reads number by number.
    """
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        if is_vector(value):
            return {"vector_dim": len(value)}
        return [without_vectors(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: without_vectors(item, depth + 1) for key, item in value.items()}
    return value


def is_vector(value: Any) -> bool:
    """Tell whether `value` is a list of numbers long enough to be an embedding."""
    return (
        isinstance(value, list)
        and len(value) > 32
        and all(isinstance(item, (int, float)) for item in value)
    )


def number(value: Any) -> int | float | None:
    """Return `value` as a number if it is one, or text of one; None otherwise."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if not value.strip().lstrip("+-").isdecimal() else int(value)
        except ValueError:
            return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (int, float)) else None
