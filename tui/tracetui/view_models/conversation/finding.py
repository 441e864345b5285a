"""Finds text in a chat, folded or not, and turns by their number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.view_models.conversation.items import Item, Key

_TURN = re.compile(r"turn +(\d{1,9})", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """The items that hold a text, and where the user is among them."""

    needle: str = ""
    keys: tuple[Key, ...] = ()
    at: int = -1

    @classmethod
    def of(cls, needle: str, items: Sequence[Item]) -> "Found":
        """Find `needle` whatever the case; an empty one is nowhere. `turn 7` is that turn."""
        if not needle:
            return cls()
        if named := _TURN.fullmatch(needle.strip()):
            heads = [item.key for item in items if item.is_head and item.turn == int(named[1])]
            if heads:
                return cls(needle, tuple(heads))
        wanted = needle.casefold()
        return cls(needle, tuple(item.key for item in items if wanted in item.text.casefold()))

    def __len__(self) -> int:
        return len(self.keys)

    def step(self, direction: int) -> Key | None:
        """Go to the next (1) or previous (-1) item, round the ends."""
        if not self.keys:
            return None
        self.at = (self.at + direction) % len(self.keys) if self.at >= 0 or direction > 0 else -1
        self.at %= len(self.keys)
        return self.keys[self.at]

    def go_from(self, items: Sequence[Item], key: Key | None) -> Key | None:
        """Go to the first item from `key` on."""
        order = {item.key: at for at, item in enumerate(items)}
        start = order.get(key, 0) if key is not None else 0
        for number, found in enumerate(self.keys):
            if order[found] >= start:
                self.at = number
                return found
        return self.step(1)
