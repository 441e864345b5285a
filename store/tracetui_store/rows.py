"""The rows and columns that queries return."""

from dataclasses import dataclass, field
from typing import Any

TRACE_COLUMNS = (
    "trace_id",
    "name",  # the root's name; null until a root or any span is known
    "kind",
    "agent_name",
    "service_name",
    "session_id",
    "start_time_unix_nano",
    "end_time_unix_nano",  # null while a root is running
    "duration_nano",  # first start to last end; null while nothing has ended
    "span_count",
    "llm_count",  # model calls, duplicates left out
    "tool_count",
    "agent_count",  # agent spans: where there are some, tokens that nobody reports are unknown
    "error_count",  # root errors: error spans without an error child
    "running_count",  # spans without an end
    "orphan_count",  # spans whose parent is not in the load
    "total_tokens",  # of own and own_fallback usage; null if no call reports usage
    "input_tokens",
    "output_tokens",
    "unknown_usage_count",  # model calls that report no usage
    "lower_bound",  # calls without usage, or missing parents: the sums are a lower bound
    "cost_usd",  # null if no call has a cost
    "unpriced_count",  # model calls without a cost: cost_usd is a lower bound
)
"""Columns of `TraceReader.traces`, one row per trace."""

SPAN_COLUMNS = (
    "row_id",
    "span_id",
    "parent_span_id",
    "name",
    "kind",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "error",
    "status_message",
    "error_type",
    "error_message",
    "service_name",
    "agent_name",
    "tool_name",
    "model",  # response model, else request model
    "usage_role",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cost_usd",
    "cost_status",
    "usage_gap_tokens",
    "link_count",
    "event_count",
    "is_model_call",  # a model call that is not another span's twin or wrapper
    "usage_unknown",  # a model call that may have been billed and reports no usage
)
"""Columns of `TraceReader.trace_spans`, one row per span of a trace, in file order."""


HIT_COLUMNS = (
    "row_id",  # null if a log record names a span that is not loaded
    "trace_id",
    "span_id",
    "name",
    "field",  # name, status_message, attributes, extra, event_name, event, log_name, log, ...
    "is_json",  # whether the snippet is JSON text: `patterns.readable` makes it words
    "snippet",
)
"""Columns of the hits of a search."""

AGENT_COLUMNS = (
    "row_id",
    "parent_row_id",  # null without a parent in the load
    "trace_id",
    "kind",
    "name",  # of agents, tools and hand-offs; null of other spans
    "agent_name",  # of agents
    "tool_name",  # of tools
    "handoff_from",
    "handoff_to",
    "creates",  # whether an agent is made, not asked to do anything
    "service_name",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "error",
    "is_model_call",
    "usage_unknown",
    "total_tokens",  # null where they do not count
    "cost_usd",
    "unpriced",  # whether a cost is missing
)
"""Columns of `TraceReader.agent_spans`, one row per span."""

JOINT_COLUMNS = (
    "from_row",  # what came first: who sent, called, or is linked to
    "to_row",  # what came of it
    "reason",  # link, message, tool_call, parent
    "from_trace",
    "to_trace",
    "from_start_unix_nano",
    "from_end_unix_nano",
    "to_start_unix_nano",
)
"""Columns of `TraceReader.joints`, one row per pair of spans and reason."""

SERIES_COLUMNS = (
    "start_unix_nano",  # of the bucket
    "value",  # of the dimension; null where it is unknown, and without a dimension
    "spans",
    "traces",  # traces whose first selected span (of this value) starts in the bucket
    "model_calls",
    "errors",  # root errors
    "input_tokens",  # null if no call reports usage
    "output_tokens",
    "total_tokens",
    "unknown_usage_count",
    "cost_usd",
    "unpriced_count",
)
"""Columns of a series."""

FACET_COLUMNS = (
    "dimension",
    "value",
    "spans",
    "traces",
    "values",  # how many different values the dimension has
)
"""Columns of facets."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over everything that is loaded, or over a selection of it."""

    traces: int = 0
    spans: int = 0
    model_calls: int = 0
    agents: int = 0
    """Agent spans. Without usage anywhere, agents make it unknown rather than not applicable."""
    input_tokens: int | None = None
    """None: no call reports usage. Includes cached tokens."""
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    unknown_usage_calls: int = 0
    """Model calls that report no usage; more than 0 makes the token sums a lower bound."""
    cost_usd: float | None = None
    unpriced_calls: int = 0
    """Model calls without a cost; more than 0 makes `cost_usd` a lower bound."""
    errors: int = 0
    """Root errors: error spans that no error span caused (RULES §5)."""
    error_spans: int = 0
    running: int = 0
    orphans: int = 0
    """Spans whose parent is not loaded; more than 0 makes every sum a lower bound."""
    logs: int = 0
    """Log records of the whole load."""
    metric_points: int = 0
    """Metric data points of the whole load."""

    @property
    def lower_bound(self) -> bool:
        """Whether the sums may miss something: calls without usage, or missing parents."""
        return self.unknown_usage_calls > 0 or self.orphans > 0


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of a span."""

    name: str
    time_unix_nano: int | None
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of a span, and whether its target is loaded."""

    trace_id: str
    span_id: str
    attributes: dict[str, Any]
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """A log record that names this span."""

    event_name: str | None
    time_unix_nano: int | None
    severity_text: str | None
    body: Any
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SpanDetail:
    """One span, whole: its normalised fields and its payloads."""

    fields: dict[str, Any]
    """Every column of `schema.SPANS` but the payloads, with usage role and cost settled."""
    attributes: dict[str, Any]
    extra: dict[str, Any]
    resource: dict[str, Any]
    scope_attributes: dict[str, Any]
    events: list[EventRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    logs: list[LogRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A line that was not simply read: where it stands and why."""

    source_id: int
    line: int | None
    byte_offset: int | None
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of one source: a row of the ingest report."""

    source_id: int
    path: str
    format: str | None
    reason: str
    """Why this format was chosen, or why none was."""
    bytes: int | None
    bytes_done: int
    state: str
    """waiting, loading, done, failed"""
    ok: int
    repaired: int
    rejected: int
    blank: int
    tail: int
    spans: int
    traces: int
    events: int
    links: int
    logs: int
    metric_points: int
    duplicates: int
    orphans: int
    problem_count: int
