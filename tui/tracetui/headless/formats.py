"""`tracetui formats`: what can be read, and which loaders are broken."""

from tracetui_loaders import registry
from tracetui_store.duckdb_file import LOADER as DUCKDB

from tracetui.headless.output import say, say_json, say_lines, table_lines


def run(*, as_json: bool) -> None:
    """Print the formats of all installed loaders."""
    found, broken = registry.loaders()
    loaders = (*found, DUCKDB)
    if as_json:
        say_json(
            {
                "formats": [{"name": loader.name, "title": loader.title} for loader in loaders],
                "broken": list(broken),
            }
        )
        return
    rows = [(loader.name, loader.title) for loader in loaders]
    say_lines(table_lines(("format", "title"), rows, left=("format", "title")))
    say("each plain, gzip or zstd but for databases; told by content, never by the file's name")
    say_lines(f"broken: {problem}" for problem in broken)
