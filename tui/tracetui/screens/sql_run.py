"""What the SQL console does on threads: ask, look up a span, write a file. No widget is touched."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from tracetui_store.console import first_rows
from tracetui_store.protocol import QueryInterruptedError, SqlError

from tracetui.console.export import ExportError, export
from tracetui.view_models.result_grid import ResultGrid
from tracetui.view_models.sql_values import plan_lines

if TYPE_CHECKING:
    from tracetui_store.protocol import TraceReader

MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a query."""

    text: str
    grid: ResultGrid | None = None
    """Its rows; None if it was cancelled or is wrong."""
    truncated: bool = False
    """Whether there are more rows."""
    seconds: float = 0.0
    error: SqlError | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A trace to show, and the span in it."""

    trace_id: str
    row_id: int | None


def ask(reader: TraceReader, text: str) -> Answer:
    """Run a query as far as its rows are shown."""
    started = monotonic()
    try:
        result = first_rows(reader.sql(text), MOST_ROWS)
    except SqlError as error:
        return Answer(text, error=error)
    except QueryInterruptedError:
        return Answer(text)
    grid = ResultGrid(plan_lines(result.table))
    return Answer(text, grid, result.truncated, monotonic() - started)


def goal_of(reader: TraceReader, row: dict[str, Any]) -> Goal | str:
    """Return the trace and span that a row of a result names; else say why there is none."""
    trace_id, span_id, row_id = (row.get(name) for name in ("trace_id", "span_id", "row_id"))
    if isinstance(row_id, int) and not trace_id:
        detail = reader.span(row_id)
        if detail is None:
            return f"No span with the row_id {row_id} is loaded."
        return Goal(str(detail.fields["trace_id"]), row_id)
    if not isinstance(trace_id, str) or not trace_id:
        return "This row names no trace: select trace_id, and span_id, to open them."
    named = span_id if isinstance(span_id, str) else None
    span = next(reader.spans(trace_id, named), None)
    if span is None and named:
        return f"No span {named} of this trace is loaded."
    if span is None:
        return f"No trace {trace_id} is loaded."
    return Goal(trace_id, span["row_id"] if named else None)


def write(reader: TraceReader, text: str, target: str) -> tuple[bool, str]:
    """Write all rows of a query; return whether that went well, and what to say."""
    try:
        path, rows = export(reader.sql(text), target)
    except (ExportError, SqlError) as error:
        return False, str(error)
    except QueryInterruptedError:
        return False, "Cancelled; nothing is left of the file."
    return True, f"{rows:,} {'row' if rows == 1 else 'rows'} in {path}"
