"""`tracetui cache`: the caches of large files that were opened before."""

from collections.abc import Iterator
from typing import Any

from tracetui_store.cache import Cache, Entry

from tracetui.headless.output import say, say_json, say_lines
from tracetui.view_models import format as fmt


def list_caches(*, as_json: bool) -> None:
    """Print every cache, the most recently used first."""
    cache = Cache()
    entries = cache.entries()
    if as_json:
        say_json([entry_json(entry) for entry in entries])
    else:
        say_lines(lines(cache, entries))


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return a cache as JSON holds it."""
    return {
        "path": str(entry.path),
        "bytes": entry.bytes,
        "used_unix_seconds": entry.used_unix_seconds,
        "sources": entry.sources.split("\n"),
    }


def lines(cache: Cache, entries: list[Entry]) -> Iterator[str]:
    """Yield a line per cache, and their sum."""
    if not entries:
        yield f"No caches in {cache.directory}."
        return
    for entry in entries:
        used = fmt.clock(int(entry.used_unix_seconds * 1e9), with_date=True)
        sources = entry.sources.replace("\n", ", ")
        yield f"{used}  {fmt.byte_size(entry.bytes):>8}  {sources}"
    total = fmt.byte_size(sum(entry.bytes for entry in entries))
    yield f"{len(entries)} in {cache.directory}, {total}"


def clear_caches() -> None:
    """Remove every cache and say what that frees."""
    say(f"Freed {fmt.byte_size(Cache().clear())}.")


def print_path() -> None:
    """Print where the caches are."""
    say(str(Cache().directory))
