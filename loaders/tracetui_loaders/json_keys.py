"""Reads the first JSON values of a source, and their outermost keys, also of values cut off.

Detection looks at keys, not at text: a chat log that quotes `"resourceSpans"` is not OTLP.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tracetui_loaders.json_records import BLANK, BOM, container_of

_VALUES_LOOKED_AT = 20
_LINES_DECODED = 50
_BYTES_LOOKED_AT = 1 << 20
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
# Possessive, so that a string of megabytes leaves no trail to back up on.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(_STRING + rb'|["{}\[\]:]', re.DOTALL)
# The next bracket, with all that stands before it; or the quote of a string that is cut off.
_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING + rb'[^"{}\[\]]*+)*+(["{}\[\]])', re.DOTALL)


def first_value_keys(head: bytes) -> Iterator[set[str]]:
    """Yield the keys of each of the first JSON objects in `head`, of up to twenty lines.

    Of an array, the keys of its first objects are yielded; nested arrays are looked into.
    """
    data = head.removeprefix(BOM)[:_BYTES_LOOKED_AT]
    if container_of(head) == "document":
        whole = _keys_of_whole(data)  # a twentieth of the time that its brackets take
        yield from _keys(data) if whole is None else (whole,)
        return
    for line in data.split(b"\n", _VALUES_LOOKED_AT)[:_VALUES_LOOKED_AT]:
        if line.lstrip(b" \t\x00")[:1] in (b"{", b"["):
            whole = _keys_of_whole(line)
            yield from _keys(line) if whole is None else (whole,)


def first_values(head: bytes, *, complete: bool) -> Iterator[Any]:
    """Yield the whole JSON values of the first fifty lines of `head`, or its one document."""
    data = head.removeprefix(BOM)
    if container_of(head, complete=complete) == "document":
        pieces = [data] if complete else []
    else:
        pieces = data.split(b"\n", _LINES_DECODED)[:_LINES_DECODED]
    for piece in pieces:
        if piece.strip(BLANK):
            try:
                yield msgspec.json.decode(piece.strip(BLANK))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue


def _keys_of_whole(line: bytes) -> set[str] | None:
    """Return the keys of a line that is one whole object, which most are; None if it is not."""
    try:
        return set(_OBJECT.decode(line.strip(BLANK)))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _keys(data: bytes) -> Iterator[set[str]]:
    """Yield the keys of the outermost object, or of the first objects in the outermost arrays."""
    depth, position = 0, 0
    while (match := _TOKEN.search(data, position)) is not None:
        token, position = match[0], match.end()
        if token == b'"':
            return  # a string that the head cuts off
        if token == b"{":
            keys, position = _keys_of_object(data, position)
            if keys or data[position - 1 : position] == b"}":
                yield keys
            if depth == 0:
                return
        elif token == b"[":
            depth += 1
        elif token == b"]":
            depth -= 1


def _keys_of_object(data: bytes, position: int) -> tuple[set[str], int]:
    """Return the keys of the object that begins before `position`, and where it ends."""
    keys: set[str] = set()
    last_string: bytes | None = None
    while (match := _TOKEN.search(data, position)) is not None:
        token, position = match[0], match.end()
        if token in (b"}", b'"'):
            return keys, position if token == b"}" else len(data)
        if token in (b"{", b"["):
            position = _end_of_value(data, position)
        elif token == b":" and last_string is not None:
            keys.add(last_string[1:-1].decode("utf-8", "replace"))
        last_string = token if token[:1] == b'"' else None
    return keys, len(data)


def _end_of_value(data: bytes, position: int) -> int:
    """Return where the object or array ends that begins before `position`."""
    depth = 1
    for match in _BRACKET.finditer(data, position):
        token = match[1]
        if token in (b"{", b"["):
            depth += 1
        elif token == b'"':
            break
        else:
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)
