"""JSON for the eye: pretty where that is quick, as it came where it is not, binary by its size.

Everything here stays under a freeze of 50 ms: a text beyond `PRETTY_LIMIT` is never reformatted.
"""

import json
import re
from functools import lru_cache
from typing import Any, cast

import msgspec

from tracetui.view_models import format as fmt
from tracetui.view_models.text_document import (
    Piece,
    Source,
    TextDocument,
    line,
    text_lines,
)

PRETTY_LIMIT = 1_000_000
"""Characters of JSON text that are reformatted at once: about 15 ms."""
_ESCAPES = re.compile(r"\\\\|(?:\\u[0-9a-fA-F]{4})+")
_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?[\w;=.+-]*;base64,([A-Za-z0-9+/=_-]*)")
_BASE64_SHOWN = 64
_BASE64_LONG = 512
"""Characters from which a string of nothing but base64 is named instead of shown."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{512,}={0,2}")
_QUOTED_BASE64 = re.compile(r'"([A-Za-z0-9+/]{512,}={0,2})"')
_BASE64_BEGINNINGS = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "riff",
    "JVBERi0": "application/pdf",
    "UEsDB": "application/zip",
    "H4sI": "application/gzip",
    "SUQz": "audio/mpeg",
    "T2dnUw": "audio/ogg",
}
"""What the first bytes of usual files look like in base64."""
_LARGE = 200_000
"""Characters of a value that is not encoded while the screen waits."""
_PAYLOADS = frozenset({"tool_arguments", "tool_result", "input_value", "output_value"})


class JsonText(str):
    """The JSON text of a value that is too large to be kept as objects and encoded on demand."""

    __slots__ = ()


def lightened(folded: dict[str, Any]) -> dict[str, Any]:
    """Return folded content with large values as `JsonText`, and their binary parts named.

    Costs as much as encoding them does: for the thread that fetches a span, so that showing it
    costs little.
    """
    made = dict(folded)
    for name in _PAYLOADS & made.keys():
        value = made[name]
        if isinstance(value, (dict, list)) and _is_large(value):
            made[name] = JsonText(compact(value))
        if isinstance(made[name], str):
            name_binary(str(made[name]))  # kept by its cache
    return made


def heavied(value: Any) -> Any:
    """Return the value of a `JsonText`, anything else as it is."""
    return json.loads(value) if isinstance(value, JsonText) else value


def _is_large(value: Any) -> bool:
    """Return whether `value` has many parts or long ones, looking at a few hundred at most."""
    waiting, left, length = [value], 500, 0
    while waiting and left:
        left -= 1
        at = waiting.pop()
        if isinstance(at, str):
            length += len(at)
        elif isinstance(at, (dict, list)):
            inside = cast("list[Any]", list(at.values()) if isinstance(at, dict) else at)
            if len(inside) > left:
                return True
            waiting += inside
        if length > _LARGE:
            return True
    return bool(waiting)


def compact(value: Any) -> str:
    """Return `value` as JSON on one line; what JSON has no words for becomes a string."""
    if isinstance(value, JsonText):
        return str(value)  # msgspec takes no subclass
    try:
        text = msgspec.json.encode(value, enc_hook=str).decode()
        # msgspec writes infinities and NaN as null too: json tells them apart.
        return text if "null" not in text else json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return '"nested too deeply to show"'
    except (ValueError, TypeError, OverflowError):  # lone surrogates, huge integers
        return json.dumps(value, ensure_ascii=False, default=str)


def pretty(value: Any) -> str:
    """Return `value` as indented JSON."""
    return pretty_text(compact(value))


def pretty_text(text: str) -> str:
    """Return JSON `text` indented, numbers as written; as it is if it is no JSON or too long."""
    if len(text) > PRETTY_LIMIT:
        return text
    try:
        formatted = msgspec.json.format(text, indent=2)
    except (ValueError, RecursionError):
        return text
    if "\\u" in formatted:
        formatted = _ESCAPES.sub(_readable, formatted)
    return formatted


def _readable(match: re.Match[str]) -> str:
    r"""Return the letters that a run of `\uXXXX` stands for, but controls as they are escaped."""
    escapes = match[0]
    if escapes == "\\\\":
        return escapes
    letters = cast("str", json.loads(f'"{escapes}"'))
    return letters if letters.isprintable() and not set(letters) & {'"', "\\"} else escapes


def looks_like_json(text: str) -> bool:
    """Return whether `text` seems to be a JSON object or array, by its ends alone."""
    head, tail = text[:64].lstrip(), text[-64:].rstrip()
    return (head[:1], tail[-1:]) in {("{", "}"), ("[", "]")}


def size_of(text: str) -> str:
    """Return the size of `text` in UTF-8."""
    return fmt.byte_size(len(text) if text.isascii() else len(text.encode(errors="replace")))


@lru_cache(maxsize=4)
def name_binary(text: str) -> str:
    """Return `text` with data URIs, and strings of nothing but base64, replaced by type and size.

    A string is one if it begins as the files of a type do, or mixes letters as only base64 does.
    """
    if ";base64," in text:
        text = _DATA_URI.sub(_named, text)
    if len(text) > PRETTY_LIMIT or len(text) < _BASE64_LONG:
        return text
    if _BASE64.fullmatch(text):
        return _named_base64(text) or text
    return _QUOTED_BASE64.sub(_named_string, text)


def _named_string(match: re.Match[str]) -> str:
    named = _named_base64(match[1])
    return f'"{named}"' if named else match[0]


def _named_base64(content: str) -> str | None:
    """Return the type and size of base64, None if that is not what `content` is."""
    size = fmt.byte_size(len(content.rstrip("=")) * 3 // 4)
    for begin, kind in _BASE64_BEGINNINGS.items():
        if content.startswith(begin):
            return f"⟨{kind}, {size} of base64⟩"
    signs = any(sign in content for sign in "+/=")
    head = content[:_BASE64_LONG]
    mixed = not head.islower() and not head.isupper() and any(map(str.isdigit, head))
    return f"⟨binary, {size} of base64⟩" if signs and mixed else None


def _named(match: re.Match[str]) -> str:
    if len(match[2]) <= _BASE64_SHOWN:
        return match[0]
    size = fmt.byte_size(len(match[2].rstrip("=")) * 3 // 4)
    return f"⟨{match[1] or 'data'}, {size} of base64⟩"


def value_document(value: Any, *, raw: bool = False, indent: int = 2) -> TextDocument:
    """Return any value of a span as a text: JSON indented, prose as prose.

    Args:
        value: A string or any JSON value.
        raw: Show a string as it came and a value on one line.
        indent: Cells in front of every row.
    """
    if not isinstance(value, str) or isinstance(value, JsonText):
        text = compact(value)
        return _json_document(text if raw else pretty_text(text), indent, raw=raw)
    if not value.strip():
        shown = "empty" if not value else f"blank, {size_of(value)}"
        return text_lines(line(" " * indent, Piece(shown, "dim")))
    if looks_like_json(value):
        return _json_document(value if raw else pretty_text(value), indent, raw=raw)
    shown = value if raw else name_binary(value)
    whole = None if shown is value else value.rstrip("\n")
    language = "text" if raw else "markdown"
    return TextDocument((Source(shown.rstrip("\n"), language, indent, whole=whole),))


def _json_document(text: str, indent: int, *, raw: bool) -> TextDocument:
    if raw:
        return TextDocument((Source(text, "json", indent),))
    named = name_binary(text)
    source = Source(named, "json", indent, whole=None if named is text else text)
    return too_long_note(text, indent) + TextDocument((source,))


def too_long_note(text: str, indent: int = 0) -> TextDocument:
    """Return the note that JSON `text` is not indented, if that is so."""
    if len(text) <= PRETTY_LIMIT or "\n" in text[:4_096]:
        return TextDocument()
    note = f"{size_of(text)} of JSON, shown as it came: too long to indent"
    return text_lines(line(" " * indent, Piece(note, "dim")))
