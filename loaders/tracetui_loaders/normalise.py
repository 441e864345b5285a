"""One normalised span over all conventions: the scalar fields, in one pass at load.

Tables decide what a key means (`conventions/`); here the fields that follow from others are
settled: kind, provider, usage, outcome. Payloads are folded later, when a span is opened
(`folding/`), because that costs a hundred times as much (MAPPING §0 "Speed").

Source: MAPPING §1-§7 and RULES §1-§3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tracetui_loaders.conventions.base import (
    Convention,
    Fields,
    KindRule,
    Span,
    lookup_of,
    says_rate_limited,
    scan,
    status_in_text,
    text,
)
from tracetui_loaders.conventions.claude_code import CLAUDE_CODE
from tracetui_loaders.conventions.codex import CODEX
from tracetui_loaders.conventions.crewai import CREWAI
from tracetui_loaders.conventions.generic import GENERIC
from tracetui_loaders.conventions.genkit import GENKIT
from tracetui_loaders.conventions.google_adk import GOOGLE_ADK
from tracetui_loaders.conventions.langfuse import LANGFUSE
from tracetui_loaders.conventions.langsmith import LANGSMITH
from tracetui_loaders.conventions.livekit import LIVEKIT
from tracetui_loaders.conventions.marks import MARKS
from tracetui_loaders.conventions.microsoft import MICROSOFT
from tracetui_loaders.conventions.mlflow import MLFLOW
from tracetui_loaders.conventions.monocle import MONOCLE
from tracetui_loaders.conventions.openai_agents import OPENAI_AGENTS
from tracetui_loaders.conventions.openinference import OPENINFERENCE
from tracetui_loaders.conventions.openllmetry import OPENLLMETRY
from tracetui_loaders.conventions.otel_genai import OTEL_GENAI
from tracetui_loaders.conventions.providers import canonical_provider, provider_of_model
from tracetui_loaders.conventions.pydantic_ai import LOGFIRE, PYDANTIC_AI
from tracetui_loaders.conventions.span_names import SPAN_NAMES
from tracetui_loaders.conventions.strands import STRANDS
from tracetui_loaders.conventions.vendors import (
    AGENTOPS,
    LAMINAR,
    MASTRA,
    OPENLIT,
    TRULENS,
    VOLTAGENT,
)
from tracetui_loaders.conventions.vercel import VERCEL
from tracetui_loaders.remembering import Memory
from tracetui_loaders.schema import KINDS, MODEL_CALL_KINDS

CONVENTIONS: tuple[Convention, ...] = (
    MARKS,
    CLAUDE_CODE,
    LANGFUSE,
    LANGSMITH,
    MLFLOW,
    MONOCLE,
    OPENLLMETRY,
    OPENINFERENCE,
    OPENAI_AGENTS,
    VERCEL,
    PYDANTIC_AI,
    LOGFIRE,
    STRANDS,
    GOOGLE_ADK,
    MICROSOFT,
    CODEX,
    CREWAI,
    GENKIT,
    LIVEKIT,
    AGENTOPS,
    LAMINAR,
    MASTRA,
    TRULENS,
    VOLTAGENT,
    OPENLIT,
    OTEL_GENAI,
    SPAN_NAMES,
    GENERIC,
)
"""Every convention; their order is that of the `derive` steps."""

_LOOKUP = lookup_of(CONVENTIONS)
_KIND_RULES: tuple[tuple[int, KindRule], ...] = tuple(
    sorted(
        (rule for convention in CONVENTIONS for rule in convention.kind_rules), key=lambda r: r[0]
    )
)
_STEPS = {
    kind: tuple(
        step for convention in CONVENTIONS for kinds, step in convention.derive if kind in kinds
    )
    for kind in KINDS
}
_CORRECT = {
    row.key: convention.correct
    for convention in CONVENTIONS
    if convention.correct
    for row in convention.keys
    if row.field == "kind"
}

_FINISH_REASONS: dict[str, str] = {
    **dict.fromkeys(("stop", "end_turn", "stop_sequence", "completed"), "stop"),
    **dict.fromkeys(("length", "max_tokens"), "length"),
    **dict.fromkeys(
        ("tool_calls", "tool_use", "tool-calls", "tool_call", "function_call"), "tool_call"
    ),
    **dict.fromkeys(
        ("content_filter", "safety", "refusal", "guardrail_intervened"), "content_filter"
    ),
    "error": "error",
}

_USAGE = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)

RawEvent = tuple[str, int | None, Mapping[str, Any]]
"""An event as sent: name, time in Unix nanoseconds, attributes."""


def normalise(
    name: str,
    scope_name: str | None,
    attributes: Mapping[str, Any],
    events: Sequence[RawEvent] = (),
    *,
    status: str = "UNSET",
    status_message: str | None = None,
    start_time_unix_nano: int | None = None,
    inherited: Fields | None = None,
) -> Fields:
    """Return the normalised scalar fields of one span; a field that is not there is unknown.

    Args:
        name: The span's name.
        scope_name: The instrumentation scope's name.
        attributes: Decoded attributes: strings, numbers, booleans, lists, dicts or None.
        events: The span's events, for exceptions and first tokens.
        status: UNSET, OK or ERROR.
        status_message: The status's message.
        start_time_unix_nano: When the span started; None if unknown.
        inherited: What the resource says (`resource_fields`), for what the span does not say.

    Returns:
        Columns of `schema.SPANS`, without identity, times and payloads.
    """
    # Failures and events say something of their own.
    known = None
    if not events and status != "ERROR":
        known = _MEMORY.fields(name, scope_name, attributes)
    if known is None:
        fields = scan(attributes, _LOOKUP)
        span = Span(name, scope_name, attributes, events, start_time_unix_nano, fields)
        _apply_rules(span)
        _settle_outcome(span, status, status_message)
    else:
        fields = known
    _settle_usage(fields)
    if inherited:
        for column, value in inherited.items():
            fields.setdefault(column, value)
    return fields


def _apply_rules(span: Span) -> None:
    """Settle what tables and rules say of a span's kind, names and model."""
    fields = span.fields
    _decide_kind(span)
    correct = _CORRECT.get(fields["kind_source"])
    if correct is not None:
        correct(span)
    for step in _STEPS[fields["kind"]]:
        step(span)
    _settle_model(fields)


def _apply_rules_to_success(span: Span) -> None:
    _apply_rules(span)
    _settle_outcome(span, "UNSET", None)


def _decide_kind(span: Span) -> None:
    """Ask the rules that come before the key that decided, if any did (RULES §1)."""
    fields = span.fields
    rank = fields.pop("kind_rank", 1_000)
    if rank < _KIND_RULES[0][0]:
        return
    for rule_rank, rule in _KIND_RULES:
        if rule_rank >= rank:
            break
        decided = rule(span)
        if decided is not None:
            fields["kind"], fields["kind_source"] = decided
            return
    if "kind" not in fields:
        fields["kind"] = "other"
        fields["kind_source"] = "none"


def _settle_model(fields: Fields) -> None:
    provider = canonical_provider(fields.get("provider_raw"))
    kind = fields["kind"]
    if provider is None and kind in MODEL_CALL_KINDS:
        provider = provider_of_model(fields.get("response_model")) or provider_of_model(
            fields.get("request_model")
        )
    if provider is not None:
        fields["provider"] = provider
    # An embedding or reranker has no separate response model: the one named is the one asked for.
    if (
        kind in ("embedding", "reranker")
        and "request_model" not in fields
        and "response_model" in fields
    ):
        fields["request_model"] = fields["response_model"]
    if "ttft_ms" in fields and kind == "llm":
        fields.setdefault("streaming", True)
    reasons = fields.get("finish_reasons")
    if reasons:
        fields["finish_reasons"] = [
            _FINISH_REASONS.get(reason) or _finish_reason(reason) for reason in reasons
        ]


def _finish_reason(raw: str) -> str:
    return _FINISH_REASONS.get(raw.lower().rpartition(".")[2], "other")


def _settle_usage(fields: Fields) -> None:
    """Make input inclusive, complete the total, and set the span's own usage role (RULES §3)."""
    given_input, given_output = fields.get("input_tokens"), fields.get("output_tokens")
    if given_input is None and given_output is None and fields.keys().isdisjoint(_USAGE):
        _without_usage(fields)
        return
    total = fields.get("total_tokens")
    cached = fields.get("cache_read_tokens", 0) + fields.get("cache_write_tokens", 0)
    exclusive = cached > (given_input or 0) or "input_was_exclusive" in fields
    if given_input is not None and exclusive:
        given_input += cached
        fields["input_tokens"] = given_input
        fields["input_was_exclusive"] = True
        total = None
    if total is None and (given_input is not None or given_output is not None):
        fields["total_tokens"] = total = (given_input or 0) + (given_output or 0)
    if total is None and not cached:
        # A detail of nothing (0 cached of unknown) is not usage.
        for column in _USAGE:
            fields.pop(column, None)
        _without_usage(fields)
        return
    if fields["kind"] in MODEL_CALL_KINDS:
        fields["usage_role"] = "own"
        return
    fields["usage_role"] = "rollup"
    for column in _USAGE:
        if column in fields:
            fields[f"rollup_{column}"] = fields.pop(column)


def _without_usage(fields: Fields) -> None:
    """Set the role; a cost of 0 without usage is unknown: Langfuse writes it on errors."""
    fields["usage_role"] = "none"
    if fields.get("cost_given_usd") == 0:
        del fields["cost_given_usd"]


def _settle_outcome(span: Span, status: str, status_message: str | None) -> None:
    """Settle error, its type and message, the HTTP status and whether it was a rate limit."""
    fields = span.fields
    failed = status == "ERROR" or fields.pop("failed", False)
    note = fields.pop("error_note", None)
    fields["error"] = failed
    resends = fields.pop("resend_count", None)
    if resends is not None:
        fields["attempts"] = resends + 1
    if failed:
        _take_exception(span)
        if status_message:
            fields.setdefault("error_message", status_message)
        if note:
            fields.setdefault("error_message", note)
        message = fields.get("error_message")
        if "http_status" not in fields:
            for candidate in (message, status_message):
                code = status_in_text(candidate) if candidate else None
                if code is not None:
                    fields["http_status"] = code
                    break
        fields["rate_limited"] = fields.get("http_status") == 429 or says_rate_limited(
            fields.get("error_type"), message, status_message
        )
    else:
        fields["rate_limited"] = fields.get("http_status") == 429


def _take_exception(span: Span) -> None:
    """Take type and message from the last exception event: the one that ended the span."""
    found: Mapping[str, Any] | None = None
    for name, _, attributes in span.events:
        if name == "exception":
            found = attributes
    if found is None:
        return
    for key, column in (("exception.type", "error_type"), ("exception.message", "error_message")):
        value = text(found.get(key))
        if value is not None:
            span.fields.setdefault(column, value)


_MEMORY = Memory(_LOOKUP, _apply_rules_to_success)


def resource_fields(resource: Mapping[str, Any]) -> Fields:
    """Return the fields that a resource's attributes give to all of its spans."""
    found: Fields = {}
    for key, column in (("service.name", "service_name"), ("session.id", "session_id")):
        value = text(resource.get(key))
        if value is not None:
            found[column] = value
    return found
