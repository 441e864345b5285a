"""Finds the loader for a source: the modules of `formats`, and third parties' entry points.

A loader that cannot be imported or that fails to score is left out and named, so that one broken
plugin does not take the others with it.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from tracetui_loaders import formats
from tracetui_loaders.base import Head, Loader

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tracetui.loaders"
CERTAIN = 1.0
"""A score that no other loader needs to be asked after."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which loader takes a source, and why."""

    loader: Loader | None
    reason: str


@cache
def loaders() -> tuple[tuple[Loader, ...], tuple[str, ...]]:
    """Return every loader that works, and what is wrong with those that do not."""
    found: list[Loader] = []
    broken: list[str] = []
    for name, create in _candidates():
        try:
            found.append(create())
        except Exception as error:  # noqa: BLE001 - a third party's module may raise anything
            broken.append(f"{name}: {type(error).__name__}: {error}")
    return tuple(found), tuple(broken)


def _candidates() -> Iterator[tuple[str, Callable[[], Loader]]]:
    """Yield every loader's name and what makes it; built-in ones first."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and workers need none

    for module in sorted(pkgutil.iter_modules(formats.__path__), key=lambda item: item.name):
        if not module.name.startswith("_"):
            yield module.name, lambda name=module.name: _built_in(name)
    for point in sorted(entry_points(group=GROUP), key=lambda item: item.name):
        yield point.name, lambda point=point: _third_party(point)


def _built_in(name: str) -> Loader:
    return import_module(f"{formats.__name__}.{name}").LOADER


def _third_party(point: "EntryPoint") -> Loader:
    return point.load()()


def loader_named(name: str) -> Loader:
    """Return the loader called `name`.

    Raises:
        KeyError: If none is.
    """
    if any(module.name == name for module in pkgutil.iter_modules(formats.__path__)):
        return _built_in(name)
    for loader in loaders()[0]:
        if loader.name == name:
            return loader
    raise KeyError(name)


def choose(head: Head) -> Choice:
    """Return the loader most sure of `head`, by content alone.

    Args:
        head: The first bytes, decompressed.

    Returns:
        A choice without a loader, and with what was seen and tried, if none is sure at all.
    """
    if not head.data.strip(b" \t\r\n\x00"):
        return Choice(None, "the file is empty" if not head.data else "the file holds no text")
    available, broken = loaders()
    best: Loader | None = None
    best_score = 0.0
    for loader in available:
        try:
            score = loader.sniff(head)
        except Exception as error:  # noqa: BLE001 - see above
            broken = (*broken, f"{loader.name}: {type(error).__name__}: {error}")
            continue
        if score > best_score:
            best, best_score = loader, score
        if score >= CERTAIN:
            break
    if best is None:
        tried = ", ".join(loader.title for loader in available) or "no loader is installed"
        problems = f"; broken: {'; '.join(broken)}" if broken else ""
        return Choice(None, f"{_looks_like(head.data)}; tried: {tried}{problems}")
    return Choice(best, f"looks like {best.title} (confidence {best_score:.2f})")


_MAGIC = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a PNG picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"\xff\xfe", "UTF-16 text (try: iconv -f utf-16 -t utf-8)"),
    (b"\xfe\xff", "UTF-16 text (try: iconv -f utf-16 -t utf-8)"),
    (b"BZh", "a bzip2 archive (try: bunzip2)"),
    (b"\xfd7zXZ", "an xz archive (try: unxz)"),
)


def _looks_like(data: bytes) -> str:
    """Return what the bytes look like to a person."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:1]
    if first in (b"{", b"["):
        return "JSON, but of no known trace format"
    try:
        data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 4096) - 4:
            return "binary data of no known format"
    return "text, not JSON"
