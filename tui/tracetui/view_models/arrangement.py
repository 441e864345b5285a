"""How the list of traces is wanted: light, so that it is there at the first paint."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tracetui.view_models.time_window import TimeWindow
from tracetui.view_models.trace_columns import Sort

GroupBy: TypeAlias = Literal["session", "agent", "service", "day"]
GROUP_COLUMNS: dict[GroupBy, str] = {
    "session": "session_id",
    "agent": "agent_name",
    "service": "service_name",
    "day": "start_time_unix_nano",
}
"""What each kind of group is made by: a column of the list of traces."""
GROUPINGS: tuple[GroupBy | None, ...] = (None, *GROUP_COLUMNS)
"""What the traces are grouped by, in the order the key goes through."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the user wants the traces that meet the filter."""

    sort: Sort = field(default_factory=Sort)
    group_by: GroupBy | None = None
    window: TimeWindow | None = None
    only: frozenset[str] | None = None
    """The ids of the traces that are to be shown; None for all."""
