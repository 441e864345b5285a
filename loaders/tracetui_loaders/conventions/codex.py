"""Codex CLI (scopes `codex_cli_rs` and `codex_exec`).

Source: openai/codex `codex-rs/core/src/tasks` and `codex-rs/otel`: a turn's span carries the sum of
its calls as `codex.turn.token_usage.*`. MAPPING row CDX, RULES §1 rule 1 and §3.
"""

from typing import Any

from tracetui_loaders.conventions.base import Convention, Key, Span, text, token_count

TURN_USAGE = "codex.turn.token_usage."


def _turn(value: Any) -> str | None:
    return "agent" if token_count(value) is not None else None


def turn_model(span: Span) -> None:
    """Take the model from `model`, a key that elsewhere may mean anything."""
    model = text(span.attributes.get("model"))
    if model is not None:
        span.fields.setdefault("request_model", model)


CODEX = Convention(
    name="codex",
    keys=(
        Key(f"{TURN_USAGE}input_tokens", "kind", 170, _turn),
        Key(f"{TURN_USAGE}input_tokens", "input_tokens", 90, token_count),
        Key(f"{TURN_USAGE}output_tokens", "output_tokens", 90, token_count),
        Key(f"{TURN_USAGE}total_tokens", "total_tokens", 60, token_count),
        Key(f"{TURN_USAGE}cached_input_tokens", "cache_read_tokens", 180, token_count),
        Key(f"{TURN_USAGE}reasoning_output_tokens", "reasoning_tokens", 90, token_count),
    ),
)
