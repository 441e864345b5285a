"""Aligned facts: a label column and a value column, under quiet headings."""

from dataclasses import dataclass, field

from tracetui.view_models.text_document import Line, Piece, Role, TextDocument, line, text_lines

LABEL_CELLS = 15
"""Where values begin, so that every section of a span aligns."""


@dataclass(slots=True)
class Facts:
    """A section under construction: labelled values in order, absent ones left out."""

    heading: str
    lines: list[Line] = field(default_factory=list)

    def add(self, label: str, value: object, role: Role = "", note: str = "") -> None:
        """Add a fact unless `value` is None or empty; `note` follows it, dimmed."""
        if value is None or value == "":
            return
        pieces = [
            Piece(f"  {label:<{LABEL_CELLS - 3}} ", "label"),
            Piece(str(value), role),
        ]
        if note:
            pieces.append(Piece(f"  {note}", "dim"))
        self.lines.append(line(*pieces, hang=LABEL_CELLS))

    def document(self) -> TextDocument:
        """Return the section; nothing if it holds no fact."""
        if not self.lines:
            return TextDocument()
        if not self.heading:
            return text_lines(*self.lines)
        return text_lines(line(Piece(self.heading, "heading")), *self.lines)


def heading(text: str, note: str = "") -> TextDocument:
    """Return the heading of a section, with a dimmed note after it."""
    pieces = [Piece(text, "heading")]
    if note:
        pieces.append(Piece(f"  {note}", "dim"))
    return text_lines(line(*pieces))
