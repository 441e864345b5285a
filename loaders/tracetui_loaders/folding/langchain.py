"""LangChain's own serialisation, which instrumentations pass on inside their attributes.

Source: langchain-core, `load.dump` (`{"lc": 1, "type": "constructor", "id": [...], "kwargs"}`) and
`messages.messages_to_dict` (`{"type": "tool", "data": {...}}`).
"""

from typing import Any

_MESSAGE_TYPES = ("human", "ai", "system", "tool", "function", "chat")


def unwrapped(value: Any) -> Any:
    """Return the fields of a serialised LangChain message; any other value as it is."""
    if not isinstance(value, dict):
        return value
    kwargs = value.get("kwargs")
    if value.get("type") == "constructor" and "lc" in value and isinstance(kwargs, dict):
        return kwargs
    data = value.get("data")
    if value.get("type") in _MESSAGE_TYPES and isinstance(data, dict) and "content" in data:
        return {"type": value["type"], **data}
    return value


def is_message(value: Any) -> bool:
    """Tell whether `value`, unwrapped, is a message rather than another object."""
    return isinstance(value, dict) and value.get("type") in _MESSAGE_TYPES and "content" in value
