"""Keys act one after the other, however fast they come.

Textual hands every key on to the widget that has the focus when the key arrives. Of several keys in
one read of the terminal (a slow connection, a macro, a paste without brackets) all would go to
that widget, before the first could open a prompt or another screen for the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic

from textual import events
from textual.app import App, ReturnType
from textual.widget import Widget

SECONDS_TO_WAIT = 0.5
"""How long a key waits for the one before it to be done with."""
_PASSES_AT_ONCE = 50
"""Turns of the loop without a pause: messages take a few."""
_SECONDS_BETWEEN_PASSES = 0.003


class KeysInOrder(App[ReturnType]):
    """An app that hands a key on once the key before it has had its effect.

    A screen whose `answering` is true says that what the last key asked for is still to come: the
    next key is meant for that, and waits for it too, but not for ever.
    """

    _typed: deque[events.Key | events.Paste]
    _handed_on: events.Event | None = None
    _last_key = ""
    _handing_on: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._typed = deque()

    async def on_event(self, event: events.Event) -> None:
        """Keep a key back while the one before it still has an effect."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif event is self._handed_on or (not self._typed and self._at_rest(event)):
            self._last_key = _key(event)
            await super().on_event(event)
        else:
            self._typed.append(event)
            if self._handing_on is None:
                self._handing_on = asyncio.create_task(self._hand_on())

    async def _hand_on(self) -> None:
        """Hand on what waits, one by one."""
        try:
            while self._typed and self.is_running:
                await self._rest(self._typed[0])
                self._handed_on = self._typed[0]
                self.post_message(self._handed_on)
                self._typed.popleft()
        finally:
            self._typed.clear()
            self._handing_on = None

    async def _rest(self, event: events.Event) -> None:
        """Wait until the last key has had its effect, for `SECONDS_TO_WAIT` at most."""
        for _ in range(_PASSES_AT_ONCE):  # however long each takes: an import may block the loop
            if self._at_rest(event):
                return
            await asyncio.sleep(0)
        ends = monotonic() + SECONDS_TO_WAIT
        while not self._at_rest(event) and monotonic() < ends:
            await asyncio.sleep(_SECONDS_BETWEEN_PASSES)

    def _at_rest(self, event: events.Event) -> bool:
        """Return whether no message waits, and the screen has what `event` is meant for."""
        if self.message_queue_size or not self.screen_stack:
            return not self.screen_stack
        screen = self.screen
        for node in screen.walk_children(Widget, with_self=True):
            if not node.is_mounted or node.message_queue_size:
                return False
        held = _key(event) == self._last_key != "enter"  # overtakes what it asked for
        return held or not getattr(screen, "answering", False)


def _key(event: events.Event) -> str:
    return event.key if isinstance(event, events.Key) else ""
