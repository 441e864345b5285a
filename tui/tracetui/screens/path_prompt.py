"""Asks where to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


class PathPrompt(ModalScreen[str | None], DismissedOnce[str | None]):
    """A box with a path to change; Enter takes it, Esc does not.

    Args:
        title: What is written.
        path: What is proposed.
        hint: What may be typed.
        fault: Says what is wrong with a path; nothing, if it will do.
    """

    BINDINGS = [Binding("escape", "dismiss", "Close")]  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    PathPrompt {
        align: center middle;
        background: $background 60%;
        & > #box {
            width: 76; max-width: 100%; height: auto;
            background: $background; border: round $primary; border-title-color: $accent;
            padding: 1 2;
        }
        & Input {
            height: 1; border: none; padding: 0; background: $panel;
            &:focus { border: none; background: $panel; background-tint: transparent; }
        }
        & .hint { height: auto; padding-top: 1; color: $foreground 60%; }
        & .hint.-fault { color: $error; }
    }
    """

    def __init__(self, title: str, path: str, hint: str, fault: Callable[[str], str]) -> None:
        super().__init__()
        self._title, self._path, self._hint, self._fault = title, path, hint, fault

    def compose(self) -> ComposeResult:
        """Put the path over the hint."""
        with Vertical(id="box") as box:
            box.border_title = sanitise(self._title)
            yield Input(self._path, select_on_focus=False)
            yield Static(self._hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Put the cursor in front of the ending, which says the format."""
        prompt = self.query_one(Input)
        prompt.cursor_position = max(self._path.rfind("."), 0)
        prompt.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._say("")

    @on(Input.Submitted)
    def _taken(self, message: Input.Submitted) -> None:
        message.stop()
        fault = self._fault(message.value)
        if fault:
            self._say(fault)
        else:
            self.dismiss(message.value)

    def _say(self, fault: str) -> None:
        said = self.query_one(".hint", Static)
        said.set_class(bool(fault), "-fault")
        said.update(sanitise(fault) or self._hint)
