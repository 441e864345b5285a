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
)
COMPONENTS = frozenset(f"waterfall--{name}" for name in (*PARTS, *KINDS))


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
