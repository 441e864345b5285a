r"""Texts and globs as a filter writes them.

Between quotes stands a text as it is, with JSON's escapes. Without quotes stands a glob: `*` any
text, `?` one character, and a backslash before what is to stand for itself, a space among it.
"""

import re
import unicodedata

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WRITTEN = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that a line does not show, or that change how it reads."""
_APART = re.compile(r'[\s()",\\]')
"""What ends a word unless a backslash stands before it."""
_HIGHEST = 0x10FFFF


def unquoted(token: str) -> str:
    """Return the text that a quoted one stands for; an unknown escape is its second character."""

    def resolved(found: re.Match[str]) -> str:
        if found[3] is not None:
            return _SHORT.get(found[3], found[3])
        number = int(found[1] or found[2], 16)
        return chr(number) if number <= _HIGHEST else "\ufffd"

    return _ESCAPE.sub(resolved, token[1:-1])


def quoted(text: str) -> str:
    """Return `text` between quotes, with nothing in it that a terminal would not show."""
    return f'"{"".join(map(_shown, text))}"'


def is_glob(word: str) -> bool:
    """Return whether anything in `word` stands for something else."""
    return any(char in "*?\\" for char in word)


def glob_word(glob: str) -> str:
    """Return a glob as one word: the same glob, with a backslash where a word would end."""
    parts: list[str] = []
    characters = iter(glob)
    for char in characters:
        if char == "\\":
            parts.append("\\" + next(characters, "\\"))
        else:
            parts.append(f"\\{char}" if _APART.match(char) else char)
    return "".join(parts)


def glob_of(text: str) -> str:
    """Return the glob that matches `text`, whatever its case."""
    return "".join(f"\\{char}" if char in "*?\\" else char for char in text)


def _shown(char: str) -> str:
    if char in _WRITTEN:
        return _WRITTEN[char]
    if unicodedata.category(char) not in _UNSEEN:
        return char
    number = ord(char)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
