"""OTLP traces and logs as JSON: one request, arrays, JSON lines, concatenated values, bare spans.

Source: OTLP 1.x specification, "JSON Protobuf Encoding", and `opentelemetry/proto/trace/v1`,
`logs/v1`, `metrics/v1`; FORMATS §1 and §3 for what producers write instead (snake_case, base64
ids, `batches` with `instrumentationLibrarySpans`, enums as names, numbers as strings).

The spec's own shape is decoded typed; anything else, and every line that the typed decoder
refuses, goes a slower way that is tolerant span by span.
"""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.json_keys import first_value_keys
from tracetui_loaders.json_records import Record, is_open, records, split_values
from tracetui_loaders.otlp.json_types import Request
from tracetui_loaders.otlp.json_walk import add_request
from tracetui_loaders.otlp.shapes import BARE_KEYS, REQUEST_KEYS, SCOPE_KEYS, add_shape
from tracetui_loaders.source import Source

BATCH_SPANS = 8_192
"""Spans per batch: a commit's worth, small enough that the first is on screen at once."""
_FIRST_BATCH_SPANS = 512

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
    """Loads OTLP/JSON exports of traces and logs."""

    name: ClassVar[str] = "otlp_json"
    title: ClassVar[str] = "OTLP JSON"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are OTLP: by their keys, never by the file's name."""
        for keys in first_value_keys(head.data):
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
        """Yield batches of about `BATCH_SPANS` spans, in file order."""
        builder = BatchBuilder(source_id)
        limit = _FIRST_BATCH_SPANS
        for record in records(source):
            _add_record(record, builder)
            if builder.size >= limit:
                yield builder.flush(record.bytes_done)
                limit = BATCH_SPANS
        if source.truncated:
            builder.problem("tail", "the compressed stream ends before its end mark", None, None)
        yield builder.flush(source.bytes_done)


def _add_record(record: Record, builder: BatchBuilder) -> None:
    builder.lines.blank += record.blank_lines
    if not record.data:
        return
    _add_value(record, builder)


def _add_value(record: Record, builder: BatchBuilder) -> None:
    if record.data.startswith(b"{"):
        try:
            request = _decode_request(record.data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            pass
        else:
            if not request.is_empty():
                add_request(request, builder, record.line, record.byte_offset)
                builder.lines.ok += record.lines
                return
    _add_tolerantly(record, builder)


def _add_tolerantly(record: Record, builder: BatchBuilder) -> None:
    """Read a record that is not the spec's shape, or not quite JSON."""
    line, offset = record.line, record.byte_offset
    mended: str | None = None
    try:
        value = msgspec.json.decode(record.data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        parts = split_values(record)
        if len(parts) > 1:
            for part in parts:
                _add_value(part, builder)
            return
        if not record.complete and is_open(record.data):
            builder.lines.tail += record.lines
            builder.problem("tail", "incomplete last line, still being written?", line, offset)
            return
        mended = str(error)
        try:
            value = _decode_leniently(record.data)
        except (ValueError, RecursionError) as failure:
            builder.lines.rejected += record.lines
            builder.problem("rejected", f"not JSON: {_reason(failure, error)}", line, offset)
            return
    outcome = add_shape(value, builder, line, offset)
    if outcome.added == 0 and outcome.rejected == 0 and not outcome.recognised:
        builder.lines.rejected += record.lines
        builder.problem("rejected", _unrecognised(value), line, offset)
    elif outcome.added == 0 and outcome.rejected:
        builder.lines.rejected += record.lines
    elif mended is not None or outcome.rejected:
        builder.lines.repaired += record.lines
        if mended is not None:
            builder.problem("repaired", f"read leniently: {mended}", line, offset)
    else:
        builder.lines.ok += record.lines


def _decode_leniently(data: bytes) -> Any:
    """Accept what msgspec refuses: NaN, raw control characters, lone surrogates, broken UTF-8."""
    text = data.decode("utf-8", "replace").replace("\x00", "").strip("\ufeff \t\r\n")
    return _without_surrogates(json.loads(text, strict=False))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


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
