"""Content that AWS moves out of a span's attributes into a log record of the span.

Source: aws-otel-python-instrumentation, `llo_handler.py`: prompts, completions and tool payloads of
any instrumentation become one record named by its scope, with the body
`{"input": {"messages": [...]}, "output": {"messages": [...]}}`. CloudWatch exports have them as
`span_events`.
"""

from collections.abc import Iterator
from typing import Any

from tracetui_loaders.folding.bodies import recorded
from tracetui_loaders.folding.content import FoldSource, SpanContent
from tracetui_loaders.folding.json_value import decoded


def _bodies(span: SpanContent) -> Iterator[Any]:
    for _, _, attributes in span.events:
        if "body" in attributes:
            yield decoded(attributes["body"])
    for _, body, _ in span.logs:
        yield decoded(body)


def _side(side: str) -> FoldSource:
    """Make a source over `input` or `output`: its messages, or what the only one says as JSON."""

    def read(span: SpanContent) -> Any:
        for body in _bodies(span):
            held = body.get(side) if isinstance(body, dict) else None
            messages = held.get("messages") if isinstance(held, dict) else None
            if isinstance(messages, list) and messages:
                only = messages[0] if len(messages) == 1 else None
                said = decoded(only.get("content")) if isinstance(only, dict) else None
                return said if isinstance(said, dict) else messages
        return None

    return read


ADOT = recorded("aws-adot", _side("input"), _side("output"))
