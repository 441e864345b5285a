"""What the text view shows: styled lines and long texts, one below the other, not yet laid out.

Texts are the real ones, unsanitised: copying gives what the trace holds. Only `text_layout`,
on the way to the screen, makes them safe to draw.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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

    def plain_text(self) -> str:
        """Return the text as it is, without indentation."""
        return self.text


Block = Lines | Source


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
            if isinstance(block, Source):
                if found := needle.search(block.text):
                    return number, found.start()
            else:
                for at, one in enumerate(block.lines):
                    if needle.search("".join(piece.text for piece in one.pieces)):
                        return number, at
        return None

    def __add__(self, other: "TextDocument") -> "TextDocument":
        return TextDocument(self.blocks + other.blocks)


BLANK = Line(())


def line(*pieces: Piece | str, hang: int = 0, cut: bool = False) -> Line:
    """Return a line of `pieces`; a plain string has no style."""
    return Line(tuple(Piece(p) if isinstance(p, str) else p for p in pieces), hang, cut)


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
