"""Commands that ask a question of the user's own: search and SQL."""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

from typing import Annotated

import typer

from tracetui.cli_options import AsJson, Limit, MapFile, NoCache, Prices, Reindex
from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions

Arguments = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH... TEXT", help="What to read, then what to look for.", show_default=False
    ),
]
Query = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH... SQL",
        help="What to read, then one query that only reads.",
        show_default=False,
    ),
]


def search(
    arguments: Arguments,
    *,
    trace: Annotated[str | None, typer.Option(help="Only in this trace.")] = None,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print where a text stands: names, messages, tool input and output, events, logs."""
    from tracetui.headless import search as command

    paths, text = _last(arguments, "tracetui search FILE TEXT")
    options = LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file)
    command.run(paths, text, trace=trace, limit=limit, as_json=as_json, options=options)


def sql(
    arguments: Query,
    *,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
    prices: Prices = None,
) -> None:
    """Print the rows of a query in DuckDB's SQL; it can only read what is loaded."""
    from tracetui.headless import sql as command

    paths, text = _last(arguments, 'tracetui sql FILE "select * from traces"')
    options = LoadOptions(
        cached=not no_cache, reindex=reindex, map_file=map_file, price_file=prices
    )
    command.run(paths, text, limit=limit, as_json=as_json, options=options)


def _last(arguments: list[str], form: str) -> tuple[list[str], str]:
    """Return the paths and what stands behind them.

    Raises:
        CommandError: If there are not both.
    """
    if len(arguments) < 2:
        raise CommandError(f"this needs a file and something to ask: {form}", USAGE)
    return arguments[:-1], arguments[-1]
