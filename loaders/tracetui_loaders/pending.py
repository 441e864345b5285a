"""Spans sent before they end: Logfire's pending spans.

Source: logfire `_internal/tracer.py`: a pending span has an id of its own, the real span's id as
its parent, no length, and the real parent in `logfire.pending_parent_id`. RULES §4.
"""

from typing import TYPE_CHECKING

import msgspec

from tracetui_loaders.conventions.base import Fields

if TYPE_CHECKING:
    from tracetui_loaders.batch import RawSpan


def provisional(span: "RawSpan", row: Fields) -> "RawSpan":
    """Put a pending span where the real one will be, which replaces it because it has an end.

    Args:
        span: The pending span as sent; its own id is kept in `extra`.
        row: Its normalised fields, with the real parent among them.
    """
    return msgspec.structs.replace(
        span,
        span_id=span.parent_span_id,
        parent_span_id=row.pop("pending_parent_id", None),
        end_time_unix_nano=None,
        extra={**(span.extra or {}), "pending_span_id": span.span_id},
    )
