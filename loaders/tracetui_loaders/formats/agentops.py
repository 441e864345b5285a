"""AgentOps traces: `{trace, spans}` as its API returns them.

Spans are OpenTelemetry's, out of a ClickHouse table: attributes come nested, as objects in one
another and arrays, and are brought back to the dotted keys that were sent; events and links are
columns of arrays. Counts are text. `metrics` repeat the usage, and the cost that AgentOps knows.

Source: AgentOps `app/api` (`TraceResponse`, `SpanSummary`, opentelemetry ClickHouse tables) and
its `agentops.span.kind` semantic conventions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.conventions.base import dollars
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, items_of, reading
from tracetui_loaders.loose import flattened
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import any_nano, attributes_of, looks_like_span, raw_span
from tracetui_loaders.vendor_values import known, mapping, usage_attributes

_OWN = frozenset({"span_attributes", "event_names", "span_type"})


class AgentOpsLoader:
    """Loads AgentOps traces."""

    name: ClassVar[str] = "agentops"
    title: ClassVar[str] = "AgentOps trace"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are traces: by their spans' own columns."""
        for value in head.values:
            if any(_is_trace(item) for item in items_of(value)):
                return 0.97
        outer = any(keys & {"trace", "spans"} for keys in head.keys)
        columns = b'"span_attributes"' in head.data and b'"span_type"' in head.data
        return 0.93 if not head.values and outer and columns else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _read))


def _is_trace(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("spans"), list):
        return False
    spans = value["spans"]
    return any(isinstance(s, dict) and len(_OWN & s.keys()) > 1 for s in spans) or (
        not spans and "freeplan_truncated" in mapping(value.get("trace"))
    )


def _read(value: Any, place: Place) -> bool:
    if not _is_trace(value):
        return False
    trace = mapping(value.get("trace"))
    refused = 0
    for span in value["spans"]:
        if looks_like_span(span):
            _add(span, trace, place)
        else:
            refused += 1
    if refused:
        place.reject(f"{refused:,} of {len(value['spans']):,} items are no spans")
    if trace.get("freeplan_truncated"):
        place.note("AgentOps cut this trace: it was read on its free plan")
    return True


def _add(span: dict[str, Any], trace: Mapping[str, Any], place: Place) -> None:
    attributes = _dotted(span.get("span_attributes")) | _dotted(span.get("attributes"))
    metrics = mapping(span.get("metrics"))
    attributes = usage_attributes(metrics) | attributes if metrics else attributes
    cost = dollars(metrics.get("total_cost"))
    attributes |= known({"gen_ai.usage.total_cost": cost or None})
    attributes |= known({"agentops.span_type": span.get("span_type")})
    resource = _dotted(span.get("resource_attributes"))
    raw = raw_span({**span, "kind": span.get("span_kind")}, attributes=attributes)
    raw.events = [*raw.events, *_events(span)]
    if raw.trace_id is None:
        raw.trace_id = trace.get("trace_id")
    place.add(raw, place.builder.context(resource))


def _dotted(value: Any) -> dict[str, Any]:
    return attributes_of(flattened(mapping(value)))


def _events(span: Mapping[str, Any]) -> list[RawEvent]:
    """Return the events, whose names, times and attributes are in arrays of their own."""
    names, times, attributes = (
        column if isinstance(column, list) else []
        for column in (
            span.get("event_names"),
            span.get("event_timestamps"),
            span.get("event_attributes"),
        )
    )
    found: list[RawEvent] = []
    for number, name in enumerate(names):
        time = any_nano(times[number]) if number < len(times) else None
        sent = attributes[number] if number < len(attributes) else None
        found.append((str(name), time, _dotted(sent)))
    return found


LOADER = AgentOpsLoader()
