"""Small OTLP JSON files for tests of the screens."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECOND = 1_000_000_000
ORIGIN = 1_750_000_000 * SECOND


def value(given: Any) -> dict[str, Any]:
    if isinstance(given, int):
        return {"intValue": str(given)}
    return {"stringValue": given}


def span(
    trace: int,
    number: int,
    name: str,
    *,
    parent: int | None = None,
    start: float = 0,
    seconds: float | None = 1,
    error: str | None = None,
    **attributes: Any,
) -> dict[str, Any]:
    """Return an OTLP span; times are seconds after `ORIGIN`, `__` is a dot in attributes."""
    begin = ORIGIN + int(start * SECOND)
    found: dict[str, Any] = {
        "traceId": f"{trace:032x}",
        "spanId": f"{trace * 1000 + number:016x}",
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(begin),
        "attributes": [
            {"key": key.replace("__", "."), "value": value(given)}
            for key, given in attributes.items()
        ],
    }
    if parent is not None:
        found["parentSpanId"] = f"{trace * 1000 + parent:016x}"
    if seconds is not None:
        found["endTimeUnixNano"] = str(begin + int(seconds * SECOND))
    if error is not None:
        found["status"] = {"code": 2, "message": error}
    return found


def request(spans: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]})


def trip(trace: int = 1, start: float = 0) -> list[dict[str, Any]]:
    """Return a trace of four spans: an agent, a model call, a failing tool, a second call."""
    return [
        span(trace, 1, "plan trip", start=start, seconds=9, gen_ai__operation__name="invoke_agent"),
        span(
            trace,
            2,
            "chat small",
            parent=1,
            start=start + 1,
            gen_ai__operation__name="chat",
            gen_ai__request__model="small",
            gen_ai__usage__input_tokens=100,
            gen_ai__usage__output_tokens=20,
        ),
        span(
            trace,
            3,
            "book_room",
            parent=1,
            start=start + 3,
            error="409 already booked",
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name="book_room",
        ),
        span(
            trace,
            4,
            "chat large",
            parent=1,
            start=start + 5,
            seconds=3,
            gen_ai__operation__name="chat",
            gen_ai__request__model="large",
            gen_ai__usage__input_tokens=200,
            gen_ai__usage__output_tokens=30,
        ),
    ]


def link(one: dict[str, Any], *targets: dict[str, Any]) -> dict[str, Any]:
    """Return a span that is linked to others."""
    links = [{"traceId": to["traceId"], "spanId": to["spanId"]} for to in targets]
    return one | {"links": links}


def session(trace: int = 1) -> list[dict[str, Any]]:
    """Return three turns with hours between them: tools at once, an error, a skewed clock."""

    def agent(number: int, parent: int, name: str, start: float, seconds: float):
        return span(
            trace,
            number,
            name,
            parent=parent,
            start=start,
            seconds=seconds,
            gen_ai__operation__name="invoke_agent",
        )

    def chat(number: int, parent: int, start: float, seconds: float):
        return span(
            trace,
            number,
            "chat large",
            parent=parent,
            start=start,
            seconds=seconds,
            gen_ai__operation__name="chat",
            gen_ai__request__model="gpt-4o",
            gen_ai__usage__input_tokens=1200,
            gen_ai__usage__output_tokens=300,
        )

    def tool(number: int, parent: int, name: str, start: float, seconds: float, **more: Any):
        return span(
            trace,
            number,
            name,
            parent=parent,
            start=start,
            seconds=seconds,
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name=name,
            **more,
        )

    return [
        span(trace, 1, "support session", seconds=9300),
        agent(2, 1, "turn one: where is my parcel", 0, 40),
        chat(3, 2, 1, 6),
        tool(4, 2, "find_order", 8, 12),
        tool(5, 2, "track_parcel", 8, 25),
        chat(6, 2, 34, 5),
        agent(7, 1, "turn two: refund please", 7200, 60),
        chat(8, 7, 7201, 9),
        tool(9, 7, "refund_order", 7211, 3, error="payment gateway said 502"),
        tool(10, 7, "refund_order", 7216, 20),
        chat(11, 7, 7237, 8),
        agent(12, 7, "fraud check", 7246, 12),
        chat(13, 12, 7247, 9),
        tool(14, 12, "score_customer", 7246.2, 8),
        agent(15, 1, "turn three: thanks", 9290, 10),
        chat(16, 15, 9291, 8),
        span(trace, 17, "audit.write", parent=15, start=9285, seconds=2),
    ]


def write(path: Path, *traces: Sequence[dict[str, Any]]) -> Path:
    """Write one request per trace, a line each."""
    path.write_text("".join(f"{request(spans)}\n" for spans in traces), encoding="utf-8")
    return path


def three_traces(folder: Path) -> Path:
    """Write three traces: `plan trip` is the newest and longest and has the only error."""
    return write(
        folder / "three.otlp.jsonl",
        [span(2, 1, "answer mail", start=10, seconds=5)],
        [span(3, 1, "summarise ticket", start=20, seconds=2)],
        trip(1, start=30),
    )
