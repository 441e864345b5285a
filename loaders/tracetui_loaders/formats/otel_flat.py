"""Flat span objects: trace_id, span_id, name, times and an attributes object, one span each.

What in-memory exporters, evaluation suites and log pipelines write: JSON lines, arrays, or a
wrapper of one session or trace with `spans` (Strands evals, Okahu). Times are nanoseconds, ISO
8601 or any other unit that their size tells. AWS's distribution (ADOT) turns GenAI events into
`span_events` with a `body`, and mixes in the spans of HTTP clients. Okahu's export has Monocle's
`entity.N.*` as an array of objects: it is brought back to the attributes that were sent.

Source: strands-agents/evals `mappers/fixtures`, Okahu's trace API as recorded by Monocle's tests;
FORMATS §6.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, items_of, reading
from tracetui_loaders.loose import first
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import (
    NAMES,
    SPAN_IDS,
    STARTS,
    TRACE_IDS,
    add_span_object,
    attributes_of,
    looks_like_span,
)
from tracetui_loaders.vendor_values import is_id, objects

_SPANS = ("spans", "data", "traces")
_QUOTED_IDS = tuple(f'"{name}"'.encode() for name in SPAN_IDS)
_PLAIN_ATTRIBUTES = re.compile(rb'"attributes"\s*:\s*\{')
_QUOTED_STARTS = tuple(f'"{name}"'.encode() for name in STARTS)


class OtelFlatLoader:
    """Loads spans that are objects with plain attributes."""

    name: ClassVar[str] = "otel_flat"
    title: ClassVar[str] = "flat OpenTelemetry spans"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are flat spans, or wrap some."""
        for keys in head.keys:
            if _has_any(keys, TRACE_IDS) and _has_any(keys, SPAN_IDS) and _has_any(keys, NAMES):
                if not _has_any(keys, STARTS):
                    return 0.5
                # A span of OTLP alone has the same keys; its attributes are a list of pairs.
                return 0.92 if _PLAIN_ATTRIBUTES.search(head.data) else 0.85
            if _has_any(keys, _SPANS) and all(
                any(name in head.data for name in names)
                for names in (_QUOTED_IDS, _QUOTED_STARTS, (b'"attributes"',))
            ):
                return 0.7
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _add_value))


def _has_any(keys: frozenset[str], names: tuple[str, ...]) -> bool:
    return not keys.isdisjoint(names)


def _add_value(value: Any, place: Place) -> bool:
    if not isinstance(value, dict):
        return False
    if looks_like_span(value):
        add_span_object(value, place, attributes=_attributes(value))
        return True
    wrapped = first(value, _SPANS)
    if not isinstance(wrapped, list):
        return False
    return _add_wrapped(value, list(items_of(wrapped)), place)


def _add_wrapped(wrapper: dict[str, Any], items: list[Any], place: Place) -> bool:
    spans = [item for item in items if looks_like_span(item)]
    session = wrapper.get("session_id")
    resource = {"session.id": str(session)} if is_id(session) else {}
    for span in spans:
        add_span_object(span, place, attributes=_attributes(span), resource=resource)
    if spans and len(spans) < len(items):
        place.reject(f"{len(items) - len(spans):,} of {len(items):,} items are no spans")
    return bool(spans) or (not items and bool(resource))


def _attributes(span: dict[str, Any]) -> dict[str, Any]:
    attributes = attributes_of(span.get("attributes"))
    entities = objects(attributes.get("entity"))
    if not entities:
        return attributes
    found: dict[str, Any] = {}
    for number, entity in enumerate(entities, 1):
        found |= {f"entity.{number}.{key}": item for key, item in entity.items()}
    return found | {key: item for key, item in attributes.items() if key != "entity"}


LOADER = OtelFlatLoader()
