"""Groups errors by what went wrong, not by where it was told again.

Source: DESIGN reference ANALYSES ("Error root", "Error group"), after Sentry's grouping order: a
group is an error type and a message with everything that differs per occurrence masked.
"""

import re
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute
from tracetui_store.protocol import TraceReader

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

ERROR_COLUMNS = (
    "trace_id",
    "span_id",
    "parent_span_id",
    "name",
    "kind",
    "start_time_unix_nano",
    "error",
    "error_type",
    "error_message",
    "status_message",
)
"""The columns that `error_groups` reads; others are ignored."""

MESSAGE_LIMIT = 1_000
"""Characters of a message that its fingerprint looks at."""

_MASKS = (
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "<uuid>"),
    (re.compile(r"(?<![\w/:])(?:[A-Za-z]:)?(?:[\\/][\w.\-]+){2,}"), "<path>"),
    (re.compile(r"\b0[xX][0-9a-fA-F]+\b"), "<hex>"),
    (re.compile(r"\b(?=[0-9a-fA-F]*[0-9])(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{8,}\b"), "<hex>"),
    # An id is a prefix and a run of letters and digits: req_011CR9…, call-7fGh2.
    (re.compile(r"\b[A-Za-z]+[_-](?=\w*\d)[A-Za-z0-9]{8,}\b"), "<id>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one type whose messages differ only in numbers, ids and paths."""

    error_type: str | None
    fingerprint: str
    """The message, masked; empty if the errors carry none."""
    count: int
    traces: int
    """Distinct traces with such an error."""
    first_seen_unix_nano: int | None
    last_seen_unix_nano: int | None
    trace_id: str | None
    """The example's, as the next three: the earliest span of the group."""
    span_id: str | None
    name: str | None
    kind: str | None
    message: str | None
    """The example's message as it came."""


def fingerprint(message: str) -> str:
    """Return `message` with uuids, hexadecimal, ids, paths and numbers masked, on one line."""
    text = message[:MESSAGE_LIMIT]
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text.strip()


def spans_of_failed_traces(reader: TraceReader) -> pa.Table:
    """Return the spans of every trace with an error: what surrounds one says where it began.

    They have the columns `ERROR_COLUMNS` and `row_id`; none if nothing failed.
    """
    spans = reader.span_list(columns=(*ERROR_COLUMNS, "row_id"))
    failed = spans.filter(pc.fill_null(spans["error"], False))
    trace_ids = failed["trace_id"].combine_chunks()
    return spans.filter(pc.is_in(spans["trace_id"], value_set=trace_ids))


def root_errors(spans: pa.Table) -> pa.Table:
    """Return the error spans of `spans` that no other error span is a child of.

    An error that climbs to its ancestors marks each of them; only the deepest is counted.
    Cost is one hash join over the error spans.

    Args:
        spans: Any spans with `ERROR_COLUMNS`, of any number of traces. Children that are not in
            it are not seen, so pass whole traces or all error spans of them.

    Returns:
        `ERROR_COLUMNS` of the root errors; the order is not defined.
    """
    errors = spans.select(list(ERROR_COLUMNS)).filter(pc.field("error"))
    parents = errors.filter(
        # The self-named parent of a damaged span must not hide the span itself.
        (pc.field("parent_span_id") != pc.field("span_id")) | pc.field("span_id").is_null()
    ).select(["trace_id", "parent_span_id"])
    return errors.join(
        parents,
        keys=["trace_id", "span_id"],
        right_keys=["trace_id", "parent_span_id"],
        join_type="left anti",
    )


def error_groups(spans: pa.Table) -> list[ErrorGroup]:
    """Group the root errors of `spans` by error type and masked message.

    Cost is that of `root_errors` plus one masking per distinct message.

    Args:
        spans: As for `root_errors`.

    Returns:
        Groups, most frequent first, then latest first; empty if nothing failed.
    """
    errors = root_errors(spans).sort_by(
        [("start_time_unix_nano", "ascending"), ("trace_id", "ascending"), ("span_id", "ascending")]
    )
    if not errors.num_rows:
        return []
    message = pc.coalesce(errors["error_message"], errors["status_message"])
    errors = errors.append_column("message", message)
    errors = errors.append_column("fingerprint", _fingerprints(message))
    errors = errors.append_column("position", pa.array(range(errors.num_rows), pa.int64()))
    grouped = errors.group_by(["error_type", "fingerprint"]).aggregate(
        [
            ("position", "count"),
            ("position", "min"),
            ("trace_id", "count_distinct"),
            ("start_time_unix_nano", "min"),
            ("start_time_unix_nano", "max"),
        ]
    )
    examples = errors.take(grouped["position_min"])
    groups = [
        _group(row, example)
        for row, example in zip(grouped.to_pylist(), examples.to_pylist(), strict=True)
    ]
    return sorted(
        groups,
        key=lambda group: (
            -group.count,
            -(group.last_seen_unix_nano or 0),
            group.error_type or "",
            group.fingerprint,
        ),
    )


def _fingerprints(messages: pa.ChunkedArray) -> pa.Array:
    """Return the fingerprint of each message, "" for null; equal messages are masked once."""
    known: dict[str | None, str] = {None: ""}
    for message in messages.unique().to_pylist():
        if message is not None:
            known[message] = fingerprint(message)
    return pa.array([known[message] for message in messages.to_pylist()], pa.string())


def _group(row: dict[str, Any], example: dict[str, Any]) -> ErrorGroup:
    """Return a group from its aggregates and the first of its spans."""
    return ErrorGroup(
        error_type=row["error_type"],
        fingerprint=row["fingerprint"],
        count=row["position_count"],
        traces=row["trace_id_count_distinct"],
        first_seen_unix_nano=row["start_time_unix_nano_min"],
        last_seen_unix_nano=row["start_time_unix_nano_max"],
        trace_id=example["trace_id"],
        span_id=example["span_id"],
        name=example["name"],
        kind=example["kind"],
        message=example["message"],
    )
