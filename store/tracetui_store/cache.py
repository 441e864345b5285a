"""Caches of loaded files: the second open of a large file is instant.

One file per set of paths, in the user's cache directory. A published cache never changes: it is
written beside its place and renamed, every process reads it only, and what a file has grown by
goes to a private store above it (INGEST §6). A cache that does not fit its files, its program or
its own marks is thrown away. Payloads may be secrets: the directory is 0700, its files 0600.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import duckdb
import platformdirs

from tracetui_store.known import KnownSources
from tracetui_store.processes import is_running
from tracetui_store.room import plain
from tracetui_store.saved import SavedSource, saved_sources
from tracetui_store.store import NoTemporaryStoreError, Store, StoreError
from tracetui_store.sums import sum_of

SMALLEST_BYTES = 4 << 20
"""Smaller inputs load faster than a cache opens, and need not leave a copy behind."""
LARGEST_BYTES = 8 << 30
"""All caches together; the least recently used go first."""
REBUILD_SHARE = 0.25
"""A cache of which more than this share would have to be read again is built anew."""
_SUFFIX = ".duckdb"
_ABANDONED_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Opened:
    """A store to load into, and what it already holds."""

    store: Store
    saved: tuple[SavedSource, ...] = ()
    note: str | None = None
    """Why a cache that was there is not used, for the ingest report."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A published cache."""

    path: Path
    bytes: int
    used_unix_seconds: float
    sources: str
    """The paths it holds, as they were given."""


class Cache:
    """The caches of one directory.

    Args:
        directory: Where they live; None for the user's cache directory.
        largest_bytes: How large all of them together may be.
    """

    def __init__(self, directory: Path | None = None, largest_bytes: int = LARGEST_BYTES) -> None:
        self.directory = directory or Path(platformdirs.user_cache_path("tracetui")) / "traces"
        self._largest_bytes = largest_bytes

    def _key(self, paths: Sequence[str]) -> str:
        named = "\0".join(os.path.abspath(path) for path in paths)  # noqa: PTH100 - no resolving
        return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()

    def _newest(self, paths: Sequence[str]) -> Path | None:
        """Return the cache of `paths`; of several, left by processes at the same time, the last."""
        found = [path for path in self._published() if path.name.startswith(self._key(paths))]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)

    def open(self, paths: Sequence[str], expanded: Sequence[str]) -> Opened:
        """Return a store over the cache of `paths` if it fits, else an empty one.

        Args:
            paths: As the user gave them: a cache belongs to them.
            expanded: The files that they name now.
        """
        published = self._newest(paths)
        if published is None:
            return Opened(Store.temporary())
        try:
            return self._checked(published, expanded)
        except NoTemporaryStoreError:
            raise
        except PermissionError as error:
            return Opened(Store.temporary(), note=f"the cache cannot be read: {plain(error)}")
        except (StoreError, duckdb.Error, OSError, ValueError, TypeError) as error:
            _remove(published)
            return Opened(
                Store.temporary(), note=f"the cache was damaged and is built anew: {plain(error)}"
            )

    def _checked(self, published: Path, expanded: Sequence[str]) -> Opened:
        """Open a cache while its bytes are added up: both take a tenth of a second.

        Raises:
            StoreError: If the bytes are not those that were written, whatever else they are not.
        """
        with ThreadPoolExecutor(1) as beside:
            checked = beside.submit(_check_sum, published)
            try:
                opened = self._over(published, expanded)
            except BaseException:
                checked.result()
                raise
            try:
                if opened.note is None:  # else the file is gone already
                    checked.result()
            except BaseException:
                opened.store.close()
                raise
        return opened

    def _over(self, published: Path, expanded: Sequence[str]) -> Opened:
        store = Store.temporary(published)
        try:
            with store.reader() as reader:
                meta = dict(reader.rows("queries/meta"))
                saved = tuple(saved_sources(reader)) if meta.get("made_by") else ()
                note = self._misfit(meta, saved, expanded)
                if note is None and str(reader.count("span_rows")) != meta.get("spans"):
                    raise StoreError("spans are missing from it")
        except BaseException:
            store.close()
            raise
        if note is not None:
            store.close()
            _remove(published)
            return Opened(Store.temporary(), note=note)
        with suppress(OSError):  # a directory that may only be read
            os.utime(published)
        return Opened(store, saved)

    def _misfit(
        self, meta: dict[str, str], saved: Sequence[SavedSource], expanded: Sequence[str]
    ) -> str | None:
        """Return why the cache does not fit what is there now; None if it does."""
        if meta.get("made_by") != made_by():
            return "the cache was made by another version and is built anew"
        share, reason = KnownSources(saved).misfit(expanded)
        return f"{reason}: built anew" if share > REBUILD_SHARE else None

    def publish(self, store: Store, paths: Sequence[str], spans: int) -> None:
        """Make what `store` holds the cache of `paths`.

        Raises:
            StoreError: If it cannot be written: the disk is full, the directory read-only.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.directory.chmod(0o700)
        except OSError as error:
            raise StoreError(f"{self.directory}: {plain(error)}") from error
        self._sweep()
        meta = {"made_by": made_by(), "spans": str(spans), "paths": "\n".join(paths)}
        before = [path for path in self._published() if path.name.startswith(self._key(paths))]
        try:
            store.publish(self.directory / self._key(paths), _SUFFIX, meta)
        except StoreError as error:
            raise StoreError(f"{self.directory}: {error}") from error
        for path in before:
            _remove(path)
        self._evict()

    def entries(self) -> list[Entry]:
        """Return all caches, the most recently used first."""
        found: list[Entry] = []
        for path in self._published():
            status = path.stat()
            found.append(Entry(path, status.st_size, status.st_mtime, _paths_in(path)))
        return sorted(found, key=lambda entry: -entry.used_unix_seconds)

    def clear(self) -> int:
        """Remove all caches; return how many bytes that frees."""
        freed = 0
        for path in [*self._published(), *self.directory.glob("*.tmp")]:
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
        return freed

    def _published(self) -> Iterable[Path]:
        return list(self.directory.glob(f"*{_SUFFIX}")) if self.directory.is_dir() else []

    def _sweep(self) -> None:
        """Remove what processes that died in the middle of publishing left behind."""
        for path in self.directory.glob("*.tmp"):
            pid = path.name.split(".")[-2]
            dead = pid.isdigit() and not is_running(int(pid))
            if dead or time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                _remove(path)

    def _evict(self) -> None:
        """Remove the least recently used caches until all fit."""
        left = self._largest_bytes
        newest_first = sorted(self._published(), key=lambda path: -path.stat().st_mtime)
        for place, path in enumerate(newest_first):
            left -= path.stat().st_size
            if left < 0 and place > 0:
                _remove(path)


def _remove(path: Path) -> None:
    """Remove a file if that is allowed; one that stays is looked at again the next time."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _check_sum(published: Path) -> None:
    """Compare the file with the sum in its name: a flipped bit must not become a wrong number.

    Raises:
        StoreError: If they differ.
    """
    if f"{sum_of(published):08x}" != published.name.removesuffix(_SUFFIX).rpartition("-")[2]:
        raise StoreError("its bytes are not those that were written")


def _paths_in(path: Path) -> str:
    try:
        store = Store.temporary(path)
    except StoreError:
        return "(damaged)"
    with store.reader() as reader:
        meta = dict(reader.rows("queries/meta"))
    store.close()
    return meta.get("paths", "(unfinished)")


def made_by() -> str:
    """Return a mark of everything that a cache's content depends on but its files.

    The program's version, DuckDB's, and the very modules that read and normalise: their sizes and
    times, so that a developer's change is noticed too.
    """
    try:
        program = version("tracetui")
    except PackageNotFoundError:
        program = "unknown"
    digest = hashlib.blake2b(f"{program} {duckdb.__version__}".encode(), digest_size=16)
    for package in ("tracetui_loaders", "tracetui_store"):
        root = Path(str(files(package)))
        for path in sorted([*root.rglob("*.py"), *root.rglob("*.sql")]):
            status = path.stat()
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()
