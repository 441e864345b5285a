"""What an agent's module says: which log records are its events, and what they tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracetui_loaders.conventions.base import number, text, token_count

_LONGEST_NANO = 30 * 86_400 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """A log record of an agent."""

    name: str
    """Without the agent's prefix."""
    time: int | None
    attributes: Mapping[str, Any]

    def text(self, *keys: str) -> str | None:
        """Return the first of these attributes that is text."""
        return next((found for key in keys if (found := text(self.attributes.get(key)))), None)

    def count(self, *keys: str) -> int | None:
        """Return the first of these attributes that is a count; counts may be sent as text."""
        counts = (token_count(self.attributes.get(key)) for key in keys)
        return next((found for found in counts if found is not None), None)

    def amount(self, key: str) -> float | None:
        """Return an attribute that is a number."""
        return number(self.attributes.get(key))

    @property
    def start(self) -> int | None:
        """When what it tells of began: `duration_ms` before the event."""
        if self.time is None:
            return None
        nanos = (self.amount("duration_ms") or 0.0) * 1e6
        return self.time - round(nanos) if 0 <= nanos < min(_LONGEST_NANO, self.time) else self.time

    @property
    def failed(self) -> bool:
        """Whether it says that what it tells of did not succeed."""
        return self.attributes.get("success") in (False, "false")


@dataclass(frozen=True, slots=True)
class Call:
    """A model call or tool call that an event tells of."""

    key: str
    """What is its own among the calls of its session."""
    name: str
    start: int | None
    end: int | None
    attributes: dict[str, Any]
    error: str | None = None
    """Why it failed; "" if it failed and nobody says why."""
    aside: bool = False
    """Whether it is none of the conversation's: a title, a suggestion."""


Notes = dict[str, Any]
"""What a session remembers between its events."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that logs."""

    name: str
    prefixes: tuple[str, ...]
    """What its events' names begin with."""
    session_keys: tuple[str, ...]
    turn_keys: tuple[str, ...]
    """Attributes that name the prompt an event belongs to; without them, events follow it."""
    read: Callable[[Event, Notes], Call | None]
    """Tells of a call, if the event does."""
    scopes: frozenset[str] = field(default_factory=frozenset)
    """Scopes whose events are its own, whatever they are called."""
    opens_turn: str = "user_prompt"


def chat(event: Event, key: str, attributes: Mapping[str, Any], error: str | None = None) -> Call:
    """Return a model call; attributes that are None are left out."""
    model = event.text("model", "gen_ai.request.model", "gen_ai.response.model")
    found = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": model,
        "http.response.status_code": event.count("status_code", "http.response.status_code"),
        **attributes,
    }
    kept = {key: value for key, value in found.items() if value is not None}
    name = f"chat {model}" if model else "chat"
    return Call(key, name, event.start, event.time, kept, error)


def tool(
    event: Event, name: str | None, key: str, attributes: Mapping[str, Any], error: str | None
) -> Call:
    """Return a tool call; attributes that are None are left out."""
    found = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        **attributes,
    }
    kept = {key: value for key, value in found.items() if value is not None}
    return Call(key, f"execute_tool {name or 'unknown'}", event.start, event.time, kept, error)
