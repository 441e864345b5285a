"""Search in the names of a trace."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


class Matches:
    """Tree rows whose name contains a text, ascending, and where the user is among them."""

    def __init__(self, rows: NDArray[np.int64]) -> None:
        self.rows = rows
        self.at = -1
        """Index of the match the cursor was last sent to; -1 before the first."""

    @classmethod
    def of(cls, needle: str, table: pa.Table, source_row: NDArray[np.int32]) -> "Matches":
        """Find `needle` in the column `name`, whatever the case; an empty one is nowhere."""
        if not needle or not table.num_rows or "name" not in table.column_names:
            return cls(np.empty(0, dtype=np.int64))
        found = pc.match_substring(table.column("name"), needle, ignore_case=True)
        in_file = np.append(np.asarray(found.fill_null(False)), False)
        return cls(np.flatnonzero(in_file[source_row]))

    def __len__(self) -> int:
        return self.rows.size

    def step(self, row: int, direction: int, *, stay: bool = False) -> int | None:
        """Go to the next (1) or previous (-1) match from a tree row, wrapping at the ends.

        Args:
            row: The tree row to leave.
            direction: 1 or -1.
            stay: Whether `row` itself will do.

        Returns:
            The tree row of the match; None if nothing matches.
        """
        if not self.rows.size:
            return None
        if direction > 0:
            at = int(np.searchsorted(self.rows, row, side="left" if stay else "right"))
        else:
            at = int(np.searchsorted(self.rows, row, side="left")) - 1
        self.at = at % self.rows.size
        return int(self.rows[self.at])

    @property
    def status(self) -> str:
        """Where the user is, e.g. `3/12`; empty without matches."""
        return f"{self.at + 1:,}/{self.rows.size:,}" if self.rows.size else ""
