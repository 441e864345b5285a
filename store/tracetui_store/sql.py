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
    "settled_superseded",
    "settled_usage_roles",
    "settled_orphans",
    "settled_extents",
    "settled_log_costs",
    "generations",
    "outdated",
    "compactions",
    "request_costs",
    "source_states",
    "meta",
    "metrics",
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
    "settled_superseded": "row_id",
    "settled_usage_roles": "row_id",
    "settled_orphans": "row_id",
    "settled_extents": "row_id",
    "settled_log_costs": "row_id",
    "outdated": "row_id",
    "request_costs": "row_id",
    "source_states": "source_id",
}
"""Which column of a table tells the source of a row; the others are about all that is loaded."""

SETTLED = ("superseded", "usage_roles", "orphans", "extents", "log_costs")
"""What settling finds: tables `settled_...`, and views of these names with what holds."""


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
