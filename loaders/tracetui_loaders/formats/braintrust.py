"""Braintrust rows: what its SDKs log and its API returns, one row a span or a part of one.

A span may be sent in several rows of one id; those with `_is_merge` are merged into the first, at
all depths. Rows come as arrays, line by line, as a body `{rows}` or a page `{events}` or `{data}`.
Times are seconds since 1970 in `metrics`; a snapshot in which they were replaced by 0 has none.
Snapshots that lost their ids too are read row by row: what belonged together is not known.

Source: braintrust-sdk `js/src/logger.ts` (`SpanImpl`, `mergeRowBatch`), its API reference (project
logs, fetch); FORMATS §7. `prompt_tokens` include cached ones, also of Anthropic models.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.conventions.base import number, text
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.json_values import Place, items_of
from tracetui_loaders.source import Source
from tracetui_loaders.vendor_values import (
    evaluation_event,
    is_id,
    known,
    mapping,
    payload,
    prefixed,
    usage_attributes,
)

_OPERATIONS = {
    "llm": "chat",
    "tool": "execute_tool",
    "task": "invoke_workflow",
    "eval": "invoke_workflow",
    "score": "evaluate",
}
_PAGES = ("rows", "events", "data")
_SNAPSHOT = frozenset(
    {"input", "output", "metadata", "name", "type", "metrics", "error", "scores", "tags"}
)
_MAX_DEPTH = 64


class BraintrustLoader:
    """Loads Braintrust rows."""

    name: ClassVar[str] = "braintrust"
    title: ClassVar[str] = "Braintrust rows"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are rows, by their ids; snapshots are a guess."""
        best = 0.0
        for value in head.values:
            for item in items_of(value):
                rows = _rows_of(item)
                if rows and any(_has_ids(row) for row in rows):
                    return 0.97
                if rows:
                    best = 0.5 if isinstance(value, list) else best
        if not head.values and any({"root_span_id", "span_id"} <= keys for keys in head.keys):
            return 0.9
        return best

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: rows of one span may be far apart."""
        yield from load_collected(source, source_id, _Rows(), self.title)


def _has_ids(row: Any) -> bool:
    return isinstance(row, dict) and is_id(row.get("span_id")) and "root_span_id" in row


def _is_snapshot(row: Any) -> bool:
    """Whether this is a row without ids, as Braintrust's own tests keep them."""
    if not isinstance(row, dict) or not row.keys() <= _SNAPSHOT:
        return False
    return {"name", "metadata"} <= row.keys() and bool({"metrics", "output"} & row.keys())


def _rows_of(value: Any) -> list[Any] | None:
    """Return the rows of a page or body, or the row; None if it is none of them."""
    if _has_ids(value) or _is_snapshot(value):
        return [value]
    for key in _PAGES:
        rows = value.get(key) if isinstance(value, dict) else None
        if isinstance(rows, list) and any(_has_ids(row) for row in rows):
            return rows
    return None


class _Rows:
    """Keeps rows by the span that they are of, merged."""

    def __init__(self) -> None:
        self._spans: dict[tuple[Any, Any], tuple[dict[str, Any], At]] = {}

    def take(self, value: Any, place: Place) -> bool:
        """Keep the rows of a page, or one row."""
        rows = _rows_of(value)
        for row in rows or ():
            if not _has_ids(row) and not _is_snapshot(row):
                place.reject("a row without span_id and root_span_id")
                continue
            place.added += 1
            root = row.get("root_span_id")
            key = (root if is_id(root) else None, row.get("span_id") or len(self._spans))
            earlier = self._spans.get(key)
            if earlier is None:
                self._spans[key] = (row, at(place))
            else:
                merge = bool(row.get("_is_merge"))
                merged = _merged(earlier[0], row) if merge else {**earlier[0], **row}
                self._spans[key] = (merged, earlier[1])
        return rows is not None

    def rows(self) -> Iterable[Row]:
        """Return one row a span, in the order in which they began in the file."""
        for row, where in self._spans.values():
            yield Row(_span(row), where)

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: all that is to say is said of the lines."""
        return ()


def _merged(into: Mapping[str, Any], row: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return `row` merged into a span: objects key by key, everything else replaced."""
    merged = dict(into)
    for key, value in row.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and depth < _MAX_DEPTH:
            merged[key] = _merged(old, value, depth + 1)
        else:
            merged[key] = value
    return merged


_USED = frozenset(
    {
        *("id", "span_id", "root_span_id", "span_parents", "span_attributes", "metrics", "name"),
        *("input", "output", "metadata", "scores", "error", "type", "_is_merge"),
    }
)
_COUNTED = frozenset(
    {
        *("start", "end", "prompt_tokens", "completion_tokens", "tokens", "total_tokens"),
        *("prompt_cached_tokens", "prompt_cache_creation_tokens", "completion_reasoning_tokens"),
        *("time_to_first_token", "estimated_cost"),
    }
)


def _span(row: Mapping[str, Any]) -> RawSpan:
    metrics, sent = mapping(row.get("metrics")), mapping(row.get("span_attributes"))
    parents = row.get("span_parents")
    parent = parents[0] if isinstance(parents, list) and parents else None
    kind = sent.get("type") or row.get("type")
    kind = kind if isinstance(kind, str) else ""
    error = row.get("error")
    start = time_unix_nano(metrics.get("start")) or time_unix_nano(row.get("created"))
    return RawSpan(
        trace_id=row.get("root_span_id") if is_id(row.get("root_span_id")) else None,
        span_id=row.get("span_id") if is_id(row.get("span_id")) else None,
        parent_span_id=parent if is_id(parent) else None,
        name=text(sent.get("name")) or text(row.get("name")) or kind or "span",
        otel_kind=None,
        start_time_unix_nano=start,
        end_time_unix_nano=time_unix_nano(metrics.get("end")),
        status="ERROR" if error else "UNSET",
        status_message=_message(error),
        attributes=known(_attributes(row, kind)),
        events=[
            evaluation_event(name, score, time_unix_nano=start)
            for name, score in mapping(row.get("scores")).items()
            if score is not None
        ],
    )


def _message(error: Any) -> str | None:
    if isinstance(error, dict):
        error = error.get("message") or error.get("error") or error.get("name")
    return error if isinstance(error, str) and error else None


def _attributes(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    metrics, sent = mapping(row.get("metrics")), mapping(row.get("span_attributes"))
    metadata = mapping(row.get("metadata"))
    model = text(metadata.get("model"))
    first_token = number(metrics.get("time_to_first_token"))
    return {
        "gen_ai.operation.name": _OPERATIONS.get(kind),
        "gen_ai.provider.name": metadata.get("provider"),
        "gen_ai.request.model": model,
        "gen_ai.response.finish_reasons": metadata.get("stop_reason"),
        "gen_ai.tool.name": sent.get("name") if kind == "tool" else None,
        # Snapshots have 0 in the place of every time.
        "gen_ai.response.time_to_first_chunk": first_token or None,
        "gen_ai.usage.cost": metrics.get("estimated_cost"),
        "session.id": metadata.get("session_id") or metadata.get("thread_id"),
        "user.id": metadata.get("user_id"),
        **usage_attributes(metrics),
        **payload(kind, row.get("input"), row.get("output")),
        **prefixed("braintrust.span_attributes.", sent, frozenset({"name"})),
        **prefixed("braintrust.metadata.", metadata),
        **prefixed("braintrust.metrics.", metrics, _COUNTED),
        **prefixed("braintrust.", row, _USED),
    }


LOADER = BraintrustLoader()
