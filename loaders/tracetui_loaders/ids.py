"""Trace and span ids: hex in lower case where they are hex, opaque strings where they are not.

Source: OTLP 1.x "JSON Protobuf Encoding" (ids are hex, case-insensitive); FORMATS §1 for the
base64 ids that protobuf's own JSON mapping writes, and for ids of wrong length and zeros.
"""

import base64
import binascii
import re

TRACE_ID_BYTES = 16
SPAN_ID_BYTES = 8

_ENCODED = frozenset({12, 16, 24, 32})
"""Lengths of ids in hex and base64."""
_ZERO = ("", "0")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_ALL_ZERO = re.compile(r"0+\Z")


def normalise_id(raw: object, size: int) -> str | None:
    """Return the id in its one form, or None if it is absent, empty or all zeros.

    Args:
        raw: The id as sent: hex (with or without `0x`), base64 of exactly `size` bytes, any
            other string or an integer.
        size: 16 for trace ids, 8 for span ids.
    """
    if raw is None or isinstance(raw, bool):
        return None
    if isinstance(raw, bytes):
        return raw.hex() if any(raw) else None
    # The spec's form, nearly always. In this length lower-case text that is not hex stays as it
    # is as well, so that one cheap test decides.
    if isinstance(raw, str):
        length = len(raw)
        if length == 2 * size and raw.islower() and raw[1] != "x":
            return raw
        # A transcript's own ids: neither hex nor base64 of this length, neither zeros nor "0x".
        if length not in _ENCODED and raw[:1] not in _ZERO:
            return raw
    text = str(raw)
    if not text.strip("0"):
        return None
    if text.startswith("0x") and _HEX.match(text, 2):
        text = text[2:]
        if _ALL_ZERO.match(text):
            return None
    if len(text) in (2 * size, 16, 32) and _HEX.match(text):
        return text.lower()
    if len(text) == 4 * ((size + 2) // 3):
        decoded = _base64(text)
        if decoded is not None and len(decoded) == size:
            return decoded.hex() if any(decoded) else None
    return text


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None


def stand_in(row_id: int) -> str:
    """Return the id given to a span or trace that was sent without one.

    Each such span gets its own: merging them would invent a trace (FORMATS §1, all-zero ids).
    """
    return f"~{row_id:x}"
