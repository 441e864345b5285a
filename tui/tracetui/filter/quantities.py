"""Numbers with units and times, as a filter writes them.

`2k` `1.5M` are counts, `$0.01` money, `250ms` `1m30s` durations. A time is a date, a time of day
on the day in view, both, an age (`-15m`), `now`, `today`, `yesterday`, or `@` and nanoseconds since
1970. It stands for as long as it says: `2025-01-02` for the whole day, `12:04` for the minute.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tracetui.filter.fields import Measure

NANO = 1_000_000_000
_DURATIONS = {
    "d": 86_400 * NANO,
    "h": 3_600 * NANO,
    "m": 60 * NANO,
    "s": NANO,
    "ms": 1_000_000,
    "us": 1_000,
    "µs": 1_000,
    "ns": 1,
}
_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_NUMBER = re.compile(r"([-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)([a-zµ]*)", re.IGNORECASE)
_LONGEST = 500
"""Digits that a number may have, written out."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?")
_ZONE = re.compile(r"z|[-+]\d\d:?\d\d", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class QuantityError(ValueError):
    """A value that is not what its field holds; the text says what that is."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What times without a date or a zone are about."""

    now: datetime
    """With a zone: the one that times are written in."""
    day: date | None = None
    """The day of a time without a date; today if there is none."""

    @classmethod
    def local(cls, newest_unix_nano: int | None = None) -> "Clock":
        """Return the clock of here and now; the day in view is that of `newest_unix_nano`."""
        now = datetime.now(UTC).astimezone()
        if newest_unix_nano is None:
            return cls(now)
        try:
            newest = _EPOCH + timedelta(seconds=newest_unix_nano // NANO)
        except OverflowError:
            return cls(now)
        return cls(now, newest.astimezone().date())


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time as it was written: from `start` up to `stop`, in Unix nanoseconds."""

    start: int | float
    stop: int | float
    """The next nanosecond or the same: an instant."""

    @property
    def is_instant(self) -> bool:
        """Whether it is one nanosecond."""
        return self.stop <= self.start + 1


def quantity(word: str, measure: Measure) -> int | float:
    """Return the number that `word` stands for, in the unit of `measure`.

    Raises:
        QuantityError: If it is none, or lacks its unit.
    """
    if measure in ("nanoseconds", "milliseconds"):
        nano = _duration(word)
        return _settled(nano) if measure == "nanoseconds" else _real(nano / 1_000_000)
    if measure == "money":
        return _real(_count(word.replace("$", "", 1) if "$" in word[:2] else word))
    return _settled(_count(word)) if measure == "number" else _real(_count(word))


def stretch(word: str, clock: Clock) -> Stretch:
    """Return the time that `word` stands for.

    Raises:
        QuantityError: If it is none.
    """
    lower = word.lower()
    if lower.startswith("@"):
        instant = _settled(_count(word[1:]))
        return Stretch(instant, instant)
    if lower == "now":
        return _from(clock.now, 0)
    if lower in ("today", "yesterday"):
        day = clock.now.date() - timedelta(days=lower == "yesterday")
        return _whole_day(day, clock.now.tzinfo)
    if lower.startswith("-"):
        nano = _unix_nano(clock.now) - int(_duration(word[1:]))
        return Stretch(nano, nano)
    return _calendar(word, clock)


def _calendar(word: str, clock: Clock) -> Stretch:
    dated = _DATE.match(word)
    rest = word[dated.end() :] if dated else word
    try:
        day = date(*map(int, dated.groups())) if dated else clock.day or clock.now.date()
        if dated and not rest:
            return _whole_day(day, clock.now.tzinfo)
        timed = _CLOCK.match(rest[1:] if dated and rest[0] in "Tt_" else rest if not dated else "")
        if timed is None:
            raise ValueError
        after = rest[(1 if dated else 0) + timed.end() :]
        if after and not _ZONE.fullmatch(after):
            raise ValueError
        zone = datetime.strptime(after, "%z").tzinfo if after else clock.now.tzinfo
        hour, minute, second, fraction = timed.groups()
        moment = datetime.combine(day, time(int(hour), int(minute), int(second or 0)), zone)
        digits = len(fraction or "")
        width = 60 * NANO if second is None else 10 ** (9 - digits)
        return _from(moment, width, int((fraction or "0").ljust(9, "0")))
    except (ValueError, OverflowError):
        raise QuantityError(
            "is no time: 12:04, 2025-01-02, 2025-01-02T12:04:05, -15m, today"
        ) from None


def _whole_day(day: date, zone: tzinfo | None) -> Stretch:
    try:
        start = datetime.combine(day, time(), zone)
        after = datetime.combine(day + timedelta(days=1), time(), zone)
    except OverflowError:
        raise QuantityError("is no time that there is") from None
    return Stretch(_unix_nano(start), _unix_nano(after))


def _from(moment: datetime, width: int, nano: int = 0) -> Stretch:
    start = _unix_nano(moment) + nano
    return Stretch(start, start + width)


def _unix_nano(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * NANO + since.microseconds * 1_000


def _count(word: str) -> Fraction | float:
    if word.lower().lstrip("+-") == "inf":
        return float(word)
    found = _NUMBER.fullmatch(word)
    if found is None or found[2].lower() not in _COUNTS:
        raise QuantityError("is no number: 12, 0.5, 20k, 1.5M")
    return _exact(found[1]) * _COUNTS[found[2].lower()]


def _duration(word: str) -> Fraction | float:
    if word.lower().lstrip("+-") == "inf":
        return float(word)
    pieces = list(_NUMBER.finditer(word))
    if not pieces or "".join(piece[0] for piece in pieces) != word:
        raise QuantityError("is no duration: 250ms, 2s, 1m30s, 1h")
    if any(not piece[2] and _exact(piece[1]) for piece in pieces):
        raise QuantityError(f"has no unit: {word}ms, {word}s, {word}m")
    if any(piece[2].lower() not in (*_DURATIONS, "") for piece in pieces):
        raise QuantityError("has no unit that is known: ns, us, ms, s, m, h, d")
    return sum(
        (_exact(piece[1]) * _DURATIONS.get(piece[2].lower(), 1) for piece in pieces), Fraction(0)
    )


def _exact(digits: str) -> Fraction:
    try:
        written = Decimal(digits)
    except InvalidOperation:
        raise QuantityError("is no number") from None
    if abs(written.adjusted()) > _LONGEST or len(digits) > _LONGEST:
        raise QuantityError("is too large a number")
    return Fraction(written)


def _settled(value: Fraction | float) -> int | float:
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return _real(value)


def _real(value: Fraction | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, 1 if value > 0 else -1)


def written(value: float, measure: Measure) -> str:
    """Return a number as a filter writes it; it reads as the same number."""
    if isinstance(value, float) and math.isinf(value):
        return repr(value)
    whole = isinstance(value, int) or value.is_integer()
    if measure == "nanoseconds" and whole:
        return _in_units(int(value))
    digits = str(int(value)) if whole else repr(value)
    return digits + {"nanoseconds": "ns", "milliseconds": "ms"}.get(measure, "")


def _in_units(nano: int) -> str:
    if nano == 0:
        return "0s"
    for unit in ("h", "m"):
        if nano % _DURATIONS[unit] == 0:
            return f"{nano // _DURATIONS[unit]}{unit}"
    for unit in ("s", "ms", "us"):
        size = _DURATIONS[unit]
        if abs(nano) >= size and nano % (size // 1_000) == 0:
            whole, thousandths = divmod(abs(nano), size)
            fraction = f"{thousandths * 1_000 // size:03d}".rstrip("0")
            sign = "-" if nano < 0 else ""
            return f"{sign}{whole}{'.' if fraction else ''}{fraction}{unit}"
    return f"{nano}ns"


def written_time(unix_nano: float, *, aligned: bool) -> str:
    """Return a time as a filter writes it, in UTC.

    Args:
        unix_nano: The time.
        aligned: Whether only the beginning counts, so that what is 0 at the end can go.
    """
    if not isinstance(unix_nano, int):
        if not unix_nano.is_integer():
            return f"@{written(unix_nano, 'real')}"
        unix_nano = int(unix_nano)  # the same time, and so it is read
    seconds, nano = divmod(unix_nano, NANO)
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"@{unix_nano}"
    if aligned and not nano:
        return f"{moment:%Y-%m-%dT%H:%M}Z" if not moment.second else f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nano:09d}Z"
