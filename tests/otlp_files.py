"""Small OTLP/JSON files that tests write, and the samples of the repository."""

import json

from shared_data import REPOSITORY

MILLISECOND = 1_000_000
T0 = 1_760_000_000_000_000_000


def attributes(values):
    """Return OTLP attributes of a dict of str, int, float and bool."""
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return [
        {"key": key, "value": {kinds[type(value)]: str(value) if type(value) is int else value}}
        for key, value in values.items()
    ]


def otlp_span(number, parent=None, name="span", *, trace=1, start=0, length=100, **more):
    """Return an OTLP/JSON span; times are in milliseconds after `T0`."""
    begin = T0 + start * MILLISECOND
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(begin + length * MILLISECOND),
        "attributes": attributes(more.get("attributes", {})),
        "status": more.get("status", {}),
        "events": more.get("events", []),
        "links": more.get("links", []),
    }


def request(*spans):
    """Return an OTLP/JSON request with `spans`, as one line."""
    resource = {"attributes": attributes({"service.name": "travel"})}
    scope_spans = [{"scope": {"name": "tests"}, "spans": list(spans)}]
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": scope_spans}]})


def agent_trace(trace=1, start=0):
    """Return an agent with a model call that reports usage and a tool that fails."""
    first = trace * 16
    return [
        otlp_span(
            first,
            name="invoke_agent travel",
            trace=trace,
            start=start,
            length=1_000,
            attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "travel"},
        ),
        otlp_span(
            first + 1,
            first,
            "chat gpt-4.1",
            trace=trace,
            start=start + 10,
            length=400,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4.1",
                "gen_ai.response.id": f"resp_{trace}",
                "gen_ai.usage.input_tokens": 120,
                "gen_ai.usage.output_tokens": 30,
                "gen_ai.input.messages": json.dumps(
                    [{"role": "user", "parts": [{"type": "text", "content": "Book a room"}]}]
                ),
            },
        ),
        otlp_span(
            first + 2,
            first,
            "execute_tool book_room",
            trace=trace,
            start=start + 500,
            length=200,
            attributes={
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "book_room",
                "error.type": "ConflictError",
            },
            status={"code": 2, "message": f"409 room {trace} already booked"},
        ),
    ]


def write(path, *spans):
    """Write `spans` as one request; return the path."""
    path.write_text(request(*spans) + "\n")
    return path


def sample_files():
    """Return the sample traces of the repository."""
    return sorted((REPOSITORY / "sample_traces").glob("*.jsonl"))
