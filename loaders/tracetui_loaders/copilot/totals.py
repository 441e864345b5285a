"""What sessions of Copilot CLI used, from the events that say so.

Source: FORMATS §8 "copilot-cli"; Copilot CLI 0.0.420 to 1.0.77:
- A message says its output tokens only; `assistant.usage`, where it was printed, all of a call.
- `session.shutdown` has the totals since the session was begun or resumed: several of them add
  up (github.com/PanAchy/copilot-arewecooked/pull/45, Piebald-AI/splitrail/pull/157).
- `modelMetrics.<model>.usage.inputTokens` holds cached tokens, `tokenDetails.input` does not.
- `requests.cost` and `totalPremiumRequests` are request units, and no dollars.
"""

from typing import Any

import msgspec

from tracetui_loaders.transcripts import Call, Session, Usage, counted
from tracetui_loaders.vendor_values import mapping

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


class Totals:
    """The usage of one session: its totals if it says them, else what its messages say."""

    def __init__(self) -> None:
        self._total: Usage | None = None
        self._models: set[str] = set()
        self._outputs: dict[str, tuple[Call, int]] = {}
        """Output tokens by call, of those that no total holds yet."""
        self._by_call = False
        """Whether calls have said all of their usage."""

    def said(self, call: Call, output_tokens: Any) -> None:
        """Note what a message says; one that is told again as it grows says more."""
        if not isinstance(output_tokens, int) or isinstance(output_tokens, bool):
            return
        _, before = self._outputs.get(call.span_id, (call, 0))
        self._outputs[call.span_id] = call, max(before, output_tokens)
        call.attributes["outputTokens"] = max(before, output_tokens)

    def used(self, call: Call, data: dict[str, Any]) -> None:
        """Count a call that says all of its usage."""
        self._by_call = True
        call.count(_usage_of(data))

    def shut_down(self, data: dict[str, Any]) -> None:
        """Add the totals of what was done since the session was begun or resumed."""
        metrics = mapping(data.get("modelMetrics"))
        found = {model: _usage_of(mapping(mapping(m).get("usage"))) for model, m in metrics.items()}
        totals = [usage for usage in found.values() if usage is not None]
        if not totals:
            whole = _details_of(mapping(data.get("tokenDetails")))
            totals = [whole] if whole is not None else []
        if not totals:
            return
        models = {model for model, usage in found.items() if usage is not None} or set(metrics)
        self._models |= models
        self._outputs.clear()
        for usage in totals:
            self._total = usage if self._total is None else _sum(self._total, usage)

    def settle(self, session: Session) -> None:
        """Put on the session's spans what they used, once all has been read."""
        if self._by_call:
            return
        left = list(self._outputs.values())
        if self._total is None:
            for call, output_tokens in left:
                call.count(counted(output_tokens=output_tokens))
            return
        rest = sum(output_tokens for _, output_tokens in left)
        total = _sum(self._total, Usage(output_tokens=rest)) if rest else self._total
        session.root.attributes.update(total.attributes())
        if len(self._models) == 1:
            session.root.attributes["gen_ai.request.model"] = next(iter(self._models))


def _usage_of(raw: dict[str, Any]) -> Usage | None:
    return counted(
        input_tokens=raw.get("inputTokens"),
        output_tokens=raw.get("outputTokens"),
        cache_read=raw.get("cacheReadTokens"),
        cache_write=raw.get("cacheWriteTokens"),
        reasoning=raw.get("reasoningTokens"),
    )


def _details_of(details: dict[str, Any]) -> Usage | None:
    counts = {name: mapping(detail).get("tokenCount") for name, detail in details.items()}
    return counted(
        input_tokens=counts.get("input"),
        output_tokens=counts.get("output"),
        cache_read=counts.get("cache_read"),
        cache_write=counts.get("cache_write"),
        input_excludes_cache=True,
    )


def _sum(one: Usage, other: Usage) -> Usage:
    return msgspec.structs.replace(
        one, **{name: _added(getattr(one, name), getattr(other, name)) for name in _COUNTS}
    )


def _added(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other
