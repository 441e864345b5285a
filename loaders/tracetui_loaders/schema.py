"""The contract between loaders and the store: Arrow schemas of spans, events, links and their kin.

Every loader fills these tables, every view reads them. Names are DESIGN §3's and those of the
convention vectors; a unit that is not plain stands in the name. Unknown is null, never 0 or "".

Source: OTLP 1.x `trace.proto`/`logs.proto` for the raw fields; OpenTelemetry GenAI semantic
conventions for the normalised ones.
"""

import pyarrow as pa

ROW_BITS = 40
"""`row_id` is `source_id << ROW_BITS | ordinal`: unique in a load, and in file order."""

SPANS = pa.schema(
    [
        # Identity. row_id joins payloads, events and links; trace and span ids may repeat.
        ("row_id", pa.int64()),
        ("source_id", pa.int32()),
        ("line", pa.int64()),  # 1-based physical line; null where the format has none
        ("byte_offset", pa.int64()),  # of the record, in the decompressed source
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("parent_span_id", pa.string()),
        # What
        ("name", pa.string()),
        ("kind", pa.string()),
        ("kind_source", pa.string()),  # the rule that decided the kind
        ("operation", pa.string()),
        ("otel_kind", pa.string()),  # INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER
        ("scope_name", pa.string()),
        ("scope_version", pa.string()),
        # When, in Unix nanoseconds. A null end is a span that is still running.
        ("start_time_unix_nano", pa.int64()),
        ("end_time_unix_nano", pa.int64()),
        # Outcome
        ("status", pa.string()),  # UNSET, OK, ERROR as sent
        ("status_message", pa.string()),
        ("error", pa.bool_()),
        ("error_type", pa.string()),
        ("error_message", pa.string()),
        ("http_status", pa.int32()),
        ("rate_limited", pa.bool_()),
        ("attempts", pa.int32()),
        ("finish_reasons", pa.list_(pa.string())),
        # Who
        ("service_name", pa.string()),
        ("agent_name", pa.string()),
        ("agent_id", pa.string()),
        ("session_id", pa.string()),
        ("user_id", pa.string()),
        ("thread_id", pa.string()),
        ("workflow_name", pa.string()),
        ("graph_node", pa.string()),  # the node of a graph, crew or workflow that this ran in
        ("graph_parent", pa.string()),  # the node before it
        ("resource_id", pa.int64()),
        # Model
        ("provider", pa.string()),
        ("provider_raw", pa.string()),
        ("request_model", pa.string()),
        ("response_model", pa.string()),
        ("response_id", pa.string()),
        ("streaming", pa.bool_()),
        ("service_tier", pa.string()),
        ("ttft_ms", pa.float64()),
        # Tools and hand-offs
        ("tool_name", pa.string()),
        ("tool_call_id", pa.string()),
        ("tool_type", pa.string()),
        ("handoff_from", pa.string()),
        ("handoff_to", pa.string()),
        # Messaging: what joins a consumer's trace to its producer's
        ("message_id", pa.string()),
        ("message_destination", pa.string()),
        # Usage. input includes cached tokens, output includes reasoning.
        ("usage_role", pa.string()),  # own, own_fallback, rollup, duplicate, none
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("total_tokens", pa.int64()),
        ("cache_read_tokens", pa.int64()),
        ("cache_write_tokens", pa.int64()),
        ("cache_write_1h_tokens", pa.int64()),
        ("reasoning_tokens", pa.int64()),
        ("audio_input_tokens", pa.int64()),  # of input_tokens; priced apart
        ("audio_output_tokens", pa.int64()),
        ("input_was_exclusive", pa.bool_()),
        ("rollup_input_tokens", pa.int64()),
        ("rollup_output_tokens", pa.int64()),
        ("rollup_total_tokens", pa.int64()),
        ("rollup_cache_read_tokens", pa.int64()),
        ("rollup_cache_write_tokens", pa.int64()),
        ("rollup_reasoning_tokens", pa.int64()),
        ("cost_given_usd", pa.float64()),
        # Counts that lists show without opening a payload
        ("event_count", pa.int32()),
        ("link_count", pa.int32()),
        ("dropped_attributes_count", pa.int32()),
        # What a span was made of that no producer sent as a span; null for those that were sent.
        ("derived_from", pa.string()),
        # Payloads: kept apart from the columns that lists scan
        ("attributes", pa.string()),  # a JSON object: key -> value
        ("extra", pa.string()),  # a JSON object of what else was sent: flags, trace_state, ...
    ]
)

PAYLOAD_COLUMNS = ("attributes", "extra")
"""The columns of `SPANS` that the store keeps in a table of their own."""

EVENTS = pa.schema(
    [
        ("row_id", pa.int64()),  # the span's
        ("position", pa.int32()),
        ("time_unix_nano", pa.int64()),
        ("name", pa.string()),
        ("attributes", pa.string()),
    ]
)

LINKS = pa.schema(
    [
        ("row_id", pa.int64()),  # the span's
        ("position", pa.int32()),
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("attributes", pa.string()),
    ]
)

LOGS = pa.schema(
    [
        ("row_id", pa.int64()),
        ("source_id", pa.int32()),
        ("line", pa.int64()),
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("time_unix_nano", pa.int64()),
        ("event_name", pa.string()),
        ("severity_number", pa.int32()),
        ("severity_text", pa.string()),
        ("body", pa.string()),  # a JSON value
        ("attributes", pa.string()),
        ("resource_id", pa.int64()),
    ]
)

METRICS = pa.schema(
    [
        # One row per data point. Never added to what spans say: same events, two signals.
        ("row_id", pa.int64()),
        ("source_id", pa.int32()),
        ("line", pa.int64()),
        ("name", pa.string()),
        ("description", pa.string()),
        ("unit", pa.string()),
        ("kind", pa.string()),  # gauge, sum, histogram, exponential_histogram, summary
        ("temporality", pa.string()),  # delta, cumulative
        ("monotonic", pa.bool_()),
        ("start_time_unix_nano", pa.int64()),
        ("time_unix_nano", pa.int64()),
        ("attributes", pa.string()),
        ("value", pa.float64()),  # of a gauge or sum
        ("count", pa.int64()),  # of a histogram or summary, as are sum, min and max
        ("sum", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
        ("distribution", pa.string()),  # JSON: buckets or quantiles, see metric_points
        ("exemplars", pa.string()),  # a JSON array; null where there are none
        ("scope_name", pa.string()),
        ("resource_id", pa.int64()),
    ]
)

RESOURCES = pa.schema(
    [
        ("resource_id", pa.int64()),
        ("attributes", pa.string()),
        ("scope_attributes", pa.string()),
        ("schema_url", pa.string()),
    ]
)

PROBLEMS = pa.schema(
    [
        ("source_id", pa.int32()),
        ("line", pa.int64()),  # null where the format has no lines
        ("byte_offset", pa.int64()),
        ("kind", pa.string()),  # rejected, repaired, tail, note
        ("message", pa.string()),
    ]
)

KINDS = (
    "agent",
    "workflow",
    "llm",
    "embedding",
    "retriever",
    "reranker",
    "tool",
    "memory",
    "prompt",
    "guardrail",
    "evaluator",
    "handoff",
    "http",
    "db",
    "messaging",
    "rpc",
    "partial",
    "other",
)
"""Every value of `kind` (RULES §1)."""

MODEL_CALL_KINDS = frozenset({"llm", "embedding", "reranker"})
"""The kinds whose usage is their own; anything else that reports usage repeats its children's."""
