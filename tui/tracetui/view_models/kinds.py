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


def glyph(kind: str | None) -> str:
    """Return the one-cell glyph of `kind`; an unknown kind looks like `other`."""
    return GLYPHS.get(kind or "other", GLYPHS["other"])
