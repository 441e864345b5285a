"""OTLP as JSON: one request, arrays, JSON lines, concatenated values, bare spans.

Source: OTLP 1.x specification, "JSON Protobuf Encoding", and `opentelemetry/proto/trace/v1`,
`logs/v1`, `metrics/v1`; FORMATS §1 and §3 for what producers write instead (snake_case, base64
ids, `batches` with `instrumentationLibrarySpans`, enums as names, numbers as strings).

The spec's own shape is decoded typed; anything else, and every line that the typed decoder
refuses, goes a slower way that is tolerant span by span.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_records import Record, is_open
from tracetui_loaders.json_split import decode_leniently, split_values
from tracetui_loaders.otlp.json_metrics import add_resource_metrics
from tracetui_loaders.otlp.json_types import Request
from tracetui_loaders.otlp.json_walk import add_request
from tracetui_loaders.otlp.shapes import BARE_KEYS, REQUEST_KEYS, SCOPE_KEYS, add_shape
from tracetui_loaders.source import Source

# Other programs have "batches" too: these lists are what OTLP's hold.
_LISTS = tuple(
    f'"{name}"'.encode()
    for name in (
        *SCOPE_KEYS - {"batches"},
        *("spans", "logRecords", "log_records", "metrics"),
    )
)

_decode_request = msgspec.json.Decoder(Request).decode


class OtlpJsonLoader:
    """Loads OTLP/JSON exports of traces, logs and metrics."""

    name: ClassVar[str] = "otlp_json"
    title: ClassVar[str] = "OTLP JSON"
    resumable: ClassVar[bool] = True

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are OTLP: by their keys, never by the file's name."""
        for keys in head.keys:
            if keys & REQUEST_KEYS:
                return 1.0
            if keys & SCOPE_KEYS and any(name in head.data for name in _LISTS):
                return 0.95
            if any(bare <= keys for bare in BARE_KEYS):
                return 0.9
            if "trace" in keys and any(
                key in head.data for key in (b'"batches"', b'"resourceSpans"')
            ):
                return 0.9
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        yield from load_values(source, source_id, _add_value)


def _add_value(record: Record, builder: BatchBuilder) -> bool:
    """Add what a record holds; return whether any of it is OTLP and could be read."""
    if record.data.startswith(b"{"):
        try:
            request = _decode_request(record.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            pass
        else:
            if not request.is_empty():
                add_request(request, builder, record.line, record.byte_offset)
                for item in request.resourceMetrics or ():
                    add_resource_metrics(item, builder, record.line)
                builder.lines.ok += record.lines
                return True
    return _add_tolerantly(record, builder)


def _add_tolerantly(record: Record, builder: BatchBuilder) -> bool:
    """Read a record that is not the spec's shape, or not quite JSON."""
    line, offset = record.line, record.byte_offset
    mended: str | None = None
    try:
        value = msgspec.json.decode(record.data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        parts = split_values(record)
        if len(parts) > 1 or parts[0].data != record.data:
            known = [_add_value(part, builder) for part in parts]
            return any(known)
        if not record.complete and is_open(record.data):
            builder.lines.tail += record.lines
            builder.problem("tail", "incomplete last line, still being written?", line, offset)
            return False
        mended = str(error)
        try:
            value = decode_leniently(record.data)
        except (ValueError, RecursionError) as failure:
            builder.lines.rejected += record.lines
            builder.problem("rejected", f"not JSON: {_reason(failure, error)}", line, offset)
            return False
    return _add_decoded(value, record, builder, mended)


def _add_decoded(value: Any, record: Record, builder: BatchBuilder, mended: str | None) -> bool:
    line, offset = record.line, record.byte_offset
    outcome = add_shape(value, builder, line, offset)
    if outcome.added == 0 and outcome.rejected == 0 and not outcome.recognised:
        builder.lines.rejected += record.lines
        builder.problem("rejected", _unrecognised(value), line, offset)
        return False
    if outcome.added == 0 and outcome.rejected:
        builder.lines.rejected += record.lines
        return False
    if mended is not None or outcome.rejected:
        builder.lines.repaired += record.lines
        if mended is not None:
            builder.problem("repaired", f"read leniently: {mended}", line, offset)
    else:
        builder.lines.ok += record.lines
    return True


def _reason(failure: Exception, first: Exception) -> str:
    if isinstance(failure, RecursionError):
        return "nested too deep"
    return str(failure) if isinstance(failure, ValueError) else str(first)


def _unrecognised(value: Any) -> str:
    if isinstance(value, dict):
        keys = ", ".join(list(map(str, value))[:6])
        return f"not OTLP: an object with the keys {keys}" if keys else "not OTLP: an empty object"
    return f"not OTLP: a JSON {_json_type(value)}"


def _json_type(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "value")


LOADER = OtlpJsonLoader()
