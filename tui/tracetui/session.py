"""What the app shares with its screens: the store, and word of its growth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from time import monotonic
from typing import TYPE_CHECKING

from tracetui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.signal import Signal
    from tracetui_analyses.stitching import Stitching
    from tracetui_store.protocol import TraceStore

    from tracetui.reception import Reception

SHORTEST_INTERVAL = 0.1
"""Seconds between two updates of the screen at least."""
SHOWING_SHARE = 10
"""A second spent on showing, when no key is answered, is followed by ten without an update."""
FETCHING_SHARE = 3
"""A query runs on a thread and takes time from the load only."""


@dataclass(frozen=True, slots=True)
class LoadState:
    """How far the load is."""

    bytes_done: int = 0
    bytes_total: int | None = None
    """None: not known, as on a pipe."""
    current: str = ""
    """The file that is being read."""
    committed: int = 0
    """Grows when there are new rows to query."""
    finished: bool = False
    error: str | None = None
    """Why nothing could be loaded, for the user."""
    following: bool = False
    """Whether what is appended to the files is read as it comes."""
    refused: int = 0
    """Requests and spans that the receiver refused."""

    @property
    def share(self) -> float | None:
        """The part that is done, 0 to 1; None if the end is not known."""
        if not self.bytes_total:
            return None
        return min(self.bytes_done / self.bytes_total, 1.0)


class Pulse:
    """Says when the screens may be told again that the store has grown."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")
        self._interval = SHORTEST_INTERVAL

    def beat(self) -> None:
        """Remember that the screens were told now."""
        self._last = self._clock()

    def took(self, *, fetching: float, showing: float) -> None:
        """Learn how many seconds a screen needed to fetch and to show what is new."""
        self._interval = max(SHORTEST_INTERVAL, SHOWING_SHARE * showing, FETCHING_SHARE * fetching)

    def wait(self) -> float:
        """Return the seconds until the screens may be told again."""
        return max(self._last + self._interval - self._clock(), 0.0)


@dataclass
class Session:
    """The inputs, the store over them once it is open, and the signal of its growth."""

    paths: Sequence[str]
    title: str
    store_changed: Signal[LoadState]
    store: TraceStore | None = None
    """None until the store's machinery is imported, after the first paint."""
    state: LoadState = field(default_factory=LoadState)
    settings: Settings = field(default_factory=Settings)
    """What the user has set, once for the whole run."""
    pulse: Pulse = field(default_factory=Pulse)
    filters: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The filters that were applied, by what they filter, the latest last."""
    stitching: tuple[int, Stitching] | None = None
    """How traces hang together, and what was committed when that was found."""
    reception: Reception | None = None
    """The receiver that writes what is followed, if there is one."""
    span_columns: frozenset[str] | None = None
    """The columns that the user chose for traces; None until then."""


def title_of(paths: Sequence[str]) -> str:
    """Return what to call the inputs: the file's name, or how many there are."""
    if not paths:
        return "nothing"
    if list(paths) == ["-"]:
        return "standard input"
    name = PurePath(paths[0]).name or str(paths[0])
    return name if len(paths) == 1 else f"{name} and {len(paths) - 1} more"
