"""Reads steps from a store: one row per span, and the texts of those that act or speak.

Digests are computed here, in a pass over the payloads by ranges of rows, and not at load as LOOPS
has it: finding arguments and results in what 18 conventions write, reading their JSON and masking
it takes 20 to 40 microseconds per acting span, as much as all the rest of loading. A `Reading`
remembers them by row, so that a trace that grows costs only its new spans.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, cast

from tracetui_loaders.actions import (
    action_digest,
    canonical,
    masked,
    numbers_digest,
    result_digest,
    text_of,
)
from tracetui_store.content import folded_fields
from tracetui_store.predicates import Among, Predicate, Selection, Sort
from tracetui_store.protocol import TraceReader
from tracetui_store.rows import SpanDetail

from tracetui_analyses.loops.steps import Step

COLUMNS = (
    *("row_id", "trace_id", "span_id", "parent_span_id", "name", "kind", "operation"),
    *("scope_name", "start_time_unix_nano", "end_time_unix_nano", "error", "error_type"),
    *("error_message", "status_message", "agent_name", "tool_name", "handoff_from"),
    *("handoff_to", "total_tokens", "cost_usd", "counts", "is_model_call", "outcome"),
)
"""The columns of a span that loops are found by."""

READ_KINDS = ("tool", "retriever", "handoff", "agent", "llm")
_FIELDS = {
    "tool": ("tool_arguments", "tool_result", "input_value", "output_value"),
    "retriever": ("retrieval_query", "documents", "input_value", "output_value"),
    "handoff": ("tool_arguments",),
    "agent": ("input_messages", "output_messages", "input_value", "output_value"),
    "llm": ("output_messages", "output_value"),
}
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
    """What was read from payloads so far, by row."""

    contents: dict[int, Content] = field(default_factory=dict[int, Content])

    def traces(
        self, reader: TraceReader, trace_ids: Sequence[str] | None = None
    ) -> Iterator[tuple[str, list[Row], list[Step]]]:
        """Yield each trace with its rows and its steps, by start.

        Args:
            reader: Where to look.
            trace_ids: Only these traces; None for all.
        """
        wanted: Predicate | None = None
        if trace_ids is not None:
            wanted = Among("trace_id", tuple(trace_ids))
        selection = Selection() if wanted is None else Selection(spans=wanted)
        table = reader.span_list(selection, COLUMNS, Sort("trace_id", descending=False))
        rows = table.to_pylist()
        self._read(reader, [row for row in rows if _is_step(row)])
        by_trace: dict[str, list[Row]] = {}
        for row in rows:
            by_trace.setdefault(row["trace_id"], []).append(row)
        for trace_id, members in by_trace.items():
            members.sort(key=_by_start)
            steps = [self._step(row) for row in members if _is_step(row)]
            yield trace_id, members, steps

    def _read(self, reader: TraceReader, rows: list[Row]) -> None:
        """Read the payloads of rows that were not read before, or have ended since."""
        new = [row for row in rows if row["row_id"] not in self.contents]
        new.sort(key=itemgetter("row_id"))
        for detail in reader.details([{**row, "resource_id": None} for row in new]):
            self.contents[detail.fields["row_id"]] = content_of(detail)

    def _step(self, row: Row) -> Step:
        content = self.contents[row["row_id"]]
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


def content_of(detail: SpanDetail) -> Content:
    """Return the digests and texts of one span."""
    row = detail.fields
    kind, name = _kind_and_name(row)
    folded = folded_fields(detail, _FIELDS[row["kind"]])
    arguments, result = _call(kind, folded)
    if row["error"] and kind == "llm":
        # What failed has said nothing.
        result = None
    elif row["error"] and result is None:
        result = row["error_message"] or row["status_message"] or row["error_type"]
    shown = None if arguments is None else canonical(arguments)
    return Content(
        action_digest(kind, name, arguments),
        result_digest(result),
        numbers_digest(result),
        shown,
        None if result is None else masked(text_of(result)),
    )


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
