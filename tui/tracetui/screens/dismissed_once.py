"""Screens that a burst of keys dismisses only once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class DismissedOnce(Screen[ScreenResultType]):
    """Does nothing if it is dismissed when it is not in front any more.

    Textual's `dismiss` takes away the screen that is in front, whichever that is: of three Escapes
    in one burst the second would close the screen below, and the third end the program.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave the screen, if it is in front."""
        return super().dismiss(result) if self.is_active else AwaitComplete.nothing()
