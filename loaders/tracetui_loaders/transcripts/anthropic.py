"""Anthropic's message content and usage, as the transcripts of several agents keep them.

Source: Anthropic Messages API, "content blocks" and "usage" (`input_tokens` leaves out what was
read from and written to the cache; `cache_creation` splits what was written by its lifetime).
"""

from typing import Any

from tracetui_loaders.transcripts.messages import Part, parts_of, reasoning, text
from tracetui_loaders.transcripts.usage import Usage, counted


def said(block: Any) -> Part | None:
    """Return a content block of a model's answer as a part; None for a tool call.

    A signature proves to the API who thought; to a reader it says nothing, and is left out.
    """
    if not isinstance(block, dict):
        return text(block) if isinstance(block, str) else None
    match block.get("type"):
        case "text":
            return text(block.get("text"))
        case "thinking":
            return reasoning(block.get("thinking"))
        case "tool_use":
            return None
        case _:
            return block


def plain(result: Any) -> Any:
    """Return a tool's answer: text where it is nothing else, else its parts."""
    if not isinstance(result, list):
        return result
    parts = parts_of(result)
    if len(parts) == 1 and parts[0].get("type") == "text" and parts[0].keys() <= {"type", "text"}:
        return parts[0].get("text")
    return result


def usage_of(raw: Any, cost_usd: Any = None) -> Usage | None:
    """Return what an answer says of its usage; None if nothing.

    Args:
        raw: The `usage` object.
        cost_usd: The cost recorded beside it.
    """
    if not isinstance(raw, dict):
        return counted(cost_usd=cost_usd)
    split = raw.get("cache_creation")
    split = split if isinstance(split, dict) else {}
    written = raw.get("cache_creation_input_tokens")
    long_lived = split.get("ephemeral_1h_input_tokens")
    if written is None and split:
        lifetimes = (long_lived, split.get("ephemeral_5m_input_tokens"))
        written = sum(count for count in lifetimes if isinstance(count, int))
    details = raw.get("output_tokens_details")
    return counted(
        input_tokens=raw.get("input_tokens"),
        output_tokens=raw.get("output_tokens"),
        cache_read=raw.get("cache_read_input_tokens"),
        cache_write=written,
        cache_write_1h=long_lived,
        reasoning=details.get("thinking_tokens") if isinstance(details, dict) else None,
        cost_usd=cost_usd,
        input_excludes_cache=True,
    )
