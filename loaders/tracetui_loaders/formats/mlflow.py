"""MLflow traces: `{info, data: {spans}}` as `Trace.to_json` writes it, or a `traces.json` artifact.

Spans are OpenTelemetry's, of two schemas: version 2 with `context` and `start_time`, version 3
with base64 ids and `start_time_unix_nano`. Every attribute's value is JSON in itself, which the
MLflow convention reads. What the trace says of itself (session, user, name) goes to all its
spans, its summed usage to the root, and assessments become evaluations on the span they name.

Source: mlflow `entities/span.py` (`Span.to_dict`), `entities/trace.py`, `trace_info.py`,
`assessment.py`; its "Trace Data Model"; RULES §3 for the trace's `tokenUsage`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import to_json
from tracetui_loaders.ids import SPAN_ID_BYTES, normalise_id
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, items_of, reading
from tracetui_loaders.loose import first
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import looks_like_span, raw_span
from tracetui_loaders.vendor_values import evaluation_event, known, mapping, objects

_OF_TRACE = ("mlflow.trace.session", "mlflow.trace.user")
_USAGE = "mlflow.trace.tokenUsage"


class MlflowLoader:
    """Loads MLflow traces."""

    name: ClassVar[str] = "mlflow"
    title: ClassVar[str] = "MLflow trace"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are traces: by the attributes of their spans."""
        for value in head.values:
            if any(_is_mlflow(item) for item in items_of(value)):
                return 0.97
        outer = any(keys & {"info", "data", "spans"} for keys in head.keys)
        return 0.93 if not head.values and outer and b'"mlflow.span' in head.data else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _read))


def _spans_of(value: Any) -> list[Any] | None:
    """Return the spans of a trace or an artifact; None if it is neither."""
    if not isinstance(value, dict):
        return None
    spans = mapping(value.get("data")).get("spans") if "info" in value else value.get("spans")
    return spans if isinstance(spans, list) else None


def _is_mlflow(value: Any) -> bool:
    spans = _spans_of(value)
    if spans is None:
        return False
    info = mapping(value.get("info"))
    named = {"request_id", "trace_id"} & info.keys() and {"trace_metadata", "tags"} & info.keys()
    return bool(named) or any(
        key.startswith("mlflow.")
        for span in objects(spans[:3])
        for key in mapping(span.get("attributes"))
    )


def _read(value: Any, place: Place) -> bool:
    spans = _spans_of(value)
    if spans is None or not _is_mlflow(value):
        return False
    info = mapping(value.get("info"))
    whole = [span for span in spans if looks_like_span(span)]
    events = _assessments(info, whole)
    everywhere, at_root = _of_trace(info)
    root = next((span for span in whole if not _parent(span)), None)
    context = place.builder.context({}, "mlflow")
    for span in whole:
        raw = raw_span(span)
        raw.attributes = everywhere | (at_root if span is root else {}) | raw.attributes
        raw.events = [*raw.events, *events.get(_span_id(span), ())]
        if raw.trace_id is None:
            raw.trace_id = first(info, ("trace_id", "request_id"))
        place.add(raw, context)
    if len(whole) < len(spans):
        place.reject(f"{len(spans) - len(whole):,} of {len(spans):,} items are no spans")
    elif not whole:
        place.note("a trace without spans")
    return True


def _parent(span: Mapping[str, Any]) -> Any:
    return first(span, ("parent_span_id", "parent_id"))


def _span_id(span: Mapping[str, Any]) -> str | None:
    sent = mapping(span.get("context")).get("span_id") or span.get("span_id")
    return normalise_id(sent, SPAN_ID_BYTES)


def _of_trace(info: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the trace says of all its spans, and what of its root alone."""
    metadata = mapping(first(info, ("trace_metadata", "request_metadata")))
    tags = mapping(info.get("tags"))
    everywhere = {key: metadata.get(key) or tags.get(key) for key in _OF_TRACE}
    everywhere["mlflow.traceName"] = tags.get("mlflow.traceName")
    rest = {key: item for key, item in info.items() if key not in ("assessments", "tags")}
    at_root = {f"mlflow.trace.info.{key}": item for key, item in rest.items()}
    at_root |= {"mlflow.trace.tags": tags, _USAGE: metadata.get(_USAGE) or tags.get(_USAGE)}
    return known(everywhere), known(at_root)


def _assessments(
    info: Mapping[str, Any], spans: list[dict[str, Any]]
) -> dict[str | None, list[RawEvent]]:
    """Return assessments by the id of the span that they are of: the root's if they name none."""
    found: dict[str | None, list[RawEvent]] = {}
    ids = [_span_id(span) for span in spans]
    root = next((_span_id(span) for span in spans if not _parent(span)), None)
    for item in objects(info.get("assessments")):
        wanted = normalise_id(item.get("span_id"), SPAN_ID_BYTES)
        found.setdefault(wanted if wanted in ids else root, []).append(_assessment(item))
    return found


def _assessment(item: Mapping[str, Any]) -> RawEvent:
    expected = "feedback" not in item
    value = mapping(first(item, ("feedback", "expectation"))).get("value")
    plain = isinstance(value, str | int | float)
    return evaluation_event(
        first(item, ("assessment_name", "name")),
        value if isinstance(value, int | float) else None,
        value if isinstance(value, str) else None if plain or value is None else to_json(value),
        item.get("rationale"),
        time_unix_nano(first(item, ("create_time", "create_time_ms"))),
        annotator_kind=mapping(item.get("source")).get("source_type"),
        expectation=True if expected else None,
    )


LOADER = MlflowLoader()
