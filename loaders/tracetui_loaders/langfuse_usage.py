"""Tokens of a Langfuse observation, whatever counts were given to Langfuse.

Source: Langfuse `packages/shared/src/server/ingestion` (its own SDKs' and OpenAI's usage shapes)
and its cost documentation, by which usage types add up; FORMATS §2 and §7, MAPPING §3.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tracetui_loaders.conventions.base import token_count
from tracetui_loaders.vendor_values import counted, first_count, mapping

_CACHE_READ = (
    "input_cached_tokens",
    "input_cache_read",
    "cache_read_input_tokens",
    "input_cached",
    "prompt_details.cache_read",
    "prompt_tokens_details.cached_tokens",
)
_CACHE_WRITE = (
    "input_cache_creation",
    "input_cache_write",
    "cache_creation_input_tokens",
    "prompt_details.cache_write",
)
_REASONING = (
    "output_reasoning",
    "output_reasoning_tokens",
    "reasoning_tokens",
    "completion_details.reasoning",
    "completion_tokens_details.reasoning_tokens",
)
_INPUT = ("input", "prompt_tokens", "input_tokens", "promptTokens")
_OUTPUT = ("output", "completion_tokens", "output_tokens", "completionTokens")


def langfuse_usage(observation: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens, those counted beside input and output added to them.

    Langfuse takes any counts, and adds them all up: by its own SDKs `input_*` and `output_*` stand
    beside `input` and `output`. Where a total shows that they are parts of them, they are.
    """
    details = mapping(observation.get("usageDetails"))
    old = mapping(observation.get("usage"))
    if old.get("unit") not in (None, "TOKENS"):
        old = {}
    if not details and not old:
        return {}
    counts = details if first_count(details, (*_INPUT, *_OUTPUT, "total")) is not None else old
    given = first_count(counts, _INPUT)
    written = first_count(counts, _OUTPUT)
    if given is None and written is None:
        return counted(None, None, first_count(counts, ("total",)) or None)
    total = first_count(counts, ("total", "total_tokens", "totalTokens"))
    if total is None:
        total = first_count(old, ("total",))
    beside_input = _sum_of(counts, "input_", _INPUT, _ANTHROPIC_CACHE)
    beside_output = _sum_of(counts, "output_", _OUTPUT, ())
    extra = _missing(total, (given or 0) + (written or 0), beside_input, beside_output)
    if given is not None:
        given += extra[0]
    if written is not None:
        written += extra[1]
    if not given and not written and not total:
        return {}
    return counted(
        given,
        written,
        total,
        cached=first_count(counts, _CACHE_READ),
        stored=first_count(counts, _CACHE_WRITE),
        reasoned=first_count(counts, _REASONING),
    )


_ANTHROPIC_CACHE = ("cache_read_input_tokens", "cache_creation_input_tokens")


def _sum_of(
    counts: Mapping[str, Any], prefix: str, main: Iterable[str], more: Iterable[str]
) -> int:
    names = [key for key in counts if key.startswith(prefix) and key not in main]
    return sum(token_count(counts.get(name)) or 0 for name in (*names, *more))


def _missing(total: int | None, plain: int, inputs: int, outputs: int) -> tuple[int, int]:
    """Return what has to be added to input and to output, to agree with `total`."""
    if total is None:
        return inputs, outputs
    for added in ((0, 0), (inputs, outputs), (inputs, 0), (0, outputs)):
        if plain + sum(added) == total:
            return added
    return 0, 0
