"""The queries of the conversation, as values that run on a thread or without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracetui_loaders.transcripts import FOLLOWS
from tracetui_store.content import folded
from tracetui_store.predicates import Compare, Selection

from tracetui.view_models.conversation.outline import OUTLINE_COLUMNS, Outline, outline
from tracetui.view_models.conversation.turns import FOLLOWS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracetui_store.protocol import TraceReader

    from tracetui.view_models.conversation.outline import SpanRef

TRACES_OF_A_SESSION = 200
"""Traces that are still one chat; a session of more shows the one trace."""
_GAP = 32
"""Rows that are read though nobody asked for them, rather than asking once more."""


def conversation(reader: TraceReader, trace_id: str) -> Outline:
    """Find the chats of a trace and of the other traces of its session."""
    session_id = _session(reader, trace_id)
    count, spans = 1, Selection(spans=Compare("trace_id", "=", trace_id))
    if session_id is not None:
        of_session = Compare("session_id", "=", session_id)
        count = reader.trace_count(of_session)
        if 1 < count <= TRACES_OF_A_SESSION:
            spans = Selection(traces=of_session)
    rows = reader.span_list(spans, OUTLINE_COLUMNS).to_pylist()
    return outline(trace_id, rows, session_id=session_id, trace_count=max(count, 1))


def _session(reader: TraceReader, trace_id: str) -> str | None:
    found = reader.traces(Compare("trace_id", "=", trace_id), limit=1).to_pylist()
    return found[0]["session_id"] if found else None


def contents(reader: TraceReader, refs: Sequence[SpanRef]) -> dict[int, Mapping[str, Any]]:
    """Return the folded content of spans by row id, and what input messages follow."""
    found: dict[int, Mapping[str, Any]] = {}
    for run in _runs(refs):
        rows = [
            {
                "row_id": ref.row_id,
                "name": ref.name,
                "kind": ref.kind,
                "operation": ref.operation,
                "scope_name": ref.scope_name,
                "resource_id": None,  # says nothing that is folded
            }
            for ref in run
        ]
        for detail in reader.details(rows):
            content = folded(detail)
            if FOLLOWS in detail.attributes:
                content[FOLLOWS_KEY] = detail.attributes[FOLLOWS]
            found[detail.fields["row_id"]] = content
    return found


def _runs(refs: Sequence[SpanRef]) -> Iterator[list[SpanRef]]:
    """Yield `refs` in runs of neighbours: what lies between the ends of a run is read too."""
    run: list[SpanRef] = []
    for ref in sorted(refs, key=lambda ref: ref.row_id):
        if run and ref.row_id - run[-1].row_id > _GAP:
            yield run
            run = []
        run.append(ref)
    if run:
        yield run
