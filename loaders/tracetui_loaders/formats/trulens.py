"""TruLens event rows: what its OpenTelemetry exporter keeps in a database or an event table.

A row is a span: `record` (name, kind, status, parent), `trace` (ids), `record_attributes`,
`resource_attributes`, and two times without a zone, which are UTC; `timestamp` is the end. Ids
are decimal text and stay as they are. Rows read back from Snowflake have upper-case names and
objects as JSON text. Evaluations have no trace id: each is shown alone.

Source: truera/trulens `core/otel/instrument.py`, `experimental/otel_tracing/core/exporter`,
`core/schema/event.py`; FORMATS §6.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, reading
from tracetui_loaders.loose import first_string, string, unpacked
from tracetui_loaders.otlp.enums import span_kind
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import any_nano, attributes_of, id_or_none, status_code
from tracetui_loaders.vendor_values import mapping

_KEYS = frozenset({"record", "record_attributes", "trace"})


class TruLensLoader:
    """Loads TruLens event rows."""

    name: ClassVar[str] = "trulens"
    title: ClassVar[str] = "TruLens events"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are TruLens rows, by their columns."""
        return 0.95 if any({key.lower() for key in keys} >= _KEYS for keys in head.keys) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, reading(self.title, _add_value))


def _add_value(value: Any, place: Place) -> bool:
    if not isinstance(value, dict):
        return False
    row = {str(key).lower(): unpacked(item) for key, item in value.items()}
    if not row.keys() >= _KEYS:
        return False
    record, trace = mapping(row["record"]), mapping(row["trace"])
    if not record and not trace:
        place.reject("a row without record and trace")
        return True
    context = place.builder.context(attributes_of(row.get("resource_attributes")))
    place.add(_raw(row, record, trace), context)
    return True


def _raw(row: Mapping[str, Any], record: Mapping[str, Any], trace: Mapping[str, Any]) -> RawSpan:
    sent = record.get("status")
    code = mapping(sent).get("code") if isinstance(sent, dict) else sent
    parent = id_or_none(record.get("parent_span_id")) or id_or_none(trace.get("parent_id"))
    return RawSpan(
        trace_id=id_or_none(trace.get("trace_id")),
        span_id=id_or_none(trace.get("span_id")) or id_or_none(row.get("event_id")),
        parent_span_id=parent,
        name=string(record.get("name")) or "",
        otel_kind=span_kind(record.get("kind")),
        start_time_unix_nano=any_nano(row.get("start_timestamp")),
        end_time_unix_nano=any_nano(row.get("timestamp")),
        status=status_code(code),
        status_message=first_string(mapping(sent), ("description", "message")),
        attributes=attributes_of(row["record_attributes"]),
    )


LOADER = TruLensLoader()
