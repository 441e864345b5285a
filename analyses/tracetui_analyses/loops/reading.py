"""Reads steps from a store: one row per span, and the texts of those that act or speak.

Digests are computed here, in a pass over the payloads by ranges of rows, and not at load as LOOPS
has it: finding arguments and results in what 18 conventions write, reading their JSON and masking
it takes some 30 microseconds per acting span, as much as all the rest of loading. A `Reading` that
keeps them by row makes a trace that grows cost only its new spans.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, cast

import numpy as np
import pyarrow as pa
from tracetui_loaders.actions import (
    canonical,
    canonical_digest,
    masked,
    result_digests,
    text_of,
)
from tracetui_loaders.folding import FoldSource
from tracetui_store.content import folded_fields
from tracetui_store.predicates import EVERYTHING, Among, Selection, Sort
from tracetui_store.protocol import TraceReader
from tracetui_store.rows import SpanDetail

from tracetui_analyses.loops.steps import Step
from tracetui_analyses.loops.thresholds import DEFAULTS

COLUMNS = (
    *("row_id", "trace_id", "span_id", "parent_span_id", "name", "kind", "operation"),
    *("scope_name", "start_time_unix_nano", "end_time_unix_nano", "error", "error_type"),
    *("error_message", "status_message", "agent_name", "tool_name", "handoff_from"),
    *("handoff_to", "total_tokens", "cost_usd", "counts", "is_model_call", "outcome"),
)
"""The columns of a span that loops are found by."""

READ_KINDS = ("tool", "retriever", "handoff", "agent", "llm")
_FIELDS = {
    "tool": ("tool_arguments", "tool_result"),
    "retriever": ("retrieval_query", "documents"),
    "handoff": ("tool_arguments",),
    "agent": ("input_messages", "output_messages", "input_value", "output_value"),
    "llm": ("output_messages", "output_value"),
}
_RAW = {
    "tool": (("input_value", "tool_arguments"), ("output_value", "tool_result")),
    "retriever": (("input_value", "retrieval_query"), ("output_value", "documents")),
}
"""What is read where a better field is not there."""
_STEPS_AT_ONCE = 8_192
_HANDS_OVER = re.compile(r"(?:transfer|hand_?off|handover)_(?:back_)?to_(\w+)", re.IGNORECASE)
_CALL_PARTS = ("tool_call", "function_call")

Row = dict[str, Any]


@dataclass(slots=True)
class Content:
    """What was read from the payload of a span."""

    action: int
    result: int | None
    numbers: int | None
    arguments: str | None
    text: str | None


@dataclass(slots=True)
class Reading:
    """Reads steps, some thousand payloads at a time.

    Args:
        keeps: Whether what was read is remembered, for traces that grow.
    """

    keeps: bool = False
    contents: dict[int, Content] = field(default_factory=dict[int, Content])
    """What was read from payloads, by row."""
    _sources: dict[Any, FoldSource] = field(default_factory=dict[Any, FoldSource])

    def traces(
        self, reader: TraceReader, trace_ids: Sequence[str] | None = None
    ) -> Iterator[tuple[str, list[Row], list[Step]]]:
        """Yield each trace with its rows and its steps, by start.

        Args:
            reader: Where to look.
            trace_ids: Only these traces; None for all.
        """
        wanted = EVERYTHING if trace_ids is None else Among("trace_id", tuple(trace_ids))
        table = reader.span_list(Selection(spans=wanted), COLUMNS, Sort("row_id", descending=False))
        waiting: list[tuple[str, list[Row]]] = []
        steps = 0
        for trace_id, rows in _by_trace(table):
            waiting.append((trace_id, rows))
            steps += sum(1 for row in rows if _is_step(row))
            if steps >= _STEPS_AT_ONCE:
                yield from self._read_traces(reader, waiting)
                waiting, steps = [], 0
        yield from self._read_traces(reader, waiting)

    def _read_traces(
        self, reader: TraceReader, traces: list[tuple[str, list[Row]]]
    ) -> Iterator[tuple[str, list[Row], list[Step]]]:
        """Read the payloads of some traces and yield them."""
        self._read(reader, [row for _, rows in traces for row in _to_read(rows)])
        for trace_id, rows in traces:
            yield trace_id, rows, [self._step(row) for row in rows if _is_step(row)]
        if not self.keeps:
            self.contents.clear()

    def _read(self, reader: TraceReader, rows: list[Row]) -> None:
        """Read the payloads of rows that were not read before."""
        new = [row for row in rows if row["row_id"] not in self.contents]
        new.sort(key=itemgetter("row_id"))
        for detail in reader.details([{**row, "resource_id": None} for row in new]):
            self.contents[detail.fields["row_id"]] = content_of(detail, self._sources)

    def _step(self, row: Row) -> Step:
        content = self.contents.get(row["row_id"], _UNREAD)
        kind, name = _kind_and_name(row)
        return Step(
            span_id=row["span_id"] or "",
            kind=kind,
            name=name,
            agent=row["handoff_from"] or row["agent_name"] or "",
            action=content.action,
            result=content.result,
            numbers=content.numbers,
            arguments=content.arguments,
            text=content.text,
            start=row["start_time_unix_nano"],
            end=row["end_time_unix_nano"],
            error=bool(row["error"]),
            tokens=row["total_tokens"] if row["counts"] else None,
            cost_usd=row["cost_usd"],
            row_id=row["row_id"],
        )


_UNREAD = Content(0, None, None, None, None)


def _by_trace(table: pa.Table) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of each trace by start, the traces in the order of the file."""
    if not table.num_rows:
        return
    trace = table["trace_id"].combine_chunks().dictionary_encode()
    codes = np.asarray(trace.indices)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    first = 0
    for size in sizes.tolist():
        rows = table.take(order[first : first + size]).to_pylist()
        rows.sort(key=_by_start)
        yield rows[0]["trace_id"], rows
        first += size


def _to_read(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the steps of a trace that may be part of a loop by what they are called.

    What is done less often than the fewest repetitions is in no loop. Of model calls, the ones
    that matter are those with others beside them and no action between, and those before a
    hand-off, which may say its message.
    """
    steps = [row for row in rows if _is_step(row)]
    acting = Counter(_kind_and_name(row) for row in steps if row["kind"] != "llm")
    hands_over = any(kind == "handoff" for kind, _ in acting)
    spoken: list[Row] = []
    for row in steps:
        if row["kind"] == "llm":
            spoken.append(row)
            continue
        if hands_over or len(spoken) >= DEFAULTS.repetitions:
            yield from spoken
        spoken = []
        if acting[_kind_and_name(row)] >= DEFAULTS.repetitions:
            yield row
    if len(spoken) >= DEFAULTS.repetitions:
        yield from spoken


def _by_start(row: Row) -> tuple[bool, int, int]:
    start = row["start_time_unix_nano"]
    return start is None, start or 0, row["row_id"]


def _is_step(row: Row) -> bool:
    if row["kind"] == "llm":
        return bool(row["is_model_call"])
    if row["operation"] == "create_agent":
        # Made, not asked to do anything.
        return False
    # What still runs has no result yet: it is a step once it has ended.
    return row["kind"] in READ_KINDS and row["outcome"] != "running"


def _kind_and_name(row: Row) -> tuple[str, str]:
    """Return what a span does and to whom; a tool that hands over is a hand-off."""
    kind, name = row["kind"], row["tool_name"] or row["name"] or ""
    hands_over = _HANDS_OVER.search(name) if kind == "tool" else None
    if hands_over is not None:
        return "handoff", row["handoff_to"] or hands_over[1]
    if kind == "handoff":
        return kind, row["handoff_to"] or name
    if kind == "agent":
        return kind, row["agent_name"] or row["name"] or ""
    return kind, name if kind != "llm" else row["name"] or ""


def content_of(detail: SpanDetail, sources: dict[Any, FoldSource]) -> Content:
    """Return the digests and texts of one span.

    Args:
        detail: The span.
        sources: Where others had what is looked for; see `folding.fold_fields`.
    """
    row = detail.fields
    kind, name = _kind_and_name(row)
    folded = folded_fields(detail, _FIELDS[row["kind"]], sources)
    raw = tuple(name for name, better in _RAW.get(row["kind"], ()) if better not in folded)
    if raw:
        folded |= folded_fields(detail, raw, sources)
    arguments, result = _call(kind, folded)
    if row["error"] and kind == "llm":
        # What failed has said nothing.
        result = None
    elif row["error"] and result is None:
        result = row["error_message"] or row["status_message"] or row["error_type"]
    shown = None if arguments is None else canonical(arguments)
    action = canonical_digest(kind, name, shown or "")
    if result is None:
        return Content(action, None, None, shown, None)
    text = masked(text_of(result))
    return Content(action, *result_digests(text), shown, text)


def _call(kind: str, folded: dict[str, Any]) -> tuple[Any, Any]:
    """Return what a step was given and what came of it."""
    given, came = folded.get("input_value"), folded.get("output_value")
    if kind == "llm":
        return None, _said(folded.get("output_messages")) or came
    if kind == "agent":
        return _said(folded.get("input_messages")) or given, _said(
            folded.get("output_messages")
        ) or came
    given = folded.get("tool_arguments", folded.get("retrieval_query", given))
    came = folded.get("tool_result", folded.get("documents", came))
    return given, came


def _said(messages: Any) -> str | None:
    """Return messages as text: what is said, and which tools are called with what."""
    if not isinstance(messages, list):
        return None
    texts: list[str] = []
    for message in cast("list[dict[str, Any]]", messages):
        for part in message.get("parts", ()):
            if part.get("type") in _CALL_PARTS:
                texts.append(f"{part.get('name')}({canonical(part.get('arguments'))})")
            elif isinstance(part.get("content"), str):
                texts.append(part["content"])
    return " ".join(texts) or None
