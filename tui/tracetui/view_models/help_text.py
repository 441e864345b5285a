"""The help page: every key as it is bound now, and what the marks mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracetui.view_models.kinds import ERROR_MARK, GLYPHS, PATH_MARK, RUNNING_MARK, SKEW_MARK
from tracetui.view_models.ruler import BREAK
from tracetui.view_models.text_document import BLANK, Line, Piece, TextDocument, line, text_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracetui.commands import Command

_KEY_CELLS = 14
_MARKS = (
    (ERROR_MARK, "errors, and how many"),
    (RUNNING_MARK, "still running: a span without an end"),
    ("?", "not known; after a count: spans whose parent is not in the load"),
    ("·", "does not apply"),
    (SKEW_MARK, "begins before its parent, or ends before it begins: another clock"),
    (BREAK, "idle time that is left out (i)"),
    (PATH_MARK, "on the critical path (c)"),
    ("≥", "at least: a model call did not say its tokens or has no price"),
)
_NAMES = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
}


def shown_keys(command: Command, keymap: Mapping[str, str]) -> str:
    """Return the keys of `command` as people write them, remapped ones included."""
    if command.id in keymap:
        return " ".join(
            _NAMES.get(key.strip(), key.strip()) for key in keymap[command.id].split(",")
        )
    if command.shown_as:
        return command.shown_as
    return " ".join(_NAMES.get(key, key) for key in command.keys.split(","))


def help_document(
    groups: tuple[tuple[str, tuple[Command, ...]], ...], keymap: Mapping[str, str]
) -> TextDocument:
    """Return the help page."""
    lines: list[Line] = []
    for title, commands in groups:
        lines += [line(Piece(title, "heading"))]
        lines += [
            line(
                Piece(f"  {shown_keys(command, keymap):<{_KEY_CELLS}}", "accent"),
                command.description,
                hang=_KEY_CELLS + 2,
            )
            for command in commands
        ]
        lines += [BLANK]
    lines += [line(Piece("Marks", "heading"))]
    lines += [
        line(Piece(f"  {mark:<{_KEY_CELLS}}", "accent"), words, hang=_KEY_CELLS + 2)
        for mark, words in _MARKS
    ]
    lines += [BLANK, line(Piece("Kinds", "heading"))]
    lines += [
        line(Piece(f"  {glyph:<{_KEY_CELLS}}", "accent"), kind) for kind, glyph in GLYPHS.items()
    ]
    return text_lines(*lines)
