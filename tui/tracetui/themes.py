"""Our themes: dark, light and high contrast, with one colour per kind of span.

Kinds are `$kind-…` variables, so that every view colours a kind the same way; none of them is the
only carrier of a meaning (the glyphs read without colour).
"""

from textual.theme import Theme

_KIND_GROUPS: tuple[tuple[str, ...], ...] = (
    ("agent",),
    ("workflow", "prompt", "partial", "other"),
    ("llm",),
    ("tool",),
    ("retriever", "embedding", "reranker"),
    ("guardrail", "evaluator"),
    ("handoff", "memory"),
    ("http", "db", "messaging", "rpc"),
)


def _kinds(*colours: str) -> dict[str, str]:
    """Return the `kind-…` variables: one colour for each of `_KIND_GROUPS`."""
    return {
        f"kind-{kind}": colour
        for kinds, colour in zip(_KIND_GROUPS, colours, strict=True)
        for kind in kinds
    }


DARK = Theme(
    name="tracetui-dark",
    primary="#7aa2f7",
    secondary="#94a3b8",
    accent="#f5b553",
    foreground="#d5dae3",
    background="#0f1319",
    surface="#151b24",
    panel="#1a212b",
    warning="#f5b553",
    error="#ff6b6b",
    success="#4fd18b",
    dark=True,
    variables={
        **_kinds(
            "#a78bfa",
            "#8a97ab",
            "#38bdf8",
            "#fbbf24",
            "#34d399",
            "#f472b6",
            "#fb923c",
            "#7f8ea3",
        ),
        "row-cursor": "#24344d",
        "row-cursor-blurred": "#1b2431",
        "dim": "#7d8899",
        "guide": "#3b4656",
        "match-background": "#f5b553",
        "match-foreground": "#0f1319",
        "footer-background": "#1a212b",
        "footer-key-foreground": "#f5b553",
        "footer-description-foreground": "#aab4c3",
        "scrollbar": "#2b3644",
        "scrollbar-hover": "#3d4b5e",
        "scrollbar-active": "#7aa2f7",
        "scrollbar-background": "#0f1319",
        "scrollbar-background-hover": "#0f1319",
        "scrollbar-background-active": "#0f1319",
        "scrollbar-corner-color": "#0f1319",
        "input-selection-background": "#7aa2f7 40%",
    },
)
LIGHT = Theme(
    name="tracetui-light",
    primary="#2456c2",
    secondary="#5b6675",
    accent="#a35a00",
    foreground="#1c2430",
    background="#fbfbf9",
    surface="#f3f3f0",
    panel="#ecedea",
    warning="#a35a00",
    error="#c4242b",
    success="#1a7f4b",
    dark=False,
    variables={
        **_kinds(
            "#6d3fd1",
            "#5f6b7a",
            "#0369a1",
            "#a16207",
            "#047857",
            "#be185d",
            "#c2410c",
            "#64707f",
        ),
        "row-cursor": "#d3e0f7",
        "row-cursor-blurred": "#e6e9ee",
        "dim": "#66707d",
        "guide": "#c3c8cf",
        "match-background": "#ffd772",
        "match-foreground": "#1c2430",
        "footer-background": "#ecedea",
        "footer-key-foreground": "#a35a00",
        "footer-description-foreground": "#3d4755",
        "scrollbar": "#cdd2d8",
        "scrollbar-hover": "#b4bbc4",
        "scrollbar-active": "#2456c2",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
        "scrollbar-corner-color": "#fbfbf9",
        "input-selection-background": "#2456c2 25%",
    },
)
CONTRAST = Theme(
    name="tracetui-contrast",
    primary="#9ecbff",
    secondary="#ffffff",
    accent="#ffd84d",
    foreground="#ffffff",
    background="#000000",
    surface="#121212",
    panel="#1c1c1c",
    warning="#ffd84d",
    error="#ff8080",
    success="#7dffb0",
    dark=True,
    text_alpha=1.0,
    variables={
        **_kinds(
            "#d0b3ff",
            "#ffffff",
            "#6fdcff",
            "#ffe14d",
            "#6dffb5",
            "#ff9bd2",
            "#ffb37a",
            "#e0e0e0",
        ),
        "row-cursor": "#0044aa",
        "row-cursor-blurred": "#3a3a3a",
        "dim": "#d0d0d0",
        "guide": "#a0a0a0",
        "match-background": "#ffd84d",
        "match-foreground": "#000000",
        "footer-background": "#1c1c1c",
        "footer-key-foreground": "#ffd84d",
        "footer-description-foreground": "#ffffff",
        "scrollbar": "#a0a0a0",
        "scrollbar-hover": "#d0d0d0",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
        "scrollbar-corner-color": "#000000",
        "input-selection-background": "#9ecbff 50%",
    },
)
THEMES = (DARK, LIGHT, CONTRAST)
THEME_NAMES = {theme.name.removeprefix("tracetui-"): theme.name for theme in THEMES}
"""The names of the themes, by what people call them."""
