"""A trace that was opened from a hit: the match in its details, and n and N to the other hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tracetui.screens.trace import TraceScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracetui.session import Session
    from tracetui.view_models.hits import Hit, HitWalk

_CONTENT = ("input", "output", "messages", "attributes")
_LIKELY: dict[str, tuple[str, ...]] = {
    "name": ("overview",),
    "status_message": ("overview",),
    "event_name": ("events",),
    "event": ("events", *_CONTENT),
    "log_name": ("logs",),
    "log": ("logs",),
    "log_attributes": ("logs",),
}
"""Tabs that a field of a hit is likeliest shown in; payloads are shown as content first."""


class FoundTraceScreen(TraceScreen):
    """Shows the trace of a hit, and others as the user goes from hit to hit.

    Args:
        session: The inputs and their store.
        trace_id: The trace of the first hit.
        step: As for `TraceScreen`.
        walk: The hits.
    """

    def __init__(
        self, session: Session, trace_id: str, step: Callable[[int], str | None], walk: HitWalk
    ) -> None:
        super().__init__(session, trace_id, step)
        self._walk = walk
        self._hit: Hit | None = walk.hit
        """What to show as soon as its span is there; then the tab is the user's again."""
        self._names_searched = False
        self._goal_row = walk.hit.row_id

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous hit; of names, if those were searched here."""
        if self._names_searched:
            super().action_next_match(direction)
            return
        hit = self._walk.step(direction)
        while hit is not None and hit.trace_id is None:
            hit = self._walk.step(direction)
        if hit is None:
            said = "That was the last hit." if direction > 0 else "That was the first hit."
            self.notify(said, markup=False, timeout=3)
            return
        self._show_hit(hit)

    def _show_hit(self, hit: Hit) -> None:
        self._hit = hit
        if hit.trace_id is not None and hit.trace_id != self._trace_id:
            self._trace_id = hit.trace_id
            self._goal_row = hit.row_id
            self.supersede()
        else:
            self.go_to_row(hit.row_id)
            self._reveal()

    @on(TraceScreen.SpanFetched)
    def _reveal_later(self) -> None:
        # This runs before the details show the span.
        self.call_next(self._reveal)

    def _reveal(self) -> None:
        """Show the match in the details, once they are the hit's span."""
        hit, span = self._hit, self._span
        if hit is None or span is None or span.row_id != hit.row_id:
            return
        if self.waterfall.cursor_row_id == hit.row_id:
            self._hit = None
            self.details.reveal(self._walk.text, _LIKELY.get(hit.field, _CONTENT))

    def action_search(self) -> None:
        """Search the names of this trace; n and N are about them then."""
        self._names_searched = True
        super().action_search()
