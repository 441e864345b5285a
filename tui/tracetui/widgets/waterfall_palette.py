"""The waterfall's colours, taken from its component classes."""

from dataclasses import dataclass, field

from rich.style import Style
from textual.color import Color
from textual.widget import Widget
from tracetui_loaders.schema import KINDS

PARTS = (
    "text",
    "dim",
    "guide",
    "grid",
    "error",
    "title",
    "minimap",
    "minimap-window",
    "cursor",
    "cursor-blurred",
    "match",
    "warning",
    "break",
    "path",
)
COMPONENTS = frozenset(f"waterfall--{name}" for name in (*PARTS, *KINDS))
CSS = """
WaterfallView {
    height: 1fr;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-gutter: stable;
    scrollbar-size-vertical: 1;
    background: $background;
    color: $foreground;
    & > .waterfall--text { color: $foreground; }
    & > .waterfall--dim { color: $dim; }
    & > .waterfall--guide { color: $guide; }
    & > .waterfall--grid { color: $panel; }
    & > .waterfall--error { color: $error; }
    & > .waterfall--title { color: $secondary; }
    & > .waterfall--minimap { color: $secondary; }
    & > .waterfall--minimap-window { color: $primary; }
    & > .waterfall--cursor { background: $row-cursor; }
    & > .waterfall--cursor-blurred { background: $row-cursor-blurred; }
    & > .waterfall--match { background: $match-background; color: $match-foreground; }
    & > .waterfall--warning { color: $warning; }
    & > .waterfall--break { color: $warning; }
    & > .waterfall--path { color: $accent; }
    & > .waterfall--agent { color: $kind-agent; }
    & > .waterfall--workflow { color: $kind-workflow; }
    & > .waterfall--llm { color: $kind-llm; }
    & > .waterfall--embedding { color: $kind-embedding; }
    & > .waterfall--retriever { color: $kind-retriever; }
    & > .waterfall--reranker { color: $kind-reranker; }
    & > .waterfall--tool { color: $kind-tool; }
    & > .waterfall--memory { color: $kind-memory; }
    & > .waterfall--prompt { color: $kind-prompt; }
    & > .waterfall--guardrail { color: $kind-guardrail; }
    & > .waterfall--evaluator { color: $kind-evaluator; }
    & > .waterfall--handoff { color: $kind-handoff; }
    & > .waterfall--http { color: $kind-http; }
    & > .waterfall--db { color: $kind-db; }
    & > .waterfall--messaging { color: $kind-messaging; }
    & > .waterfall--rpc { color: $kind-rpc; }
    & > .waterfall--partial { color: $kind-partial; }
    & > .waterfall--other { color: $kind-other; }
}
"""
"""The look of a `WaterfallView`."""


@dataclass
class Palette:
    """Styles by what they are for; one `Style` object per combination, so that Rich caches them."""

    colours: dict[str, Color]
    background: Color
    cursor_background: Color
    match: Style
    solid_blocks: bool
    """Draw bars as characters, because a background may not show (ANSI themes, NO_COLOR)."""
    bold_cursor: bool
    _styles: dict[tuple[str, bool, bool, bool], Style] = field(default_factory=dict)

    @classmethod
    def of(cls, widget: Widget, *, focused: bool) -> "Palette":
        """Read the colours of `widget`'s component classes."""
        colours = {
            name: widget.get_component_styles(f"waterfall--{name}").color
            for name in (*PARTS, *KINDS)
        }
        cursor = "cursor" if focused else "cursor-blurred"
        _, background = widget.background_colors
        for kind in KINDS:
            colours[f"{kind}-faint"] = background.blend(colours[kind], 0.45)
        colours["error-faint"] = background.blend(colours["error"], 0.45)
        return cls(
            colours=colours,
            background=background,
            cursor_background=widget.get_component_styles(f"waterfall--{cursor}").background,
            match=widget.get_component_rich_style("waterfall--match"),
            solid_blocks=widget.app.native_ansi_color or widget.app.no_color,
            bold_cursor=focused,
        )

    def style(
        self, colour: str, *, cursor: bool = False, swapped: bool = False, bold: bool = False
    ) -> Style:
        """Return the style that draws in `colour` on the row's background, or the other way."""
        key = (colour, cursor, swapped, bold)
        found = self._styles.get(key)
        if found is None:
            front = self.colours[colour].rich_color
            back = (self.cursor_background if cursor else self.background).rich_color
            if swapped:
                front, back = back, front
            reverse = self.solid_blocks and cursor and self.bold_cursor and colour == "text"
            found = Style(color=front, bgcolor=back, bold=bold or None, reverse=reverse or None)
            self._styles[key] = found
        return found

    def picked(self, colour: str) -> Style:
        """Return the style of what is selected by being drawn the other way round."""
        front = self.colours[colour].rich_color
        if self.solid_blocks:
            return Style(color=front, bgcolor=self.background.rich_color, reverse=True, bold=True)
        return Style(color=self.background.rich_color, bgcolor=front, bold=True)

    def faint(self, colour: str) -> Style:
        """Return the style of a block that stands back, with text on it that can still be read."""
        name = f"{colour}-faint"
        if self.solid_blocks:
            return self.style(name)
        return Style(color=self.colours["text"].rich_color, bgcolor=self.colours[name].rich_color)
