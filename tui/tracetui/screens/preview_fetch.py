"""What the preview of a trace shows, as a query that runs on a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracetui_analyses.span_tree import SpanTree
from tracetui_store.content import folded_fields

from tracetui.view_models.trace_preview import first_input, last_output

if TYPE_CHECKING:
    import pyarrow as pa
    from tracetui_store.protocol import TraceReader

MOST_CALLS = 3
"""Model calls that are read from either end: one that failed may say nothing."""
_INPUTS = ("input_messages", "input_value")
_OUTPUTS = ("output_messages", "output_value")


@dataclass(frozen=True, slots=True)
class Preview:
    """A trace, and the content of the few spans that say what it was about."""

    trace_id: str
    table: pa.Table
    tree: SpanTree
    inputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Folded, of the first model calls and then of the root, until one says something."""
    outputs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Folded, of the last model calls, the last one first, and then of the root."""


def preview(reader: TraceReader, trace_id: str) -> Preview:
    """Fetch the spans of a trace, and read of it what says what was asked and answered."""
    table = reader.trace_spans(trace_id)
    tree = SpanTree.from_table(table)
    found = Preview(trace_id, table, tree)
    roots = [int(row) for row in tree.row_id[:2] if row >= 0][:1]
    is_call: Any = table["is_model_call"]
    calls: Any = table.filter(is_call.fill_null(False)).sort_by("start_time_unix_nano")["row_id"]
    rows: list[int] = calls.to_pylist()
    for row_id in (*rows[:MOST_CALLS], *roots):
        found.inputs.append(_content(reader, row_id, _INPUTS))
        if first_input(found.inputs) is not None:
            break
    for row_id in (*rows[: -MOST_CALLS - 1 : -1], *roots):
        found.outputs.append(_content(reader, row_id, _OUTPUTS))
        if last_output(found.outputs) is not None:
            break
    return found


def _content(reader: TraceReader, row_id: int, fields: tuple[str, ...]) -> dict[str, Any]:
    detail = reader.span(row_id)
    return {} if detail is None else folded_fields(detail, fields)
