"""Colours of the theme by name, for widgets that draw their own cells."""

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from tracetui.themes import DARK


class Palette:
    """Styles from theme variables, made once each; throw it away when the theme changes.

    A tone is a theme variable (`error`, `dim`, `kind-llm`); `plain` is the widget's own colour.
    """

    def __init__(self, widget: Widget) -> None:
        self._variables = {**DARK.variables, **widget.app.theme_variables}
        self._ground = widget.background_colors[1]
        self._base = self._colour("foreground", self._ground.get_contrast_text())
        self._styles: dict[tuple[str, str, bool], Style] = {}

    def style(self, tone: str, ground: str = "", *, bold: bool = False) -> Style:
        """Return the style of `tone` on the theme variable `ground`, or on the widget's own."""
        key = (tone, ground, bold)
        if (found := self._styles.get(key)) is None:
            below = self._ground + self._colour(ground, self._ground) if ground else self._ground
            above = below + (self._base if tone == "plain" else self._colour(tone, self._base))
            found = Style(color=above.rich_color, bgcolor=below.rich_color, bold=bold)
            self._styles[key] = found
        return found

    def _colour(self, name: str, otherwise: Color) -> Color:
        try:
            return Color.parse(self._variables[name])
        except (KeyError, ValueError):
            return otherwise
