"""`tracetui cache`: the caches of large files that were opened before."""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

import typer

from tracetui.cli_options import AsJson

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def cache_list(as_json: AsJson = False) -> None:
    """List the caches, the most recently used first."""
    from tracetui.headless import caching

    caching.list_caches(as_json=as_json)


@app.command("clear")
def cache_clear() -> None:
    """Remove all caches."""
    from tracetui.headless import caching

    caching.clear_caches()


@app.command("path")
def cache_path() -> None:
    """Print where the caches are."""
    from tracetui.headless import caching

    caching.print_path()
