"""Requests and responses recorded whole: bodies of providers, and of frameworks that wrap them.

Source: OpenAI Chat Completions and Responses, Anthropic Messages, Gemini `generateContent`,
LangChain's `LLMResult`, Genkit's model action; MAPPING §5 form J. Vendors keep them under a key of
their own (`mlflow.spanInputs`, `langfuse.observation.input`, ...): `recorded` makes the sources of
such a convention from the two places.
"""

from collections.abc import Sequence
from typing import Any

from tracetui_loaders.folding import langchain
from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent
from tracetui_loaders.folding.json_value import decoded, is_vector, present, without_vectors
from tracetui_loaders.folding.messages import (
    Message,
    canonical_message,
    instructions_of,
    messages_of,
)
from tracetui_loaders.folding.values import documents, tool_arguments, tool_names, tool_result

_REQUEST_MESSAGES = ("messages", "contents", "input", "prompt")
_SYSTEM = ("system", "systemInstruction", "system_instruction", "instructions")
_QUERY = ("query", "question", "input", "q", "text", "query_str")


def request_messages(value: Any) -> list[Message]:
    """Return the messages of a request body, a list of messages, or a plain prompt."""
    value = decoded(value)
    if not isinstance(value, dict):
        return messages_of(value, "user")
    held = _call_arguments(value)
    for key in _REQUEST_MESSAGES:
        found = decoded(held.get(key))
        if isinstance(found, dict):  # LangChain: {"input": {"messages": [...]}}
            found = found.get("messages")
        if present(found):
            return messages_of(found, "user")
    return messages_of(held, "user") if isinstance(held.get("role"), str) else []


def request_instructions(value: Any) -> str | None:
    """Return the system instructions that stand beside a request's messages."""
    value = decoded(value)
    if not isinstance(value, dict):
        return None
    held = _call_arguments(value)
    config = held.get("config")
    for holder in (held, config if isinstance(config, dict) else {}):
        for key in _SYSTEM:
            if present(holder.get(key)):
                return instructions_of(holder[key])
    return None


def request_tools(value: Any) -> list[str]:
    """Return the names of the tools that a request body declares."""
    value = decoded(value)
    if not isinstance(value, dict):
        return []
    held = _call_arguments(value)
    config = held.get("config")
    for holder in (held, config if isinstance(config, dict) else {}):
        if present(holder.get("tools")):
            return tool_names(holder["tools"])
    return []


def _call_arguments(value: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of a recorded Python call, or the body itself."""
    kwargs = value.get("kwargs")
    return kwargs if isinstance(kwargs, dict) and kwargs and "args" in value else value


def response_messages(value: Any) -> list[Message]:
    """Return the messages of a response body, or of a message that was recorded alone."""
    value = decoded(value)
    if not isinstance(value, dict):
        return messages_of(value, "assistant")
    for key, read in _RESPONSES.items():
        if isinstance(value.get(key), list):
            found = [message for item in value[key] for message in read(item)]
            if found:
                return found
    inner = value.get("message")
    if isinstance(inner, dict):
        return _message(inner, value.get("finish_reason") or value.get("finishReason"))
    if isinstance(value.get("role"), str) or "tool_calls" in value or "content" in value:
        return _message(value, value.get("finish_reason") or value.get("stop_reason"))
    text = value.get("text") or value.get("output_text")
    return messages_of(text, "assistant") if isinstance(text, str) else []


def _message(raw: dict[str, Any], finish_reason: Any) -> list[Message]:
    if isinstance(finish_reason, str):
        raw = {**raw, "finish_reason": finish_reason}
    found = canonical_message(raw, "assistant")
    return [] if found is None else [found]


def _choice(item: Any) -> list[Message]:
    if not isinstance(item, dict):
        return []
    inner = item.get("message")
    raw: dict[str, Any] = inner if isinstance(inner, dict) else {"content": item.get("text")}
    return _message(raw, item.get("finish_reason"))


def _candidate(item: Any) -> list[Message]:
    if not isinstance(item, dict):
        return []
    inner = item.get("content") or item.get("message")
    reason = item.get("finishReason") or item.get("finish_reason")
    return _message(inner, reason) if isinstance(inner, dict) else []


def _generations(item: Any) -> list[Message]:
    """Read LangChain's generations: a list per prompt."""
    found: list[Message] = []
    for generation in item if isinstance(item, list) else [item]:
        if isinstance(generation, dict):
            inner = langchain.unwrapped(generation.get("message"))
            raw = inner if isinstance(inner, dict) else {"content": generation.get("text")}
            found += _message(raw, None)
    return found


def _item(item: Any) -> list[Message]:
    return messages_of(item, "assistant")


_RESPONSES = {
    "choices": _choice,
    "candidates": _candidate,
    "generations": _generations,
    "messages": _item,
    "output": _item,
}
"""Where response bodies keep what was answered, and how to read one item of it."""


def query_in(value: Any) -> Any:
    """Return what was searched for, from a retriever's input."""
    value = decoded(value)
    if not isinstance(value, dict):
        return value
    held = _call_arguments(value)
    for key in _QUERY:
        if isinstance(held.get(key), str):
            return held[key]
    values = list(held.values())
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def documents_in(value: Any) -> list[dict[str, Any]]:
    """Return the documents in a retriever's output; id and score may hide in the metadata."""
    value = decoded(value)
    if isinstance(value, dict):
        value = next((value[key] for key in ("documents", "output") if value.get(key)), None)
    found = documents(value) if isinstance(value, list) else []
    for item in found:
        metadata = item["metadata"] if isinstance(item["metadata"], dict) else {}
        if item["id"] is None:
            item["id"] = metadata.get("id", metadata.get("source"))
        if item["score"] is None:
            item["score"] = metadata.get("score", metadata.get("relevance_score"))
    return found


def vectors_in(value: Any) -> list[Any]:
    """Return the vectors in an embedding call's output."""
    value = decoded(value)
    if isinstance(value, dict):
        value = value.get("data") or value.get("embeddings") or value.get("output")
    if is_vector(value):
        return [value]
    listed = value if isinstance(value, list) else []
    held = [item.get("embedding") if isinstance(item, dict) else decoded(item) for item in listed]
    return [vector for vector in held if isinstance(vector, list) and vector]


def of_kinds(kinds: Sequence[str], source: FoldSource) -> FoldSource:
    """Make a source that reads spans of some kinds only."""
    return lambda span: source(span) if span.kind in kinds else None


def recorded(
    name: str, sent: FoldSource, received: FoldSource, **more: Sequence[FoldSource]
) -> Convention:
    """Return a convention that keeps a span's whole input and output in two places.

    Args:
        name: The convention's name.
        sent: Reads the input.
        received: Reads the output.
        more: Further sources by field, asked after those made here.
    """
    fields: dict[str, Sequence[FoldSource]] = {
        "input_messages": (of_kinds(("llm",), lambda span: request_messages(sent(span))),),
        "output_messages": (of_kinds(("llm",), lambda span: response_messages(received(span))),),
        "system_instructions": (of_kinds(("llm",), lambda span: request_instructions(sent(span))),),
        "tool_definitions": (of_kinds(("llm",), lambda span: request_tools(sent(span))),),
        "tool_arguments": (of_kinds(("tool",), lambda span: tool_arguments(sent(span))),),
        "tool_result": (of_kinds(("tool",), lambda span: tool_result(received(span))),),
        "retrieval_query": (of_kinds(("retriever",), lambda span: query_in(sent(span))),),
        "documents": (of_kinds(("retriever",), lambda span: documents_in(received(span))),),
        "embedding_count": (
            of_kinds(("embedding",), lambda span: len(vectors_in(received(span))) or None),
        ),
        "embedding_dim": (of_kinds(("embedding",), lambda span: _dimension(received(span))),),
        "input_value": (lambda span: without_vectors(decoded(sent(span))),),
        "output_value": (lambda span: without_vectors(decoded(received(span))),),
    }
    for field, sources in more.items():
        fields[field] = (*fields.get(field, ()), *sources)
    return Convention(name=name, fields=fields)


def _dimension(output: Any) -> int | None:
    return next((len(vector) for vector in vectors_in(output)), None)


def with_prefix(span: SpanContent, prefix: str) -> dict[str, Any]:
    """Return the attributes below `prefix` without it, decoded."""
    return {
        key.removeprefix(prefix): decoded(value)
        for key, value in span.attributes.items()
        if key.startswith(prefix)
    }
