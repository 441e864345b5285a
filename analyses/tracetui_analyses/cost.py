"""What calls cost, by model, agent, tool, session, service, user or day.

Pure functions over the spans of a load. What has no price is never 0: it is counted apart, and
comes first. Token and money sums leave out what repeats other spans' usage, so that they are those
of the load's totals.

Source: COST §5; attribution RULES §3.5; cache saving METRICS §2.
"""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute
from tracetui_store.protocol import TraceReader

from tracetui_analyses.enclosing import ENCLOSING_COLUMNS, nearest, parents

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

DIMENSIONS = ("model", "agent", "tool", "session", "service", "user", "day")

_TOKENS = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    "reasoning_tokens",
)
_PARTS = (
    *("cost_input", "cost_cache_read", "cost_cache_write", "cost_output", "cost_reasoning"),
    "cost_fee",
)
_SUMS = (*_TOKENS, *_PARTS, "cost_usd", "cost_unsplit_usd", "cache_saving_usd")
COLUMNS = {
    "model": "model",
    "agent": "agent_name",
    "tool": "tool_name",
    "session": "session_id",
    "service": "service_name",
    "user": "user_id",
}
"""The column of spans that a dimension tells apart by; days have none."""
_OF_WHOLE_TRACES = frozenset({"session", "service", "user"})
"""What one span of a trace says of all of it."""
_DAY_NANO = 86_400 * 10**9

COST_COLUMNS = (
    *ENCLOSING_COLUMNS,
    *COLUMNS.values(),
    *("kind", "start_time_unix_nano", "is_model_call", "usage_unknown", "counts"),
    *(*_TOKENS, *(f"rollup_{name}" for name in _TOKENS)),
    *(*_PARTS, "cost_usd", "cost_status", "cache_saving_usd", "cost_differs"),
)
"""The columns of spans that `costs` reads; of all spans, for it looks up what encloses a call."""


@dataclass(frozen=True, slots=True)
class CostGroup:
    """Calls that share a value, and what they cost. Sums are None where nobody says."""

    value: str | None
    """None where it is unknown, or where there is none, as of a call outside tools."""
    calls: int
    unpriced_calls: int
    """More than 0 makes every sum of money a lower bound."""
    unpriced_reasons: dict[str, int]
    """Their `cost_status`, and how many have it."""
    unpriced_tokens: int
    """Tokens of calls without a price, as far as they are known."""
    input_tokens: int | None
    """Includes cached tokens, as output_tokens includes reasoning."""
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    cost_input: float | None
    """The parts of cost_usd, as the next five; input and output without the details."""
    cost_cache_read: float | None
    cost_cache_write: float | None
    cost_output: float | None
    cost_reasoning: float | None
    cost_fee: float | None
    cost_unsplit_usd: float | None
    """What emitters give as one sum."""
    cache_saving_usd: float | None
    """What caching saved, less what writing the cache cost; of computed prices."""
    differing_calls: int
    """Calls whose given cost is not what their tokens cost by list price."""
    share: float | None = None
    """Of the cost of everything."""
    wasted_usd: float | None = None
    """Of loops and failed attempts; None until something has looked for them."""


@dataclass(frozen=True, slots=True)
class CostReport:
    """Costs by one dimension: what lacks a price first, then the costliest first."""

    by: str
    groups: list[CostGroup]
    total: CostGroup
    unpriced_models: list[CostGroup] = field(default_factory=list)
    """Models with calls that have no price, the most tokens first."""


def costs(spans: pa.Table, by: str = "model") -> CostReport:
    """Add up what the calls among `spans` cost.

    Args:
        spans: All spans of a load, with the columns `COST_COLUMNS`.
        by: One of `DIMENSIONS`. Days are in UTC.

    Raises:
        KeyError: If `by` is none of them.
    """
    is_call = pc.not_equal(spans["cost_status"], "not_a_call")
    calls = _prepared(spans.filter(is_call))
    values = _values(spans, by).filter(is_call)
    everything = _grouped(calls, pa.nulls(calls.num_rows, pa.string()))
    total = everything[0] if everything else _NOTHING
    groups = _grouped(calls, values)
    whole = total.cost_usd
    for group in groups:
        if whole and group.cost_usd is not None:
            object.__setattr__(group, "share", group.cost_usd / whole)
    groups.sort(key=_order)
    models = _grouped(calls, calls["model"])
    unpriced = [group for group in models if group.unpriced_calls]
    unpriced.sort(key=lambda group: (-group.unpriced_tokens, -group.unpriced_calls))
    return CostReport(by, groups, total, unpriced)


def costs_of_everything(reader: TraceReader, by: str = "model") -> CostReport:
    """Return what all that is loaded cost; as for `costs`."""
    return costs(reader.span_list(columns=COST_COLUMNS), by)


def _order(group: CostGroup) -> tuple[bool, int, float, str]:
    unpriced = group.unpriced_tokens if group.unpriced_calls else 0
    return not group.unpriced_calls, -unpriced, -(group.cost_usd or 0.0), group.value or ""


def _values(spans: pa.Table, by: str) -> pa.ChunkedArray | pa.Array:
    """Return the value of the dimension for each span."""
    if by == "day":
        days = pc.divide(
            pc.subtract(
                spans["start_time_unix_nano"], _floor_remainder(spans["start_time_unix_nano"])
            ),
            _DAY_NANO,
        )
        return pc.cast(pc.cast(pc.cast(days, pa.int32()), pa.date32()), pa.string())
    own = spans[COLUMNS[by]]
    if by == "model":
        return own
    has = pc.is_valid(own)
    if by == "tool":
        has = pc.and_(has, pc.equal(spans["kind"], "tool"))
    flags = pc.fill_null(has, False).to_numpy()
    found = nearest(parents(spans), flags)
    values = own.take(pa.array(found, pa.int64(), mask=found < 0))
    if by in _OF_WHOLE_TRACES:
        values = pc.coalesce(values, _of_trace(spans["trace_id"], own))
    return values


def _floor_remainder(nano: pa.ChunkedArray) -> pa.Array:
    values = nano.combine_chunks()
    known = pc.fill_null(values, 0).to_numpy(zero_copy_only=False) % _DAY_NANO
    return pa.array(known, pa.int64())


def _of_trace(trace_ids: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return, per span, the first value that any span of its trace has."""
    table = pa.table({"trace_id": trace_ids, "value": values})
    known = table.filter(pc.is_valid(table["value"])).group_by("trace_id", use_threads=False)
    first = known.aggregate([("value", "first")])
    return first["value_first"].take(pc.index_in(trace_ids, value_set=first["trace_id"]))


def _prepared(calls: pa.Table) -> pa.Table:
    """Return the columns to be summed, with nothing in them that does not count."""
    counts = calls["counts"]
    columns: dict[str, pa.ChunkedArray] = {"model": calls["model"]}
    for name in _TOKENS:
        either = pc.coalesce(calls[name], calls[f"rollup_{name}"])
        columns[name] = pc.if_else(counts, either, pa.scalar(None, pa.int64()))
    none = pa.scalar(None, pa.float64())
    # The parts are those of the computed cost: where the given one counts, it is one sum.
    is_given = pc.equal(calls["cost_status"], "given")
    for name in _PARTS:
        columns[name] = pc.if_else(is_given, none, calls[name])
    columns["cost_usd"] = calls["cost_usd"]
    columns["cost_unsplit_usd"] = pc.if_else(is_given, calls["cost_usd"], none)
    columns["cache_saving_usd"] = calls["cache_saving_usd"]
    unpriced = pc.and_(pc.or_(counts, calls["usage_unknown"]), pc.is_null(calls["cost_usd"]))
    columns["calls"] = pc.cast(calls["is_model_call"], pa.int64())
    columns["unpriced_calls"] = pc.cast(unpriced, pa.int64())
    columns["differing_calls"] = pc.cast(pc.fill_null(calls["cost_differs"], False), pa.int64())
    tokens = pc.add(*(pc.fill_null(columns[name], 0) for name in _TOKENS[:2]))
    columns["unpriced_tokens"] = pc.if_else(unpriced, tokens, 0)
    columns["reason"] = pc.if_else(unpriced, calls["cost_status"], pa.scalar(None, pa.string()))
    return pa.table(columns)


_COUNTS = ("calls", "unpriced_calls", "differing_calls", "unpriced_tokens")


def _grouped(calls: pa.Table, values: pa.ChunkedArray | pa.Array) -> list[CostGroup]:
    table = calls.append_column("value", values)
    known = pc.ScalarAggregateOptions(skip_nulls=True, min_count=1)
    # One thread: the order of adding is the file's, and so is every last digit.
    rows = (
        table.group_by("value", use_threads=False)
        .aggregate([(name, "sum", known) for name in (*_SUMS, *_COUNTS)])
        .to_pylist()
    )
    reasons = _reasons(table)
    return [
        CostGroup(
            value=row["value"],
            unpriced_reasons=reasons.get(row["value"], {}),
            **{name: row[f"{name}_sum"] for name in _SUMS},
            **{name: row[f"{name}_sum"] or 0 for name in _COUNTS},
        )
        for row in rows
    ]


def _reasons(table: pa.Table) -> dict[str | None, dict[str, int]]:
    unpriced = table.filter(pc.is_valid(table["reason"]))
    rows = (
        unpriced.group_by(["value", "reason"], use_threads=False)
        .aggregate([([], "count_all")])
        .to_pylist()
    )
    found: dict[str | None, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["value"], {})[row["reason"]] = row["count_all"]
    return found


_NOTHING = CostGroup(
    value=None,
    unpriced_reasons={},
    **dict.fromkeys(_SUMS),
    **dict.fromkeys(_COUNTS, 0),
)
