"""How a command loads its files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options `--no-cache`, `--reindex`, `--map` and `--prices` of a command."""

    cached: bool = True
    """Read the cache of the paths, if there is one that fits, and leave one behind."""
    reindex: bool = False
    """Read everything again, and leave a new cache behind."""
    map_file: str | None = None
    """A mapping file by which every source is read."""
    price_file: str | None = None
    """Prices of one's own."""
