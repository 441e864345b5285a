"""Bounds what reading whole files again may cost while they are followed.

A format that cannot be read on is read anew whenever its file grows. However large the file and
however fast it grows, that takes one part in ten of the time, of all such files together.
"""

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

_PAUSE = 9
"""Times as long as the last reading took, nothing is read again."""


class NotReadAnewError(Exception):
    """A file that was read before cannot be read again; what it said stays."""


class Rereading:
    """Says when a file may be read again, and in which order files wait.

    Args:
        clock: Seconds that only increase.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock()
        self._waiting: dict[str, None] = {}

    def wait_for(self, path: str) -> float:
        """Return the seconds until `path` may be read again: 0 if now, and then it must be."""
        seconds = max(0.0, self._next - self._clock())
        if seconds:
            self._waiting.setdefault(path)
        else:
            self._waiting.pop(path, None)
        return seconds

    def in_order(self, paths: Iterable[str]) -> list[str]:
        """Return `paths`, those first that have waited longest: none is passed over for ever."""
        place = {path: number for number, path in enumerate(self._waiting)}
        return sorted(paths, key=lambda path: (place.get(path, len(place)), path))

    @contextmanager
    def reading(self) -> Generator[None]:
        """Measure what the block takes."""
        started = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            self._next = now + (now - started) * _PAUSE
