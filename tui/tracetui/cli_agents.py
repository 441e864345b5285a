"""The command line of `tracetui agents`."""

# ruff: noqa: PLC0415 - `--help` must not wait for what only a command needs

from tracetui.cli_options import AsJson, Limit, MapFile, NoCache, Paths, Prices, Reindex
from tracetui.headless.load_options import LoadOptions


def agents(
    paths: Paths,
    *,
    limit: Limit = None,
    as_json: AsJson = False,
    no_cache: NoCache = False,
    reindex: Reindex = False,
    map_file: MapFile = None,
    prices: Prices = None,
) -> None:
    """Print which agents call, hand over to and send to which, at what cost."""
    from tracetui.headless import agents as command

    options = LoadOptions(not no_cache, reindex, map_file, price_file=prices)
    command.run(paths, limit=limit, as_json=as_json, options=options)
