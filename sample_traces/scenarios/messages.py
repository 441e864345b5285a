"""What is said in a run, independent of the convention that records it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .recording import Failure

_CHARACTERS_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 6

_RESPONSE_MODELS = {
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
}
_PROVIDERS = {"gpt": "openai", "claude": "anthropic", "gemini": "gcp.gemini"}
_USD_PER_MILLION = {
    "gpt-5": (1.25, 10.0),
    "gpt-4o-mini": (0.15, 0.6),
    "claude-sonnet-4-5": (3.0, 15.0),
    "gemini-2.5-flash": (0.3, 2.5),
}


@dataclass(frozen=True)
class Call:
    """A tool call the model asks for, and what comes of it."""

    name: str
    arguments: dict[str, Any]
    result: str = ""
    ms: float = 180
    failure: Failure | None = None
    id: str = ""


@dataclass(frozen=True)
class Message:
    """One message of a conversation."""

    role: str
    text: str = ""
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    """For a tool's message: the call it answers."""
    thinking: str = ""

    @property
    def tokens(self) -> int:
        """A plausible count, from the length of the text."""
        size = len(self.text) + len(self.thinking)
        size += sum(len(call.name) + len(str(call.arguments)) for call in self.calls)
        return _TOKENS_PER_MESSAGE + size // _CHARACTERS_PER_TOKEN


@dataclass(frozen=True)
class Step:
    """One turn of an agent: it may say something, then calls tools, in parallel if several."""

    calls: tuple[Call, ...]
    say: str = ""
    thinking: str = ""


@dataclass(frozen=True)
class Usage:
    """Tokens of one model call or of several."""

    input: int = 0
    output: int = 0
    cached: int = 0
    """Part of `input`."""
    reasoning: int = 0
    """Part of `output`."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.reasoning + other.reasoning,
        )


@dataclass(frozen=True)
class ModelCall:
    """One request to a model and its reply."""

    model: str
    messages: tuple[Message, ...]
    reply: Message
    tools: tuple[str, ...] = ()
    """Names of the tools on offer; each costs input tokens."""
    stream: bool = False
    with_cost: bool = False
    with_usage: bool = True
    cached: int = 0
    finish: str = ""
    failure: Failure | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """The provider's name as OpenTelemetry's GenAI conventions spell it."""
        return _PROVIDERS[self.model.partition("-")[0]]

    @property
    def response_model(self) -> str:
        """The dated model that answers."""
        return _RESPONSE_MODELS.get(self.model, self.model)

    @property
    def usage(self) -> Usage:
        """Tokens in and out."""
        reasoning = len(self.reply.thinking) // _CHARACTERS_PER_TOKEN
        read = sum(message.tokens for message in self.messages) + 62 * len(self.tools)
        return Usage(read, self.reply.tokens, min(self.cached, read), reasoning)

    @property
    def cost(self) -> float:
        """USD, at list price."""
        read, written = _USD_PER_MILLION[self.model]
        return round((self.usage.input * read + self.usage.output * written) / 1_000_000, 8)

    @property
    def finish_reason(self) -> str:
        """Why the model stopped."""
        return self.finish or ("tool_calls" if self.reply.calls else "stop")
