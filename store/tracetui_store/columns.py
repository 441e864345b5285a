"""The canonical columns: what may be filtered, sorted and counted by, and what it holds.

Whatever stands behind the protocol has these columns, under these names.
"""

from typing import Literal, TypeAlias

from tracetui_store.predicates import PredicateError, Value
from tracetui_store.rows import TRACE_COLUMNS

ColumnType: TypeAlias = Literal["text", "integer", "real", "flag"]

_TEXTS = (
    *("trace_id", "span_id", "parent_span_id", "name", "kind", "kind_source", "operation"),
    *("otel_kind", "scope_name", "scope_version", "status", "status_message", "outcome"),
    *("error_type", "error_message", "finish_reason", "service_name", "agent_name", "agent_id"),
    *("session_id", "user_id", "thread_id", "workflow_name", "provider", "provider_raw", "model"),
    *("request_model", "response_model", "response_id", "service_tier", "tool_name"),
    *("tool_call_id", "tool_type", "handoff_from", "handoff_to", "usage_role", "duplicate_of"),
    *("cost_status", "price_id", "price_source", "price_note"),
)
_INTEGERS = (
    *("row_id", "source_id", "line", "start_time_unix_nano", "end_time_unix_nano"),
    *("duration_nano", "http_status", "attempts", "input_tokens", "output_tokens"),
    *("total_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"),
    *("cache_write_1h_tokens", "rollup_input_tokens", "rollup_output_tokens"),
    *("rollup_cache_read_tokens", "rollup_cache_write_tokens", "rollup_reasoning_tokens"),
    *("event_count", "link_count"),
)
_REALS = (
    *("ttft_ms", "cost_usd", "cost_given_usd", "cost_computed_usd", "cache_saving_usd"),
    *("cost_input", "cost_cache_read", "cost_cache_write", "cost_output", "cost_reasoning"),
    "cost_fee",
)
_FLAGS = (
    *("error", "rate_limited", "streaming", "is_model_call", "usage_unknown", "counts"),
    "cost_differs",
)

SPANS: dict[str, ColumnType] = {
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(_REALS, "real"),
    **dict.fromkeys(_FLAGS, "flag"),
}
"""Columns of a span.

`outcome` is error, running or ok; `finish_reason` all finish reasons with a comma between;
`duration_nano` null while a span runs, and 0 where clocks disagree. `counts` says whether a span's
usage is added to totals. All money is USD: `cost_usd` is what counts, `cost_input` to `cost_fee`
are the parts of `cost_computed_usd`, and `cost_differs` whether that is not what the emitter gives.
"""

PRICED = frozenset(
    {*_REALS, "cost_status", "cost_differs", "price_id", "price_source", "price_note"}
) - {"ttft_ms", "cost_given_usd"}
"""Columns of a span that follow from prices: who asks for none of them is spared the look-up."""

_TRACE_TYPES: dict[str, ColumnType] = {
    **dict.fromkeys(
        ("trace_id", "name", "kind", "agent_name", "service_name", "session_id"), "text"
    ),
    "lower_bound": "flag",
    "cost_usd": "real",
}
TRACES: dict[str, ColumnType] = {name: _TRACE_TYPES.get(name, "integer") for name in TRACE_COLUMNS}
"""Columns of a trace, those of `rows.TRACE_COLUMNS`."""

DIMENSIONS = (
    *("service_name", "agent_name", "model", "session_id", "kind", "outcome", "tool_name"),
    *("provider", "user_id", "operation", "error_type", "usage_role", "cost_status"),
)
"""Columns of a span whose values can be counted and told apart in charts."""


def type_of(columns: dict[str, ColumnType], name: str) -> ColumnType:
    """Return what a column holds.

    Raises:
        PredicateError: If there is no such column.
    """
    if name not in columns:
        raise PredicateError(f"there is no column {name!r}")
    return columns[name]


def check_value(name: str, holds: ColumnType, value: Value) -> None:
    """See that `value` can be compared with the column `name`.

    Raises:
        PredicateError: If it cannot.
    """
    if holds == "text":
        fits = isinstance(value, str)
    elif holds == "flag":
        fits = isinstance(value, bool)
    else:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fits:
        words = {"text": "a text", "flag": "true or false"}.get(holds, "a number")
        raise PredicateError(f"{name} compares with {words}, not with {value!r}")
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only NaN differs from itself
        raise PredicateError(f"{name} compares with a number, not with {value!r}")
