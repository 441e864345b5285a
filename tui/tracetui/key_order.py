"""Keys act one after the other, however fast they come.

Textual hands a key to the widget that has the focus as soon as the key is read. Of two keys in one
burst (a fast typist, a slow connection, a script) the second is handed out before the first has
moved the focus or opened a prompt, and so acts where it was not meant, or nowhere.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.app import App, ReturnType

if TYPE_CHECKING:
    from textual.dom import DOMNode

SECONDS_TO_WAIT = 0.5
"""After which a key is taken for done: what handles it waits for something itself."""
ROUNDS = 3
"""How often the mark goes up: a key bubbles to the app, which finds its action; what that posts
bubbles; and so does what is posted in answer, as a prompt's own message for Input's."""


class KeysInOrder(App[ReturnType]):
    """Hands a key or a paste out once the one before it has been dealt with.

    Nobody waits: what comes too early is kept, and a mark is sent after each key, through the
    queues of the focused widget and of all that is above it. Where the mark comes out, whatever
    the key set in motion (messages that bubble, a focus that moves) has come out before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._early: deque[events.Key | events.Paste] = deque()
        self._key_began: float | None = None
        """When the key that is under way was handed out; None if none is."""

    async def on_event(self, event: events.Event) -> None:
        """Hand `event` out, or keep it until its turn."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self._early or self._is_under_way():
            self._early.append(event)
        else:
            await self._hand_out(event)

    def _is_under_way(self) -> bool:
        return self._key_began is not None and monotonic() - self._key_began < SECONDS_TO_WAIT

    async def _hand_out(self, event: events.Key | events.Paste) -> None:
        self._key_began = began = monotonic()
        target = self.focused or self.screen
        await super().on_event(event)
        self.set_timer(SECONDS_TO_WAIT, lambda: self._key_done(began))
        self._send_mark(target.ancestors_with_self * ROUNDS, began)

    def _send_mark(self, nodes: list[DOMNode], began: float) -> None:
        """Send the mark through the queues of `nodes`; those that are gone are passed over."""
        for at, node in enumerate(nodes, start=1):
            if node.call_later(self._send_mark, nodes[at:], began):
                return
        self.call_later(self._key_done, began)

    async def _key_done(self, began: float) -> None:
        """Hand out the next key, if this was the one under way."""
        if self._key_began != began:
            return
        self._key_began = None
        if self._early:
            await self._hand_out(self._early.popleft())
