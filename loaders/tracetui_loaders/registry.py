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

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tracetui.loaders"
CERTAIN = 1.0
"""A score that no other loader needs to be asked after."""
_LIKELIEST = "otlp_json"
"""Asked first: where it is certain, the other formats need not even be imported."""
_LAST_RESORT = "generic_jsonl"
"""Asked only where no other built-in format is sure at all: its score is the lowest there is."""


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
    """Return every loader that works, by name, and what is wrong with those that do not."""
    found: list[Loader] = []
    broken: list[str] = []
    for name, create in _candidates():
        try:
            found.append(create())
        except Exception as error:  # noqa: BLE001 - a third party's module may raise anything
            broken.append(_fault(name, error))
    return tuple(sorted(found, key=lambda loader: loader.name)), tuple(broken)


def _candidates() -> Iterator[tuple[str, Callable[[], Loader]]]:
    """Yield every loader's name and what makes it: the likeliest first, third parties' last."""
    for name in _names():
        yield name, lambda name=name: _built_in(name)
    for point in _points():
        yield point.name, lambda point=point: _third_party(point)


@cache
def _names() -> tuple[str, ...]:
    """Return the names of the built-in formats, in the order in which they are asked."""
    names = {module.name for module in pkgutil.iter_modules(formats.__path__)}
    own = {name for name in names if not name.startswith("_")}
    return tuple(sorted(own, key=lambda name: (name != _LIKELIEST, name == _LAST_RESORT, name)))


@cache
def _points() -> "tuple[EntryPoint, ...]":
    """Return third parties' entry points; looking for them reads a file of every package."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and seldom needed

    return tuple(sorted(entry_points(group=GROUP), key=lambda point: point.name))


def _fault(name: str, error: Exception) -> str:
    return f"{name}: {type(error).__name__}: {error}"


def _built_in(name: str) -> Loader:
    return import_module(f"{formats.__name__}.{name}").LOADER


@cache
def _third_party(point: "EntryPoint") -> Loader:
    return point.load()()


def loader_named(name: str) -> Loader:
    """Return the loader called `name`; what follows an `@` is the option it was made with.

    Raises:
        KeyError: If none is.
    """
    name, _, option = name.partition("@")
    if name in _names():
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
    best: Loader | None = None
    best_score = 0.0
    asked, broken = 0, list[str]()
    for name, create in _candidates():
        if best is not None and name == _LAST_RESORT:
            continue
        try:
            loader = create()
            score = loader.sniff(head)
        except Exception as error:  # noqa: BLE001 - a third party's loader may raise anything
            broken.append(_fault(name, error))
            continue
        asked += 1
        if score > best_score:
            best, best_score = loader, score
        if score >= CERTAIN:
            break
    if best is None:
        from tracetui_loaders.strangers import advice, looks_like  # noqa: PLC0415 - for few files

        tried = f"none of the {asked} formats fits"
        problems = f"; broken: {'; '.join(broken)}" if broken else ""
        return Choice(None, f"{looks_like(head)}; {tried}{problems}", advice(head))
    return Choice(best, f"looks like {best.title} (confidence {best_score:.2f})")
