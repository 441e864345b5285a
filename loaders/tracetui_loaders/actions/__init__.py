"""Action and result tokens: what tells whether an agent does the same thing again (LOOPS)."""

from tracetui_loaders.actions.digests import (
    action_digest,
    canonical,
    canonical_digest,
    numbers_digest,
    result_digest,
    result_digests,
    text_of,
)
from tracetui_loaders.actions.masking import masked

__all__ = [
    "action_digest",
    "canonical",
    "canonical_digest",
    "masked",
    "numbers_digest",
    "result_digest",
    "result_digests",
    "text_of",
]
