"""OpenAI's response object, as agents that call models through LiteLLM or OpenRouter keep it.

Source: OpenAI API reference, "The chat completion object"; LiteLLM `Usage` (which adds
Anthropic's cache counts; `prompt_tokens` holds them); OpenRouter "Usage accounting" (`cost`, USD).
"""

from typing import Any

from tracetui_loaders.transcripts.spans import Call
from tracetui_loaders.transcripts.usage import Usage, counted
from tracetui_loaders.vendor_values import mapping, objects


def usage_of(raw: Any, cost_usd: Any = None) -> Usage | None:
    """Return what a response says of its usage; None if nothing.

    Args:
        raw: The `usage` object.
        cost_usd: The cost recorded beside it; by default the one inside it.
    """
    usage = mapping(raw)
    prompt = mapping(usage.get("prompt_tokens_details"))
    completion = mapping(usage.get("completion_tokens_details"))
    written = usage.get("cache_creation_input_tokens")
    return counted(
        input_tokens=usage.get("prompt_tokens"),
        output_tokens=usage.get("completion_tokens"),
        cache_read=prompt.get("cached_tokens") or usage.get("cache_read_input_tokens"),
        cache_write=prompt.get("cache_write_tokens") if written is None else written,
        reasoning=completion.get("reasoning_tokens"),
        total=usage.get("total_tokens"),
        cost_usd=usage.get("cost") if cost_usd is None else cost_usd,
    )


def message_of(response: Any) -> dict[str, Any]:
    """Return the message in a response; empty if there is none."""
    choices = objects(mapping(response).get("choices"))
    return mapping(choices[0].get("message")) if choices else {}


def note_response(call: Call, response: Any) -> None:
    """Take a response's id and why it ended; what it says is in its message."""
    found = mapping(response)
    if isinstance(found.get("id"), str):
        call.attributes["gen_ai.response.id"] = found["id"]
    if isinstance(found.get("model"), str) and call.model is None:
        call.model = found["model"]
    choices = objects(found.get("choices"))
    reason = choices[0].get("finish_reason") if choices else None
    if isinstance(reason, str):
        call.finish_reason = reason
