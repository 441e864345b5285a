"""What the preview of a trace says: what was asked, what came of it, who did it, how it began."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tracetui_loaders.schema import KINDS

from tracetui.view_models import format as fmt
from tracetui.view_models import tree_summary
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK, glyph
from tracetui.view_models.text_document import (
    BLANK,
    Line,
    Piece,
    Role,
    TextDocument,
    line,
    text_lines,
)
from tracetui.view_models.text_tree import guided_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracetui_analyses.span_tree import SpanTree

TREE_ROWS = 15
MOST = 3
"""Errors and calls that are named."""
NAMED = 6
"""Models and agents that are named."""
TIMES = "\N{MULTIPLICATION SIGN}"
LONGEST_JSON = 100_000
"""Characters of JSON that are read for what it says."""
LABEL_CELLS = 11
LONGEST = 400
"""Characters of a text that are shown."""


def preview_document(
    tree: SpanTree,
    table: pa.Table,
    inputs: Sequence[dict[str, Any]],
    outputs: Sequence[dict[str, Any]],
) -> TextDocument:
    """Return the preview of a trace; `inputs` and `outputs` are folded contents, best first."""
    name, kind = tree_summary.root_name(tree, table)
    words = [text for text, _ in tree_summary.words(tree)]
    lines = [
        line(Piece(f"{glyph(kind)} {name or '(no name)'}", "strong"), cut=True),
        line(Piece("  ".join(words), "dim"), hang=2),
        _labelled("Asked", *_shown(first_input(inputs))),
        _labelled("Answered", *_shown(last_output(outputs))),
    ]
    for label, column in (("Models", "model"), ("Agents", "agent_name")):
        if named := _named(table, column):
            lines.append(_labelled(label, named))
    lines += [*_errors(table), *_costly(tree, table), BLANK, *_beginning(tree, table)]
    return text_lines(*lines)


def _labelled(label: str, text: str, role: Role = "") -> Line:
    return line(Piece(f"{label:<{LABEL_CELLS}}", "label"), Piece(text, role), hang=LABEL_CELLS)


def first_input(inputs: Sequence[dict[str, Any]]) -> str | None:
    """Return what a user said first; else what was put in first."""
    for content in inputs:
        messages: list[dict[str, Any]] = content.get("input_messages") or []
        users = [one for one in messages if one.get("role") == "user"]
        for message in users or messages[:1]:
            if text := _text(message):
                return text
        if content.get("input_value"):
            return str(content["input_value"])
    return None


def last_output(outputs: Sequence[dict[str, Any]]) -> str | None:
    """Return what was said last, or which tools were called with it; else what came out."""
    for content in outputs:
        messages: list[dict[str, Any]] = content.get("output_messages") or []
        for message in reversed(messages):
            if text := _text(message):
                return text
        if content.get("output_value"):
            return str(content["output_value"])
        calls = [
            f"→ {part.get('name') or '?'}"
            for message in messages
            for part in message.get("parts") or []
            if part.get("type") == "tool_call"
        ]
        if calls:
            return "  ".join(calls)
    return None


def _text(message: dict[str, Any]) -> str:
    parts: list[dict[str, Any]] = message.get("parts") or []
    texts = [str(part.get("content") or "") for part in parts if part.get("type") == "text"]
    return "\n".join(map(_unwrapped, texts)).strip()


def _unwrapped(text: str) -> str:
    """Return what a message says that some instrumentations write as JSON into its text."""
    if not text.startswith("{") or len(text) > LONGEST_JSON:
        return text
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return text
    content = message.get("content") if "role" in message else None
    return content if isinstance(content, str) else text


def _shown(text: str | None) -> tuple[str, Role]:
    if text is None:
        return "not recorded", "dim"
    words = " ".join(text[: 4 * LONGEST].split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…", ""


def _counted(table: pa.Table, column: str) -> list[tuple[str, int]]:
    """Return the values of a column with their number, the most frequent first."""
    counts: Any = pc.value_counts(table[column].drop_null())
    pairs = [(str(one["values"]), int(one["counts"])) for one in counts.to_pylist()]
    return sorted(pairs, key=lambda pair: -pair[1])


def _named(table: pa.Table, column: str) -> str:
    found = _counted(table, column)
    shown = [f"{name} {TIMES}{count}" if count > 1 else name for name, count in found[:NAMED]]
    more = [f"+{len(found) - NAMED}"] if len(found) > NAMED else []
    return "  ".join([*shown, *more])


def _errors(table: pa.Table) -> Iterator[Line]:
    is_error: Any = table["error"]
    failed = table.filter(is_error.fill_null(False))
    if not len(failed):
        return
    said: Any = pc.coalesce(
        failed["error_message"], failed["status_message"], failed["error_type"], pa.scalar("error")
    )
    found = _counted(pa.table({"said": said}), "said")
    for at, (text, count) in enumerate(found[:MOST]):
        words = " ".join(text[:LONGEST].split())
        times = f"  {TIMES}{count}" if count > 1 else ""
        yield line(_label("Errors", at), Piece(f"{ERROR_MARK} {words}{times}", "error"), cut=True)
    if len(found) > MOST:
        yield line(" " * LABEL_CELLS, Piece(f"{len(found) - MOST:,} others", "dim"))


def _label(label: str, at: int) -> Piece:
    """Return a label before the first of several lines, as much room before the others."""
    return Piece(f"{'' if at else label:<{LABEL_CELLS}}", "label")


def _costly(tree: SpanTree, table: pa.Table) -> Iterator[Line]:
    """Yield the calls that cost most."""
    costs = np.where(np.isnan(tree.own_cost), -1.0, tree.own_cost)
    rows = np.argsort(-costs, kind="stable")[:MOST]
    rows = rows[costs[rows] > 0]
    cells = [fmt.money(float(costs[row])) for row in rows]
    width = max(map(len, cells), default=0)
    for at, (row, cost) in enumerate(zip(rows.tolist(), cells, strict=True)):
        model = table["model"][int(tree.source_row[row])].as_py()
        yield line(
            _label("Costliest", at),
            Piece(f"{cost:>{width}}  ", "number"),
            _name(tree, table, row),
            Piece(f"  {model or ''}", "dim"),
            cut=True,
        )


def _beginning(tree: SpanTree, table: pa.Table) -> Iterator[Line]:
    for guided in islice(guided_rows(tree), TREE_ROWS):
        row = guided.row
        nano = int(tree.end[row] - tree.start[row])
        mark = RUNNING_MARK if tree.running[row] else fmt.duration(nano)
        failed = bool(tree.error[row])
        yield line(
            Piece(guided.guides, "dim"),
            Piece(
                f"{glyph(KINDS[int(tree.kind[row])])} {_name(tree, table, row)}",
                "error" if failed else "",
            ),
            Piece(f"  {mark}" if tree.source_row[row] >= 0 else "", "dim"),
            cut=True,
        )
    if len(tree) > TREE_ROWS:
        yield line(Piece(f"{len(tree) - TREE_ROWS:,} more", "dim"))


def _name(tree: SpanTree, table: pa.Table, row: int) -> str:
    source = int(tree.source_row[row])
    if source < 0:
        return "missing parent"
    name: str | None = table["name"][source].as_py()
    return " ".join(name.split()) if name else "(no name)"
