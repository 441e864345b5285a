"""Gemini's content parts and usage, as the transcripts of several agents keep them.

Source: Gemini API, "Content" and "UsageMetadata": `promptTokenCount` holds cached tokens,
`thoughtsTokenCount` stands beside `candidatesTokenCount`.
"""

from typing import Any

from tracetui_loaders.transcripts.messages import Part, parts_of, reasoning, text
from tracetui_loaders.transcripts.spans import Call, Tool
from tracetui_loaders.vendor_values import mapping

_PLAIN = frozenset({"text", "thought", "thoughtSignature"})


def said(part: Any) -> Part | None:
    """Return a part of a message; None for a tool call or its answer, which are told apart."""
    if not isinstance(part, dict):
        return text(part) if isinstance(part, str) else None
    if "functionCall" in part or "functionResponse" in part:
        return None
    if isinstance(part.get("text"), str) and part.keys() <= _PLAIN:
        return reasoning(part["text"]) if part.get("thought") is True else text(part["text"])
    return part


def said_in(content: Any) -> list[Part]:
    """Return what is said in content: text, a part, or a list of them."""
    return [part for part in map(said, parts_of(content)) if part is not None]


def calls_in(parts: Any) -> list[dict[str, Any]]:
    """Return the tool calls among parts."""
    found = [mapping(part.get("functionCall")) for part in parts_of(parts)]
    return [call for call in found if call]


def answers_in(parts: Any) -> list[dict[str, Any]]:
    """Return the answers of tools among parts."""
    found = [mapping(part.get("functionResponse")) for part in parts_of(parts)]
    return [answer for answer in found if answer]


def plain(response: Any) -> Any:
    """Return what a tool answered, without the object that Gemini's API asks for."""
    if isinstance(response, dict) and len(response) == 1:
        return response.get("output", response.get("error", response))
    return response


def add_tool(call: Call, asked: dict[str, Any], time: int | None, place: Any) -> Tool:
    """Add the tool call that a `functionCall` asks for."""
    return call.tool(asked.get("id"), str(asked.get("name")), asked.get("args"), time, place)
