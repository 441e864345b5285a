"""Canonical messages and their parts, for what formats put on spans.

Source: OpenTelemetry GenAI semantic conventions, "gen-ai-input-messages" JSON schema. Folding
(`folding.parts`) reads these and the providers' own parts alike: a part that has no function
here may be passed on as the producer wrote it.
"""

from typing import Any, TypeAlias

Part: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]

_NAME_LENGTH = 80


def text(content: Any) -> Part:
    """Return what somebody said."""
    return {"type": "text", "content": content}


def reasoning(content: Any) -> Part:
    """Return what a model thought; empty where only a signature was kept."""
    return {"type": "reasoning", "content": content}


def call_part(call_id: str | None, name: str, arguments: Any) -> Part:
    """Return a model's wish to call a tool."""
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}


def response_part(call_id: str | None, response: Any) -> Part:
    """Return what a tool answered."""
    return {"type": "tool_call_response", "id": call_id, "response": response}


def message(role: str, parts: list[Part]) -> Message:
    """Return a message of role system, user, assistant or tool."""
    return {"role": role, "parts": parts}


def parts_of(content: Any) -> list[Part]:
    """Return content, which is text, a part or a list of them, as the parts that it holds."""
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [text(content)]
    if isinstance(content, list):
        return [part for item in content for part in parts_of(item)]
    return [content] if isinstance(content, dict) else [text(content)]


def text_in(parts: list[Part]) -> str:
    """Return the text of the parts that are text, one after the other."""
    found: list[str] = []
    for part in parts:
        content = part.get("content") if "content" in part else part.get("text")
        if part.get("type") in _TEXT_TYPES and isinstance(content, str):
            found.append(content)
    return "\n".join(found)


_TEXT_TYPES = (None, "text", "input_text", "output_text")


def first_line(said: str, length: int = _NAME_LENGTH) -> str:
    """Return the first line, for a name; an ellipsis shows that there is more."""
    lines = said.strip().splitlines()
    line = lines[0].strip() if lines else ""
    if len(line) > length:
        return line[: length - 1].rstrip() + "…"
    return f"{line} …" if len(lines) > 1 else line
