"""The spans that a span is linked to: to choose one from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.kinds import glyph
from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tracetui.screens.fetch import LinkTarget


class LinkChooser(ModalScreen["LinkTarget | None"], DismissedOnce["LinkTarget | None"]):
    """Lets the user choose among links; its result is the target, None if nobody is to go."""

    BINDINGS = [Binding("escape,q", "dismiss(None)", "Cancel")]  # noqa: RUF012 - Textual's form
    CSS_PATH = "links.tcss"

    def __init__(self, targets: Sequence[LinkTarget], trace_id: str) -> None:
        super().__init__()
        self._targets = targets
        self._trace_id = trace_id

    def compose(self) -> ComposeResult:
        """Offer every target; those that are not loaded cannot be chosen."""
        with Vertical(id="box"):
            yield Static(f"{len(self._targets)} links", classes="headline", markup=False)
            yield OptionList(
                *(Option(self._words(one), disabled=one.row_id is None) for one in self._targets)
            )
            yield Static("Enter goes there  Esc cancels", classes="hint", markup=False)

    def _words(self, target: LinkTarget) -> Text:
        """Say what a target is, in text that is never markup."""
        if target.row_id is None:
            return Text(f"? {sanitise(target.span_id[:64])}  not loaded")
        where = "" if target.trace_id == self._trace_id else f"  in trace {target.trace_id[:16]}"
        words = f"{glyph(target.kind)} {target.name or target.span_id}{where}"
        return Text(sanitise(words[:200]))

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Go to what was chosen."""
        self.dismiss(self._targets[message.option_index])
