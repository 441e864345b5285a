"""The conditions that a row suggests: to filter to what it is."""

from collections.abc import Mapping
from typing import Any

from tracetui_store import predicates as p

from tracetui.filter.fields import Level
from tracetui.filter.printing import printed

_OF_SPAN = (
    ("tool_name", "tool"),
    ("model", "model"),
    ("agent_name", "agent"),
    ("kind", "kind"),
    ("name", "name"),
    ("error_type", "error type"),
    ("service_name", "service"),
)
_OF_TRACE = (
    ("agent_name", "agent"),
    ("name", "name"),
    ("service_name", "service"),
    ("session_id", "session"),
    ("kind", "kind of its root"),
)
_LONGEST = 200
"""Characters of a value that is offered: a payload is no name."""


def conditions(row: Mapping[str, Any], level: Level) -> list[tuple[str, str]]:
    """Return conditions that `row` meets and what each is about, the most telling first."""
    found: list[tuple[str, str]] = []
    for column, about in _OF_SPAN if level == "spans" else _OF_TRACE:
        value = row.get(column)
        if value and len(str(value)) <= _LONGEST:
            found.append((printed(p.Compare(column, "=", str(value)), level), about))
    failed = row.get("error") if level == "spans" else row.get("error_count")
    if failed:
        found.append(("status:error", "status"))
    return found
