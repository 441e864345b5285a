"""Messages in one shape: `{"role", "parts", "name"?, "finish_reason"?}`.

Source: OpenTelemetry GenAI semantic conventions, "gen-ai-input-messages" and
"gen-ai-output-messages" JSON schemas; role names of the providers and of LangChain are mapped on
system, user, assistant and tool. `finish_reason` stays as sent.
"""

from typing import Any, TypeAlias

from tracetui_loaders.folding import langchain
from tracetui_loaders.folding.json_value import decoded, present, text_of
from tracetui_loaders.folding.parts import Part, canonical_parts, parts_of, tool_call_response

Message: TypeAlias = dict[str, Any]

_ROLES = {
    "model": "assistant",
    "ai": "assistant",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "bot": "assistant",
    "human": "user",
    "function": "tool",
    "developer": "system",
    "tool-call": "assistant",  # smolagents
    "tool-response": "tool",
}


def role_of(role: Any, default: str) -> str:
    """Return the canonical name of a role; one that nobody told us about stays as sent."""
    if not isinstance(role, str) or not role:
        return default
    lowered = role.lower()
    return _ROLES.get(lowered, lowered)


def messages_of(value: Any, default_role: str) -> list[Message]:
    """Return the messages that an attribute holds: JSON text, a list, one message, or plain text.

    Text that is not JSON (a plain prompt, a redacted or truncated value) is one text message.
    """
    if not present(value):
        return []
    value = decoded(value)
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):  # LangChain: a batch of one prompt
            value = value[0]
        found = [canonical_message(item, default_role) for item in value]
        return [message for message in found if message is not None]
    message = canonical_message(value, default_role)
    return [] if message is None else [message]


def canonical_message(raw: Any, default_role: str) -> Message | None:
    """Return one sent message in canonical shape; None if there is nothing in it."""
    raw = langchain.unwrapped(raw)
    if isinstance(raw, dict):
        return _from_dict(raw, default_role)
    parts = parts_of(raw)
    return {"role": default_role, "parts": parts} if parts else None


def content_parts(content: Any, role: str, call_id: Any) -> list[Part]:
    """Return the parts of message content; what a tool said becomes the answer to its call.

    Args:
        content: Text, a part or a list of parts.
        role: The canonical role.
        call_id: The tool call that a tool message answers.
    """
    if role != "tool" or not present(content):
        return parts_of(content)
    if isinstance(content, str):
        inner = decoded(content)
        if not isinstance(inner, list) or not all(map(_is_tool_result, inner)):
            return [tool_call_response(call_id, content)]
    parts = parts_of(content)
    if parts and all(part.get("type") == "text" for part in parts):
        return [tool_call_response(call_id, [{"text": part["content"]} for part in parts])]
    return parts


def message(role: str, parts: list[Part], name: Any = None, finish_reason: Any = None) -> Message:
    """Make a message of canonical `role` and `parts`."""
    made: Message = {"role": role, "parts": parts}
    # A tool's name stands on its call; on the answer it would read as a speaker.
    if isinstance(name, str) and name and role != "tool":
        made["name"] = name
    if isinstance(finish_reason, str) and finish_reason:
        made["finish_reason"] = finish_reason
    return made


def _is_tool_result(item: Any) -> bool:
    return isinstance(item, dict) and "toolResult" in item


def lifted(messages: list[Message], instructions: str | None) -> tuple[list[Message], str | None]:
    """Take system messages out of `messages`, unless there are explicit `instructions`.

    Returns:
        What is left of the messages, and the instructions.
    """
    if instructions:
        return messages, instructions
    texts: list[str] = []
    rest: list[Message] = []
    for message in messages:
        plain = all(part.get("type") == "text" for part in message["parts"])
        if message["role"] == "system" and plain:
            texts.extend(text_of(part.get("content", "")) for part in message["parts"])
        else:
            rest.append(message)
    return rest, "\n\n".join(texts) or None


def instructions_of(value: Any) -> str | None:
    """Return system instructions as text: from parts, messages or plain text."""
    if not present(value):
        return None
    value = decoded(value)
    if isinstance(value, dict) and isinstance(value.get("parts"), list):
        value = value["parts"]
    texts: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        is_message = isinstance(item, dict) and isinstance(item.get("parts"), list)
        for part in parts_of(item["parts"] if is_message else item):
            content = part.get("content")
            texts.append(text_of(part if content is None else content))
    return "\n\n".join(texts) or None


def _from_dict(raw: dict[str, Any], default_role: str) -> Message | None:
    kind = raw.get("type")
    role = role_of(raw.get("role") or (kind if kind in _LANGCHAIN_TYPES else None), default_role)
    sent = raw.get("parts")
    if isinstance(sent, list):
        parts = content_parts(sent, role, raw.get("tool_call_id"))
    else:
        call_id = raw.get("tool_call_id") or raw.get("id")
        content = content_parts(raw.get("content"), role, call_id)
        parts = _reasoning(raw) + content + calls_of(raw)
    if not parts and isinstance(kind, str) and kind not in (*_LANGCHAIN_TYPES, "message"):
        parts = canonical_parts(raw)  # OpenAI Responses: items of a conversation without a role
        role = _role_of_item(kind, role)
    if not parts and not isinstance(raw.get("role"), str):
        return None
    return message(role, parts, raw.get("name"), raw.get("finish_reason"))


_LANGCHAIN_TYPES = ("human", "ai", "system", "tool", "function")


def _role_of_item(kind: str, default: str) -> str:
    if kind.endswith("_output"):
        return "tool"
    return "assistant" if kind in {"function_call", "reasoning"} else default


def _reasoning(raw: dict[str, Any]) -> list[Part]:
    content = raw.get("reasoning_content") or raw.get("reasoning")
    return [{"type": "reasoning", "content": content}] if isinstance(content, str) else []


def calls_of(raw: dict[str, Any]) -> list[Part]:
    """Return the tool calls beside a message's content, and a refusal."""
    parts: list[Part] = []
    if isinstance(raw.get("refusal"), str) and raw["refusal"]:
        parts.append({"type": "refusal", "content": raw["refusal"]})
    calls = decoded(raw.get("tool_calls"))
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            parts.extend(canonical_parts({**call, "type": "tool_call"}))
    legacy = raw.get("function_call")
    if isinstance(legacy, dict):
        parts.extend(canonical_parts({**legacy, "type": "tool_call"}))
    return parts
