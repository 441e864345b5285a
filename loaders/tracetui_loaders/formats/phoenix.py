"""Phoenix span exports: JSON of its API and client, and JSON of its dataframes.

A span has `context`, OpenInference's `span_kind`, `parent_id`, ISO times, a flat `status_code`
and attributes that may be nested (`{"llm": {"model_name": ...}}`) or flat. A dataframe's rows
have columns instead: `context.span_id`, `attributes.llm.model_name`; its times may have become
epoch milliseconds. The API wraps spans in `data`. Parquet goes another way (`otel_parquet`).

Source: arize-phoenix `server/api/routers/v1/spans.py`, `trace/schemas.py`, `trace_dataset.py`;
FORMATS §6.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.loose import flattened, string
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import add_span_object, attributes_of, looks_like_span
from tracetui_loaders.table_rows import WHOLE, add_row, field_of
from tracetui_loaders.vendor_values import mapping

_KEYS = frozenset({"context", "span_kind"})
_COLUMNS = frozenset({"context.span_id", "context.trace_id"})


class PhoenixLoader:
    """Loads spans exported from Phoenix as JSON."""

    name: ClassVar[str] = "phoenix"
    title: ClassVar[str] = "Phoenix spans"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are Phoenix's, by context and span kind."""
        for keys in head.keys:
            if keys >= _KEYS or keys >= _COLUMNS:
                return 0.95
            if "data" in keys and b'"span_kind"' in head.data and b'"context"' in head.data:
                return 0.9
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _add_value))


def _add_value(value: Any, place: Place) -> bool:
    if not isinstance(value, dict):
        return False
    if value.keys() >= _COLUMNS:
        _add_columns(value, place)
        return True
    if _is_span(value):
        _add_span(value, place)
        return True
    items = value.get("data")
    if not isinstance(items, list):
        return False
    spans = [item for item in items if isinstance(item, dict) and _is_span(item)]
    for span in spans:
        _add_span(span, place)
    if spans and len(spans) < len(items):
        place.reject(f"{len(items) - len(spans):,} of {len(items):,} items of data are no spans")
    return bool(spans) or (not items and "next_cursor" in value)


def _is_span(value: dict[str, Any]) -> bool:
    return bool(mapping(value.get("context"))) and looks_like_span(value)


def _add_span(span: dict[str, Any], place: Place) -> None:
    attributes = flattened(attributes_of(span.get("attributes")), WHOLE)
    kind = string(span.get("span_kind"))
    if kind is not None:
        attributes.setdefault("openinference.span.kind", kind)
    add_span_object(span, place, attributes=attributes)


def _add_columns(value: dict[str, Any], place: Place) -> None:
    row = {field_of(str(name)): item for name, item in value.items()}
    known = {name: item for name, item in row.items() if name is not None}
    if add_row("spans", known, place.builder, place.line, place.offset):
        place.added += 1
    else:
        place.reject("a row without trace id and span id")


LOADER = PhoenixLoader()
