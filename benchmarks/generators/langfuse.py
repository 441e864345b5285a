"""Pages of Langfuse's API, a page of 50 observations per line.

Source: Langfuse API reference, `/api/public/observations`. Input, output and metadata are values
there; the text in them that is JSON stays text.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from benchmarks.generators.runs import Span, spans

_PAGE = 50
_TYPES = {"chat": "GENERATION", "execute_tool": "TOOL", "invoke_agent": "AGENT"}


def lines(count: int, *, seed: int = 7, largest: int | None = None) -> Iterator[bytes]:
    """Yield lines that hold exactly `count` observations together."""
    found = spans(count, seed=seed, largest=largest)
    page = 0
    while some := list(itertools.islice(found, _PAGE)):
        page += 1
        meta = {"page": page, "limit": _PAGE, "totalItems": count, "totalPages": -(-count // _PAGE)}
        yield msgspec.json.encode({"data": list(map(_observation, some)), "meta": meta}) + b"\n"


def _time(unix_nano: int) -> str:
    moment = datetime.fromtimestamp(unix_nano // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{unix_nano // 1_000_000 % 1_000:03d}Z"


def _observation(span: Span) -> dict[str, Any]:
    attributes = span.attributes
    tokens_in = attributes.get("gen_ai.usage.input_tokens")
    tokens_out = attributes.get("gen_ai.usage.output_tokens")
    usage = {} if tokens_in is None else {"input": tokens_in, "output": tokens_out}
    sent = attributes.get("gen_ai.input.messages", attributes.get("gen_ai.tool.call.arguments"))
    got = attributes.get("gen_ai.output.messages", attributes.get("gen_ai.tool.call.result"))
    return {
        "id": span.span_id,
        "traceId": span.trace_id,
        "startTime": _time(span.start),
        "endTime": _time(span.end),
        "projectId": "cloramnkj0002jz088vzn1ja4",
        "parentObservationId": span.parent_span_id,
        "type": _TYPES.get(attributes.get("gen_ai.operation.name", ""), "SPAN"),
        "environment": "default",
        "name": span.name,
        "level": "ERROR" if span.failed else "DEFAULT",
        "statusMessage": "deadline exceeded" if span.failed else None,
        "version": None,
        "createdAt": _time(span.end),
        "updatedAt": _time(span.end),
        "input": sent,
        "output": got,
        "metadata": {"scope": {"name": "bench"}},
        "model": attributes.get("gen_ai.request.model"),
        "modelParameters": {"temperature": 0.2} if usage else {},
        "completionStartTime": None,
        "promptId": None,
        "usageDetails": usage,
        "costDetails": {},
        "latency": (span.end - span.start) / 1e9,
    }
