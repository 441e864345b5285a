"""`tracetui show`: the span tree of traces as text, and one span as Markdown."""

import shlex
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.cells import cell_len
from tracetui_analyses.span_tree import SpanTree
from tracetui_store.protocol import TraceReader

from tracetui.headless import traces as trace_list
from tracetui.headless.conversation import print_conversations
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.markdown import span_markdown
from tracetui.headless.output import fit, say, say_json, say_lines, shorten
from tracetui.headless.spans import find_span
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds
from tracetui.view_models.text_tree import GuidedRow, guided_rows

Row = dict[str, Any]

MAX_TRACES = 20
"""Traces that are drawn when none is named."""
MAX_SPANS_EACH = 200
"""Spans that are drawn of each of them."""
MAX_SPANS = 1_000
"""Spans that are drawn of a trace that is named."""

_LABEL_CELLS = 72
_NOTE_CELLS = 80


def run(
    arguments: Sequence[str],
    *,
    trace: str | None,
    span: str | None,
    depth: int | None,
    limit: int | None,
    as_json: bool,
    conversation: bool = False,
    options: LoadOptions,
) -> None:
    """Print the span tree of the files in `arguments`, or of one of their traces."""
    paths, wanted = split_arguments(arguments, trace)
    with loaded(paths, options) as reader:
        if span is not None:
            wanted = wanted and trace_list.pick(trace_list.numbered(reader), wanted)["trace_id"]
            say_lines(span_markdown(find_span(reader, wanted, span)))
            return
        rows = trace_list.numbered(reader)
        chosen = rows if wanted is None else [trace_list.pick(rows, wanted)]
        if conversation:
            print_conversations(reader, chosen, limit=limit, as_json=as_json)
        elif as_json:
            say_json({"traces": [_trace_json(reader, row, depth, limit) for row in chosen]})
        elif wanted is None and len(rows) > 1:
            print_trees(reader, paths, depth=depth, limit=limit)
        else:
            for row in chosen:
                _print_tree(reader, paths, row, depth, MAX_SPANS if limit is None else limit)


def split_arguments(arguments: Sequence[str], trace: str | None) -> tuple[list[str], str | None]:
    """Tell the files from the trace: the last argument is one if it names no file."""
    paths = list(arguments)
    if trace is None and len(paths) > 1 and not _names_files(paths[-1]):
        trace = paths.pop()
    return paths, trace


def _names_files(argument: str) -> bool:
    return argument == "-" or any(mark in argument for mark in "*?[/") or Path(argument).exists()


def print_trees(
    reader: TraceReader, paths: Sequence[str], *, depth: int | None = None, limit: int | None = None
) -> None:
    """Print the trees of the first traces, each cut to a readable length, and what was left out."""
    rows = trace_list.numbered(reader)
    for row in rows[:MAX_TRACES]:
        _print_tree(reader, paths, row, depth, MAX_SPANS_EACH if limit is None else limit)
        say()
    if len(rows) > MAX_TRACES:
        left = len(rows) - MAX_TRACES
        say(f"… {fmt.count(left)} more traces: tracetui traces {_quoted(paths)} --limit 0")


def _print_tree(
    reader: TraceReader, paths: Sequence[str], row: Row, depth: int | None, limit: int
) -> None:
    """Print one trace: a line about it, then at most `limit` spans (0: all)."""
    table = reader.trace_spans(row["trace_id"])
    tree = SpanTree.from_table(table)
    say(_headline(row))
    shown = list(islice(guided_rows(tree, depth), limit or None))
    say_lines(_tree_lines(tree, table, shown))
    left = len(tree) - sum(1 + guided.folded for guided in shown)
    if left > 0:
        command = f"tracetui show {_quoted(paths)} {shlex.quote(row['trace_id'])} --limit 0"
        say(f"… {fmt.count(left)} more spans: {command}")


def _quoted(paths: Sequence[str]) -> str:
    return " ".join(map(shlex.quote, paths))


def _headline(row: Row) -> str:
    """Return the line above a tree: which trace, how long, how much."""
    parts = [
        f"trace {row['trace_id']}",
        shorten(row["name"] or fmt.UNKNOWN, _LABEL_CELLS),
        trace_list.duration(row),
        f"{fmt.count(row['span_count'])} span{'' if row['span_count'] == 1 else 's'}",
        f"{trace_list.tokens(row)} tokens",
    ]
    if row["cost_usd"] is not None:
        parts.append(trace_list.cost(row))
    if row["error_count"]:
        parts.append(f"{row['error_count']} error{'' if row['error_count'] == 1 else 's'}")
    if row["orphan_count"]:
        parts.append(f"{row['orphan_count']} with a missing parent")
    return "  ".join(parts)


def _tree_lines(tree: SpanTree, table: pa.Table, shown: Sequence[GuidedRow]) -> list[str]:
    """Return the lines of the rows `shown`: mark, tree, duration, tokens and what to know."""
    spans = _shown_spans(tree, table, shown)
    labels = [
        shorten(f"{guided.guides}{_label(tree, guided.row, span)}", _LABEL_CELLS)
        for guided, span in zip(shown, spans, strict=True)
    ]
    width = max(map(cell_len, labels), default=0)
    lines: list[str] = []
    for guided, span, label in zip(shown, spans, labels, strict=True):
        mark = kinds.ERROR_MARK if tree.error[guided.row] else " "
        time = _duration(tree, guided.row)
        tokens = _tokens(tree, guided.row)
        note = shorten(_note(tree, guided, span), _NOTE_CELLS)
        lines.append(f"{mark} {fit(label, width)}  {time:>8}  {tokens:>7}  {note}")
    return lines


def _shown_spans(tree: SpanTree, table: pa.Table, shown: Sequence[GuidedRow]) -> list[Row | None]:
    """Return the span of each row; None for a parent that is not in the load."""
    at = [int(tree.source_row[guided.row]) for guided in shown]
    found = iter(table.take([row for row in at if row >= 0]).to_pylist())
    return [next(found) if row >= 0 else None for row in at]


def _label(tree: SpanTree, row: int, span: Row | None) -> str:
    if span is None:
        return f"? missing parent {tree.missing_id(row)}"
    return f"{kinds.glyph(span['kind'])} {span['name'] or fmt.UNKNOWN}"


def _duration(tree: SpanTree, row: int) -> str:
    if tree.source_row[row] < 0:
        return fmt.NOTHING
    if tree.running[row]:
        return kinds.RUNNING_MARK
    if tree.no_start[row]:
        return fmt.UNKNOWN
    return fmt.duration(int(tree.end[row] - tree.start[row]))


def _tokens(tree: SpanTree, row: int) -> str:
    """Return the tokens of a row and all below it; `?` if calls there report none."""
    totals = tree.totals
    if totals.reported[row]:
        return fmt.tokens(int(totals.tokens[row]), lower_bound=bool(totals.silent[row]))
    return fmt.UNKNOWN if totals.silent[row] else fmt.NOTHING


def _note(tree: SpanTree, guided: GuidedRow, span: Row | None) -> str:
    notes: list[str] = []
    if guided.folded:
        notes.append(f"+{fmt.count(guided.folded)} below")
    if span is None:
        return ", ".join(notes)
    if tree.error[guided.row]:
        message = span["error_message"] or span["status_message"] or ""
        notes.append(f"{span['error_type'] or ''} {message}".strip() or "error")
    if tree.duplicate[guided.row]:
        notes.append("repeats another span's usage")
    if tree.cycle[guided.row]:
        notes.append("its parents lead back to itself")
    return ", ".join(notes)


def _trace_json(reader: TraceReader, row: Row, depth: int | None, limit: int | None) -> Row:
    """Return a trace and its spans in pre-order, each with its depth from 0."""
    table = reader.trace_spans(row["trace_id"])
    tree = SpanTree.from_table(table)
    shown = list(islice(guided_rows(tree, depth), limit or None))
    spans = [
        {"depth": int(tree.depth[guided.row])}
        | (span or {"span_id": tree.missing_id(guided.row), "missing": True})
        for guided, span in zip(shown, _shown_spans(tree, table, shown), strict=True)
    ]
    return {**row, "spans": spans, "spans_left_out": len(tree) - len(shown)}
