"""Claude Code's own spans (`claude_code.*`, service `claude-code`).

Source: Claude Code documentation, "Monitoring usage" (traces, beta): bare keys, token counts in
Anthropic's way, `input_tokens` without the cached ones. MAPPING row CC. Bare keys are read only on
spans that `span.type` marks: elsewhere they may mean anything.
"""

from tracetui_loaders.conventions.base import (
    Convention,
    Convert,
    Key,
    Span,
    milliseconds,
    one_of,
    small_count,
    text,
    text_list,
    token_count,
)

KINDS = {
    "interaction": "agent",
    "llm_request": "llm",
    "tool": "tool",
    # Phases of a tool call, and hooks.
    **dict.fromkeys(("tool.execution", "tool.blocked_on_user", "hook"), "other"),
}
_BARE_KEYS: tuple[tuple[str, str, Convert], ...] = (
    ("model", "request_model", text),
    ("input_tokens", "input_tokens", token_count),
    ("output_tokens", "output_tokens", token_count),
    ("cache_read_tokens", "cache_read_tokens", token_count),
    ("cache_creation_tokens", "cache_write_tokens", token_count),
    ("ttft_ms", "ttft_ms", milliseconds),
    ("stop_reason", "finish_reasons", text_list),
    ("attempt", "attempts", small_count),
    ("tool_name", "tool_name", text),
    ("tool_use_id", "tool_call_id", text),
    ("agent_id", "agent_id", text),
    ("request_id", "response_id", text),
    ("speed", "service_tier", text),
    ("error", "error_note", text),
)


def bare_keys(span: Span) -> None:
    """Read the bare keys of a span that `span.type` marks."""
    fields = span.fields
    attributes = span.attributes
    for key, column, convert in _BARE_KEYS:
        if column not in fields and (value := convert(attributes.get(key))) is not None:
            fields[column] = value
    if "input_tokens" in fields:
        fields["input_was_exclusive"] = True
    if attributes.get("success") in (False, "false"):
        fields["failed"] = True


CLAUDE_CODE = Convention(
    name="claude-code",
    keys=(Key("span.type", "kind", 160, one_of(KINDS)),),
)
