"""How the waterfall hides spans: by search, and by what they took or cost."""

from dataclasses import dataclass

from textual.message import Message

from tracetui.view_models.narrowing import Threshold
from tracetui.widgets.waterfall_time import WaterfallTime


class WaterfallNarrowing(WaterfallTime, inherit_bindings=False):
    """A `WaterfallTime` with the actions that hide spans."""

    @dataclass
    class ThresholdWanted(Message, namespace="waterfall"):
        """The user asked for a threshold below which spans are hidden."""

    @dataclass
    class Narrowed(Message, namespace="waterfall"):
        """Other spans are hidden, or none any more."""

    @property
    def threshold(self) -> Threshold | None:
        """Below what spans are hidden."""
        return self._threshold

    @property
    def only_matches(self) -> str:
        """The search whose matches alone are shown; empty if all are."""
        return self._needle if self._only_matches else ""

    @property
    def hidden(self) -> int:
        """How many rows are not shown, whatever is folded."""
        return 0 if self._narrowing is None else self._narrowing.hidden

    def action_toggle_small(self) -> None:
        """Ask below what to hide spans; show them again if some are hidden."""
        if self._threshold is None:
            self.post_message(self.ThresholdWanted())
        else:
            self.hide_below(None)

    def hide_below(self, threshold: Threshold | None) -> None:
        """Hide the spans that do not reach `threshold`; None shows them again."""
        self._threshold = threshold
        self.renarrow()

    def action_toggle_matching(self) -> None:
        """Show only what the search found and what is above it, or everything again."""
        if not self._only_matches and not len(self._matches):
            self.note("no matches to show; / searches")
            return
        self._only_matches = not self._only_matches
        self.renarrow()

    def renarrow(self) -> None:
        """Hide and show; the cursor stays on its span or goes to the nearest row that holds it."""
        self._refold(self._narrow)
        self.post_message(self.Narrowed())
