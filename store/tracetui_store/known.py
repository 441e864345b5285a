"""Which sources have been read, and what there is to do when one of them may have changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tracetui_loaders.base import ResumePoint
from tracetui_loaders.identity import Change, Identity, change
from tracetui_loaders.rotation import rotated_siblings

from tracetui_store.saved import SavedSource

Step = Literal["skip", "on", "whole"]
"""Nothing to read; what the source has grown by; all of it."""


@dataclass(slots=True, eq=False)
class Known:
    """A source that has been read, as far as it went."""

    source_id: int
    path: str
    """What the file is called now: a log that is rotated takes another name."""
    format: str | None
    identity: Identity | None
    """None of a file that could not be opened."""
    resume: ResumePoint | None
    failure: str | None = None
    """Why it could not be read, if it could not."""
    renamed: bool = False
    """Whether it has another name than before, and nobody has been told."""
    instead_of: list["Known"] = field(default_factory=list["Known"])
    """Sources whose file this one has replaced, and which are still in the store."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a file."""

    step: Step
    known: Known | None = None
    """The source that it is, if it was read before."""
    replaces: tuple[Known, ...] = ()
    """What no longer holds: to be dropped with the step."""


class KnownSources:
    """The sources of a load.

    Args:
        saved: Those that a cache holds.
    """

    def __init__(self, saved: Iterable[SavedSource] = ()) -> None:
        self._by_path = {
            item.path: Known(item.source_id, item.path, item.format, item.identity, item.resume)
            for item in saved
        }
        self._nameless: list[Known] = []
        """Logs whose name another file has taken: they may turn up under a new one."""
        self._next_id = 1 + max((item.source_id for item in self._by_path.values()), default=-1)

    def new_id(self) -> int:
        """Return the number for a further source."""
        self._next_id += 1
        return self._next_id - 1

    def plan(self, path: str, *, keep: bool) -> Plan:
        """Return what to do about the file at `path`.

        Args:
            path: The file, which need not exist any more.
            keep: Whether what a log said before it was truncated or replaced still counts: of a
                log that is followed it does. What a file said that is always read as a whole
                never does once it says something else.
        """
        known = self._by_path.get(path)
        if known is not None and known.identity is None:
            return Plan("whole", known, (known,))
        if known is None or _change(known, path) == "replaced":
            taken = self._renamed(path)
            if taken is not None:
                known = self._take_name(taken, path, known, keep=keep)
        if known is None:
            return Plan("whole")
        what = _change(known, path)
        replaced = tuple(known.instead_of)
        if what in ("same", "gone"):
            return Plan("skip", known, replaced)
        if what == "grown" and known.resume is not None:
            return Plan("on", known, replaced)
        if what == "replaced" and self._lives_on(known, path, keep=keep):
            del self._by_path[path]
            return Plan("whole")
        return Plan("whole", known, (*replaced, known))

    def _lives_on(self, known: Known, path: str, *, keep: bool) -> bool:
        """Whether a source whose name holds other bytes now still counts."""
        for sibling in rotated_siblings(path):
            if known.identity and change(known.identity, sibling) in ("same", "grown"):
                self._by_path[sibling] = known
                known.path, known.renamed = sibling, True
                return True
        # Written anew at the same size, or touched and too large to tell: no log does that.
        rewritten = _is_file(known.identity, path) and _size_of(path) == _size(known)
        if not keep or known.resume is None or rewritten:
            return False
        self._nameless.append(known)
        return True

    def _renamed(self, path: str) -> Known | None:
        """Return the known source that now has this name."""
        for known in (*self._by_path.values(), *self._nameless):
            identity = known.identity
            if identity is None or known.path == path or not _is_file(identity, path):
                continue
            if change(identity, path) in ("same", "grown"):
                return known
        return None

    def _take_name(self, taken: Known, path: str, before: Known | None, *, keep: bool) -> Known:
        """Let `taken` be called `path`, as `before` was."""
        if self._by_path.get(taken.path) is taken and _has_other_file(taken):
            del self._by_path[taken.path]
        if taken in self._nameless:
            self._nameless.remove(taken)
        displaced = before is not None and before.path == path
        if before is not None and displaced and not self._lives_on(before, path, keep=keep):
            taken.instead_of.append(before)
        self._by_path[path] = taken
        taken.path, taken.renamed = path, True
        return taken

    def add(self, known: Known) -> None:
        """Remember a source that was read from its beginning."""
        self._by_path[known.path] = known

    def forget(self, dropped: Sequence[Known]) -> None:
        """Forget sources that are no longer in the store."""
        self._by_path = {
            path: known for path, known in self._by_path.items() if known not in dropped
        }
        for known in self._by_path.values():
            known.instead_of = [item for item in known.instead_of if item not in dropped]

    def can_be_saved(self) -> bool:
        """Whether what is known of every source will still be so at the next open.

        That a file is of no known format is such a fact; that reading it failed is not.
        """
        return all(
            known.identity is not None and (known.failure is None or known.format is None)
            for known in self._by_path.values()
        )

    def locate(self, paths: Sequence[str]) -> list[Known]:
        """Find out what files that were renamed are called now; return those that are gone."""
        for path in paths:
            if path not in self._by_path or _has_other_file(self._by_path[path]):
                taken = self._renamed(path)
                if taken is not None:
                    self._take_name(taken, path, self._by_path.get(path), keep=False)
        present = set(paths)
        return [known for path, known in self._by_path.items() if path not in present]

    def misfit(self, paths: Sequence[str]) -> tuple[float, str | None]:
        """Return the share of what is known that is to be read again, and the first reason.

        Bytes that no known source holds count too: they are to be read as well.
        """
        gone = self.locate(paths)
        reasons = [f"{known.path} is gone" for known in gone]
        to_read = sum(map(_size, gone))
        for path in paths:
            known = self._by_path.get(path)
            if known is None or known.identity is None:
                to_read += _size_of(path)
                continue
            what = change(known.identity, path)
            if what == "grown" and known.resume is not None:
                grown = _size_of(path) - known.resume.byte_offset
                reasons.append(f"{path} has grown much")
                to_read += grown
            elif what != "same":
                reasons.append(f"{path} was changed or replaced")
                to_read += max(_size(known), _size_of(path))
        held = sum(map(_size, self._by_path.values()))
        return to_read / max(held, 1), reasons[0] if reasons else "there are many new files"


def _change(known: Known, path: str) -> Change:
    return "replaced" if known.identity is None else change(known.identity, path)


def _size(known: Known) -> int:
    return known.identity.size if known.identity is not None else 0


def _size_of(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _is_file(identity: Identity | None, path: str) -> bool:
    """Whether the file at `path` is, by device and number, the one that was read."""
    try:
        status = Path(path).stat()
    except OSError:
        return False
    return identity is not None and (
        (identity.device, identity.inode) == (status.st_dev, status.st_ino)
    )


def _has_other_file(known: Known) -> bool:
    return not _is_file(known.identity, known.path)
