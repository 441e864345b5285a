"""How many tokens a model can be sent, from the price list that knows models anyway.

Source: genai-prices 0.2, `ModelInfo.context_window`.
"""

from functools import lru_cache

from tracetui_store.pricing.listing import find


@lru_cache(maxsize=256)
def context_window(provider: str | None, model: str) -> int | None:
    """Return the context window of a model in tokens; None if the list does not say."""
    found = find(provider, model)
    return None if found is None else found[1].context_window
