"""Writes OTLP JSON lines of any size: seeded, with realistic text, in the shape of real exports.

    python -m benchmarks.generate OUT.jsonl --spans 100000 [--one-trace]

Traces of about 110 spans (an agent, its turns, model calls with growing histories, tools), children
before parents, 100 spans a request; `--one-trace` makes all of them one trace.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SPANS_PER_REQUEST = 100
_TURNS = 12
_WORDS = [
    "the",
    "order",
    "was",
    "shipped",
    "to",
    "Lisbon",
    "on",
    "Tuesday",
    "and",
    "the",
    "customer",
    "asks",
    "for",
    "a",
    "refund",
    "because",
    "two",
    "items",
    "arrived",
    "damaged",
    "please",
    "check",
    "policy",
    "and",
    "inventory",
    "before",
    "answering",
    "battery",
    "research",
    "shows",
    "cathode",
    "degradation",
    "above",
    "forty",
    "degrees",
    "so",
    "the",
    "supervisor",
    "hands",
    "over",
    "to",
    "the",
    "analyst",
    "query",
    "returned",
    "twelve",
    "rows",
    "latency",
    "budget",
    "exceeded",
    "retry",
    "with",
    "smaller",
    "context",
    "summarise",
]
_TOOLS = ("search_orders", "get_policy", "sql_query", "web_search", "read_file", "send_mail")
_MODELS = ("gpt-5", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash")


def _attribute(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value}}


class _Generator:
    def __init__(self, seed: int, one_trace: bool) -> None:
        self.random = random.Random(seed)
        self.clock = 1_790_000_000_000_000_000
        self.one_trace = self.id(16) if one_trace else None
        self.root = self.id(8) if one_trace else None

    def id(self, size: int) -> str:
        return self.random.randbytes(size).hex()

    def text(self, words: int) -> str:
        return " ".join(self.random.choices(_WORDS, k=words))

    def span(
        self, trace: str, parent: str | None, name: str, start: int, end: int, **attributes: Any
    ) -> dict[str, Any]:
        failed = self.random.random() < 0.01
        span = {
            "traceId": trace,
            "spanId": self.id(8),
            "parentSpanId": parent or "",
            "name": name,
            "kind": 3 if name.startswith("chat") else 1,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(end),
            "attributes": [
                _attribute(key.replace("__", "."), value) for key, value in attributes.items()
            ],
            "status": {"code": 2, "message": "deadline exceeded"} if failed else {},
        }
        if failed:
            span["events"] = [
                {
                    "timeUnixNano": str(end),
                    "name": "exception",
                    "attributes": [
                        _attribute("exception.type", "TimeoutError"),
                        _attribute("exception.message", "deadline exceeded"),
                    ],
                }
            ]
        return span

    def chat(self, trace: str, parent: str, start: int, turn: int) -> tuple[dict[str, Any], int]:
        model = self.random.choice(_MODELS)
        end = start + self.random.randrange(200_000_000, 6_000_000_000)
        history = [
            {"role": role, "parts": [{"type": "text", "content": self.text(14)}]}
            for role in ("user", "assistant") * (turn // 2 + 1)
        ]
        answer = [{"role": "assistant", "parts": [{"type": "text", "content": self.text(40)}]}]
        span = self.span(
            trace,
            parent,
            f"chat {model}",
            start,
            end,
            gen_ai__operation__name="chat",
            gen_ai__provider__name="openai" if model.startswith("gpt") else "anthropic",
            gen_ai__request__model=model,
            gen_ai__response__model=model,
            gen_ai__response__id=f"chatcmpl-{self.id(8)}",
            gen_ai__usage__input_tokens=400 + 300 * turn,
            gen_ai__usage__output_tokens=self.random.randrange(20, 400),
            gen_ai__input__messages=json.dumps(history),
            gen_ai__output__messages=json.dumps(answer),
        )
        return span, end

    def tool(self, trace: str, parent: str, start: int) -> tuple[dict[str, Any], int]:
        name = self.random.choice(_TOOLS)
        end = start + self.random.randrange(5_000_000, 900_000_000)
        span = self.span(
            trace,
            parent,
            f"execute_tool {name}",
            start,
            end,
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name=name,
            gen_ai__tool__call__id=f"call_{self.id(6)}",
            gen_ai__tool__call__arguments=json.dumps({"query": self.text(8)}),
            gen_ai__tool__call__result=self.text(90),
        )
        return span, end

    def run(self) -> Iterator[dict[str, Any]]:
        """Yield the spans of one agent run, children first."""
        trace = self.one_trace or self.id(16)
        agent = self.id(8)
        now = started = self.clock
        for turn in range(_TURNS):
            step, began = self.id(8), now
            chat, now = self.chat(trace, step, now, turn)
            yield chat
            for _ in range(self.random.randrange(4, 10)):
                tool, now = self.tool(trace, step, now)
                yield tool
            yield self.span(trace, agent, f"turn {turn}", began, now) | {"spanId": step}
        yield self.span(
            trace,
            self.root,
            "invoke_agent support",
            started,
            now,
            gen_ai__operation__name="invoke_agent",
            gen_ai__agent__name="support",
            gen_ai__conversation__id=f"s{self.random.randrange(5_000)}",
        ) | {"spanId": agent}
        self.clock = now


def requests(spans: int, *, seed: int = 7, one_trace: bool = False) -> Iterator[dict[str, Any]]:
    """Yield export requests that hold exactly `spans` spans together."""
    generator = _Generator(seed, one_trace)
    began = generator.clock
    waiting: list[dict[str, Any]] = []
    left = spans - (1 if one_trace else 0)
    while left > 0 or waiting:
        while left > 0 and len(waiting) < SPANS_PER_REQUEST:
            run = list(generator.run())[-left:]
            left -= len(run)
            waiting += run
        yield _request(waiting[:SPANS_PER_REQUEST])
        waiting = waiting[SPANS_PER_REQUEST:]
    if generator.one_trace and generator.root:
        root = generator.span(generator.one_trace, None, "nightly batch", began, generator.clock)
        yield _request([root | {"spanId": generator.root}])


def _request(spans: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [_attribute("service.name", "support-agent")]},
                "scopeSpans": [{"scope": {"name": "bench", "version": "1"}, "spans": spans}],
            }
        ]
    }


def write(path: Path, spans: int, *, seed: int = 7, one_trace: bool = False) -> None:
    """Write `spans` spans to `path` as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for request in requests(spans, seed=seed, one_trace=one_trace):
            file.write(json.dumps(request, separators=(",", ":")) + "\n")


def main() -> None:
    """Write a file from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one-trace", action="store_true")
    options = parser.parse_args()
    write(options.out, options.spans, seed=options.seed, one_trace=options.one_trace)


if __name__ == "__main__":
    main()
