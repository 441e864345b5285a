"""Finds text in a document of any size, a slice at a time so that nothing freezes."""

import time
from dataclasses import dataclass

from tracetui.view_models.text_document import Lines, Path, Source, TextDocument

MOST = 10_000
"""Places that are found; there may be more."""
_CHUNK = 1 << 18
"""Characters searched at once: about a millisecond."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a match stands: a text or lines of the document, and a character or a line of it."""

    path: Path
    offset: int


class TextFinder:
    """The places of `needle`, whatever its case, in the order of the document."""

    def __init__(self, document: TextDocument, needle: str) -> None:
        self.needle = needle.lower()
        self.places: list[Place] = []
        self._left = list(document.leaves())[::-1] if needle else []
        self._position = 0
        self.done = not self._left

    @property
    def more(self) -> bool:
        """Whether it was given up after `MOST` places."""
        return len(self.places) >= MOST

    def advance(self, seconds: float) -> None:
        """Search for about `seconds`, at least a chunk."""
        stop = time.perf_counter() + seconds
        while not self.done:
            path, leaf = self._left[-1]
            ended = self._in_lines(path, leaf) if isinstance(leaf, Lines) else self._in(path, leaf)
            if ended:
                self._left.pop()
                self._position = 0
            self.done = self.more or not self._left
            if time.perf_counter() > stop:
                return

    def _in_lines(self, path: Path, lines: Lines) -> bool:
        stop = min(self._position + 512, len(lines.lines))
        for number in range(self._position, stop):
            text = "".join(piece.text for piece in lines.lines[number].pieces)
            self._add(path, [number] * lowered(text).count(self.needle))
        self._position = stop
        return stop >= len(lines.lines)

    def _in(self, path: Path, source: Source) -> bool:
        begin, text = self._position, source.text
        stop = min(begin + _CHUNK, len(text))
        # A match may begin in this chunk and end in the next.
        chunk = lowered(text[begin : stop + len(self.needle) - 1])
        found: list[int] = []
        at = chunk.find(self.needle)
        while 0 <= at < stop - begin and len(self.places) + len(found) < MOST:
            found.append(begin + at)
            at = chunk.find(self.needle, at + len(self.needle))
        self._add(path, found)
        # Not into a match that reaches beyond the chunk.
        self._position = max(stop, found[-1] + len(self.needle)) if found else stop
        return self._position >= len(text)

    def _add(self, path: Path, offsets: list[int]) -> None:
        room = MOST - len(self.places)
        self.places += [Place(path, offset) for offset in offsets[:room]]


def lowered(text: str) -> str:
    """Return `text` in lower case, or as it is where that would move the places of letters."""
    made = text.lower()
    return made if len(made) == len(text) else text
