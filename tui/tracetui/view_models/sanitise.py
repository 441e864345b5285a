"""Makes text from traces safe to draw: nothing that a terminal would obey gets through.

Span names, prompts and tool output are written by models and tools. Textual strips no escape
sequences (RENDERING §1.2), so every text passes here on its way to a cell.

Source: ECMA-48 (C0 and C1 control functions), Unicode TR9 (bidirectional formatting characters).
"""

import re

_C0_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)}
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ZERO_WIDTH = "\u00ad\u200b\u200c\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"
_PICTURES: dict[int, str] = {
    **_C0_PICTURES,
    0x7F: "\u2421",
    **{code: f"\\x{code:02x}" for code in range(0x80, 0xA0)},
    **{ord(char): f"\\u{ord(char):04x}" for char in _BIDI + _ZERO_WIDTH},
    0x2028: "\u2424",
    0x2029: "\u2424",
    **dict.fromkeys(range(0xFFF9, 0xFFFC), "\ufffd"),
}
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
    + _BIDI
    + _ZERO_WIDTH
    + "]"
)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _PICTURES.get(code, "\ufffd")


def sanitise(text: str) -> str:
    """Return `text` as one line that is safe to draw: controls become visible pictures.

    Newlines become `␊`; a text without anything unsafe is returned as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_picture, text)


def sanitise_block(text: str) -> str:
    """Return `text` safe to draw over several lines: newlines stay, tabs become spaces."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(map(sanitise, text.split("\n")))
