"""Masks what changes from call to call without meaning anything.

Source: reference LOOPS ("Steps", 1). What is left of two calls that do the same is equal; numbers
that may be progress (pages, offsets, counts) are left alone.
"""

import re
from collections.abc import Callable

_HEX = "0-9a-fA-F"
_MASKS: tuple[tuple[str, str], ...] = (
    ("uuid", rf"\b[{_HEX}]{{8}}(?:-[{_HEX}]{{4}}){{3}}-[{_HEX}]{{12}}\b"),
    (
        "timestamp",
        r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
        r"|\b\d{4}-\d\d-\d\d\b|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b",
    ),
    # A path below the system's temporary folder is new for every run.
    (
        "temporary",
        r"(?:/private)?/(?:tmp|var/folders|var/tmp)/[^\s\"'<>|;:,)]+"
        r"|[A-Za-z]:\\[^\s\"']*\\Temp\\[^\s\"']+",
    ),
    ("address", rf"\b0[xX][{_HEX}]{{6,}}\b"),
    ("hex", rf"\b(?=[{_HEX}]*\d)[{_HEX}]{{16,}}\b"),
    ("step", r"\b[Ss]tep \d+(?: of |/)\d+"),
    (
        "number",
        r"\b(?:pid|PID|port|Port|request(?:[_ -]?id)?|Request(?:[_ -]?I[dD])?|req)[ =:#]{1,3}"
        r"[\w-]*\d[\w-]*|\breq[_-]\w{6,}|(?<=localhost:)\d{2,5}|(?<=\d\.\d:)\d{2,5}\b",
    ),
    (
        "duration",
        r"\b\d+(?:\.\d+)? ?(?:ns|[uµ]s|ms|msec|s|secs?|seconds?|mins?|minutes?|hours?)\b"
        r"|\b\d+m ?\d+(?:\.\d+)?s\b",
    ),
    ("epoch", r"\b1[4-9]\d{8}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?\b"),
)
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MASKS))
_REPLACEMENT: Callable[[re.Match[str]], str] = lambda found: f"<{found.lastgroup}>"  # noqa: E731 - one name for the type checker and `sub`
_SPACES = re.compile(r"\s+")
_NOTHING_TO_MASK = re.compile(r"[^0-9]*\Z")

MOST_CHARACTERS = 4_096
"""How much of a text is looked at, from its beginning; its length is looked at too."""


def masked(text: str) -> str:
    """Return `text` with volatile values masked and whitespace folded.

    Masked are uuids, times, durations, epochs, 16 and more hexadecimal digits, memory addresses,
    temporary paths, process, port and request numbers, and "step N of M". A text beyond
    `MOST_CHARACTERS` is cut there and its length stands for the rest.
    """
    if len(text) > MOST_CHARACTERS:
        text = f"{text[:MOST_CHARACTERS]} <{len(text)} characters>"
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        text = _SPACES.sub(" ", text)
    # Whatever is masked holds a digit, but for temporary paths.
    if _NOTHING_TO_MASK.match(text) and "/tmp/" not in text:  # noqa: S108 - looked for, not used
        return text.strip()
    return _PATTERN.sub(_REPLACEMENT, text).strip()
