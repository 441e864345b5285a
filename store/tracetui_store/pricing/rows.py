"""The rows of the price table: who they are for, when they hold, and what a token costs."""

from dataclasses import dataclass

FIRST_NANO = -(1 << 63)
LAST_NANO = (1 << 63) - 1
LAST_SECOND = 86_399
ANY_TOKENS = LAST_NANO


@dataclass(frozen=True, slots=True)
class Call:
    """What a price depends on, as spans say it; the price table is keyed by it."""

    provider: str | None
    request_model: str | None
    response_model: str | None
    service_tier: str | None

    @property
    def models(self) -> tuple[str, ...]:
        """The names to look for: what answered, then what was asked for (MAPPING §2)."""
        names = (self.response_model, self.request_model)
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True)
class Rates:
    """USD per token, and per request. A detail costs this instead of its whole's rate."""

    input: float
    cache_read: float
    cache_write: float
    cache_write_1h: float
    output: float
    reasoning: float
    audio_input: float
    audio_output: float
    request: float = 0.0

    def times(self, factor: float) -> "Rates":
        """Return the rates after a discount."""
        return Rates(*(getattr(self, name) * factor for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Price:
    """One row: rates for a period and a range of input tokens, and where they come from."""

    status: str
    """computed, override, unknown_model or unpriced_model; the last two have no rates."""
    price_id: str | None = None
    """`provider/model` as the price list names them, and the day from which the rates hold."""
    source: str | None = None
    """The price list and its version, or the file and line."""
    note: str | None = None
    first_unix_nano: int = FIRST_NANO
    last_unix_nano: int = LAST_NANO
    """Inclusive, as is the last second."""
    first_second: int = 0
    """Of the day in UTC: some prices depend on the time of day."""
    last_second: int = LAST_SECOND
    above_tokens: int = -1
    """Input tokens of one request, exclusive: beyond a tier all its tokens cost the tier's rate."""
    up_to_tokens: int = ANY_TOKENS
    rates: Rates | None = None
