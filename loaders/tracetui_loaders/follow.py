"""Tells which files changed: notifications of the system, and a look at each file now and then.

Directories are watched, not files, so that a file that takes another's name is noticed. Network
file systems send no events and queues of events overflow: what was missed is seen a second later.
"""

import glob
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tracetui_loaders.source import SourceError, expand_paths

DEBOUNCE_MS = 50
"""Changes are gathered for at most this long."""
_QUIET_MS = 10
"""Changes are told at once if none came for this long."""
_LOOK_SECONDS = 1.0
_POLL_SECONDS = 0.25
_LOOK_SHARE = 10
"""Looking at all files may take one part in this many of the time."""
_GLOB_CHARACTERS = frozenset("*?[")

_Signature = tuple[int, int, int, int]


class Follower:
    """Yields the files that changed, again and again, until it is stopped.

    The first set holds every file there is: what changed before the watch began is not missed.
    A set may name a file that has not changed after all, or one that is gone: ask
    `identity.change`. Names are those that `source.expand_paths` gives.

    Args:
        paths: Files, directories (recursively) and globs; they need not exist yet.
        force_polling: Use no notifications. They are also not used where they do not work.
    """

    def __init__(self, paths: Sequence[str], *, force_polling: bool = False) -> None:
        self._paths = [path for path in paths if path != "-"]
        self._polling = force_polling
        self._stopped = threading.Event()
        self._seen: dict[str, _Signature] = {}
        self._names: dict[str, str] = {}
        """Of a file as events call it, how it is called here."""
        self._next_look = 0.0
        self._soonest_look = 0.0
        self._asked: dict[str, float] = {}
        """Files that are to be named again, and when."""

    def __enter__(self) -> "Follower":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the iteration within a few milliseconds; may be called from any thread."""
        self._stopped.set()

    def ask_again(self, path: str, seconds: float) -> None:
        """Name `path` once more after so many seconds, whether it changes or not.

        To be called by the thread that iterates.
        """
        self._asked[path] = time.monotonic() + seconds

    def _due(self) -> Iterator[set[str]]:
        now = time.monotonic()
        due = {path for path, moment in self._asked.items() if moment <= now}
        for path in due:
            del self._asked[path]
        if due:
            yield due

    def __iter__(self) -> Iterator[set[str]]:
        while not self._stopped.is_set():
            directories = [] if self._polling else _directories(self._paths)
            if not directories:
                yield from self._look()
                yield from self._due()
                self._stopped.wait(_POLL_SECONDS)
                continue
            try:
                yield from self._watched(directories)
            except (OSError, RuntimeError):
                # A directory that has just gone is left out the next time. Otherwise there are
                # no watches left, or none to be had here.
                self._polling = all(map(_is_directory, directories))

    def _watched(self, directories: Sequence[str]) -> Iterator[set[str]]:
        """Yield changes until other directories are to be watched."""
        from watchfiles import watch  # noqa: PLC0415 - an open file that is not followed needs none

        watching = watch(
            *directories,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=_QUIET_MS,
            stop_event=self._stopped,
            rust_timeout=DEBOUNCE_MS,
            yield_on_timeout=True,
            recursive=False,
        )
        # The first look is after the first wait: by then the watch has begun.
        self._next_look = 0.0
        for events in watching:
            changed = {self._names[name] for _, name in events if name in self._names}
            if changed:
                yield changed
            yield from self._due()
            if any(name not in self._names for _, name in events):
                self._next_look = min(self._next_look, self._soonest_look)
            if time.monotonic() >= self._next_look:
                yield from self._look()
                if _directories(self._paths) != directories:
                    return

    def _look(self) -> Iterator[set[str]]:
        """Look at every file; yield those that are new, other than before, or gone."""
        started = time.monotonic()
        found: dict[str, _Signature] = {}
        for path in _files(self._paths):
            try:
                status = Path(path).stat()
            except OSError:
                continue
            found[path] = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            if path not in self._seen or self._seen[path][:2] != found[path][:2]:
                self._names.update(dict.fromkeys(_event_names(path), path))
        before, self._seen = self._seen, found
        changed = {path for path in found | before if found.get(path) != before.get(path)}
        now = time.monotonic()
        self._soonest_look = now + (now - started) * _LOOK_SHARE
        self._next_look = max(now + _LOOK_SECONDS, self._soonest_look)
        if changed:
            yield changed


def _files(paths: Iterable[str]) -> list[str]:
    """Return what `expand_paths` does, but without those that name nothing yet."""
    found: dict[str, str] = {}
    for path in paths:
        with suppress(SourceError):
            for file in expand_paths([path]):
                found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _event_names(path: str) -> tuple[str, str]:
    """Return how events call a file: by its own name and, if it is a link, by its target's."""
    directory, name = os.path.split(path)
    return str(Path(os.path.realpath(directory), name)), os.path.realpath(path)


def _directories(paths: Iterable[str]) -> list[str]:
    """Return the directories in which something may change, one by one."""
    found: set[str] = set()
    for path in paths:
        target = _expand_user(path)
        if _is_directory(target):
            found.update(_below(target))
        elif not _GLOB_CHARACTERS & set(path) or os.path.lexists(target):
            # Links stay links: what they are called may be given to something else.
            found.add(os.path.split(_absolute(target))[0])
            found.add(os.path.split(os.path.realpath(target))[0])
        else:
            found.update(_matched(target))
    return sorted({os.path.realpath(item) for item in found if _is_directory(item)})


# Those of Path raise where access is denied or a user is unknown.
_is_directory = os.path.isdir
_absolute = os.path.abspath
_expand_user = os.path.expanduser


def _below(directory: str) -> Iterator[str]:
    for base, directories, _ in os.walk(directory):
        directories[:] = [name for name in directories if not name.startswith(".")]
        yield base


def _matched(pattern: str) -> Iterator[str]:
    """Yield the directories that may hold a match, and those above whose names are patterns."""
    directory = _absolute(pattern)
    while _GLOB_CHARACTERS & set(directory):
        directory = os.path.split(directory)[0]
        yield from glob.glob(directory, recursive=True)  # noqa: PTH207 - absolute patterns
    for match in glob.glob(pattern, recursive=True):  # noqa: PTH207 - absolute patterns
        if _is_directory(match):
            yield from _below(match)
