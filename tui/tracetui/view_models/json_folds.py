"""Folding of indented JSON: objects and arrays that begin at the end of a line."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_SECOND_LEVEL = re.compile(r"^ {2}(?! )[^\n]*[\[{]$", re.MULTILINE)


@dataclass(slots=True)
class JsonFolds:
    """Indented JSON and what of it is folded; `shown` is the text with folds.

    Offsets are of `text` unless said otherwise. JSON strings hold no line breaks, so the line that
    closes a bracket is the next one with the same indentation.
    """

    text: str
    shown: str = ""
    folded: set[int] = field(default_factory=set)
    """Starts of the lines that are folded."""
    _whole: list[int] = field(default_factory=lambda: [0])
    """Where the stretches that are shown begin in `text`, and below, in `shown`."""
    _starts: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        self.shown = self.text

    def bracket(self, offset: int) -> tuple[int, int, int] | None:
        """Return start and end of the line at `offset` and its closing bracket, if it opens one."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", start)
        opens = self.text[end - 1 : end] if end > start else ""
        if opens not in {"{", "["}:
            return None
        indent = 0
        while self.text[start + indent] == " ":
            indent += 1
        closing = "\n" + " " * indent + ("}" if opens == "{" else "]")
        found = self.text.find(closing, end)
        return None if found < 0 else (start, end, found + len(closing) - 1)

    def toggle(self, shown_offset: int) -> bool:
        """Fold or unfold at a place of the shown text; return whether there was something to."""
        found = self.bracket(self.to_text(shown_offset))
        if found is None:
            return False
        self.folded ^= {found[0]}
        self._show()
        return True

    def toggle_all(self) -> bool:
        """Unfold everything, or fold what stands in the outermost brackets."""
        folds = set() if self.folded else {m.start() for m in _SECOND_LEVEL.finditer(self.text)}
        if folds == self.folded:
            return False
        self.folded = folds
        self._show()
        return True

    def reveal(self, offset: int) -> bool:
        """Unfold what hides `offset`; return whether anything did."""
        hiding = {
            start
            for start in self.folded
            if (found := self.bracket(start)) is not None and found[1] <= offset < found[2]
        }
        self.folded -= hiding
        if hiding:
            self._show()
        return bool(hiding)

    def to_text(self, shown_offset: int) -> int:
        """Return the place of a character of `shown`."""
        stretch = bisect_right(self._starts, shown_offset) - 1
        place = self._whole[stretch] + shown_offset - self._starts[stretch]
        end = self._whole[stretch + 1] if stretch + 1 < len(self._whole) else len(self.text)
        return min(place, end)

    def to_shown(self, offset: int) -> int:
        """Return where a character stands in `shown`, or the fold that hides it."""
        stretch = bisect_right(self._whole, offset) - 1
        place = self._starts[stretch] + offset - self._whole[stretch]
        end = self._starts[stretch + 1] if stretch + 1 < len(self._starts) else len(self.shown)
        return min(place, end)

    def _show(self) -> None:
        parts: list[str] = []
        self._whole, self._starts = [0], [0]
        position = length = 0
        for start in sorted(self.folded):
            if start < position or (found := self.bracket(start)) is None:
                continue
            _, end, close = found
            lines = self.text.count("\n", end, close) - 1
            kept = self.text[position:end]
            mark = f" ⋯ {lines:,} line{'' if lines == 1 else 's'} "
            parts += (kept, mark)
            length += len(kept) + len(mark)
            position = close
            self._whole.append(close)
            self._starts.append(length)
        parts.append(self.text[position:])
        self.shown = "".join(parts)
