"""The digests that are stored with an acting span: same action, same result, same numbers.

Source: reference LOOPS ("Steps"). Digests are 64 bits, the same in every process, and never 0.
"""

import re
from hashlib import blake2b
from typing import Any, Final, cast

import msgspec

from tracetui_loaders.actions.masking import masked

# What tells one call from another and nothing about what it does.
_ID_KEYS: Final = re.compile(
    r"(?:(?:request|req|call|tool_?call|tool_?use|invocation|trace|span|parent_?span|run|message|"
    r"correlation|event|operation|client|idempotency)[_-]?(?:id|key|token|number|no)"
    r"|nonce|uuid|guid|traceparent|timestamp|ts|toolCallId|idempotency_?key)\Z",
    re.IGNORECASE,
)
# An advancing cursor is progress, whatever it looks like.
_PLACE_KEYS: Final = re.compile(
    r"cursor|page|offset|line|range|start|end|skip|after|before|position|marker|continuation",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBERS_WITHIN = 2_048
"""Characters of a result whose numbers are compared."""
_DEEPEST = 16


def canonical(arguments: Any) -> str:
    """Return arguments as JSON with sorted keys, ids dropped and volatile values masked.

    Texts that hold a JSON object or array are read. Values of keys that say a place (cursor,
    page, offset, line, range) are never masked.
    """
    if arguments is None:
        return ""
    value = _read(arguments)
    if isinstance(value, str):
        return masked(value)
    return _encoded(_cleaned(value, 0))


def action_digest(kind: str, name: str, arguments: Any, agent: str | None = None) -> int:
    """Return the digest of an action; of unknown arguments, that of having none."""
    return _digest(f"{agent or ''}\x1f{kind}\x1f{name}\x1f{canonical(arguments)}")


def result_digest(result: Any) -> int | None:
    """Return the digest of a masked result or error; None if it was not captured."""
    return None if result is None else _digest(masked(text_of(result)))


def numbers_digest(result: Any) -> int | None:
    """Return the digest of the sequence of numbers in a masked result; None if not captured."""
    if result is None:
        return None
    return result_digests(masked(text_of(result)))[1]


def result_digests(text: str) -> tuple[int, int]:
    """Return the digests of a result that is masked already: of the text and of its numbers."""
    numbers = _NUMBERS.findall(text, 0, _NUMBERS_WITHIN)
    return _digest(text), _digest("\x1f".join(numbers))


def canonical_digest(kind: str, name: str, arguments: str) -> int:
    """Return the digest of an action whose arguments are canonical already."""
    return _digest(f"\x1f{kind}\x1f{name}\x1f{arguments}")


def text_of(value: Any) -> str:
    """Return a value as text: strings as they are, anything else as JSON with sorted keys."""
    return value if isinstance(value, str) else _encoded(value)


def _encoded(value: Any) -> str:
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return _written(value)


def _written(value: Any) -> str:
    """Return what Python writes for a value; "<deep>" for one too deep for that."""
    try:
        return repr(value)
    except RecursionError:
        return "<deep>"


def _digest(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True) or 1


def _read(value: Any) -> Any:
    """Return what a text of JSON says; any other text and value as it is."""
    if isinstance(value, str) and value[:1] in "{[" and len(value) > 1:
        try:
            return msgspec.json.decode(value)
        except (ValueError, RecursionError, msgspec.DecodeError):
            return value
    return value


def _cleaned(value: Any, depth: int) -> Any:
    """Return a value of JSON shape without ids, its texts masked."""
    if isinstance(value, str):
        read = _read(value)
        return masked(value) if isinstance(read, str) else _cleaned(read, depth + 1)
    if depth > _DEEPEST:
        return _written(value)
    if isinstance(value, dict):
        cleaned: dict[str, Any] = {}
        for key, inner in cast("dict[Any, Any]", value).items():
            name = str(key)
            if _ID_KEYS.match(name):
                continue
            if _PLACE_KEYS.search(name) and not isinstance(inner, dict | list):
                cleaned[name] = inner
            else:
                cleaned[name] = _cleaned(inner, depth + 1)
        return cleaned
    if isinstance(value, list | tuple):
        return [_cleaned(item, depth + 1) for item in cast("list[Any]", value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return masked(str(value)) if value >= 1_400_000_000 else value
    return value
