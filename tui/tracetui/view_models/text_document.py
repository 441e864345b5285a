"""What the text view shows: styled lines and long texts, one below the other, not yet laid out.

Texts are the real ones, unsanitised: copying gives what the trace holds. Only `text_layout`,
on the way to the screen, makes them safe to draw.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role = Literal[
    "",
    "accent",
    "code",
    "dim",
    "error",
    "heading",
    "key",
    "keyword",
    "label",
    "match",
    "number",
    "ok",
    "string",
    "strong",
    "warning",
]
"""What a piece of text is; the text view gives each a colour of the theme."""

ROLES: tuple[Role, ...] = tuple(role for role in Role.__args__ if role)
"""Every role that has a look of its own."""

Language = Literal["text", "markdown", "json"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line in one style."""

    text: str
    role: Role = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One styled line."""

    pieces: tuple[Piece, ...]
    hang: int = 0
    """Cells by which its continuation rows are indented when it wraps."""
    cut: bool = False
    """Whether it is cut with an ellipsis instead of wrapped: a row of a table."""
    link: tuple[str, str] | None = None
    """Trace and span that it leads to."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Styled lines, few and short: the facts around the long texts."""

    lines: tuple[Line, ...]

    def plain_text(self) -> str:
        """Return the lines without style."""
        return "\n".join("".join(piece.text for piece in line.pieces) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Source:
    """A text of any size, shown as it is; highlighted where it is visible."""

    text: str
    language: Language = "text"
    indent: int = 2
    role: Role = ""
    """The style of what the highlighting leaves plain."""
    whole: str | None = None
    """The true text, where `text` names parts of it by their size."""

    def plain_text(self) -> str:
        """Return the true text, without indentation."""
        return self.text if self.whole is None else self.whole


@dataclass(frozen=True, slots=True)
class Columns:
    """Two texts side by side, or one below the other where there is no room for both."""

    left: "TextDocument"
    right: "TextDocument"

    def plain_text(self) -> str:
        """Return one text after the other."""
        return f"{self.left.plain_text()}\n\n{self.right.plain_text()}"


Block: TypeAlias = "Lines | Source | Columns"
Path: TypeAlias = tuple[int, ...]
"""Where a text or lines stand in a document: a block, or a block, a side of it and a block there.
"""


@dataclass(frozen=True, slots=True)
class TextDocument:
    """Blocks, one below the other."""

    blocks: tuple[Block, ...] = ()

    def plain_text(self) -> str:
        """Return the whole text as a copy of it should read."""
        return "\n".join(block.plain_text() for block in self.blocks)

    def find(self, needle: re.Pattern[str]) -> tuple[int, int] | None:
        """Return the block and the place in it where `needle` stands first; None if nowhere.

        The place is a character of a `Source`, a line of `Lines`.
        """
        for number, block in enumerate(self.blocks):
            if isinstance(block, Columns):
                # The places of columns are rows that only a layout knows: their top will do.
                if block.left.find(needle) or block.right.find(needle):
                    return number, 0
            elif isinstance(block, Source):
                if found := needle.search(block.text):
                    return number, found.start()
            else:
                for at, one in enumerate(block.lines):
                    if needle.search("".join(piece.text for piece in one.pieces)):
                        return number, at
        return None

    def __add__(self, other: "TextDocument") -> "TextDocument":
        return TextDocument(self.blocks + other.blocks)

    def leaves(self) -> "Iterator[tuple[Path, Lines | Source]]":
        """Yield the texts and lines, those of columns too, each with its path."""
        for number, block in enumerate(self.blocks):
            if isinstance(block, Columns):
                for side, document in enumerate((block.left, block.right)):
                    for path, leaf in document.leaves():
                        yield (number, side, *path), leaf
            else:
                yield (number,), block

    def with_leaf(self, path: Path, leaf: "Lines | Source") -> "TextDocument":
        """Return the document with another text at `path`."""
        number, inside = path[0], path[1:]
        made: Block = leaf
        if inside:
            block = self.blocks[number]
            if not isinstance(block, Columns):
                raise KeyError(path)
            sides = [block.left, block.right]
            sides[inside[0]] = sides[inside[0]].with_leaf(inside[1:], leaf)
            made = Columns(*sides)
        return TextDocument((*self.blocks[:number], made, *self.blocks[number + 1 :]))


BLANK = Line(())


def line(
    *pieces: Piece | str, hang: int = 0, cut: bool = False, link: tuple[str, str] | None = None
) -> Line:
    """Return a line of `pieces`; a plain string has no style."""
    return Line(tuple(Piece(p) if isinstance(p, str) else p for p in pieces), hang, cut, link)


def labelled(label: str, *words: Piece | str, cells: int = 11) -> Line:
    """Return a line of a label in `cells` and what it is of, which continues below itself."""
    return line(Piece(f"  {label:<{cells}}", "label"), *words, hang=cells + 2)


def text_lines(*lines: Line) -> TextDocument:
    """Return a document of styled lines."""
    return TextDocument((Lines(lines),)) if lines else TextDocument()


def joined(documents: Iterator[TextDocument] | list[TextDocument]) -> TextDocument:
    """Return `documents` as one, with a blank line between those that hold anything."""
    blocks: list[Block] = []
    for document in documents:
        if not document.blocks:
            continue
        if blocks:
            blocks.append(Lines((BLANK,)))
        blocks.extend(document.blocks)
    return TextDocument(tuple(blocks))
