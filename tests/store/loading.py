"""Loads files into a temporary store and answers from it."""

from contextlib import contextmanager
from dataclasses import dataclass

from tracetui_store.ingest import Ingest
from tracetui_store.rows import FileRow, Totals
from tracetui_store.store import Store


@contextmanager
def loaded_store(*paths):
    """Yield a store with `paths` loaded."""
    store = Store.temporary()
    try:
        Ingest(store, [str(path) for path in paths]).run()
        yield store
    finally:
        store.close()


@dataclass
class Answers:
    """What the store says of a load."""

    totals: Totals
    files: list[FileRow]
    traces: list[dict]
    spans: list[dict]
    problems: list
    metrics: list[dict]

    @property
    def orphans(self):
        """Return how many spans name a parent that is not loaded."""
        return sum(trace["orphan_count"] for trace in self.traces)


def load(*paths):
    """Return what a store says of `paths`."""
    with loaded_store(*paths) as store, store.reader() as reader:
        return Answers(
            totals=reader.totals(),
            files=reader.files(),
            traces=reader.traces().to_pylist(),
            spans=list(reader.spans()),
            problems=reader.problems(),
            metrics=reader.metrics().to_pylist(),
        )
