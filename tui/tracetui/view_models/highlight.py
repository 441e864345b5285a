"""Light highlighting of one visible row: JSON by token, Markdown by line. Never a whole text."""

import re

from tracetui.view_models.text_document import Language, Piece, Role

_LOOK_BACK = 1_024
"""Characters before a row that are read to learn whether it begins inside a JSON string."""
_JSON_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]++|\\.)*+"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<keyword>true|false|null)"
    r'|[^"\-\dtfn]+|.',
    re.DOTALL,
)
_COLON = re.compile(r"\s*:")
_STRING_START = re.compile(r'[\[{,:]\s*(?=")')
_HEADING = re.compile(r"#{1,6} ")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)]) ")
_INLINE = re.compile(r"`[^`\n]+`|\*\*[^*\n]+\*\*")


def highlight(text: str, start: int, end: int, language: Language, role: Role) -> list[Piece]:
    """Return `text[start:end]`, one row, in styled pieces."""
    if start >= end:
        return []
    if language == "json":
        return _json(text, start, end, role)
    if language == "markdown":
        return _markdown(text, start, end, role)
    return [Piece(text[start:end], role)]


def _json(text: str, start: int, end: int, role: Role) -> list[Piece]:
    position = text.rfind("\n", max(0, start - _LOOK_BACK), start) + 1
    if not position and start > _LOOK_BACK:
        # In the middle of a long line: what follows `{`, `[`, `,` or `:` is a string's beginning.
        found = _STRING_START.search(text, start - _LOOK_BACK, start)
        position = found.end() if found else start
    pieces: list[Piece] = []
    while position < end:
        token = _JSON_TOKEN.match(text, position, end)
        if token is None:
            break
        position = token.end()
        if position <= start:
            continue
        kind: Role = role
        if token["string"]:
            kind = "key" if _COLON.match(text, position) else "string"
        elif token["number"]:
            kind = "number"
        elif token["keyword"]:
            kind = "keyword"
        pieces.append(Piece(text[max(start, token.start()) : position], kind))
    return pieces


def _markdown(text: str, start: int, end: int, role: Role) -> list[Piece]:
    row = text[start:end]
    at_line_start = start == 0 or text[start - 1] == "\n"
    if at_line_start and _HEADING.match(row):
        return [Piece(row, "strong")]
    if at_line_start and row.lstrip().startswith("```"):
        return [Piece(row, "dim")]
    pieces: list[Piece] = []
    position = 0
    if at_line_start and (bullet := _BULLET.match(row)):
        pieces.append(Piece(bullet[0], "accent"))
        position = bullet.end()
    for found in _INLINE.finditer(row, position):
        if found.start() > position:
            pieces.append(Piece(row[position : found.start()], role))
        pieces.append(Piece(found[0], "code" if found[0][0] == "`" else "strong"))
        position = found.end()
    if position < len(row):
        pieces.append(Piece(row[position:], role))
    return pieces


def marked(pieces: list[Piece], needle: re.Pattern[str]) -> list[Piece]:
    """Return the pieces of one row with what `needle` matches set off, also across pieces."""
    row = "".join(piece.text for piece in pieces)
    spans = [found.span() for found in needle.finditer(row)]
    if not spans:
        return pieces
    marked_pieces: list[Piece] = []
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        for start, stop in spans:
            if stop <= at or start >= end:
                continue
            if start > at:
                marked_pieces.append(Piece(row[at:start], piece.role))
            inside = min(stop, end)
            marked_pieces.append(Piece(row[max(start, at) : inside], "match"))
            at = inside
        if at < end:
            marked_pieces.append(Piece(row[at:end], piece.role))
        at = end
    return marked_pieces
