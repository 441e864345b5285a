"""Pydantic AI and Logfire, whose pending spans stand in for spans that have not ended.

Source: pydantic-ai `models/instrumented.py` and `InstrumentationSettings` (versions 1 to 5),
logfire `_internal/tracer.py` (pending spans) and its OpenAI Agents integration; MAPPING rows PAI
and LGF, RULES §4.
"""

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    dollars,
    keys,
    one_of,
    text,
    token_count,
)
from tracetui_loaders.conventions.json_members import member

_RUN_KEYS = ("all_messages_events", "pydantic_ai.all_messages")
_AGGREGATED = "gen_ai.aggregated_usage."


def template_names(span: Span) -> None:
    """Take a name from `name`: spans of Logfire's OpenAI Agents integration are templates."""
    if span.scope_name != "logfire.openai_agents":
        return
    fields = span.fields
    name = text(span.attributes.get("name"))
    if name is not None and fields["kind"] in ("agent", "tool"):
        fields.setdefault(f"{fields['kind']}_name", name)
    group = text(span.attributes.get("group_id"))
    if group is not None:
        fields.setdefault("session_id", group)


def _run(span: Span) -> tuple[str, str] | None:
    """Know an agent's run by its messages: a backend may name it by its `logfire.msg`."""
    if span.scope_name == "pydantic-ai":
        for key in _RUN_KEYS:
            if key in span.attributes:
                return "agent", key
    return None


PYDANTIC_AI = Convention(
    name="pydantic-ai",
    keys=(
        Key("agent_name", "agent_name", 20),
        Key("model_name", "request_model", 70),
        Key("operation.cost", "cost_given_usd", 0, dollars),
        Key(f"{_AGGREGATED}input_tokens", "input_tokens", 200, token_count),
        Key(f"{_AGGREGATED}output_tokens", "output_tokens", 200, token_count),
        *keys(
            "cache_read_tokens",
            200,
            (f"{_AGGREGATED}cache_read.input_tokens", f"{_AGGREGATED}details.cache_read_tokens"),
            token_count,
        ),
        *keys(
            "cache_write_tokens",
            200,
            (
                f"{_AGGREGATED}cache_write.input_tokens",
                f"{_AGGREGATED}cache_creation.input_tokens",
                f"{_AGGREGATED}details.cache_write_tokens",
            ),
            token_count,
        ),
        *keys(
            "reasoning_tokens",
            200,
            (
                f"{_AGGREGATED}reasoning.output_tokens",
                f"{_AGGREGATED}details.reasoning_tokens",
            ),
            token_count,
        ),
    ),
    kind_rules=((610, _run),),
)

LOGFIRE = Convention(
    name="logfire",
    keys=(
        Key("logfire.span_type", "kind", 0, one_of({"pending_span": "partial"})),
        Key("logfire.pending_parent_id", "pending_parent_id", 0),
        Key(
            "gen_ai.usage.raw",
            "cache_read_tokens",
            130,
            member(
                "input_tokens_details.cached_tokens",
                "prompt_tokens_details.cached_tokens",
                "cache_read_input_tokens",
                convert=token_count,
            ),
        ),
        Key(
            "gen_ai.usage.raw",
            "reasoning_tokens",
            130,
            member(
                "output_tokens_details.reasoning_tokens",
                "completion_tokens_details.reasoning_tokens",
                convert=token_count,
            ),
        ),
        Key("from_agent", "handoff_from", 30),
        Key("to_agent", "handoff_to", 30),
    ),
)
