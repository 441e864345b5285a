"""What a command may do with caches of large files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheUse:
    """The options `--no-cache` and `--reindex` of a command."""

    cached: bool = True
    """Read the cache of the paths, if there is one that fits, and leave one behind."""
    reindex: bool = False
    """Read everything again, and leave a new cache behind."""
