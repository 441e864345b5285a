"""Opens a store for some paths: over their cache where there is one that fits."""

import os
from collections.abc import Callable, Sequence

from tracetui_loaders.base import Loader
from tracetui_loaders.registry import loader_named
from tracetui_loaders.source import SourceError, expand_paths

from tracetui_store.cache import Cache, Opened
from tracetui_store.ingest import Ingest, Progress
from tracetui_store.pricing.book import price_book
from tracetui_store.processes import sweep_private_directories
from tracetui_store.room import plain
from tracetui_store.store import Store


def open_store(
    paths: Sequence[str],
    on_progress: Callable[[Progress], None] = lambda _: None,
    *,
    cache: Cache | None = None,
    reindex: bool = False,
    map_file: str | None = None,
    price_file: str | None = None,
    format: str | None = None,  # noqa: A002 - what it is
) -> tuple[Store, Ingest]:
    """Return a store for `paths` and the load that fills it; nothing is read yet.

    Args:
        paths: Files, directories, globs and `-`.
        on_progress: As for `Ingest`.
        cache: Where caches live; None keeps everything in a temporary store.
        reindex: Leave a cache that is there aside and build it anew.
        map_file: A mapping file by which every source is read; without a cache, whose content
            would depend on it.
        price_file: As for `price_book`.
        format: The name of the loader that reads every source, also one that is still empty;
            without a cache. None chooses by content.

    Raises:
        MappingError: If the mapping file cannot be used.
        PriceFileError: If the price file cannot be used.
    """
    loader = mapped_loader(map_file) if format is None else loader_named(format)
    book = price_book(price_file)
    cache = None if loader is not None else cache
    sweep_private_directories()
    opened = Opened(Store.temporary()) if cache is None or reindex else _opened(paths, cache)
    store = opened.store
    if opened.note is not None:
        store.add_problem(0, "note", opened.note)
    ingest = Ingest(
        store, paths, on_progress, saved=opened.saved, cache=cache, loader=loader, book=book
    )
    return store, ingest


def mapped_loader(map_file: str | None) -> Loader | None:
    """Return what reads by a mapping file; None without one.

    Raises:
        MappingError: If it cannot be used.
    """
    if map_file is None:
        return None
    path = os.path.abspath(map_file)  # noqa: PTH100 - links stay links
    return loader_named(f"generic_jsonl@{path}")


def _opened(paths: Sequence[str], cache: Cache) -> Opened:
    try:
        expanded = expand_paths(paths)
    except SourceError:
        # The load says what is wrong with the paths.
        return Opened(Store.temporary())
    try:
        return cache.open(paths, expanded)
    except OSError as error:
        return Opened(Store.temporary(), note=f"the cache cannot be read: {plain(error)}")
