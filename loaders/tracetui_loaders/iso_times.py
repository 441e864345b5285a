"""Times as vendors write them in JSON, to integer Unix nanoseconds without going through a float.

Source: ISO 8601 / RFC 3339 as Langfuse, LangSmith, the OpenAI Agents SDK, DeepEval and ATIF write
it; FORMATS §7 for epoch numbers in seconds, milliseconds, microseconds or nanoseconds.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?"
    r" ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?\Z",
    re.ASCII,
)
# Nearly all of them, as JavaScript writes them: what datetime itself reads ten times as fast. An
# hour of 24 is none in all of its versions.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d[T ](?!24)\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)
_USUAL_LENGTH = 24
_LONGEST = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 1 << 63
_UNITS = ((Decimal(10**11), 10**9), (Decimal(10**14), 10**6), (Decimal(10**17), 10**3))
"""Numbers below the first are in units of so many nanoseconds: until the year 5138, that is."""
_WHOLE_UNITS = tuple((int(limit), factor) for limit, factor in _UNITS)


def time_unix_nano(value: Any) -> int | None:
    """Return a time in Unix nanoseconds; None if absent, zero or not a time.

    Args:
        value: ISO 8601 text (UTC where it names no zone), or a number since the epoch, also as
            text, whose unit is told by its size.
    """
    if isinstance(value, str):
        if len(value) == _USUAL_LENGTH and _USUAL.match(value):
            return _of_usual(value)
        text = value.strip() if len(value) <= _LONGEST else ""
        match = _ISO.match(text)
        if match is not None:
            return _in_range(_of_iso(match))
        return _of_number(text) if text[:1].isdigit() else None
    if type(value) is int:
        return _of_whole(value) if 0 < value < _LATEST else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _of_number(str(value)) if 0 < value < _LATEST else None


def _of_usual(text: str) -> int | None:
    try:
        delta = datetime.fromisoformat(text) - _EPOCH
    except ValueError:
        return None
    seconds = delta.days * 86_400 + delta.seconds
    return _in_range(seconds * 10**9 + delta.microseconds * 1_000)


def _of_iso(match: re.Match[str]) -> int | None:
    year, month, day, hour, minute = map(int, match.group(1, 2, 3, 4, 5))
    second = int(match[6] or 0)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    fraction = int((match[7] or "")[:9].ljust(9, "0"))
    return (seconds - _offset_seconds(match[8])) * 10**9 + fraction


def _offset_seconds(zone: str | None) -> int:
    if zone is None or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def _of_number(text: str) -> int | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 < number < _LATEST:
        return None
    factor = next((factor for limit, factor in _UNITS if number < limit), 1)
    return _in_range(int(number * factor))


def _of_whole(number: int) -> int | None:
    factor = next((factor for limit, factor in _WHOLE_UNITS if number < limit), 1)
    return _in_range(number * factor)


def _in_range(value: int | None) -> int | None:
    return value if value is not None and 0 < value < _LATEST else None
