"""Times as transcripts write them, to integer Unix nanoseconds.

Source: ISO 8601 / RFC 3339 for text; producers' own code for numbers, which are told apart by
size: seconds, milliseconds, microseconds and nanoseconds of one century do not overlap.
"""

import math
from datetime import UTC, datetime
from typing import Any

from tracetui_loaders.conventions.base import fits_int64

_SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The year 5138 in seconds is 1973 in milliseconds, and so on.
_SCALES = ((100_000_000_000, _SECOND), (100_000_000_000_000, 1_000_000), (10**17, 1_000))


def unix_nano(value: Any) -> int | None:
    """Return a time as Unix nanoseconds; None if it is none.

    Args:
        value: ISO text (without a zone it is taken for UTC), or a number since 1970 in any unit
            from seconds to nanoseconds, also as text. Zero and negative numbers are no times.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if value <= 0 or not math.isfinite(value):
        return None
    for limit, scale in _SCALES:
        if value < limit:
            return _scaled(value, scale)
    whole = int(value)
    return whole if fits_int64(whole) else None


def _scaled(value: float, scale: int) -> int:
    if isinstance(value, int):
        return value * scale
    # A float of seconds holds microseconds at best: digits beyond them are noise.
    return round(value * (scale // 1_000)) * 1_000 if scale > 1_000 else round(value * scale)


def _from_text(text: str) -> int | None:
    fraction = 0
    # fromisoformat cuts at microseconds: what is finer is taken apart here.
    if len(text) > 27 and text[19:20] == ".":
        digits = 20
        while digits < len(text) and text[digits].isdecimal():
            digits += 1
        fraction = int((text[20:digits] + "000000000")[:9]) if text[20:digits].isascii() else 0
        text = text[:19] + text[digits:]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _number_in(text)
    try:
        delta = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    except OverflowError:
        return None
    whole = (delta.days * 86_400 + delta.seconds) * _SECOND + delta.microseconds * 1_000 + fraction
    return whole if whole > 0 and fits_int64(whole) else None


def _number_in(text: str) -> int | None:
    try:
        return unix_nano(int(text) if text.isdecimal() else float(text))
    except (ValueError, OverflowError):
        return None
