"""SQL lives in files, one statement each, values only as parameters."""

from functools import cache
from importlib.resources import files

TABLES = (
    "span_rows",
    "payloads",
    "events",
    "links",
    "logs",
    "resources",
    "problems",
    "sources",
    "progress",
    "superseded",
    "usage_roles",
    "generations",
    "orphans",
    "source_states",
    "meta",
    "metrics",
    "extents",
    "log_costs",
    "prices",
    "price_editions",
    "summaries",
    "stale_traces",
    "trace_rows",
)
"""Every table; each is read through a view of its name that puts a cache's rows before."""

SOURCE_COLUMNS = {
    "span_rows": "source_id",
    "payloads": "row_id",
    "events": "row_id",
    "links": "row_id",
    "logs": "source_id",
    "metrics": "source_id",
    "resources": "resource_id",
    "problems": "source_id",
    "sources": "source_id",
    "progress": "source_id",
    "superseded": "row_id",
    "extents": "row_id",
    "log_costs": "row_id",
    "usage_roles": "row_id",
    "orphans": "row_id",
    "source_states": "source_id",
}
"""Which column of a table tells the source of a row; the others are about all that is loaded."""


@cache
def statement(name: str) -> str:
    """Return the statement of `sql/<name>.sql`, e.g. `schema/spans`.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    return files("tracetui_store").joinpath("sql", f"{name}.sql").read_text("utf-8")


def names(topic: str) -> list[str]:
    """Return the statements of a topic in the order of their file names."""
    folder = files("tracetui_store").joinpath("sql", topic)
    return sorted(
        f"{topic}/{entry.name.removesuffix('.sql')}"
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    )
