"""The chats of a trace as they are read and folded: what the screen shows at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracetui.view_models.conversation.items import Drawing, Item, Key, turn_items
from tracetui.view_models.conversation.outline import Outline, Thread
from tracetui.view_models.conversation.turns import Turn


@dataclass(slots=True)
class Chats:
    """Turns by thread, what is unfolded, and the items of turns that are drawn."""

    outline: Outline
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    unfolded: set[Key] = field(default_factory=set)
    _drawn: dict[tuple[str, int], list[Item]] = field(default_factory=dict)

    def renewed(self, outline: Outline) -> "Chats":
        """Return the chats of a trace that has grown; what is unchanged is not read again."""
        kept = {
            key: turns
            for key, turns in self.turns.items()
            if outline.thread(key) == self.outline.thread(key)
            and outline.started_by(key) == self.outline.started_by(key)
        }
        drawn = {place: items for place, items in self._drawn.items() if place[0] in kept}
        return Chats(outline, kept, self.unfolded, drawn)

    def add(self, key: str, turns: Sequence[Turn], drawn: Sequence[list[Item]]) -> None:
        """Take further turns of a thread, drawn with nothing unfolded."""
        self.turns.setdefault(key, []).extend(turns)
        touched = {(unfolded[0], unfolded[1]) for unfolded in self.unfolded}
        for turn, items in zip(turns, drawn, strict=True):
            if (key, turn.number) not in touched:
                self._drawn[key, turn.number] = items
        self._forget_nesting(key)

    def replace(self, key: str, turns: Sequence[Turn]) -> None:
        """Take all turns of a thread anew."""
        self.turns[key] = list(turns)
        self._drawn = {place: items for place, items in self._drawn.items() if place[0] != key}
        self._forget_nesting(key)

    def items(self, thread: Thread) -> list[Item]:
        """Return all items of a chat."""
        found: list[Item] = []
        for turn in self.turns.get(thread.key, ()):
            place = (thread.key, turn.number)
            if place not in self._drawn:
                self._drawn[place] = turn_items(self.drawing, thread, turn)
            found += self._drawn[place]
        return found

    def full_items(self, thread: Thread, number: int) -> list[Item]:
        """Return a turn with all that the model was sent."""
        turn = self.turn(thread.key, number)
        return [] if turn is None else turn_items(self.drawing, thread, turn, full=True)

    def turn(self, key: str, number: int) -> Turn | None:
        """Return a turn of a thread, if it is read."""
        turns = self.turns.get(key, [])
        return turns[number - 1] if 1 <= number <= len(turns) else None

    @property
    def drawing(self) -> Drawing:
        """What is known when something is drawn now."""
        return Drawing(self.outline, self.turns, self.unfolded)

    def toggle(self, thread: Thread, item: Item) -> bool:
        """Fold or unfold an item; on the head of a turn, everything in it.

        A tool call that has nothing to fold stands for the agent below it that it started.

        Returns:
            Whether there was something to fold.
        """
        items = self.items(thread)
        if item.folds:
            keys = {item.key}
        elif item.key[2] == "head":
            inside = (one for one in items if one.turn == item.turn and one.folds)
            keys = {one.key for one in inside if one.key[:2] == item.key[:2]}
        else:
            at = next((n for n, one in enumerate(items) if one.key == item.key), len(items))
            keys = {one.key for one in items[at + 1 : at + 2] if one.thread is not None}
        self.unfolded = self.unfolded - keys if keys & self.unfolded else self.unfolded | keys
        self._drawn.pop((thread.key, item.turn), None)
        return bool(keys)

    def unfold(self, thread: Thread, item: Item) -> None:
        """Unfold an item."""
        if item.folded:
            self.toggle(thread, item)

    def wanted(self) -> set[str]:
        """Return the threads that are unfolded inside others and not read."""
        inside = {str(key[3]) for key in self.unfolded if len(key) == 4 and key[2] == "agent"}
        return {
            key
            for key in inside
            if (thread := self.outline.thread(key)) is not None
            and len(self.turns.get(key, ())) < len(thread.calls)
        }

    def _forget_nesting(self, key: str) -> None:
        """Draw turns anew that show the turns of the thread `key`."""
        self._drawn = {
            place: items
            for place, items in self._drawn.items()
            if not any(item.thread is not None and not item.folded for item in items)
        }
