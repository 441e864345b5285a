"""`tracetui sql`: the rows of a query of the user's own."""

from collections.abc import Sequence

import pyarrow as pa
from tracetui_store.console import SqlResult, first_rows
from tracetui_store.protocol import SqlError

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.sql_values import (
    cell_texts,
    distinct,
    is_number,
    plan_lines,
    rows_as_json,
)

DEFAULT_LIMIT = 1_000


def run(
    paths: Sequence[str], text: str, *, limit: int | None, as_json: bool, options: LoadOptions
) -> None:
    """Print the rows of `text`, at most `DEFAULT_LIMIT` unless `limit` says otherwise.

    Raises:
        CommandError: If it cannot be answered.
    """
    most = DEFAULT_LIMIT if limit is None else limit or None
    with loaded(paths, options) as reader:
        try:
            result = first_rows(reader.sql(text), most)
        except SqlError as error:
            raise CommandError(said(error, text), USAGE) from error
    if as_json:
        say_json(as_object(result))
        return
    table = plan_lines(result.table)
    say_lines(_lines(table))
    if result.truncated:
        say(f"… only the first {fmt.count(table.num_rows)} rows: --limit 0 shows all that fit")


def said(error: SqlError, text: str) -> str:
    """Return what is wrong, with the line it is in and carets below the place."""
    if error.start is None:
        return str(error)
    start = min(error.start, len(text))
    begin = text.rfind("\n", 0, start) + 1
    line = text[begin:].split("\n", 1)[0]
    before = sanitise(line[: start - begin])
    around = f"{before}{sanitise(line[start - begin :])}"
    carets = "^" * min(error.length, max(len(around) - len(before), 1))
    return f"{error}\n  {around}\n  {' ' * len(before)}{carets}"


def as_object(result: SqlResult) -> dict[str, object]:
    """Return a result as `--json` prints it."""
    names = distinct(result.table.column_names)
    kinds = [str(field.type) for field in result.table.schema]
    return {
        "columns": [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)],
        "rows": rows_as_json(result.table),
        "truncated": result.truncated,
    }


def _lines(table: pa.Table) -> list[str]:
    names = distinct(table.column_names)
    cells = [
        [fmt.UNKNOWN if text is None else text for text in cell_texts(table.column(at))]
        for at in range(table.num_columns)
    ]
    left = [
        name for name, field in zip(names, table.schema, strict=True) if not is_number(field.type)
    ]
    alone = table.num_columns == 1
    rows = [list(row) for row in zip(*cells, strict=True)]
    return table_lines(names, rows, left=left, width=400 if alone else 48)
