"""The ingest report as text: what became of every file, and each line that was not simply read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracetui.view_models import format as fmt
from tracetui.view_models.text_document import (
    BLANK,
    Line,
    Piece,
    Role,
    TextDocument,
    line,
    text_lines,
)
from tracetui.view_models.totals_line import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracetui_store.rows import FileRow, ProblemRow

    from tracetui.reception import Received

_LABEL_CELLS = 10
_STATES: dict[str, Role] = {"done": "ok", "failed": "error", "loading": "accent"}
_PROBLEMS: dict[str, Role] = {
    "failed": "error",
    "rejected": "error",
    "repaired": "warning",
    "tail": "warning",
}
_MESSAGE_SHOWN = 300


def report_document(
    files: Sequence[FileRow],
    problems: Sequence[ProblemRow],
    error: str | None = None,
    received: Received | None = None,
) -> TextDocument:
    """Return the report; problems that were not fetched are counted in words.

    `error` says why the load stopped; it is left to the file that failed, if one did. `received`
    is what a receiver has counted.
    """
    by_file: dict[int, list[ProblemRow]] = defaultdict(list)
    for problem in problems:
        by_file[problem.source_id].append(problem)
    lines: list[Line] = []
    if error is not None and not any(file.state == "failed" for file in files):
        lines += [*(line(Piece(text, "error")) for text in error.splitlines()), BLANK]
    if received is not None:
        refused = received.refused_words
        lines += [
            line(Piece("received", "heading")),
            _fact("accepted", received.accepted_words),
            _fact("refused", Piece(refused or "nothing", "warning" if refused else "dim")),
            BLANK,
        ]
    for file in files:
        lines += _file(file)
        lines += _problems(file, by_file[file.source_id])
        lines.append(BLANK)
    if not files and error is None:
        lines.append(line(Piece("No input has been looked at yet.", "dim")))
    return text_lines(*lines)


def _file(file: FileRow) -> list[Line]:
    lines = [
        line(Piece(file.path, "heading"), "  ", Piece(file.state, _STATES.get(file.state, "dim"))),
        _fact("format", Piece(file.format or "none", "strong"), Piece(f"  {file.reason}", "dim")),
        _fact("size", _size(file)),
        _fact(
            "lines",
            f"{fmt.count(file.ok)} ok",
            _count(file.repaired, "repaired", "warning"),
            _count(file.rejected, "rejected", "error"),
            _count(file.blank, "blank", ""),
            _count(file.tail, "in an unfinished last line", "warning"),
        ),
        _fact(
            "found",
            plural(file.spans, "span"),
            f"  {plural(file.traces, 'trace')}",
            f"  {plural(file.events, 'event')}",
            f"  {plural(file.links, 'link')}",
            f"  {plural(file.logs, 'log')}",
        ),
        _fact(
            "settled",
            plural(file.duplicates, "duplicate"),
            Piece(f"  {plural(file.orphans, 'orphan')}", "warning" if file.orphans else ""),
            Piece("  (parent not in the load)", "dim") if file.orphans else "",
        ),
    ]
    if file.metric_points:
        lines.append(_fact("metrics", plural(file.metric_points, "data point")))
    return lines


def _fact(label: str, *pieces: Piece | str) -> Line:
    shown = [piece for piece in pieces if piece]
    return line(Piece(f"  {label:<{_LABEL_CELLS}}", "label"), *shown, hang=_LABEL_CELLS + 2)


def _count(number: int, words: str, role: Role) -> Piece:
    return Piece(f"  {fmt.count(number)} {words}", role if number else "dim")


def _size(file: FileRow) -> str:
    if file.bytes is None:
        return f"{fmt.byte_size(file.bytes_done)} read"
    if file.bytes_done < file.bytes and file.state != "done":
        return f"{fmt.byte_size(file.bytes_done)} of {fmt.byte_size(file.bytes)}"
    # A file that is followed has grown since its size was asked for.
    return fmt.byte_size(max(file.bytes, file.bytes_done))


def _problems(file: FileRow, problems: Sequence[ProblemRow]) -> list[Line]:
    if not file.problem_count:
        return []
    shown = len(problems)
    count = plural(file.problem_count, "problem")
    more = "" if shown >= file.problem_count else f", the first {fmt.count(shown)} shown"
    lines = [line(Piece(f"  {count}{more}", "strong"))]
    for problem in problems:
        at = "-" if problem.line is None else fmt.count(problem.line)
        offset = "-" if problem.byte_offset is None else fmt.count(problem.byte_offset)
        message = problem.message
        if len(message) > _MESSAGE_SHOWN:
            message = f"{message[:_MESSAGE_SHOWN]} … ({fmt.count(len(message))} characters)"
        lines.append(
            line(
                Piece(f"    line {at:>8}  byte {offset:>11}  ", "dim"),
                Piece(f"{problem.kind:<9}", _PROBLEMS.get(problem.kind, "dim")),
                f" {message}",
                hang=43,
            )
        )
    return lines
