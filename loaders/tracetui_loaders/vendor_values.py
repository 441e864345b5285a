"""Reads the values that vendors' exports have in common: usage, scores, attributes, status.

Source: the usage objects of the OpenAI, Anthropic and Gemini APIs and of LangChain's
`UsageMetadata`; OpenTelemetry GenAI semantic conventions for the names that they are given;
FORMATS §2 for which counts include which.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tracetui_loaders.conventions.base import number, text, token_count
from tracetui_loaders.normalise import RawEvent

_INPUT = ("input_tokens", "prompt_tokens", "inputTokens", "promptTokens", "promptTokenCount")
_OUTPUT = (
    "output_tokens",
    "completion_tokens",
    "outputTokens",
    "completionTokens",
    "candidatesTokenCount",
)
_TOTAL = ("total_tokens", "totalTokens", "totalTokenCount", "tokens")
_CACHE_READ = (
    "cache_read_input_tokens",
    "cached_input_tokens",
    "cached_tokens",
    "cache_read_tokens",
    "cachedInputTokens",
    "cachedContentTokenCount",
    "prompt_cached_tokens",
    "input_tokens_details.cached_tokens",
    "prompt_tokens_details.cached_tokens",
    "input_token_details.cache_read",
)
_CACHE_WRITE = (
    "cache_creation_input_tokens",
    "cache_write_input_tokens",
    "cache_write_tokens",
    "prompt_cache_creation_tokens",
    "input_tokens_details.cache_write_tokens",
    "input_token_details.cache_creation",
)
_REASONING = (
    "reasoning_tokens",
    "reasoningTokens",
    "thoughtsTokenCount",
    "completion_reasoning_tokens",
    "output_tokens_details.reasoning_tokens",
    "completion_tokens_details.reasoning_tokens",
    "output_token_details.reasoning",
)
_ANTHROPIC = ("cache_read_input_tokens", "cache_creation_input_tokens")


def first_count(usage: Mapping[str, Any], names: Iterable[str]) -> int | None:
    """Return the first of `names` that is a token count; `a.b` looks into the object `a`."""
    if not usage:
        return None
    for name in names:
        value = usage.get(name)
        if value is None and "." in name:
            outer, _, inner = name.partition(".")
            held = usage.get(outer)
            value = held.get(inner) if isinstance(held, Mapping) else None
        if value is None:
            continue
        count = token_count(value)
        if count is not None:
            return count
    return None


def usage_attributes(usage: Any) -> dict[str, Any]:
    """Return a usage object of any provider as `gen_ai.usage.*`, input including the cache.

    Anthropic's own shape leaves cached tokens out of its input; a total tells where it does not.
    """
    if not isinstance(usage, Mapping):
        return {}
    given, written = first_count(usage, _INPUT), first_count(usage, _OUTPUT)
    total = first_count(usage, _TOTAL)
    cached, stored = first_count(usage, _CACHE_READ), first_count(usage, _CACHE_WRITE)
    if (
        given is not None
        and any(name in usage for name in _ANTHROPIC)
        and (total is None or given + (written or 0) != total)
    ):
        given += (cached or 0) + (stored or 0)
        total = None
    reasoned = first_count(usage, _REASONING)
    return counted(given, written, total, cached=cached, stored=stored, reasoned=reasoned)


def counted(
    given: int | None,
    written: int | None,
    total: int | None = None,
    *,
    cached: int | None = None,
    stored: int | None = None,
    reasoned: int | None = None,
) -> dict[str, Any]:
    """Return counts as `gen_ai.usage.*`; unknown ones are left out."""
    return known(
        {
            "gen_ai.usage.input_tokens": given,
            "gen_ai.usage.output_tokens": written,
            "gen_ai.usage.total_tokens": total,
            "gen_ai.usage.cache_read.input_tokens": cached,
            "gen_ai.usage.cache_creation.input_tokens": stored,
            "gen_ai.usage.reasoning.output_tokens": reasoned,
        }
    )


def known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `attributes` without those that say nothing: null, empty text, empty containers."""
    return {key: value for key, value in attributes.items() if value or value == 0}


def prefixed(
    prefix: str, fields: Mapping[str, Any], used: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the fields that have no place elsewhere, under the vendor's prefix."""
    return {f"{prefix}{key}": value for key, value in fields.items() if key not in used}


def evaluation_event(
    name: Any,
    score: Any = None,
    label: Any = None,
    explanation: Any = None,
    time_unix_nano: int | None = None,
    **more: Any,
) -> RawEvent:
    """Return a score as the event that OpenTelemetry has for one."""
    attributes = known(
        {
            "gen_ai.evaluation.name": text(name),
            "gen_ai.evaluation.score.value": _score(score),
            "gen_ai.evaluation.score.label": text(label),
            "gen_ai.evaluation.explanation": text(explanation),
            **{f"gen_ai.evaluation.{key}": value for key, value in more.items()},
        }
    )
    return "gen_ai.evaluation.result", time_unix_nano, attributes


def _score(value: Any) -> float | None:
    return float(value) if isinstance(value, bool) else number(value)


def is_id(value: Any) -> bool:
    """Whether `value` can be an id: text that is not empty, or a whole number."""
    if isinstance(value, str):
        return bool(value)
    return isinstance(value, int) and not isinstance(value, bool)


_CONVERSATION = ("messages", "choices", "generations", "output", "contents")
"""Where request and response bodies keep messages: OpenAI, Anthropic, LangChain, Gemini."""


def conversation(body: Mapping[str, Any]) -> tuple[list[Any] | None, dict[str, Any]]:
    """Return the messages in the body of a request or an answer, and what else it holds.

    Without messages in one of the usual places, all of it is what else it holds.
    """
    for key in _CONVERSATION:
        held = body.get(key)
        if not isinstance(held, list) or not held:
            continue
        while len(held) == 1 and isinstance(held[0], list):  # LangChain: a batch of one
            held = held[0]
        messages = [_message_in(item) for item in held]
        if any(isinstance(item, dict | str) for item in messages):
            return messages, {name: value for name, value in body.items() if name != key}
    return None, dict(body)


def payload(kind: str, given: Any, answered: Any) -> dict[str, Any]:
    """Return what a span was given and what it gave back, as OTel or OpenInference name it.

    Args:
        kind: The normalised kind; model calls have messages, tools arguments and a result.
        given: Its input.
        answered: Its output.
    """
    if kind == "tool":
        return {"gen_ai.tool.call.arguments": given, "gen_ai.tool.call.result": answered}
    if kind != "llm":
        return {"input.value": given, "output.value": answered}
    return {
        "gen_ai.input.messages": _messages_in(given),
        "gen_ai.output.messages": _messages_in(answered),
    }


def _messages_in(value: Any) -> Any:
    """Return the messages in a body, or the body where it has none in a known place."""
    if isinstance(value, dict):
        return conversation(value)[0] or value
    return [_message_in(item) for item in value] if isinstance(value, list) else value


def _message_in(item: Any) -> Any:
    """Return the message of a choice or a generation, with the reason why it ended."""
    message = item.get("message") if isinstance(item, dict) else None
    if not isinstance(message, dict):
        return item
    reason = item.get("finish_reason")
    return {**message, "finish_reason": reason} if isinstance(reason, str) else message


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list, of whatever else it holds; empty if it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def shape_of(value: Any) -> str:
    """Return what a JSON value is, in words, for a message about it."""
    if isinstance(value, dict):
        keys = ", ".join(str(key)[:60] for key in list(value)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return "null" if value is None else names.get(type(value), "a value")
