"""How a kind of span looks everywhere: a glyph that reads without colour."""

GLYPHS: dict[str, str] = {
    "agent": "◆",
    "workflow": "○",
    "llm": "●",
    "tool": "■",
    "retriever": "▲",
    "embedding": "▽",
    "reranker": "≡",
    "guardrail": "◇",
    "evaluator": "★",
    "handoff": "⇄",
    "memory": "▣",
    "prompt": "¶",
    "http": "∘",
    "db": "⊟",
    "messaging": "»",
    "rpc": "∘",
    "partial": "…",
    "other": "·",
}
ERROR_MARK = "✗"
LOOP_MARK = "↻"
RUNNING_MARK = "…"
SKEW_MARK = "±"
"""A span whose times do not fit its parent's, or each other."""
PATH_MARK = "┃"
"""Stands beside the rows of the critical path."""


def glyph(kind: str | None) -> str:
    """Return the one-cell glyph of `kind`; an unknown kind looks like `other`."""
    return GLYPHS.get(kind or "other", GLYPHS["other"])
