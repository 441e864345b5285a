"""Finds the loader for a source: the modules of `formats`, and third parties' entry points.

A loader that cannot be imported or that fails to score is left out and named, so that one broken
plugin does not take the others with it.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tracetui_loaders import formats
from tracetui_loaders.base import Head, Loader
from tracetui_loaders.strangers import advice, looks_like

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tracetui.loaders"
CERTAIN = 1.0
"""A score that no other loader needs to be asked after."""


@runtime_checkable
class Adjustable(Protocol):
    """A loader that can be made to go by something else, such as a mapping file."""

    def with_option(self, option: str) -> Loader:
        """Return a loader whose name ends in `@` and `option`."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """Which loader takes a source, and why."""

    loader: Loader | None
    reason: str
    advice: str = ""
    """What a person can do where no loader is sure: lines to read, perhaps to copy."""


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
    """Return the loader called `name`; what follows an `@` is the option it was made with.

    Raises:
        KeyError: If none is.
    """
    name, _, option = name.partition("@")
    if any(module.name == name for module in pkgutil.iter_modules(formats.__path__)):
        loader = _built_in(name)
        return loader.with_option(option) if option and isinstance(loader, Adjustable) else loader
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
        tried = f"none of the {len(available)} formats fits"
        problems = f"; broken: {'; '.join(broken)}" if broken else ""
        return Choice(None, f"{looks_like(head)}; {tried}{problems}", advice(head))
    return Choice(best, f"looks like {best.title} (confidence {best_score:.2f})")
