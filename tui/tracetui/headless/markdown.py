"""One span as Markdown, to paste into an issue or a chat."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tracetui_loaders.folding import fold
from tracetui_store.rows import SpanDetail

from tracetui.headless.content import content_of
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds
from tracetui.view_models.sanitise import sanitise, sanitise_block

BLOCK_CHARACTERS = 20_000
"""Characters of one text that are printed; what is cut is said, and `spans --payloads` has it."""

_TIMES = frozenset({"start_time_unix_nano", "end_time_unix_nano"})
_HEAD_FIELDS = (
    "trace_id",
    "span_id",
    "parent_span_id",
    "kind",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "status",
    "error_type",
    "error_message",
    "http_status",
    "service_name",
    "agent_name",
    "session_id",
    "provider",
    "request_model",
    "response_model",
    "tool_name",
    "usage_role",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_usd",
    "finish_reasons",
)


def span_markdown(detail: SpanDetail) -> Iterator[str]:
    """Yield the lines of a span: its facts, its content, its events and links, its attributes."""
    fields = detail.fields
    mark = f"{kinds.ERROR_MARK} " if fields["error"] else ""
    yield f"# {mark}{kinds.glyph(fields['kind'])} {sanitise(fields['name'] or fmt.UNKNOWN)}"
    yield ""
    start, end = fields["start_time_unix_nano"], fields["end_time_unix_nano"]
    if start is not None and end is not None:
        yield f"- duration: {fmt.duration(end - start)}"
    for name in _HEAD_FIELDS:
        value = fields.get(name)
        if value is not None and value != []:
            shown = fmt.timestamp(value) if name in _TIMES else _inline(value)
            yield f"- {name}: {shown}"
    for name, value in fold(content_of(detail)).items():
        if value not in (None, "", [], {}):
            yield from _section(name, value)
    for event in detail.events:
        yield from _section(f"event {event.name}", event.attributes)
    for link in detail.links:
        yield from _section(f"link to {link.trace_id} {link.span_id}", link.attributes)
    yield from _section("attributes", detail.attributes)
    yield from _section("resource", detail.resource)


def _inline(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return sanitise(text)


def _section(title: str, value: Any) -> Iterator[str]:
    """Yield a heading and a fenced block that its own content cannot close."""
    is_text = isinstance(value, str)
    text = value if is_text else json.dumps(value, ensure_ascii=False, indent=2, default=str)
    cut = len(text) - BLOCK_CHARACTERS
    text = sanitise_block(text[:BLOCK_CHARACTERS])
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    yield ""
    yield f"## {sanitise(title)}"
    yield ""
    yield fence + ("" if is_text else "json")
    yield from text.split("\n")
    yield fence
    if cut > 0:
        yield f"… {fmt.count(cut)} more characters: `tracetui spans FILE --span ID --payloads`"
