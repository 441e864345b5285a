"""Messages, attachments and usage in Inspect AI's logs.

Source: inspect_ai `model/_chat_message.py`, `_util/content.py`, `model/_model_output.py`
(`ModelUsage`), `log/_condense.py` (attachments), `event/_pool.py` (`input_refs`).
"""

from collections.abc import Mapping
from typing import Any

from tracetui_loaders.conventions.base import token_count
from tracetui_loaders.transcripts import (
    Message,
    Usage,
    call_part,
    counted,
    response_part,
)
from tracetui_loaders.transcripts.chat import content_parts
from tracetui_loaders.transcripts.messages import message as message_of
from tracetui_loaders.vendor_values import mapping, objects

_ATTACHMENT = "attachment://"
_DEEPEST = 60


def expanded(value: Any, attachments: Mapping[str, Any], depth: int = 0) -> Any:
    """Return `value` with the texts that were stored once, beside the events, put back."""
    if isinstance(value, str):
        if value.startswith(_ATTACHMENT):
            return attachments.get(value.removeprefix(_ATTACHMENT), value)
        return value
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [expanded(item, attachments, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: expanded(item, attachments, depth + 1) for key, item in value.items()}
    return value


def input_of(event: Mapping[str, Any], pool: list[Any]) -> list[dict[str, Any]]:
    """Return the messages that a model was sent, also where they stand in the sample's pool."""
    refs = event.get("input_refs")
    if not isinstance(refs, list) or event.get("input"):
        return objects(event.get("input"))
    found: list[Any] = []
    for first, end in refs:
        found += pool[first:end]
    return objects(found)


def call_name(call: Mapping[str, Any]) -> str:
    """Return the name of the tool in a model's wish to call one."""
    name = call.get("function")
    return name if isinstance(name, str) and name else "tool"


def canonical(sent: Mapping[str, Any], attachments: Mapping[str, Any]) -> Message:
    """Return a chat message as OTel's schema has it."""
    sent = expanded(dict(sent), attachments)
    role = sent.get("role")
    parts = content_parts(sent.get("content"))
    if role == "tool":
        call_id = sent.get("tool_call_id")
        parts = [response_part(call_id if isinstance(call_id, str) else None, sent.get("content"))]
    for call in objects(sent.get("tool_calls")):
        parts.append(call_part(call.get("id"), call_name(call), call.get("arguments")))
    return message_of(role if isinstance(role, str) else "user", parts)


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two messages are one: by their ids, which old logs lack."""
    if one.get("id") is not None and other.get("id") is not None:
        return one["id"] == other["id"]
    return one == other


def usage_of(raw: Any) -> Usage | None:
    """Return a model's usage with inclusive counts.

    Whether cached tokens are in the input, and reasoning in the output, differs by provider and
    version: the total tells.
    """
    raw = mapping(raw)
    counts = [token_count(raw.get(key)) or 0 for key in _COUNTS]
    given, written, total, read, stored, thought = counts
    missing = total - given - written if total else 0
    cached = read + stored
    excludes_cache = bool(cached) and missing in (cached, cached + thought)
    missing -= cached if excludes_cache else 0
    return counted(
        input_tokens=raw.get("input_tokens"),
        output_tokens=raw.get("output_tokens"),
        total=raw.get("total_tokens"),
        cache_read=raw.get("input_tokens_cache_read"),
        cache_write=raw.get("input_tokens_cache_write"),
        reasoning=raw.get("reasoning_tokens"),
        cost_usd=raw.get("total_cost"),
        input_excludes_cache=excludes_cache,
        output_excludes_reasoning=bool(thought) and missing == thought,
    )


_COUNTS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "input_tokens_cache_read",
    "input_tokens_cache_write",
    "reasoning_tokens",
)
