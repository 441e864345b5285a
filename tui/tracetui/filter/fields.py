"""The fields of filters: short names of the canonical columns, and how their values are written."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from tracetui_loaders.schema import KINDS
from tracetui_store import columns

Level: TypeAlias = Literal["spans", "traces"]
Measure: TypeAlias = Literal[
    "text", "choice", "flag", "number", "real", "money", "nanoseconds", "milliseconds", "time"
]

OUTCOMES = ("error", "running", "ok")
OUTCOME = "outcome"
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS),
    OUTCOME: OUTCOMES,
    "usage_role": ("own", "own_fallback", "rollup", "duplicate", "none"),
}
_SPAN_NAMES = {
    "kind": "kind",
    "name": "name",
    "status": OUTCOME,
    "model": "model",
    "tool": "tool_name",
    "agent": "agent_name",
    "service": "service_name",
    "session": "session_id",
    "user": "user_id",
    "cost": "cost_usd",
    "duration": "duration_nano",
    "ttft": "ttft_ms",
    "tokens": "total_tokens",
    "input": "input_tokens",
    "output": "output_tokens",
    "cached": "cache_read_tokens",
    "reasoning": "reasoning_tokens",
    "started": "start_time_unix_nano",
    "ended": "end_time_unix_nano",
    "http": "http_status",
    "finish": "finish_reason",
    "message": "status_message",
    "trace": "trace_id",
    "span": "span_id",
    "events": "event_count",
    "links": "link_count",
    "otel_status": "status",
}
_TRACE_NAMES = {
    "name": "name",
    "root": "kind",
    "agent": "agent_name",
    "service": "service_name",
    "session": "session_id",
    "cost": "cost_usd",
    "duration": "duration_nano",
    "tokens": "total_tokens",
    "input": "input_tokens",
    "output": "output_tokens",
    "started": "start_time_unix_nano",
    "ended": "end_time_unix_nano",
    "spans": "span_count",
    "calls": "llm_count",
    "tools": "tool_count",
    "agents": "agent_count",
    "errors": "error_count",
    "orphans": "orphan_count",
    "unpriced": "unpriced_count",
    "trace": "trace_id",
}
_MEASURES: dict[str, Measure] = {
    "start_time_unix_nano": "time",
    "end_time_unix_nano": "time",
    "duration_nano": "nanoseconds",
    "ttft_ms": "milliseconds",
    "cost_usd": "money",
}
_BY_TYPE: dict[columns.ColumnType, Measure] = {
    "text": "text",
    "flag": "flag",
    "integer": "number",
    "real": "real",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a filter can ask for, under the name that it has there."""

    name: str
    column: str
    level: Level
    """Whose column it is."""
    measure: Measure
    choices: tuple[str, ...] = ()
    """Every value there is, where that is known."""
    short: bool = True
    """Whether the name is one to propose, not just the column's own, which is understood too."""


@lru_cache(maxsize=2)
def fields(level: Level) -> dict[str, Field]:
    """Return the fields by name; of spans too where traces are filtered, unless a trace has it."""
    spans = _named("spans", _SPAN_NAMES, columns.SPANS)
    return spans if level == "spans" else spans | _named("traces", _TRACE_NAMES, columns.TRACES)


@lru_cache(maxsize=2)
def by_column(level: Level) -> dict[str, Field]:
    """Return the field that a column of this level is printed as."""
    named = sorted(fields(level).values(), key=lambda field: field.short)
    return {field.column: field for field in named if field.level == level}


def _named(
    level: Level, names: dict[str, str], of: dict[str, columns.ColumnType]
) -> dict[str, Field]:
    own = {column: column for column in of if column not in names}
    if level == "traces":
        del own["kind"]  # `kind` asks for spans of a kind; the trace's own is `root`
    return {
        name: Field(name, column, level, *_written(column, of[column]), name in names)
        for name, column in (own | names).items()
    }


def _written(column: str, holds: columns.ColumnType) -> tuple[Measure, tuple[str, ...]]:
    if column in _CHOICES:
        return "choice", _CHOICES[column]
    return _MEASURES.get(column, _BY_TYPE[holds]), ()
