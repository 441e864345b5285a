"""What tools were given and gave back, documents, and parameters: payloads other than messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from tracetui_loaders.folding import langchain
from tracetui_loaders.folding.json_value import decoded, number, present
from tracetui_loaders.folding.parts import plain_response

_CALL_FRAME = frozenset({"args", "kwargs", "sanitize_inputs_outputs"})
"""Keys of a recorded Python call (smolagents, DSPy, LlamaIndex, Langfuse)."""


def tool_arguments(value: Any) -> Any:
    """Return the arguments of a tool call, without the call frame around them."""
    value = decoded(value)
    if not isinstance(value, dict):
        return value if present(value) else None
    if "input_str" in value:  # LangChain's callback: the arguments, and their repr
        return decoded(value.get("inputs") or value["input_str"])
    if "kwargs" in value and value.keys() <= _CALL_FRAME:
        args, kwargs = value.get("args"), value["kwargs"]
        if args and kwargs:
            return {"args": args, "kwargs": kwargs}
        value = kwargs or args
    return value if present(value) else None


def tool_result(value: Any) -> Any:
    """Return what a tool gave back, without LangChain's or LlamaIndex's message around it."""
    value = decoded(value)
    if isinstance(value, dict):
        output = langchain.unwrapped(value.get("output"))
        if langchain.is_message(output):
            value = output
        value = langchain.unwrapped(value)
        if langchain.is_message(value):
            value = value["content"]
        elif isinstance(value, dict) and "raw_output" in value and "tool_name" in value:
            value = value["raw_output"]
    value = plain_response(value)
    return value if present(value) else None


def document(raw: Any) -> dict[str, Any] | None:
    """Return one retrieved document as `{"id", "score", "content", "metadata"}`.

    A vector store's distance keeps its name: unlike a score, lower is better.
    """
    if isinstance(raw, str):
        raw = {"content": raw}
    if not isinstance(raw, dict):
        return None
    inner = raw.get("document")
    if isinstance(inner, dict):
        raw = inner
    raw = langchain.unwrapped(raw)
    content = next((raw[key] for key in _DOCUMENT_TEXT if present(raw.get(key))), None)
    metadata = decoded(raw.get("metadata"))
    found = {
        "id": raw.get("id"),
        "score": _number_or_sent(raw.get("score")),
        "content": content,
        "metadata": metadata if present(metadata) else None,
    }
    if raw.get("distance") is not None:
        found["distance"] = _number_or_sent(raw["distance"])
    return found if any(present(value) for value in found.values()) else None


_DOCUMENT_TEXT = ("content", "page_content", "text", "document")


def documents(value: Any) -> list[dict[str, Any]]:
    """Return the documents in `value`: a list, or JSON text of one, or `{"documents": [...]}`."""
    value = decoded(value)
    if isinstance(value, dict):
        value = value.get("documents")
    found = [document(item) for item in value] if isinstance(value, list) else []
    return [item for item in found if item is not None]


def tool_names(definitions: Any) -> list[str]:
    """Return the names in tool definitions of any provider, in order, each once."""
    names: dict[str, None] = {}
    definitions = decoded(definitions)
    for item in definitions if isinstance(definitions, list) else [definitions]:
        for name in _names_of(decoded(item)):
            names.setdefault(name)
    return list(names)


def _names_of(item: Any) -> Iterable[str]:
    if isinstance(item, str):
        return [item] if present(item) else []
    if not isinstance(item, dict):
        return []
    declarations = item.get("functionDeclarations") or item.get("function_declarations")
    if isinstance(declarations, list):  # Gemini
        return [str(d["name"]) for d in declarations if isinstance(d, dict) and d.get("name")]
    for holder in (item, item.get("function"), item.get("toolSpec")):
        if isinstance(holder, dict) and isinstance(holder.get("name"), str):
            return [holder["name"]]
    kind = item.get("type")  # a provider's built-in tool, such as web_search
    return [kind] if isinstance(kind, str) and kind != "function" else []


_PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "max_new_tokens": "max_tokens",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "stop_sequences": "stop_sequences",
    "stop": "stop_sequences",
    "choice.count": "choice_count",
    "n": "choice_count",
    "reasoning.level": "reasoning_effort",
    "reasoning_effort": "reasoning_effort",
    "encoding_format": "encoding_format",
    "dimensions": "dimensions",
}
"""Request parameters as sent, to one name each."""


def parameters(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request parameters in `sent` under one name each; the rest is left out.

    What emitters put beside parameters (whole responses, credentials' addresses) is not wanted.
    """
    found: dict[str, Any] = {}
    for key, name in _PARAMETERS.items():
        value = sent.get(key)
        if isinstance(value, str):
            value = number(value) if number(value) is not None else value
        if present(value) and value != "Infinity":
            found.setdefault(name, value)
    reasoning = sent.get("reasoning")
    if isinstance(reasoning, dict) and present(reasoning.get("effort")):
        found.setdefault("reasoning_effort", reasoning["effort"])
    return found


def evaluation(
    scope: str, raw: Mapping[str, Any], *, score: str = "score", label: str = "label"
) -> dict[str, Any] | None:
    """Return one evaluation result; None if it says nothing.

    Args:
        scope: span, trace or session.
        raw: The result as sent.
        score: The key of the score in `raw`.
        label: The key of the label in `raw`.
    """
    found = {
        "scope": scope,
        "name": raw.get("name"),
        "score": _number_or_sent(raw.get(score)),
        "label": raw.get(label),
        "explanation": raw.get("explanation"),
        "annotator": raw.get("annotator_kind"),
    }
    keys = ("name", "score", "label", "explanation")
    return found if any(present(found[key]) for key in keys) else None


def _number_or_sent(value: Any) -> Any:
    as_number = number(value)
    return value if as_number is None else as_number
