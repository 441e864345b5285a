"""A metric data point, as the encodings of OTLP read it, and as a row of `schema.METRICS`.

Source: OTLP 1.x `metrics.proto`. The five kinds of points share one shape here: a number (gauge,
sum), or a count and a sum with what is known of their distribution (histograms, summary).
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tracetui_loaders.conventions.base import number
from tracetui_loaders.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, normalise_id

_TEMPORALITIES = (None, "delta", "cumulative")
_PREFIX = "AGGREGATION_TEMPORALITY_"


class MetricPoint(msgspec.Struct, gc=False):
    """One data point with what its metric says of it."""

    name: str
    description: str | None
    unit: str | None
    kind: str
    """gauge, sum, histogram, exponential_histogram or summary."""
    temporality: str | None
    """delta or cumulative; None where the kind has none."""
    monotonic: bool | None
    start_time_unix_nano: int | None
    time_unix_nano: int | None
    attributes: dict[str, Any]
    value: float | None = None
    count: int | None = None
    sum: float | None = None
    min: float | None = None
    max: float | None = None
    distribution: dict[str, Any] | None = None
    """Histogram: `bounds`, `buckets`; exponential: `scale`, `zero_count`, `positive`, `negative`
    (`offset`, `buckets`); summary: `quantiles`, pairs of quantile and value."""
    exemplars: Sequence[dict[str, Any]] = ()
    """`trace_id`, `span_id`, `value`, `time_unix_nano` of the measurements kept as examples."""


def temporality(value: Any) -> str | None:
    """Return delta or cumulative, from the enum's number or name; None if unspecified."""
    if isinstance(value, str):
        name = value.removeprefix(_PREFIX)
        if name.isdigit():
            return temporality(int(name))
        return name.lower() if name.lower() in _TEMPORALITIES else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_TEMPORALITIES):
        return _TEMPORALITIES[value]
    return None


def whole(value: Any) -> int | None:
    """Return a count, also from text; None if it is none or does not fit 64 bits."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            found = int(value)
        except ValueError:
            return None
        return found if 0 <= found < 1 << 63 else None
    parsed = number(value)
    return int(parsed) if parsed is not None and parsed >= 0 else None


def exemplar(trace_id: Any, span_id: Any, value: Any, time_unix_nano: int | None) -> dict[str, Any]:
    """Return an exemplar in its one shape; ids as spans have them, to find the span by."""
    return {
        "trace_id": normalise_id(trace_id, TRACE_ID_BYTES),
        "span_id": normalise_id(span_id, SPAN_ID_BYTES),
        "value": number(value),
        "time_unix_nano": time_unix_nano,
    }
