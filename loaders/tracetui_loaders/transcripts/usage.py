"""Token usage of a model call, a turn or a session, whoever counted it.

Source: MAPPING §3 (input includes cached tokens, output includes reasoning); FORMATS §2 and §8
for which producer counts which way, and which repeat or accumulate.
"""

from typing import Any

import msgspec

from tracetui_loaders.conventions.base import token_count

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
    "total_tokens",
)


class Usage(msgspec.Struct, frozen=True):
    """Counts of one call or of many; None where the producer does not say."""

    input_tokens: int | None = None
    """With the cached tokens in it; see `counted`."""
    output_tokens: int | None = None
    """With reasoning in it."""
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    """All of them, also those kept for an hour."""
    cache_write_1h_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_tokens: int | None = None
    """Only if the producer says so."""
    cost_usd: float | None = None
    """As the producer recorded it."""

    @property
    def size(self) -> int:
        """What to compare two reports of one call by: the later one has counted more."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    def attributes(self) -> dict[str, Any]:
        """Return the OTel attributes of what is known."""
        found: dict[str, Any] = {
            key: value
            for key, value in zip(_KEYS, self._values(), strict=True)
            if value is not None
        }
        if self.cost_usd is not None:
            found["gen_ai.usage.cost"] = self.cost_usd
        return found

    def _values(self) -> tuple[int | None, ...]:
        return (
            self.input_tokens,
            self.output_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.cache_write_1h_tokens,
            self.reasoning_tokens,
            self.total_tokens,
        )


_KEYS = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_1h.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.total_tokens",
)


def counted(
    *,
    input_tokens: Any = None,
    output_tokens: Any = None,
    cache_read: Any = None,
    cache_write: Any = None,
    cache_write_1h: Any = None,
    reasoning: Any = None,
    total: Any = None,
    cost_usd: Any = None,
    input_excludes_cache: bool = False,
    output_excludes_reasoning: bool = False,
) -> Usage | None:
    """Return usage with inclusive counts; None if nothing is known.

    Args:
        input_tokens: As sent, like all others: what is no plausible count is unknown.
        output_tokens: Completion tokens.
        cache_read: Input tokens that came from the cache.
        cache_write: All input tokens that were written to the cache.
        cache_write_1h: Those of them that are kept for an hour.
        reasoning: Thinking tokens.
        total: The producer's own total. Left out where counts are made inclusive here.
        cost_usd: The producer's own cost, in USD.
        input_excludes_cache: True of Anthropic's own counts, pi, Kimi and opencode.
        output_excludes_reasoning: True where thinking stands beside output.
    """
    tokens_in, tokens_out = token_count(input_tokens), token_count(output_tokens)
    read, written, thought = map(token_count, (cache_read, cache_write, reasoning))
    if input_excludes_cache and tokens_in is not None:
        tokens_in += (read or 0) + (written or 0)
    if output_excludes_reasoning and tokens_out is not None:
        tokens_out += thought or 0
    cost = (
        cost_usd if isinstance(cost_usd, (int, float)) and not isinstance(cost_usd, bool) else None
    )
    usage = Usage(
        tokens_in,
        tokens_out,
        read,
        written,
        token_count(cache_write_1h),
        thought,
        None if input_excludes_cache or output_excludes_reasoning else token_count(total),
        cost if cost is not None and cost >= 0 else None,
    )
    return usage if usage != _UNKNOWN else None


_UNKNOWN = Usage()


class Meter:
    """Turns running totals into what was added since the last one.

    A total that goes down begins a new count (a resumed, forked or compacted session): it is
    taken as it is. The same total again adds nothing, and gives None.
    """

    def __init__(self) -> None:
        self._last = _UNKNOWN

    def start_from(self, total: Usage) -> None:
        """Take `total` as counted already: a history that is replayed."""
        self._last = total

    def added(self, total: Usage) -> Usage | None:
        """Return what `total` holds beyond the last one; None if that is nothing."""
        last, self._last = self._last, total
        if total == last:
            return None
        if _is_lower(total.input_tokens, last.input_tokens) or _is_lower(
            total.output_tokens, last.output_tokens
        ):
            return total
        values = {name: _difference(total, last, name) for name in _COUNTS}
        cost = total.cost_usd
        if cost is not None and last.cost_usd is not None:
            cost = max(0.0, cost - last.cost_usd)
        return Usage(**values, cost_usd=cost)


def _is_lower(now: int | None, before: int | None) -> bool:
    return now is not None and before is not None and now < before


def _difference(total: Usage, last: Usage, name: str) -> int | None:
    now, before = getattr(total, name), getattr(last, name)
    return None if now is None else max(0, now - (before or 0))
