"""OTLP enums, by number or by name, times and counts.

Source: `opentelemetry/proto/trace/v1/trace.proto` `Span.SpanKind` and `Status.StatusCode`.
"""

from typing import Any

_KINDS = (None, "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES = ("UNSET", "OK", "ERROR")


def span_kind(value: Any) -> str | None:
    """Return INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER; None if unspecified or unknown."""
    if value.__class__ is int and 0 <= value < len(_KINDS):
        return _KINDS[value]
    if isinstance(value, str):
        name = value.removeprefix("SPAN_KIND_").removeprefix("SpanKind.").upper()
        if name.isdigit():
            return span_kind(int(name))
        return name if name in _KINDS else None
    return None


def status(value: Any) -> str:
    """Return UNSET, OK or ERROR; what is not a status is UNSET."""
    if isinstance(value, str):
        name = value.removeprefix("STATUS_CODE_").upper()
        if name.isdigit():
            return status(int(name))
        return name if name in _STATUSES else "UNSET"
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_STATUSES):
        return _STATUSES[value]
    return "UNSET"


_LATEST = 1 << 63


def unix_nano(value: Any) -> int | None:
    """Return a time in Unix nanoseconds; None if absent, zero or not a time.

    Accepts a number, a decimal string (the spec's form) and a float that a JavaScript hop made.
    """
    if value.__class__ is str:
        try:
            value = int(value)
        except ValueError:
            try:
                value = float(value)
            except ValueError:
                return None
        else:
            return value if 0 < value < _LATEST else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        if not -_LATEST < value < _LATEST:
            return None
        value = int(value)
    return value if isinstance(value, int) and 0 < value < _LATEST else None


def uint32(value: Any) -> int | None:
    """Return a number that is more than zero, also from text; None if it is absent or none."""
    if not value:
        return None
    try:
        number = int(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return number if 0 < number < 1 << 32 else None
