"""Numbers for the eye: durations, times, tokens, money. Unknown is `?` or `·`, never 0."""

from datetime import UTC, datetime

NOTHING = "·"
"""Shown where a value does not apply."""
UNKNOWN = "?"
"""Shown where a value should be there and is not known."""


def duration(nano: int | None) -> str:
    """Return a duration in nanoseconds as at most seven characters, e.g. `842ms`, `1m 42s`."""
    if nano is None:
        return UNKNOWN
    if nano < 0:
        return "-" + duration(-nano)
    if nano < 1_000:
        return f"{nano}ns"
    if nano < 999_500:
        return f"{_three(nano / 1e3)}µs"
    if nano < 999_500_000:
        return f"{_three(nano / 1e6)}ms"
    if nano < 59_950_000_000:
        return f"{nano / 1e9:.1f}s"
    seconds = round(nano / 1e9)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}m {seconds:02d}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes:02d}m"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02d}h"


def _three(value: float) -> str:
    """Return `value` below 1,000 with up to three digits."""
    if value < 9.95:
        return f"{value:.1f}"
    return f"{value:.0f}"


def tokens(count: int | None, *, lower_bound: bool = False) -> str:
    """Return a token count in at most six characters, e.g. `812k`, `1.4M`."""
    if count is None:
        return UNKNOWN
    return ("≥" if lower_bound else "") + short_count(count)


def short_count(count: int) -> str:
    """Return a count with three significant digits and k, M or G, e.g. `12.3k`."""
    if count < 1_000:
        return str(count)
    for limit, divisor, suffix in ((999_950, 1e3, "k"), (999_950_000, 1e6, "M")):
        if count < limit:
            value = count / divisor
            return f"{value:.0f}{suffix}" if value >= 99.95 else f"{value:.1f}{suffix}"
    return f"{count / 1e9:.1f}G"


def count(number: int) -> str:
    """Return a whole count with thousands separated, e.g. `18,402`."""
    return f"{number:,}"


def count_within(number: int, width: int) -> str:
    """Return a count as exactly as `width` cells allow: `18,402`, `18.4k`, `18k`."""
    rounded = f"{number / 1e3:.0f}k" if number < 999_500 else f"{number / 1e6:.0f}M"
    forms = (count(number), short_count(number), rounded)
    return next((form for form in forms if len(form) <= width), rounded)


def money(usd: float | None, *, lower_bound: bool = False) -> str:
    """Return US dollars, at least four significant digits below a dollar (COST §5)."""
    if usd is None:
        return UNKNOWN
    mark = "≥" if lower_bound else ""
    if usd == 0:
        return f"{mark}$0.00"
    if usd < 0.0001:
        return ">$0.00" if lower_bound else "<$0.0001"
    if usd < 0.01:
        return f"{mark}${usd:.4f}"
    if usd < 1:
        return f"{mark}${usd:.3f}"
    if usd < 1_000:
        return f"{mark}${usd:.2f}"
    return f"{mark}${usd:,.0f}"


def byte_size(size: int) -> str:
    """Return a size in bytes with a binary unit, e.g. `1.8 GB`."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1_000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1_000
    return f"{value:.1f} GB"


def clock(unix_nano: int | None, *, with_date: bool = False) -> str:
    """Return a time of day in the local zone, `12:41:07`, or with its date in front."""
    if unix_nano is None:
        return UNKNOWN
    try:
        moment = datetime.fromtimestamp(unix_nano // 1_000_000_000, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return UNKNOWN
    return moment.strftime("%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S")


def start(unix_nano: int | None, width: int) -> str:
    """Return when something began, as fully as `width` cells allow: 8, 11, 14 or 19."""
    text = clock(unix_nano, with_date=True)
    if text == UNKNOWN or width >= 19:
        return text
    if width >= 14:
        return text[5:]
    return text[5:16] if width >= 11 else text[11:]


def timestamp(unix_nano: int | None) -> str:
    """Return a full local time with nanoseconds, for the detail pane."""
    if unix_nano is None:
        return UNKNOWN
    seconds, nano = divmod(unix_nano, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return str(unix_nano)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{nano:09d} {moment:%z}"


def percent(share: float) -> str:
    """Return a share as whole percent, e.g. `71%`; what is there is never 0."""
    return "<1%" if 0 < share < 0.005 else f"{share * 100:.0f}%"
