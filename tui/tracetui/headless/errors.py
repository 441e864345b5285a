"""`tracetui errors`: what went wrong, grouped by cause."""

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
from tracetui_analyses.errors import ERROR_COLUMNS, ErrorGroup, error_groups
from tracetui_store.protocol import TraceReader

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds

DEFAULT_LIMIT = 50


def run(paths: Sequence[str], *, limit: int | None, as_json: bool, options: LoadOptions) -> None:
    """Print the error groups of `paths`; JSON has all of them unless `limit` says otherwise."""
    with loaded(paths, options) as reader:
        groups = error_groups(error_spans(reader))
    if as_json:
        say_json([asdict(group) for group in (groups[:limit] if limit else groups)])
        return
    if not groups:
        say("no errors")
        return
    shown = groups[: DEFAULT_LIMIT if limit is None else limit or len(groups)]
    say_lines(_lines(shown))
    if len(shown) < len(groups):
        say(f"… {fmt.count(len(groups) - len(shown))} more groups: --limit 0 shows all")


def error_spans(reader: TraceReader) -> pa.Table:
    """Return the spans of every trace that has an error, with their trace ids."""
    wanted = [name for name in ERROR_COLUMNS if name != "trace_id"]
    tables: list[pa.Table] = []
    for row in reader.traces().select(["trace_id", "error_count"]).to_pylist():
        if row["error_count"]:
            spans = reader.trace_spans(row["trace_id"]).select(wanted)
            ids = pa.repeat(pa.scalar(row["trace_id"], pa.string()), spans.num_rows)
            tables.append(spans.append_column("trace_id", ids))
    if tables:
        return pa.concat_tables(tables, promote_options="permissive")
    types = {"error": pa.bool_(), "start_time_unix_nano": pa.int64()}
    return pa.schema([(name, types.get(name, pa.string())) for name in ERROR_COLUMNS]).empty_table()


def _lines(groups: Sequence[ErrorGroup]) -> list[str]:
    heads = ["count", "traces", "first", "last", "type", "message", "example"]
    cells = [
        [
            fmt.count(group.count),
            fmt.count(group.traces),
            fmt.clock(group.first_seen_unix_nano, with_date=True),
            fmt.clock(group.last_seen_unix_nano, with_date=True),
            group.error_type or fmt.NOTHING,
            group.fingerprint or "no message",
            f"{kinds.glyph(group.kind)} {group.name or fmt.UNKNOWN} {group.span_id or ''}",
        ]
        for group in groups
    ]
    return table_lines(heads, cells, left=("first", "last", "type", "message", "example"), width=60)
