"""Parts of a message in one shape, whoever wrote them.

Source: OpenTelemetry GenAI semantic conventions, "gen-ai-input-messages" JSON schema (part types
text, reasoning, tool_call, tool_call_response, uri, blob, file). Other spellings come from the
providers' own bodies: OpenAI Chat Completions and Responses, Anthropic Messages, Amazon Bedrock
Converse (which Strands writes), Gemini `Content`.

Media keep their address or their size, never their bytes.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from tracetui_loaders.folding.json_value import decoded, present, text_of

Part: TypeAlias = dict[str, Any]

_MAX_DEPTH = 16


def parts_of(content: Any, depth: int = 0) -> list[Part]:
    """Return the parts of message content: text, a part, or a list of parts.

    Text that is itself a JSON list of parts (Strands, OpenLLMetry's multimodal prompts) is decoded;
    other JSON is what somebody said, and stays text.
    """
    if content is None or content == "":
        return []
    if isinstance(content, str):
        inner = decoded(content) if content.lstrip().startswith("[") else None
        if isinstance(inner, list) and inner and all(map(_is_encoded_part, inner)):
            return parts_of(inner, depth + 1)
        return [{"type": "text", "content": content}]
    if isinstance(content, list) and depth < _MAX_DEPTH:
        return [part for item in content for part in parts_of(item, depth + 1)]
    if isinstance(content, dict):
        return canonical_parts(content)
    return [{"type": "text", "content": text_of(content)}]


def canonical_parts(raw: dict[str, Any]) -> list[Part]:
    """Return one sent part as canonical parts: usually one."""
    kind = raw.get("type")
    reader = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if reader is not None:
        return reader(raw)
    if kind is None:
        found = [
            part
            for key, value in raw.items()
            if key in _BY_KEY and isinstance(value, dict)
            for part in _BY_KEY[key](value)
        ]
        if found:
            return found
        if isinstance(raw.get("text"), str):
            reasoning = raw.get("thought") is True  # Gemini
            return [{"type": "reasoning" if reasoning else "text", "content": raw["text"]}]
    return [_as_sent(raw)] if any(map(present, raw.values())) else []


def tool_call(call_id: Any, name: Any, arguments: Any) -> Part:
    """Make the part of a tool call; arguments that came as JSON text are decoded."""
    part: Part = {"type": "tool_call", "id": call_id, "name": name}
    if arguments is not None and arguments != "":
        part["arguments"] = decoded(arguments)
    return part


def tool_call_response(call_id: Any, response: Any) -> Part:
    """Make the part of a tool's answer; text in parts is joined, JSON text is decoded."""
    return {"type": "tool_call_response", "id": call_id, "response": plain_response(response)}


def plain_response(response: Any) -> Any:
    """Return a tool's answer without the wrapping of parts, if it is only text or JSON."""
    if isinstance(response, list) and response:
        texts = [_response_text(item) for item in response]
        if all(text is not None for text in texts):
            response = texts[0] if len(texts) == 1 else "\n".join(map(text_of, texts))
    return decoded(response)


def media(modality: str, address: Any, mime_type: Any = None) -> list[Part]:
    """Make the part of an image, sound or file at `address`, which may be a `data:` URI."""
    if isinstance(address, dict):
        address = address.get("url") or address.get("uri")
    if not isinstance(address, str):
        return [{"type": modality}]
    if address.startswith("data:"):
        head, _, data = address[5:].partition(",")
        return [_blob(modality, head.partition(";")[0] or mime_type, data)]
    return [{"type": modality, "uri": address}]


def _blob(modality: Any, mime_type: Any, data: Any) -> Part:
    """Make the part of inline media: its size in bytes stands for its content."""
    size = len(data) * 3 // 4 - data[-2:].count("=") if isinstance(data, str) else None
    part = {"type": "blob", "modality": modality, "mime_type": mime_type, "size": size}
    return {key: value for key, value in part.items() if value is not None}


def _is_encoded_part(item: Any) -> bool:
    """Tell whether `item`, found in text, is surely a part and not data that looks like one."""
    if not isinstance(item, dict):
        return False
    kind = item.get("type")
    if isinstance(kind, str):
        return kind in _ENCODED_TYPES and (not kind.endswith("text") or "text" in item)
    return len(item) == 1 and ("text" in item or next(iter(item)) in _BY_KEY)


_ENCODED_TYPES = frozenset(
    {
        *("text", "input_text", "output_text", "thinking", "tool_use", "tool_result"),
        *("image", "image_url", "input_image", "input_audio"),
    }
)


def _response_text(item: Any) -> Any:
    """Return what a part of a tool's answer says, or None if it is neither text nor JSON."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return None
    if item.get("type") in ("text", "input_text", "output_text"):
        return item.get("text") if item.get("text") is not None else item.get("content")
    if len(item) == 1:  # Bedrock; more keys are data
        return item.get("text") if "text" in item else item.get("json")
    return None


def _as_sent(raw: dict[str, Any]) -> Part:
    """Keep a part of a type nobody told us about, without the bytes it may carry."""
    kept = {**raw, "type": raw["type"] if isinstance(raw.get("type"), str) else "unknown"}
    for key in ("data", "bytes", "b64_json"):
        value = kept.get(key)
        if isinstance(value, str) and len(value) > 256:
            del kept[key]
            kept["size"] = len(value) * 3 // 4
    return kept


def _text(raw: dict[str, Any]) -> list[Part]:
    content = raw.get("content") if raw.get("content") is not None else raw.get("text")
    if isinstance(content, dict):  # Assistants API: {"text": {"value": ...}}
        content = content.get("value", content)
    return [] if content in (None, "") else [{"type": "text", "content": text_of(content)}]


def _reasoning(raw: dict[str, Any]) -> list[Part]:
    for key in ("content", "text", "thinking", "reasoning", "summary"):
        content = raw.get(key)
        if isinstance(content, list):  # Responses API: summary and content are lists of texts
            content = "\n\n".join(
                text_of(item.get("text", item) if isinstance(item, dict) else item)
                for item in content
            )
        if content:
            return [{"type": "reasoning", "content": text_of(content)}]
    hidden = raw.get("data") or raw.get("encrypted_content")
    part: Part = {"type": "reasoning"}  # encrypted: only its size is known, if that
    if isinstance(hidden, str):
        part["size"] = len(hidden) * 3 // 4
    return [part]


def _refusal(raw: dict[str, Any]) -> list[Part]:
    content = raw.get("refusal") or raw.get("content") or raw.get("text")
    return [{"type": "refusal", "content": text_of(content)}] if content else []


def _tool_call(raw: dict[str, Any]) -> list[Part]:
    function = raw.get("function")
    inner = function if isinstance(function, dict) else raw
    arguments = next((inner[key] for key in _ARGUMENT_KEYS if inner.get(key) is not None), None)
    call_id = next((raw[key] for key in _CALL_KEYS if raw.get(key)), None)
    name = inner.get("name") or raw.get("tool_name") or raw.get("toolName")
    return [tool_call(call_id, name, arguments)]


_CALL_KEYS = ("call_id", "id", "tool_call_id", "toolCallId")


_ARGUMENT_KEYS = ("arguments", "input", "args")


def _tool_call_response(raw: dict[str, Any]) -> list[Part]:
    call_id = next((raw[key] for key in _CALL_ID_KEYS if raw.get(key) is not None), None)
    keys = ("response", "result", "output", "content")
    return [tool_call_response(call_id, next((raw[k] for k in keys if raw.get(k) is not None), ""))]


_CALL_ID_KEYS = ("tool_use_id", "tool_call_id", "call_id", "id", "toolCallId")


def _vercel_result(raw: dict[str, Any]) -> list[Part]:
    """Read a Vercel tool result: since v5 `output` is `{"type": "json", "value": ...}`."""
    output = raw.get("output")
    if isinstance(output, dict) and "value" in output:
        raw = {**raw, "output": output["value"]}
    return _tool_call_response(raw)


def _uri(raw: dict[str, Any]) -> list[Part]:
    kept = {key: raw[key] for key in ("modality", "mime_type", "uri") if raw.get(key) is not None}
    return [{"type": "uri", **kept}]


def _inline(raw: dict[str, Any]) -> list[Part]:
    mime_type = raw.get("mime_type") or raw.get("media_type") or raw.get("mimeType")
    modality = raw.get("modality") or (str(mime_type).partition("/")[0] if mime_type else None)
    return [_blob(modality, mime_type, raw.get("content") or raw.get("data"))]


def _media_reader(modality: str) -> Callable[[dict[str, Any]], list[Part]]:
    """Make the reader of one modality, over the providers' ways to say where the media are."""

    def read(raw: dict[str, Any]) -> list[Part]:
        source = raw.get("source") if isinstance(raw.get("source"), dict) else None
        if source is not None:  # Anthropic
            if source.get("data") is not None:
                return [_blob(modality, source.get("media_type"), source["data"])]
            return media(modality, source.get("url") or source.get("file_id"))
        for key in (f"{modality}_url", modality, f"input_{modality}", "url", "uri", "file_id"):
            value = raw.get(key)
            if isinstance(value, dict) and isinstance(value.get("data"), str):
                return [_blob(modality, value.get("format"), value["data"])]
            if value is not None:
                return media(modality, value, raw.get("mime_type"))
        if isinstance(raw.get("data") or raw.get("result"), str):
            return [_blob(modality, raw.get("mime_type"), raw.get("data") or raw.get("result"))]
        return [{"type": modality}]

    return read


def _bedrock_media(modality: str) -> Callable[[dict[str, Any]], list[Part]]:
    def read(value: dict[str, Any]) -> list[Part]:
        source = value.get("source")
        data = source.get("bytes") if isinstance(source, dict) else None
        return [_blob(modality, value.get("format"), data)]

    return read


def _bedrock_call(value: dict[str, Any]) -> list[Part]:
    return [tool_call(value.get("toolUseId"), value.get("name"), value.get("input"))]


def _bedrock_result(value: dict[str, Any]) -> list[Part]:
    return [tool_call_response(value.get("toolUseId"), value.get("content"))]


def _bedrock_reasoning(value: dict[str, Any]) -> list[Part]:
    inner = value.get("reasoningText")
    return _reasoning(inner if isinstance(inner, dict) else value)


def _gemini_file(value: dict[str, Any]) -> list[Part]:
    return media("file", value.get("file_uri") or value.get("fileUri"))


_BY_TYPE: dict[str, Callable[[dict[str, Any]], list[Part]]] = {
    **dict.fromkeys(("text", "input_text", "output_text"), _text),
    **dict.fromkeys(("reasoning", "thinking", "redacted_thinking"), _reasoning),
    **dict.fromkeys(
        ("tool_call", "tool_use", "function", "function_call", "tool-call"), _tool_call
    ),
    "tool-result": _vercel_result,
    **dict.fromkeys(
        ("tool_call_response", "tool_result", "function_call_output"), _tool_call_response
    ),
    **dict.fromkeys(("image", "image_url", "input_image", "image-url"), _media_reader("image")),
    **dict.fromkeys(("audio", "audio_url", "input_audio", "audio-url"), _media_reader("audio")),
    **dict.fromkeys(("document", "input_file"), _media_reader("file")),
    **dict.fromkeys(("blob", "binary"), _inline),
    "uri": _uri,
    "refusal": _refusal,
}
"""Part types, OTel's and the providers', to their readers."""

_BY_KEY: dict[str, Callable[[dict[str, Any]], list[Part]]] = {
    "toolUse": _bedrock_call,
    "toolResult": _bedrock_result,
    "reasoningContent": _bedrock_reasoning,
    "image": _bedrock_media("image"),
    "video": _bedrock_media("video"),
    "document": _bedrock_media("file"),
    "functionCall": _tool_call,
    "function_call": _tool_call,
    "functionResponse": _tool_call_response,
    "function_response": _tool_call_response,
    "inlineData": _inline,
    "inline_data": _inline,
    "fileData": _gemini_file,
    "file_data": _gemini_file,
}
"""Parts that have no `type`: the key says what they are (Bedrock, Gemini)."""
