"""Arguments and options that commands share."""

from typing import Annotated

import typer

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files, directories, globs, or - for standard input; plain, gzip or zstd.",
        show_default=False,
    ),
]
MapFile = Annotated[
    str | None,
    typer.Option(
        "--map", metavar="FILE", help="Read JSON by this mapping file.", show_default=False
    ),
]
Prices = Annotated[
    str | None,
    typer.Option("--prices", metavar="FILE", help="Prices of your own.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Filter = Annotated[
    str,
    typer.Option(
        "--filter", metavar="FILTER", help="Only those that meet FILTER.", show_default=False
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(min=0, help="Print at most this many; 0 prints all.", show_default=False),
]

NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep everything in a temporary store.")]
Reindex = Annotated[bool, typer.Option("--reindex", help="Build the cache anew.")]
