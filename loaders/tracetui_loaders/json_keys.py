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
# Possessive, so that a string of megabytes leaves no trail to back up on.
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = rb'[^"{}\[\]]*+(?:' + _STRING + rb'[^"{}\[\]]*+)*+'
# What holds no object or array is one token: nearly all of them stand inside others, whose keys
# are not asked for.
_TOKEN = re.compile(
    rb"\{" + _FLAT + rb"\}|\[" + _FLAT + rb"\]|" + _STRING + rb'|["{}\[\]:]', re.DOTALL
)
_SMALL_TOKEN = re.compile(_STRING + rb"|:", re.DOTALL)


def first_value_keys(head: bytes) -> Iterator[set[str]]:
    """Yield the keys of each of the first JSON objects in `head`, of up to twenty lines.

    Of an array, the keys of its first objects are yielded; nested arrays are looked into.
    """
    data = head.removeprefix(BOM)[:_BYTES_LOOKED_AT]
    if container_of(head) == "document":
        yield from _keys(data)
        return
    for line in data.split(b"\n", _VALUES_LOOKED_AT)[:_VALUES_LOOKED_AT]:
        if line.lstrip(b" \t\x00")[:1] in (b"{", b"["):
            yield from _keys(line)


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


def _keys(data: bytes) -> Iterator[set[str]]:
    """Yield the keys of the outermost object, or of the first objects in the outermost arrays."""
    depth, objects, outer = 0, 0, 0
    keys: set[str] = set()
    last_string: bytes | None = None
    for match in _TOKEN.finditer(data):
        token = match[0]
        if len(token) > 1 and token[:1] in (b"{", b"["):
            if objects == 0 and token[:1] == b"{":
                yield _flat_keys(token)
                if depth == 0:
                    return
            last_string = None
            continue
        if token == b'"':
            break  # a string that the head cuts off
        if token == b"{":
            objects += 1
            if objects == 1:
                depth += 1
                keys = set()
                outer = depth
            else:
                depth += 1
        elif token == b"[":
            depth += 1
        elif token == b"]":
            depth -= 1
        elif token == b"}":
            depth -= 1
            objects -= 1
            if objects == 0:
                yield keys
                keys = set()
                if depth == 0:
                    return
        elif token == b":" and last_string is not None and objects == 1 and depth == outer:
            keys.add(_key(last_string))
        last_string = token if token[:1] == b'"' else None
    if keys:
        yield keys


def _flat_keys(data: bytes) -> set[str]:
    """Return the keys of an object that holds no other."""
    keys: set[str] = set()
    last_string: bytes | None = None
    for match in _SMALL_TOKEN.finditer(data):
        token = match[0]
        if token == b":" and last_string is not None:
            keys.add(_key(last_string))
        last_string = None if token == b":" else token
    return keys


def _key(string: bytes) -> str:
    return string[1:-1].decode("utf-8", "replace")
