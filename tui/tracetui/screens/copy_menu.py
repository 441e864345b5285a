"""The copy menu: what to copy of a span or a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tracetui.clipboard import OSC52_MOST
from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models import format as fmt
from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tracetui.view_models.taking_out import Taken

_HINT = (
    "Enter copies  Esc cancels\n"
    f"More than {fmt.byte_size(OSC52_MOST)} no terminal takes: then wl-copy, xclip, xsel or "
    "pbcopy does, or it goes to a file."
)


class CopyMenu(ModalScreen["Taken | None"], DismissedOnce["Taken | None"]):
    """Lets the user choose what to copy; its result is that, or None."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("escape,q", "dismiss(None)", "Cancel"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    DEFAULT_CSS = """
    CopyMenu {
        align: center middle;
        background: $background 60%;
        & > #box {
            width: 60; max-width: 100%; height: auto; max-height: 90%;
            background: $background; border: round $primary; border-title-color: $accent;
            padding: 0 1;
        }
        & OptionList {
            height: auto; max-height: 14; border: none; padding: 0; background: $background;
            background-tint: transparent;
            &:focus { border: none; background: $background; background-tint: transparent; }
        }
        & OptionList > .option-list--option-highlighted,
        & OptionList:focus > .option-list--option-highlighted {
            background: $row-cursor; color: $foreground;
        }
        & .hint { height: auto; color: $foreground 60%; padding-top: 1; }
    }
    """

    def __init__(self, takes: Sequence[Taken]) -> None:
        super().__init__()
        self._takes = takes

    def compose(self) -> ComposeResult:
        """Offer everything, what is in front first."""
        with Vertical(id="box") as box:
            box.border_title = "Copy"
            yield OptionList(*(Option(Text(sanitise(taken.label))) for taken in self._takes))
            yield Static(_HINT, classes="hint", markup=False)

    def action_move(self, rows: int) -> None:
        """Move the cursor by a row."""
        choices = self.query_one(OptionList)
        if rows > 0:
            choices.action_cursor_down()
        else:
            choices.action_cursor_up()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Copy what was chosen."""
        self.dismiss(self._takes[message.option_index])
