"""OpenInference: a kind on every span, messages and documents flattened into attributes.

Source: Arize OpenInference semantic conventions (`openinference-semantic-conventions` 0.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind, Status, StatusCode

from .genai import dumps
from .instrumentation import AgentRun, Instrumentation

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

    from .messages import Call, Message, ModelCall, Usage

_NAMES = {"openai": "ChatOpenAI", "anthropic": "ChatAnthropic", "gcp.gemini": "ChatGoogleGenAI"}


def text_io(direction: str, text: str) -> dict[str, str]:
    """Return `text` as the span's input or output."""
    mime_type = "application/json" if text.startswith(("{", "[")) else "text/plain"
    return {f"{direction}.value": text, f"{direction}.mime_type": mime_type}


def documents(found: list[tuple[str, float, str, str]]) -> dict[str, Any]:
    """Return retrieved documents (id, score, source, content) as flattened attributes."""
    attributes: dict[str, Any] = {}
    for i, (identifier, score, source, content) in enumerate(found):
        prefix = f"retrieval.documents.{i}.document"
        attributes[f"{prefix}.id"] = identifier
        attributes[f"{prefix}.score"] = score
        attributes[f"{prefix}.content"] = content
        attributes[f"{prefix}.metadata"] = dumps({"source": source})
    return attributes


def _flattened(direction: str, messages: tuple[Message, ...]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for i, message in enumerate(messages):
        prefix = f"llm.{direction}_messages.{i}.message"
        attributes[f"{prefix}.role"] = message.role
        if message.text:
            attributes[f"{prefix}.content"] = message.text
        if message.call_id:
            attributes[f"{prefix}.tool_call_id"] = message.call_id
        for j, call in enumerate(message.calls):
            called = f"{prefix}.tool_calls.{j}.tool_call"
            attributes[f"{called}.id"] = call.id
            attributes[f"{called}.function.name"] = call.name
            attributes[f"{called}.function.arguments"] = dumps(call.arguments)
    return attributes


def _usage(usage: Usage) -> dict[str, int]:
    attributes = {
        "llm.token_count.prompt": usage.input,
        "llm.token_count.completion": usage.output,
        "llm.token_count.total": usage.input + usage.output,
    }
    if usage.cached:
        attributes["llm.token_count.prompt_details.cache_read"] = usage.cached
    return attributes


class OpenInference(Instrumentation):
    """`openinference.span.kind` and friends, as the LangChain instrumentation writes them."""

    scope = "openinference.instrumentation.langchain"
    version = "0.1.80"

    def kind(self, kind: str, **io: str) -> dict[str, Any]:
        """Return the attributes every span has: kind, session, and `input=`, `output=`."""
        attributes: dict[str, Any] = {"openinference.span.kind": kind}
        for direction, text in io.items():
            attributes |= text_io(direction, text)
        if self.recorder.session:
            attributes["session.id"] = self.recorder.session
        return attributes

    def agent_start(self, name: str, task: str) -> tuple[str, dict[str, Any]]:
        """Return an AGENT span."""
        attributes = self.kind("AGENT", input=task) | {"agent.name": name, "graph.node.id": name}
        if self._runs:
            attributes["graph.node.parent_id"] = self._runs[-1].name
        return name, attributes

    def agent_end(self, run: AgentRun, *, rollup: bool) -> None:
        """Write the answer and, under the same keys as a call's, the sum of the calls' usage."""
        if run.answer:
            run.span.set_attributes(text_io("output", run.answer))
            run.span.set_status(Status(StatusCode.OK))
        if rollup:
            run.span.set_attributes(_usage(run.usage))

    def chat_start(self, call: ModelCall) -> tuple[str, Any, dict[str, Any]]:
        """Return an LLM span."""
        attributes = self.kind("LLM") | {
            "llm.model_name": call.response_model,
            "llm.provider": call.provider.rpartition(".")[2],
            "llm.invocation_parameters": dumps({"model": call.model, "stream": call.stream}),
            "input.value": call.messages[-1].text,
        }
        attributes |= _flattened("input", call.messages)
        for i, tool in enumerate(call.tools):
            schema = dumps({"type": "function", "function": {"name": tool}})
            attributes[f"llm.tools.{i}.tool.json_schema"] = schema
        return _NAMES[call.provider], SpanKind.INTERNAL, attributes | call.extra

    def chat_first_token(self, span: Span, call: ModelCall, ttft_ms: float) -> None:
        """Write the event that marks the first token."""
        del ttft_ms
        if call.stream:
            span.add_event("First Token Stream Event", timestamp=self.recorder.clock.now)

    def chat_end(self, span: Span, call: ModelCall) -> None:
        """Write the reply, the usage and the cost."""
        span.set_attributes(_flattened("output", (call.reply,)))
        span.set_attribute("output.value", call.reply.text)
        span.set_attribute("llm.finish_reason", call.finish_reason)
        span.set_status(Status(StatusCode.OK))
        if call.with_usage:
            span.set_attributes(_usage(call.usage))
        if call.with_cost:
            span.set_attribute("llm.cost.total", call.cost)

    def tool_start(self, call: Call) -> tuple[str, dict[str, Any]]:
        """Return a TOOL span."""
        arguments = dumps(call.arguments)
        named = {"tool.name": call.name, "tool.parameters": arguments, "tool_call.id": call.id}
        return call.name, self.kind("TOOL", input=arguments) | named

    def tool_end(self, span: Span, call: Call) -> None:
        """Write the tool's result."""
        span.set_attributes(text_io("output", call.result))
        span.set_status(Status(StatusCode.OK))
