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
