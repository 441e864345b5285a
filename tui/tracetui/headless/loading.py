"""Loads paths for a command that reads them once: what was opened before comes from its cache."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from tracetui_loaders.base import LoadError
from tracetui_loaders.generic.mapping import MappingError
from tracetui_loaders.source import SourceError
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
from tracetui_store.pricing.price_file import PriceFileError
from tracetui_store.protocol import TraceReader
from tracetui_store.store import Store, StoreError

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions


@contextmanager
def loaded(paths: Sequence[str], options: LoadOptions) -> Generator[TraceReader]:
    """Load `paths` completely and give a reader of what is in them.

    Raises:
        CommandError: If nothing in `paths` can be read.
    """
    with loaded_store(paths, options) as store, store.reader() as reader:
        yield reader


@contextmanager
def loaded_store(paths: Sequence[str], options: LoadOptions) -> Generator[Store]:
    """Load `paths` completely; for commands that need more than one reader.

    Raises:
        CommandError: If nothing in `paths` can be read.
    """
    with stored(paths, options) as (store, problem):
        if problem is not None:
            raise CommandError(problem)
        yield store


@contextmanager
def stored(paths: Sequence[str], options: LoadOptions) -> Generator[tuple[Store, str | None]]:
    """Load `paths` as far as they can be, and tell why nothing could be read.

    The second value is None if something was.

    Raises:
        CommandError: If what is read cannot be stored, or the mapping or price file cannot be used.
    """
    try:
        cache = Cache() if options.cached else None
        store, ingest = open_store(
            list(paths),
            cache=cache,
            reindex=options.reindex,
            map_file=options.map_file,
            price_file=options.price_file,
        )
    except (MappingError, PriceFileError) as error:
        raise CommandError(str(error), USAGE) from error
    except StoreError as error:
        raise CommandError(str(error)) from error
    try:
        problem = None
        try:
            ingest.run()
        except StoreError as error:
            raise CommandError(str(error)) from error
        except (LoadError, SourceError) as error:
            problem = str(error)
        yield store, problem
    finally:
        store.close()
