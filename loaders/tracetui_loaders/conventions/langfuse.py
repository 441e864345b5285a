"""Langfuse SDK (scope `langfuse-sdk`).

Source: langfuse-python `langfuse/_client/attributes.py`, and Langfuse's usage model, in which
`usage_details` are disjoint: `input` leaves out `input_cached_tokens`. OpenAI's usage passed on as
it is (`prompt_tokens_details`) includes them. MAPPING row LF, RULES §1 rule 1.
"""

from typing import Any

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    dollars,
    one_of,
    text_list,
    token_count,
)
from tracetui_loaders.conventions.json_members import (
    flag,
    json_object,
    json_text,
    member,
    quoted,
    unix_nano,
)

_KINDS = {
    "generation": "llm",
    "agent": "agent",
    "tool": "tool",
    "chain": "workflow",
    "retriever": "retriever",
    "embedding": "embedding",
    "evaluator": "evaluator",
    "guardrail": "guardrail",
    "event": "other",
}
"""`langfuse.observation.type`; `span` decides nothing (Strands sets it on agents)."""

COMPLETION_START = "langfuse.observation.completion_start_time"
_USAGE = "langfuse.observation.usage_details"
_COST = "langfuse.observation.cost_details"
_CACHED = ("input_cached_tokens", "cache_read_input_tokens", "input_cache_read")
_WRITTEN = ("input_cache_creation", "cache_creation_input_tokens")


def _is_disjoint(value: Any) -> bool:
    """Whether `input` leaves cached tokens out: they stand beside it, and the total has them."""
    usage = json_object(value)
    if usage is None:
        return False
    counts = (token_count(usage.get(key)) for key in (*_CACHED, *_WRITTEN))
    cached = sum(count for count in counts if count)
    given = _input(usage)
    total, output = token_count(usage.get("total")), token_count(usage.get("output"))
    # A total that is input and output alone says that the input has the cached tokens in it.
    return bool(cached) and not (total is not None and total == (given or 0) + (output or 0))


_input = member("prompt_tokens", "input_tokens", "input", convert=token_count)


def first_token(span: Span) -> None:
    """Take the time to the first token from when the completion started."""
    fields = span.fields
    started = unix_nano(span.attributes.get(COMPLETION_START))
    if started is not None and span.start is not None and started >= span.start:
        fields.setdefault("ttft_ms", (started - span.start) / 1e6)


LANGFUSE = Convention(
    name="langfuse",
    keys=(
        Key("langfuse.observation.type", "kind", 100, one_of(_KINDS)),
        Key("langfuse.observation.model.name", "response_model", 40, json_text),
        Key(_USAGE, "input_tokens", 0, _input),
        Key(
            _USAGE,
            "output_tokens",
            0,
            member("completion_tokens", "output_tokens", "output", convert=token_count),
        ),
        Key(_USAGE, "total_tokens", 50, member("total_tokens", "total", convert=token_count)),
        Key(
            _USAGE,
            "cache_read_tokens",
            100,
            member("prompt_tokens_details.cached_tokens", *_CACHED, convert=token_count),
        ),
        Key(_USAGE, "cache_write_tokens", 90, member(*_WRITTEN, convert=token_count)),
        Key(
            _USAGE,
            "reasoning_tokens",
            80,
            member(
                "completion_tokens_details.reasoning_tokens",
                "output_reasoning_tokens",
                "output_reasoning",
                convert=token_count,
            ),
        ),
        Key(_USAGE, "input_was_exclusive", 0, flag(_is_disjoint)),
        Key(_COST, "cost_given_usd", 10, member("total", convert=dollars)),
        Key("langfuse.observation.level", "failed", 0, flag(lambda value: value == "ERROR")),
        Key("langfuse.observation.status_message", "error_note", 0),
        Key("langfuse.observation.metadata.finish_reason", "finish_reasons", 70, quoted(text_list)),
        Key("langfuse.observation.model.parameters", "service_tier", 40, member("service_tier")),
        Key("langfuse.trace.name", "workflow_name", 60),
        Key("langfuse.session.id", "session_id", 20),
        Key("langfuse.user.id", "user_id", 30),
    ),
)
