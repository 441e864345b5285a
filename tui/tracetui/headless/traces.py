"""`tracetui traces`: one line per trace; and how a person names one of them."""

from collections.abc import Sequence
from typing import Any

from tracetui_store.predicates import PredicateError
from tracetui_store.protocol import TraceReader

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.filtering import cannot_ask, predicate
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds

Row = dict[str, Any]

SORTS = {
    "listed": "number",
    "started": "start_time_unix_nano",
    "duration": "duration_nano",
    "spans": "span_count",
    "calls": "llm_count",
    "tokens": "total_tokens",
    "cost": "cost_usd",
    "errors": "error_count",
    "name": "name",
}
"""Words of `--sort` and their columns. Quantities sort largest first."""

DEFAULT_LIMIT = 50
_ASCENDING = frozenset({"listed", "name"})
_SHORT_ID = 12
_HEADS = (
    *("#", "trace", "started", "name", "agent", "duration"),
    *("spans", "llm", "tool", "tokens", "cost", "errors"),
)


def run(
    paths: Sequence[str],
    *,
    sort: str,
    reverse: bool,
    limit: int | None,
    as_json: bool,
    options: LoadOptions,
    filter_text: str = "",
) -> None:
    """Print the traces of `paths`; JSON has all of them unless `limit` says otherwise."""
    with loaded(paths, options) as reader:
        rows = numbered(reader)
        if filter_text:
            left = _left(reader, filter_text)
            rows = [row for row in rows if row["trace_id"] in left]
        rows = sorted_rows(rows, sort, reverse=reverse)
    if as_json:
        say_json(rows[:limit] if limit else rows)
        return
    shown = rows[: DEFAULT_LIMIT if limit is None else limit or len(rows)]
    say_lines(_lines(shown))
    if len(shown) < len(rows):
        say(f"… {fmt.count(len(rows) - len(shown))} more traces: --limit 0 shows all")


def numbered(reader: TraceReader) -> list[Row]:
    """Return the traces as dicts; `number` is how `show` may name them, from 1."""
    return [
        {"number": number, **row} for number, row in enumerate(reader.traces().to_pylist(), start=1)
    ]


def _left(reader: TraceReader, text: str) -> set[Any]:
    """Return the ids of the traces that a filter leaves."""
    where = predicate(reader, text, "traces")
    try:
        return set(reader.traces(where)["trace_id"].to_pylist())
    except PredicateError as error:
        raise cannot_ask(error) from None


def sorted_rows(rows: list[Row], sort: str, *, reverse: bool) -> list[Row]:
    """Return `rows` by one of `SORTS`; rows without a value always come last.

    Raises:
        CommandError: If `sort` is none of them.
    """
    if sort not in SORTS:
        raise CommandError(f"cannot sort by {sort!r}; one of: {', '.join(SORTS)}", USAGE)
    column = SORTS[sort]
    known = [row for row in rows if row[column] is not None]
    unknown = [row for row in rows if row[column] is None]
    known.sort(key=lambda row: row[column], reverse=(sort not in _ASCENDING) != reverse)
    return known + unknown


def pick(rows: list[Row], wanted: str) -> Row:
    """Return the trace that `wanted` names: an id, a number in the list, or the start of an id.

    Raises:
        CommandError: If it names none or several.
    """
    for row in rows:
        if row["trace_id"] == wanted:
            return row
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= len(rows):
        return rows[int(wanted[:9]) - 1]
    found = [row for row in rows if (row["trace_id"] or "").startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(f"{len(found)} traces begin with {wanted!r}; give more of the id", USAGE)
    raise CommandError(f"no trace {wanted!r}; `tracetui traces FILE` lists them", USAGE)


def tokens(row: Row) -> str:
    """Return a trace's tokens for the eye; `?` if its model calls report none."""
    if row["total_tokens"] is None:
        return fmt.UNKNOWN if row["llm_count"] or row["agent_count"] else fmt.NOTHING
    return fmt.tokens(row["total_tokens"], lower_bound=bool(row["lower_bound"]))


def cost(row: Row) -> str:
    """Return a trace's cost for the eye; `?` if it has model calls and no price."""
    if row["cost_usd"] is None:
        return fmt.UNKNOWN if row["llm_count"] or row["agent_count"] else fmt.NOTHING
    return fmt.money(row["cost_usd"], lower_bound=bool(row["unpriced_count"] or row["lower_bound"]))


def duration(row: Row) -> str:
    """Return a trace's duration, with a mark while it runs."""
    if row["duration_nano"] is None:
        return kinds.RUNNING_MARK if row["running_count"] else fmt.UNKNOWN
    return fmt.duration(row["duration_nano"]) + (kinds.RUNNING_MARK if row["running_count"] else "")


def _lines(rows: list[Row]) -> list[str]:
    cells = [
        [
            str(row["number"]),
            (row["trace_id"] or fmt.UNKNOWN)[:_SHORT_ID],
            fmt.clock(row["start_time_unix_nano"], with_date=True),
            f"{kinds.glyph(row['kind'])} {row['name'] or fmt.UNKNOWN}",
            row["agent_name"] or fmt.NOTHING,
            duration(row),
            fmt.count(row["span_count"]),
            fmt.count(row["llm_count"]),
            fmt.count(row["tool_count"]),
            tokens(row),
            cost(row),
            f"{kinds.ERROR_MARK}{row['error_count']}" if row["error_count"] else fmt.NOTHING,
        ]
        for row in rows
    ]
    return table_lines(_HEADS, cells, left=("trace", "started", "name", "agent"))
