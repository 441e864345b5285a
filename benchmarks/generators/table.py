"""A trace of any size as an Arrow table, made with numpy from a seed."""

import numpy as np
import pyarrow as pa

_KINDS = ("agent", "workflow", "llm", "tool", "retriever", "guardrail")
_SHARES = (0.06, 0.14, 0.36, 0.30, 0.10, 0.04)
_NAMES = {
    "agent": ("research_agent", "coder_agent", "planner"),
    "workflow": ("plan", "step", "RunnableSequence"),
    "llm": ("chat claude-sonnet-4-5", "chat gpt-4o", "chat llama-70b"),
    "tool": ("web_search", "sql_query", "read_file"),
    "retriever": ("bm25", "vector_search"),
    "guardrail": ("pii_guard",),
}


def trace_table(spans: int, *, seed: int = 7, origin: int = 1_750_000_000_000_000_000) -> pa.Table:
    """Return a trace of `spans` spans with columns of `rows.SPAN_COLUMNS`.

    Agents and workflows hold the others; children lie inside their parents' time.
    """
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(_KINDS), size=spans, p=_SHARES)
    at = np.arange(spans)
    session, turn = at - at % 2_000, at - at % 40
    kind[turn] = 1
    kind[session] = 0
    holders = np.flatnonzero(kind < 2)
    # Each span hangs under one of the last few holders of its turn, a turn under its session.
    last = np.searchsorted(holders, at, side="left") - 1
    near = holders[np.maximum(last - rng.geometric(0.45, spans) + 1, 0)]
    parent = np.where(at == turn, session, np.maximum(near, turn))
    parent[session] = 0
    parent[0] = -1
    gaps = rng.exponential(40e6, spans).astype(np.int64)
    start = origin + np.cumsum(gaps)
    length = rng.lognormal(20, 1.4, spans).astype(np.int64)
    end = start + length
    for child in range(spans - 1, 0, -1):
        end[parent[child]] = max(end[parent[child]], end[child])
    error = rng.random(spans) < 0.01
    llm = kind == 2
    reports = llm & (rng.random(spans) < 0.97) & ~error
    tokens = np.where(reports, rng.integers(200, 9_000, spans), 0)
    names = [_NAMES[_KINDS[k]][i % len(_NAMES[_KINDS[k]])] for i, k in enumerate(kind)]
    hidden = pa.array(~reports)
    return pa.table(
        {
            "row_id": pa.array(np.arange(spans)),
            "span_id": pa.array([f"{i:016x}" for i in range(spans)]),
            "parent_span_id": pa.array([f"{p:016x}" if p >= 0 else None for p in parent]),
            "name": pa.array(names),
            "kind": pa.array(np.array(_KINDS)[kind]),
            "start_time_unix_nano": pa.array(start),
            "end_time_unix_nano": pa.array(end),
            "error": pa.array(error),
            "error_message": pa.array(["timed out after 30s" if e else None for e in error]),
            "usage_role": pa.array(np.where(reports, "own", "none")),
            "is_model_call": pa.array(reports),
            "total_tokens": _unknown_where(tokens, hidden),
            "cost_usd": _unknown_where(tokens * 3.1e-6, hidden),
        }
    )


def _unknown_where(values: np.ndarray, hidden: pa.Array) -> pa.Array:
    return pa.array(values, mask=np.asarray(hidden))
