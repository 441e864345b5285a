"""What stands on each line of the list of traces: a trace, or the header of a group of them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracetui.view_models.arrangement import Arrangement
from tracetui.view_models.trace_groups import TraceGroups, group_rows
from tracetui.view_models.trace_rows import RowNumbers, TraceRows
from tracetui.view_models.trace_summary import TraceSummary


@dataclass(frozen=True, slots=True, eq=False)
class Arranged:
    """Traces as they were wanted."""

    everything: TraceRows
    """All that meet the filter, in order."""
    rows: TraceRows
    """Those of them that are to be shown."""
    groups: TraceGroups | None
    arrangement: Arrangement


def arrange(everything: TraceRows, wanted: Arrangement) -> Arranged:
    """Sort, narrow and group traces; takes a moment where there are many."""
    everything = rows = everything.sorted_by(wanted.sort)
    if wanted.window is not None:
        start, stop = wanted.window.start_unix_nano, wanted.window.stop_unix_nano
        rows = rows.kept(rows.started_within(start, stop))
    if wanted.only is not None:
        rows = rows.kept(rows.among(wanted.only))
    groups = None if wanted.group_by is None else group_rows(rows, wanted.group_by)
    return Arranged(everything, rows, groups, wanted)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A header: the group, what it comes to, and whether its traces are hidden."""

    group: int
    summary: TraceSummary
    count: int
    """How many traces it has."""
    folded: bool


class TraceLines:
    """The lines of the list: immutable, quick at any size."""

    def __init__(
        self,
        rows: TraceRows,
        groups: TraceGroups | None = None,
        folded: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.rows = rows
        self.groups = groups
        self._folded = np.zeros(0 if groups is None else len(groups), np.bool_)
        if folded is not None:
            self._folded = folded
        self._headers = np.zeros(1, np.int64)
        if groups is not None:
            shown = np.where(self._folded, 0, np.diff(groups.starts))
            self._headers = np.append(0, np.cumsum(shown + 1))
            self._places = np.empty(len(groups.members), np.int64)
            self._places[groups.members] = np.arange(len(groups.members))

    def __len__(self) -> int:
        return len(self.rows) if self.groups is None else int(self._headers[-1])

    @property
    def folded_keys(self) -> set[str | None]:
        """What the traces of folded groups share."""
        groups = self.groups
        return set() if groups is None else {groups.keys[at] for at in np.flatnonzero(self._folded)}

    def folding(self, keys: Collection[str | None]) -> "TraceLines":
        """Return the lines with the groups of `keys` folded, and no others."""
        if self.groups is None or not (keys or self._folded.any()):
            return self
        wanted = set(keys)
        folded = np.fromiter(
            (key in wanted for key in self.groups.keys), np.bool_, len(self.groups)
        )
        return TraceLines(self.rows, self.groups, folded)

    def row(self, line: int) -> int | None:
        """Return the row that stands on `line`; None for a header or no line at all."""
        if self.groups is None:
            return line if 0 <= line < len(self.rows) else None
        group = self.group(line)
        if group is None or (below := line - int(self._headers[group])) == 0:
            return None
        return int(self.groups.members[self.groups.starts[group] + below - 1])

    def group(self, line: int) -> int | None:
        """Return the group that `line` is of; None without groups."""
        if self.groups is None or not 0 <= line < len(self):
            return None
        return int(np.searchsorted(self._headers, line, side="right")) - 1

    def header(self, line: int) -> GroupLine | None:
        """Return the header on `line`; None where a trace stands."""
        group = self.group(line)
        if self.groups is None or group is None or self._headers[group] != line:
            return None
        summary, size = self.groups.summary(group), self.groups.size(group)
        return GroupLine(group, summary, size, bool(self._folded[group]))

    def header_line(self, group: int) -> int:
        """Return the line of a group's header."""
        return int(self._headers[group])

    def group_of_key(self, key: str | None) -> int | None:
        """Return the group whose traces share `key`; None if there is none."""
        if self.groups is None or key not in self.groups.keys:
            return None
        return self.groups.keys.index(key)

    def lines_of(self, rows: RowNumbers) -> RowNumbers:
        """Return the lines of `rows`, ascending; a row in a folded group is at its header."""
        if self.groups is None:
            return rows
        places = self._places[rows]
        groups = np.searchsorted(self.groups.starts, places, side="right") - 1
        below = np.where(self._folded[groups], 0, places - self.groups.starts[groups] + 1)
        return np.unique(self._headers[groups] + below)

    def line_of(self, trace_id: str | None) -> int | None:
        """Return the line of a trace, or of the folded group it is in; None if it is not here."""
        row = self.rows.row_of(trace_id)
        return None if row is None else int(self.lines_of(np.array([row]))[0])

    def trace_id(self, line: int) -> str | None:
        """Return the id of the trace on `line`; None on a header."""
        row = self.row(line)
        return None if row is None else self.rows.trace_id(row)

    def members(self, group: int) -> list[str]:
        """Return the ids of the traces of a group."""
        if self.groups is None:
            return []
        starts = self.groups.starts
        return self.rows.trace_ids(self.groups.members[starts[group] : starts[group + 1]])

    def drawn(self, start: int, stop: int) -> list[TraceSummary | GroupLine]:
        """Return what stands on the lines from `start` up to `stop`."""
        stop = min(stop, len(self))
        if self.groups is None:
            return [*self.rows.summaries(start, stop)]
        rows = [self.row(line) for line in range(start, stop)]
        found = iter(self.rows.taken(np.array([row for row in rows if row is not None], np.int64)))
        headers = (self.header(line) for line in range(start, stop))
        return [header or next(found) for header in headers]
