"""The questions that views ask, as statements on DuckDB: one item, one trace, the ingest report.

`lists` has those that filter, sort and count. All answers are Arrow or typed rows.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from tracetui_store.rows import (
    AGENT_COLUMNS,
    JOINT_COLUMNS,
    EventRow,
    FileRow,
    LinkRow,
    LogRow,
    ProblemRow,
    SpanDetail,
)
from tracetui_store.statements import Statements

_BATCH_ROWS = 1_024
MOST_LINKS = 50
"""A span with more links, or an id that more spans share, joins no traces (RULES §7.2)."""


def trace_spans(reader: Statements, trace_id: str) -> pa.Table:
    """Return the spans of one trace with the columns `rows.SPAN_COLUMNS`, in file order."""
    return reader.table("queries/trace_spans", trace_id=trace_id)


def agent_spans(reader: Statements) -> pa.Table:
    """Return what agents are found by of every span, with the columns `rows.AGENT_COLUMNS`."""
    return reader.table("queries/agent_spans").select(AGENT_COLUMNS)


def joints(reader: Statements) -> pa.Table:
    """Return pairs of spans that belong together, with the columns `rows.JOINT_COLUMNS`."""
    return reader.table("queries/joints", most_links=MOST_LINKS).select(JOINT_COLUMNS)


def spans(
    reader: Statements, trace_id: str | None = None, span_id: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield every normalised column of the spans of a trace, of one span, or of all."""
    stream = reader.batches("queries/spans", _BATCH_ROWS, trace_id=trace_id, span_id=span_id)
    for batch in stream:
        yield from batch.to_pylist()


def span(reader: Statements, row_id: int) -> SpanDetail | None:
    """Return one span with its payloads, or None if there is no such row."""
    found = reader.table("queries/span_by_row", row_id=row_id).to_pylist()
    return next(details(reader, found), None)


def details(reader: Statements, rows: Sequence[dict[str, Any]]) -> Iterator[SpanDetail]:
    """Yield each row of `spans` with its payloads, events, links and log records.

    Args:
        reader: Where to look.
        rows: Rows of `spans`, in the order of their row ids; fetched a range at a time.
    """
    resources: dict[int | None, tuple[dict[str, Any], dict[str, Any], str | None]] = {}
    for start in range(0, len(rows), _BATCH_ROWS):
        part = rows[start : start + _BATCH_ROWS]
        between = {"first": part[0]["row_id"], "last": part[-1]["row_id"]}
        payloads = {
            row_id: (attributes, extra)
            for row_id, attributes, extra in reader.rows("queries/payloads", **between)
        }
        events = _grouped(reader.rows("queries/events", **between))
        links = _grouped(reader.rows("queries/links", **between))
        logs = _grouped(reader.rows("queries/logs", **between))
        for row in part:
            row_id, resource_id = row["row_id"], row["resource_id"]
            if resource_id not in resources:
                resources[resource_id] = _resource(reader, resource_id)
            resource, scope_attributes, schema_url = resources[resource_id]
            attributes, extra = payloads.get(row_id, (None, None))
            yield SpanDetail(
                fields={**row, "schema_url": schema_url},
                attributes=_object(attributes),
                extra=_object(extra),
                resource=resource,
                scope_attributes=scope_attributes,
                events=[
                    EventRow(name, at, _object(sent)) for name, at, sent in events.get(row_id, ())
                ],
                links=[
                    LinkRow(trace_id, span_id, _object(sent), loaded)
                    for trace_id, span_id, sent, loaded in links.get(row_id, ())
                ],
                logs=[
                    LogRow(name, at, severity, _value(body), _object(sent))
                    for name, at, severity, body, sent in logs.get(row_id, ())
                ],
            )


def _grouped(rows: list[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row_id, *rest in rows:
        found.setdefault(row_id, []).append(tuple(rest))
    return found


def _resource(
    reader: Statements, resource_id: int | None
) -> tuple[dict[str, Any], dict[str, Any], str | None]:
    rows = reader.rows("queries/resource", resource_id=resource_id)
    if not rows:
        return {}, {}, None
    attributes, scope_attributes, schema_url = rows[0]
    return _object(attributes), _object(scope_attributes), schema_url


def _value(text: str | None) -> Any:
    """Return the JSON value that a loader wrote; text that is not JSON stays text."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _object(text: str | None) -> dict[str, Any]:
    value = _value(text)
    return value if isinstance(value, dict) else {}


def metrics(reader: Statements, name: str | None = None) -> pa.Table:
    """Return metric data points with the columns of `schema.METRICS` and `resource`, as JSON.

    Args:
        reader: Where to look.
        name: Only this metric; None for all.
    """
    return reader.table("queries/metrics", metric=name)


def problems(
    reader: Statements, source_id: int | None = None, limit: int = 1_000
) -> list[ProblemRow]:
    """Return the first `limit` lines that were not simply read, of one source or of all."""
    rows = reader.rows("queries/problems", source_id=source_id, limit=limit)
    return [ProblemRow(*row) for row in rows]


def files(reader: Statements) -> list[FileRow]:
    """Return the ingest report, one row per source."""
    return [FileRow(**row) for row in reader.table("queries/files").to_pylist()]
