"""Prices what is loaded: looks calls up in the price book once, and leaves the rest to SQL.

Run by the one writer, after what it prices is committed: the first look-up imports the price list.
"""

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa
from tracetui_loaders.base import Batch

from tracetui_store.pricing.book import PriceBook
from tracetui_store.pricing.rows import Call
from tracetui_store.sql import statement


class Unpriced:
    """Notices batches with calls that may have no price row yet."""

    def __init__(self) -> None:
        self._met: set[tuple[str | None, ...]] = set()
        self.edition: tuple[str, bool] | None = None
        """The edition in force, if that is known."""
        self.any = True
        """Whether there may be calls to look up."""

    def add(self, batch: Batch) -> None:
        """Take note of a batch."""
        for call in _different([batch.spans[name] for name in Call.__slots__]):
            if call not in self._met:
                self._met.add(call)
                self.any = True


def _different(columns: Sequence[pa.Array]) -> Iterator[tuple[str | None, ...]]:
    """Yield the different rows of some columns of text.

    Arrow's grouping does that too, with imports that take as long as a load of 5,000 spans.
    """
    coded = [column.dictionary_encode(null_encoding="encode") for column in columns]
    values = [column.dictionary.to_pylist() for column in coded]
    numbers = zip(*(column.indices.to_pylist() for column in coded), strict=True)
    for row in set(numbers):
        yield tuple(known[number] for known, number in zip(values, row, strict=True))


def price(writer: duckdb.DuckDBPyConnection, book: PriceBook, unpriced: Unpriced) -> bool:
    """Look up calls that have no price row yet, inside the writer's transaction.

    Cost is one pass over the spans if there may be any, and a few milliseconds per name that was
    not met before.

    Returns:
        Whether anything costs something else now.
    """
    edition, prefers = book.edition, book.own.prefers_computed
    if unpriced.edition == (edition, prefers) and not unpriced.any:
        return False
    generation = int(writer.execute(statement("pricing/next_generation")).fetchall()[0][0])
    values = {"generation": generation, "edition": edition}
    changed = writer.execute(statement("pricing/current_edition")).fetchall() != [
        (edition, prefers)
    ]
    if changed:
        chosen = {"prefers_computed": prefers}
        writer.execute(statement("pricing/insert_edition"), values | chosen)
    calls = [Call(*row) for row in writer.execute(statement("pricing/unpriced_calls")).fetchall()]
    if calls:
        writer.register("priced", book.table(calls))
        writer.execute(statement("pricing/insert_prices"), values)
        writer.unregister("priced")
    unpriced.edition, unpriced.any = (edition, prefers), False
    return changed or bool(calls)
