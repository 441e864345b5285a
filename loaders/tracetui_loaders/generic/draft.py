"""One record, whatever it is called in its file, in one shape: what is known of a span."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tracetui_loaders.generic import names
from tracetui_loaders.generic.mapping import Mapping as FieldMapping
from tracetui_loaders.iso_times import time_unix_nano

_SCALES = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_DURATION_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|sec|m|min)?\s*\Z")
_UNIT_OF_NAME = (
    ("ns", ("nano", "ns")),
    ("us", ("us",)),
    ("ms", ("ms", "milliseconds", "millis")),
    ("s", ("seconds", "sec", "durations", "latencys")),
)
_LATEST = 1 << 63
_EARLIEST = 100_000_000 * 1_000_000_000
"""1973: a number below it counts from something else than the epoch."""
_LONGEST_DURATION_NANO = 10 * 365 * 86_400 * 1_000_000_000


@dataclass(slots=True)
class Draft:
    """What a record says; None or empty where it says nothing."""

    found: dict[str, Any]
    """Field of `names.FIELDS` to its value as sent."""
    rest: dict[str, Any] = field(default_factory=dict)
    """What no field took, under the record's own names."""
    start: int | None = None
    end: int | None = None
    phase: str | None = None
    """start or end, of a record that is only that of something longer."""
    kind: str | None = None
    role: str | None = None

    def text(self, name: str) -> str | None:
        """Return a field as text: a string, or a number's digits."""
        value = self.found.get(name)
        if isinstance(value, str):
            return value or None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return None

    @property
    def group(self) -> tuple[str, str] | None:
        """What the record belongs to: `trace_id` or `session_id`, and its value."""
        for name in ("trace_id", "session_id"):
            value = self.text(name)
            if value is not None:
                return name, value
        return None

    @property
    def is_span(self) -> bool:
        """Whether it has its own place in a tree of spans, and needs no root made for it.

        A log that names the span it was written in is not that span: many do.
        """
        found = self.found
        if self.text("span_id") is None:
            return False
        if "parent_span_id" in found:
            return True
        logs = found.get("level") is not None or found.get("message") is not None
        lasts = any(found.get(name) is not None for name in ("start", "end", "duration"))
        return self.text("trace_id") is not None and (lasts or not logs)


def draft_of(record: Mapping[str, Any], mapping: FieldMapping | None = None) -> Draft:
    """Return what `record` says, by a mapping or by the usual names.

    Args:
        record: A decoded object.
        mapping: Where each field is; what it does not name is not guessed.
    """
    if mapping is None:
        found, rest, units = _by_usual_names(record)
    else:
        found, rest = mapping.read(record)
        units = dict(mapping.units)
    draft = Draft(found, rest)
    _take_role(draft)
    _take_kind(draft, mapping)
    _take_times(draft, units, guess=mapping is None)
    draft.phase = names.phase_of(found.get("phase"))
    return draft


def fits(record: Any, mapping: FieldMapping | None = None) -> bool:
    """Whether a record says enough to become a span: when, where in a tree, or who spoke."""
    if not isinstance(record, dict) or not record:
        return False
    draft = draft_of(record, mapping)
    if mapping is not None:
        return bool(draft.found.keys() - mapping.constants.keys())
    says_what = any(draft.found.get(name) is not None for name in _WHAT)
    if draft.start is not None or draft.end is not None or draft.is_span:
        return says_what
    if draft.role is not None:
        return any(draft.found.get(name) is not None for name in ("message", "input", "output"))
    return draft.group is not None and says_what


def is_record(draft: Draft) -> bool:
    """Whether a record of a file that fits says anything at all that a span can show."""
    return any(draft.found.get(name) is not None for name in (*_WHAT, "start", "time", "end"))


_WHAT = ("name", "message", "model", "tool_name", "role", "kind", "input", "output")


def _by_usual_names(
    record: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return the fields found, what is left over, and the units that names tell."""
    at = _names_of(record)
    best: dict[str, tuple[int, str, str, Any]] = {}
    for candidate, (key, value) in at.items():
        for name, rank in names.FIELDS_OF.get(candidate, ()):
            known = best.get(name)
            if (known is None or rank < known[0]) and _suits(name, value):
                best[name] = (rank, candidate, key, value)
    found = {name: value for name, (_, _, _, value) in best.items()}
    units = {name: _unit(best[name][1]) for name in _TIMED if name in best}
    taken = {key for name, (_, _, key, _) in best.items() if name not in _ALSO_KEPT}
    # A run's id is its own where it also names its parent (LangChain's callbacks).
    if "parentrunid" in at and "runid" in at:
        found["span_id"] = at["runid"][1]
        if found.get("session_id") == found["span_id"]:
            found.pop("session_id", None)  # both may be unknown
    rest = {key: value for key, value in record.items() if key not in taken}
    attributes = rest.get("attributes")
    if isinstance(attributes, dict):
        # These are a span's own attributes: conventions know their keys.
        del rest["attributes"]
        rest = {**attributes, **rest}
    return found, rest, units


_ALSO_KEPT = frozenset({"kind", "phase", "role", "level", "status", "agent_name", "service_name"})
_TIMED = ("start", "time", "end", "duration")
_SCALARS = frozenset(
    {
        *("trace_id", "span_id", "parent_span_id", "session_id", "name", "kind", "role", "phase"),
        *("level", "status", "model", "provider", "tool_call_id", "agent_name", "service_name"),
        *("user_id", "error_type"),
    }
)
_COUNTS = frozenset(
    {
        *("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cost_usd"),
        *("cache_write_tokens", "reasoning_tokens"),
    }
)


def _suits(name: str, value: Any) -> bool:
    """Whether a value can be what the field is for: an object is no id, a text no count."""
    if value is None:
        return name == "parent_span_id"  # that there is none is known of a root
    if name in _SCALARS:
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    if name in _COUNTS:
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    if name in ("start", "time", "end"):
        return _guessed_time(value) is not None
    if name == "duration":
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    if name == "tool_name":
        return isinstance(value, str) or (isinstance(value, dict) and "name" in value)
    return value not in ("", {}, [])


def _names_of(record: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return plain name -> (the record's own key, value); the record's own before its holders'."""
    at: dict[str, tuple[str, Any]] = {}
    inner: dict[str, tuple[str, Any]] = {}
    for key, value in record.items():
        name = names.plain(key)
        at.setdefault(name, (key, value))
        if name in names.HOLDERS and isinstance(value, dict):
            for inner_key, inner_value in value.items():
                inner_name = names.plain(inner_key)
                inner.setdefault(name + inner_name, (key, inner_value))
                if name not in names.COUNTED or inner_name not in ("input", "output", "total"):
                    inner.setdefault(inner_name, (key, inner_value))
    for name, place in inner.items():
        at.setdefault(name, place)
    return at


@lru_cache(maxsize=256)
def _unit(name: str) -> str:
    """Return the unit that a plain name ends in; `any` if it does not say."""
    for unit, endings in _UNIT_OF_NAME:
        if any(name.endswith(ending) for ending in endings) and name not in ("sms", "status"):
            return unit
    return "any"


def _take_role(draft: Draft) -> None:
    """Find who speaks: a role, or a type that is one in a record that says something."""
    role = draft.found.get("role")
    if not isinstance(role, str):
        role = draft.found.get("kind") if "message" in draft.found else None
    draft.role = names.ROLES.get(names.plain(role)) if isinstance(role, str) else None


def _take_kind(draft: Draft, mapping: FieldMapping | None) -> None:
    value = draft.found.get("kind")
    if mapping is not None and isinstance(value, str) and value in mapping.kinds:
        draft.kind = mapping.kinds[value]
        return
    for said in (value, draft.found.get("role")):
        if isinstance(said, str) and names.plain(said) in names.KINDS:
            draft.kind = names.KINDS[names.plain(said)]
            return
    if draft.found.get("tool_name") is not None:
        draft.kind = "tool"


def _take_times(draft: Draft, units: Mapping[str, str], *, guess: bool) -> None:
    found = draft.found
    draft.start = _time(found.get("start"), units.get("start", "any"))
    draft.end = _time(found.get("end"), units.get("end", "any"))
    time = _time(found.get("time"), units.get("time", "any"))
    length = duration_nano(found.get("duration"), units.get("duration", "any"))
    if draft.start is None and time is not None:
        # A log is written when what it reports is over; a span says when it began.
        is_log = guess and not draft.is_span and draft.end is None and length is not None
        if is_log:
            draft.end = time
        else:
            draft.start = time
    if length is not None:
        if draft.start is None and draft.end is not None:
            draft.start = draft.end - length if draft.end > length else None
        elif draft.end is None and draft.start is not None:
            draft.end = draft.start + length
    if draft.end is None and draft.start is not None and "start" not in found:
        draft.end = draft.start


def _time(value: Any, unit: str) -> int | None:
    if value is None:
        return None
    if unit not in _SCALES:
        return _guessed_time(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            nanos = Decimal(str(value)[:64]) * _SCALES[unit]
        except InvalidOperation:
            return None
        return int(nanos) if nanos.is_finite() and 0 < nanos < _LATEST else None
    return None


def _guessed_time(value: Any) -> int | None:
    """Return a time in whatever notation; a small number is an offset, not a time."""
    if isinstance(value, list) and len(value) == 2:
        seconds, nanos = value  # OpenTelemetry JS
        whole = isinstance(seconds, int) and isinstance(nanos, int)
        return _time(seconds * 10**9 + nanos, "ns") if whole else None
    found = time_unix_nano(value)
    return found if found is None or found >= _EARLIEST else None


def duration_nano(value: Any, unit: str = "any") -> int | None:
    """Return a duration in nanoseconds.

    Without a unit, a whole number counts milliseconds and a broken one seconds, as most logs have
    it; text may carry its unit: `1.5s`, `250ms`.
    """
    if isinstance(value, str):
        match = _DURATION_TEXT.match(value) if len(value) < 64 else None
        if match is None:
            return None
        given = {"µs": "us", "sec": "s"}.get(match[2] or "", match[2])
        value = float(match[1]) if "." in match[1] else int(match[1])
        if given in ("m", "min"):
            value, given = value * 60, "s"
        unit = given or unit
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or value < 0:
        return None
    if unit not in _SCALES:
        unit = "ms" if isinstance(value, int) else "s"
    nanos = value * _SCALES[unit]
    return round(nanos) if nanos <= _LONGEST_DURATION_NANO else None
