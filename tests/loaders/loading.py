"""Reads bytes through detection and the chosen loader, without the store."""

import json
from dataclasses import dataclass, field
from typing import Any

from tracetui_loaders.base import Head, LineCounts
from tracetui_loaders.registry import choose, loader_named
from tracetui_loaders.source import Source


class NotReadError(Exception):
    """No loader took the source; the text is what a person is told."""


@dataclass
class Loaded:
    """What a loader made of a source."""

    format: str
    spans: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    lines: LineCounts = field(default_factory=LineCounts)
    metrics: list[dict[str, Any]] = field(default_factory=list)

    @property
    def metric_points(self):
        """Return how many metric data points there are."""
        return len(self.metrics)

    @property
    def names(self):
        """Return the spans' names, in order."""
        return [span["name"] for span in self.spans]

    @property
    def attributes(self):
        """Return the attributes of the only span."""
        (span,) = self.spans
        return json.loads(span["attributes"])

    def count(self):
        """Return how many physical lines are accounted for."""
        lines = self.lines
        return lines.ok + lines.repaired + lines.rejected + lines.blank + lines.tail

    def kinds(self):
        """Return the kinds of problems, in order."""
        return [problem["kind"] for problem in self.problems]


def load_file(path):
    """Return what the loader that detection chooses makes of `path`.

    Raises:
        NotReadError: If no loader is chosen.
    """
    source = Source(str(path))
    try:
        choice = choose(Head(source.head, source.head_complete))
        if choice.loader is None:
            raise NotReadError(choice.reason)
        return _load(choice.loader, source)
    finally:
        source.close()


def _load(loader, source):
    loaded = Loaded(loader.name)
    for batch in loader.load(source, 0):
        for table in ("spans", "events", "links", "logs", "problems", "metrics"):
            getattr(loaded, table).extend(getattr(batch, table).to_pylist())
        loaded.lines.add(batch.lines)
    return loaded


def load_with(name, folder, data):
    """Write `data` to a file in `folder` and return what the loader called `name` makes of it."""
    path = folder / "traces"
    path.write_bytes(data)
    source = Source(str(path))
    try:
        return _load(loader_named(name), source)
    finally:
        source.close()


def load_bytes(folder, data, name="traces"):
    """Write `data` to a file in `folder` and return what its loader makes of it."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return load_file(path)
