"""The command line. Anything heavy is imported inside the command that needs it.

Exit codes: 0 fine, 2 usage, 3 input unreadable, 130 interrupted.
"""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

import glob
import io
import os
import sys
from typing import Annotated

import typer

from tracetui import cli_agents, cli_asking, cli_caches, cli_receive
from tracetui.cli_group import Commands
from tracetui.cli_options import (
    AsJson,
    Filter,
    Limit,
    MapFile,
    NoCache,
    Paths,
    Prices,
    Reindex,
)
from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.signals import clean_up_when_ended

app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,  # rich's help costs 220 ms
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The terminal explorer for traces of LLM agents.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"tracetui {version('tracetui')}")
        except PackageNotFoundError:
            typer.echo("tracetui (not installed)")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    settings: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Settings of your own.", show_default=False),
    ] = None,
) -> None:
    """The terminal explorer for traces of LLM agents."""
    if settings is not None:
        os.environ["TRACETUI_SETTINGS"] = os.path.abspath(settings)  # noqa: PTH100 - links stay


def _open(
    paths: list[str],
    *,
    follow: bool = False,
    cached: bool = False,
    reindex: bool = False,
    map_file: str | None = None,
    prices: str | None = None,
) -> None:
    """Show `paths` on the terminal, or as text where there is none."""
    from tracetui.headless import terminal

    if not terminal.can_draw():
        from tracetui.headless import opening

        opening.run(
            paths, LoadOptions(cached=cached, reindex=reindex, map_file=map_file, price_file=prices)
        )
        return
    from tracetui_loaders import source

    try:
        source.expand_paths(paths)
    except source.SourceError as error:
        raise CommandError(str(error)) from error
    from tracetui.headless.own_files import check_own_files

    check_own_files(map_file, prices)
    if "-" in paths:
        source.set_stdin_fd(terminal.keys_from_terminal())
    from tracetui.app import TraceTuiApp
    from tracetui.headless.own_files import own_settings

    explorer = TraceTuiApp(
        paths,
        settings=own_settings(),
        follow=follow,
        cached=cached,
        reindex=reindex,
        map_file=map_file,
        price_file=prices,
    )
    explorer.run()
    if explorer.return_code:
        raise typer.Exit(explorer.return_code)


@app.command("open")
def open_(
    paths: Paths,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
    prices: Prices = None,
) -> None:
    """Open traces. Without a terminal, print a summary and the span trees."""
    _open(paths, cached=not no_cache, reindex=reindex, map_file=map_file, prices=prices)


@app.command()
def tail(
    paths: Paths, no_cache: NoCache = False, map_file: MapFile = None, prices: Prices = None
) -> None:
    """Open traces and follow what is appended to them, and files that come."""
    _open(paths, follow=True, cached=not no_cache, map_file=map_file, prices=prices)


app.command()(cli_receive.receive)
app.add_typer(
    cli_caches.app, name="cache", help="The caches of large files that were opened before."
)


@app.command()
def demo(
    name: Annotated[
        str | None, typer.Argument(help="One sample; all by default.", show_default=False)
    ] = None,
) -> None:
    """Open the sample traces."""
    from tracetui.headless.samples import sample_paths

    _open(sample_paths(name))


@app.command()
def summary(
    paths: Paths,
    *,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
    prices: Prices = None,
) -> None:
    """Print totals: traces, spans, model calls, tokens, cost, errors."""
    from tracetui.headless import summary as command

    options = LoadOptions(not no_cache, reindex, map_file, price_file=prices)
    command.run(paths, as_json=as_json, options=options)


@app.command()
def traces(
    paths: Paths,
    *,
    sort: Annotated[
        str,
        typer.Option(help="listed, started, duration, spans, calls, tokens, cost, errors or name."),
    ] = "listed",
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the order.")] = False,
    filter_: Filter = "",
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print one line per trace."""
    from tracetui.headless import traces as command

    command.run(
        paths,
        sort=sort,
        reverse=reverse,
        limit=limit,
        as_json=as_json,
        options=LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file),
        filter_text=filter_,
    )


@app.command()
def show(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH... [TRACE]",
            help="What to read, then a trace: its id, the start of it, or its number.",
            show_default=False,
        ),
    ],
    *,
    trace: Annotated[
        str | None, typer.Option(help="The trace, where PATH... could be mistaken for it.")
    ] = None,
    span: Annotated[str | None, typer.Option(help="Print this span as Markdown instead.")] = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="Levels to show.", show_default=False)
    ] = None,
    conversation: Annotated[
        bool, typer.Option("--conversation", help="Print what was said, as Markdown, instead.")
    ] = False,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print the span tree of a trace, or of each."""
    from tracetui.headless import show as command

    command.run(
        arguments,
        trace=trace,
        span=span,
        depth=depth,
        conversation=conversation,
        limit=limit,
        as_json=as_json,
        options=LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file),
    )


@app.command()
def spans(
    paths: Paths,
    *,
    trace: Annotated[str | None, typer.Option(help="Only this trace.")] = None,
    span: Annotated[str | None, typer.Option(help="Only this span.")] = None,
    payloads: Annotated[
        bool, typer.Option("--payloads", help="With messages, inputs, outputs and attributes.")
    ] = False,
    filter_: Filter = "",
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print one line per span; with --json one normalised span per line."""
    from tracetui.headless import spans as command

    if payloads and not as_json:
        raise CommandError(
            "--payloads needs --json; for one span: tracetui show FILE --span ID", USAGE
        )
    command.run(
        paths,
        trace=trace,
        span=span,
        payloads=payloads,
        limit=limit,
        as_json=as_json,
        options=LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file),
        filter_text=filter_,
    )


@app.command()
def doctor(
    paths: Paths,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print what became of every file and line: the ingest report."""
    from tracetui.headless import doctor as command

    command.run(
        paths,
        as_json=as_json,
        options=LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file),
    )


@app.command()
def errors(
    paths: Paths,
    *,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print errors grouped by cause."""
    from tracetui.headless import errors as command

    command.run(
        paths,
        limit=limit,
        as_json=as_json,
        options=LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file),
    )


@app.command()
def loops(
    paths: Paths,
    *,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
) -> None:
    """Print what goes round in circles, and what it cost."""
    from tracetui.headless import loops as command

    options = LoadOptions(cached=not no_cache, reindex=reindex, map_file=map_file)
    command.run(paths, limit=limit, as_json=as_json, options=options)


@app.command()
def cost(
    paths: Paths,
    *,
    by: Annotated[
        str, typer.Option(help="model, agent, tool, session, service, user, day.")
    ] = "model",
    budget: Annotated[
        float | None, typer.Option(min=0, metavar="USD", help="Say if it is exceeded.")
    ] = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
    prices: Prices = None,
) -> None:
    """Print what the model calls cost, and what of it has no price."""
    from tracetui.headless import cost as command

    options = LoadOptions(not no_cache, reindex, map_file, price_file=prices)
    command.run(paths, by=by, budget=budget, as_json=as_json, options=options)


app.command()(cli_agents.agents)
app.command()(cli_asking.search)
app.command()(cli_asking.sql)


@app.command()
def formats(as_json: AsJson = False) -> None:
    """Print the formats that can be read."""
    from tracetui.headless import formats as command

    command.run(as_json=as_json)


def _with_command(arguments: list[str]) -> list[str]:
    """Put `open` in front of arguments that begin with something to open."""
    known = {
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    } | {group.name for group in app.registered_groups}
    first = arguments[0] if arguments else ""
    is_path = first == "-" or os.path.lexists(first) or bool(glob.glob(first))  # noqa: PTH207 - absolute patterns
    # No command is written with a slash: `open` says what is wrong with such a path.
    is_path = is_path or (os.sep in first and not first.startswith("-"))
    return ["open", *arguments] if first and first not in known and is_path else arguments


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a glyph gets a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # NumPy's BLAS, which nothing here uses, would start a thread per core: 80 ms of CPU.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    clean_up_when_ended()
    app(_with_command(sys.argv[1:]), prog_name="tracetui")
