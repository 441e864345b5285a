"""Span dumps of the Python SDK: `ReadableSpan.to_json`, which its console exporter prints.

Indented values one after the other, arrays of them (Monocle's file exporter) or one a line. Ids
are hex behind `0x`, times ISO 8601 to the microsecond, kinds `SpanKind.CLIENT`. A second span of
the same ids, name and times is left out with a note: some exporters write each span twice, and
what was paid once must not count twice.

Source: opentelemetry-sdk `sdk/trace/__init__.py` (`ReadableSpan.to_json`); Monocle
`exporters/file_exporter.py`; FORMATS §6.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import to_json
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import add_span_object, ids_of, looks_like_span

_KEYS = frozenset({"name", "context", "start_time", "attributes"})
_DIGEST_BYTES = 16


class OtelConsoleLoader:
    """Loads what the Python SDK's console exporter prints."""

    name: ClassVar[str] = "otel_console"
    title: ClassVar[str] = "OpenTelemetry console spans"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are spans of the SDK: by their context and kind."""
        for keys in head.keys:
            # Phoenix's spans have a context too, but its own `span_kind`.
            if keys >= _KEYS and "span_kind" not in keys and b'"span_id"' in head.data:
                sdk = b'"SpanKind.' in head.data or "parent_id" in keys
                return 0.95 if sdk else 0.7
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _Spans().add))


class _Spans:
    """Reads spans, each once."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[int, int]] = {}
        """Where each span stands: the last line of a file that may grow is read up to twice."""

    def add(self, value: Any, place: Place) -> bool:
        """Add a span; a copy is known and adds nothing."""
        if not looks_like_span(value) or not value.keys() >= _KEYS:
            return False
        same = to_json([ids_of(value), value["name"], value["start_time"], value.get("end_time")])
        digest = blake2b(same.encode(), digest_size=_DIGEST_BYTES).digest()
        here = (place.offset, place.added)
        if self._seen.setdefault(digest, here) != here:
            place.note(f"span {ids_of(value)[1]} stands here a second time, and is shown once")
        else:
            add_span_object(value, place)
        return True


LOADER = OtelConsoleLoader()
