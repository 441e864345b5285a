"""What any view may ask the app for: the traces behind a row, or the span."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class TracesWanted(Message):
    """The user wants the list of the traces that a filter leaves."""

    filter_text: str


@dataclass
class SpanWanted(Message):
    """The user wants to see a span in the tree of its trace."""

    trace_id: str
    row_id: int | None
    """None: the trace is wanted, from its first span."""
