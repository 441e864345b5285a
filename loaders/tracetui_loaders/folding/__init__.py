"""Folding of one span's payload: messages, tool calls, documents, evaluations.

To add a convention, write a module with a `CONVENTION` and name it in `fold.CONVENTIONS`.
"""

from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent
from tracetui_loaders.folding.fold import CONVENTIONS, FIELDS, fold, fold_fields

__all__ = [
    "CONVENTIONS",
    "FIELDS",
    "Convention",
    "FoldSource",
    "SpanContent",
    "fold",
    "fold_fields",
]
