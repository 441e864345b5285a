r"""Regular expressions for what a user types: plain text, globs, and text inside stored JSON.

All are for RE2 with the options `i` (whatever the case) and `s` (a dot is any character).
Payloads are stored as msgspec writes JSON: quotes, backslashes and control characters escaped,
everything else as it is. So a text is looked for as it reads inside JSON, and a match counts only
where it begins on a whole character: an `n` is not found in the line break `\n`.
"""

import re
from dataclasses import dataclass

import msgspec

from tracetui_store.predicates import LONGEST_TEXT, PredicateError
from tracetui_store.statements import storable

_PLAIN = re.compile(r"[A-Za-z0-9_]|[^\x00-\x7f]")
_BEFORE = r"\A(?:[^\\]|\\u[0-9A-Fa-f]{4}|\\[^u])*?"
"""Whole characters of JSON text."""
_INSIDE_ESCAPE = frozenset('"\\/abcdefnrtuABCDEFNRTU0123456789')
"""What an escape sequence of JSON has behind its backslash."""
_AROUND = (40, 120)
"""Characters of a snippet before and from the match."""
_UNESCAPED = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "\\/": "/"}


@dataclass(frozen=True, slots=True)
class Needle:
    """A text to look for, as the expressions that find it."""

    plain: str
    """Finds it in a plain text."""
    json: str
    """Finds it in JSON text, and now and then half an escape sequence."""
    whole: str
    """Of what `json` finds, this finds what is meant."""
    plain_snippet: str
    json_snippet: str

    @classmethod
    def of(cls, text: str) -> "Needle":
        """Return the expressions for `text`.

        Raises:
            PredicateError: If there is nothing to look for, or too much.
        """
        if not text:
            raise PredicateError("there is no text to look for")
        check_length(text)
        text = storable(text)
        inside = msgspec.json.encode(text).decode()[1:-1]
        plain, json = escaped(text), escaped(inside)
        before, after = _AROUND
        return cls(
            plain=plain,
            json=json,
            whole=f"{_BEFORE}{json}" if inside[0] in _INSIDE_ESCAPE else json,
            plain_snippet=f".{{0,{before}}}{plain}.{{0,{after}}}",
            json_snippet=f".{{0,{before}}}{json}.{{0,{after}}}",
        )


def check_length(text: str) -> None:
    """Refuse texts that are no search but a payload.

    Raises:
        PredicateError: If `text` is longer than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise PredicateError(f"a text to look for has at most {LONGEST_TEXT:,} characters")


def escaped(text: str) -> str:
    """Return an expression that matches `text` and nothing else (RE2's QuoteMeta)."""
    return "".join(
        char if _PLAIN.match(char) else f"\\x{ord(char):02x}" if char < " " else f"\\{char}"
        for char in text
    )


def glob(pattern: str) -> str:
    """Return an expression that matches what the whole of a glob matches."""
    check_length(pattern)
    parts: list[str] = []
    characters = iter(storable(pattern))
    for char in characters:
        if char == "*":
            parts.append(".*")
        elif char == "?":
            parts.append(".")
        else:
            parts.append(escaped(next(characters, char) if char == "\\" else char))
    return rf"\A{''.join(parts)}\z"


def readable(snippet: str) -> str:
    """Return a snippet of JSON text with its escape sequences resolved, for the eye."""
    return re.sub(
        r"\\u([0-9a-fA-F]{4})|\\.",
        lambda found: chr(int(found[1], 16)) if found[1] else _UNESCAPED.get(found[0], found[0]),
        snippet,
    )
