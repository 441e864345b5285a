"""Agent runs as plain spans, before any format: what the OTLP and the flat files say.

A run is an agent with turns; a turn is a model call with a growing history and some tool calls.
Histories repeat what was said before word for word, which is why real traces compress so well.
Runs have about 100 spans, children come before their parents as exporters send them, one span in
a hundred fails, and one trace is much larger than the others.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.generators.text import Text

TOOLS = ("search_orders", "get_policy", "sql_query", "web_search", "read_file", "send_mail")
MODELS = ("gpt-5", "gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash")
_TURNS = 12
_BEGINNING = 1_750_000_000_000_000_000
"""Older than the sample traces: beside one of them, generated traces stand below it."""
_HISTORY_MESSAGES = 24
_HISTORY_RESULT = 140


@dataclass(slots=True)
class Span:
    """A span with its attributes as Python values; times are Unix nanoseconds."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    start: int
    end: int
    attributes: dict[str, Any]
    failed: bool


class _Runs:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.text = Text(self.random)
        self.clock = _BEGINNING
        self.history: list[dict[str, Any]] = []
        """What a model call is sent: what was said and found before, word for word."""

    def id(self, size: int) -> str:
        return self.random.randbytes(size).hex()

    def span(
        self,
        trace: str,
        parent: str | None,
        name: str,
        times: tuple[int, int],
        attributes: dict[str, Any],
    ) -> Span:
        failed = self.random.random() < 0.01
        return Span(trace, self.id(8), parent, name, *times, attributes, failed)

    def chat(self, trace: str, parent: str, start: int, turn: int) -> Span:
        model = MODELS[int(self.random.random() * len(MODELS))]
        end = start + 200_000_000 + int(self.random.random() * 5_800_000_000)
        said = [{"type": "text", "content": self.text.varying(300, 8_000)}]
        answer = [{"role": "assistant", "parts": said, "finish_reason": "stop"}]
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai" if model.startswith("gpt") else "anthropic",
            "gen_ai.request.model": model,
            "gen_ai.response.model": model,
            "gen_ai.response.id": f"chatcmpl-{self.id(8)}",
            "gen_ai.request.temperature": 0.2,
            "gen_ai.usage.input_tokens": 400 + 300 * turn,
            "gen_ai.usage.output_tokens": 20 + int(self.random.random() * 380),
            "gen_ai.input.messages": json.dumps(self.history[-_HISTORY_MESSAGES:]),
            "gen_ai.output.messages": json.dumps(answer),
        }
        self.history.append({"role": "assistant", "parts": said})
        return self.span(trace, parent, f"chat {model}", (start, end), attributes)

    def tool(self, trace: str, parent: str, start: int) -> Span:
        name = TOOLS[int(self.random.random() * len(TOOLS))]
        end = start + 5_000_000 + int(self.random.random() * 895_000_000)
        call, result = f"call_{self.id(6)}", self.text.varying(440, 60_000)
        seen = {"type": "tool_call_response", "id": call, "result": result[:_HISTORY_RESULT]}
        self.history.append({"role": "tool", "parts": [seen]})
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.id": call,
            "gen_ai.tool.call.arguments": json.dumps({"query": self.text.varying(40, 2_000)}),
            "gen_ai.tool.call.result": result,
        }
        return self.span(trace, parent, f"execute_tool {name}", (start, end), attributes)

    def run(self, trace: str, root: str | None) -> Iterator[Span]:
        """Yield the spans of one run, children first."""
        agent = self.id(8)
        now = started = self.clock
        asked = [{"type": "text", "content": self.text.varying(300, 20_000)}]
        self.history = [{"role": "user", "parts": asked}]
        for turn in range(_TURNS):
            step, began = self.id(8), now
            chat = self.chat(trace, step, now, turn)
            now = chat.end
            yield chat
            for _ in range(4 + int(self.random.random() * 6)):
                tool = self.tool(trace, step, now)
                now = tool.end
                yield tool
            done = self.span(trace, agent, f"turn {turn}", (began, now), {})
            done.span_id = step
            yield done
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "support",
            "gen_ai.conversation.id": f"s{int(self.random.random() * 5_000)}",
        }
        done = self.span(trace, root, "invoke_agent support", (started, now), attributes)
        done.span_id = agent
        yield done
        self.clock = now


def spans(count: int, *, seed: int = 7, largest: int | None = None) -> Iterator[Span]:
    """Yield exactly `count` spans.

    Args:
        count: How many.
        seed: The same seed gives the same spans.
        largest: Spans of the one large trace, which stands in the middle; None for a tenth.
    """
    runs = _Runs(seed)
    large = min(count, count // 10 if largest is None else largest)
    before = (count - large) // 2
    yield from _small(runs, before)
    if large:
        trace, root, began = runs.id(16), runs.id(8), runs.clock
        left = large - 1
        while left > 0:
            for span in list(runs.run(trace, root))[-left:]:
                left -= 1
                yield span
        whole = runs.span(trace, None, "nightly batch", (began, runs.clock), {})
        whole.span_id = root
        yield whole
    yield from _small(runs, count - large - before)


def _small(runs: _Runs, count: int) -> Iterator[Span]:
    while count > 0:
        # The last run is cut at its beginning: its agent and its later turns stay.
        for span in list(runs.run(runs.id(16), None))[-count:]:
            count -= 1
            yield span
