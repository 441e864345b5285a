"""OpenLLMetry: Traceloop's workflows, entities, and messages numbered under `gen_ai.prompt`.

Source: Traceloop OpenLLMetry 0.4x (`opentelemetry-semantic-conventions-ai`).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind

from .genai import dumps
from .instrumentation import AgentRun, Instrumentation

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.sdk.trace import Span

    from .messages import Call, Message, ModelCall

_SYSTEMS = {"openai": "OpenAI", "anthropic": "Anthropic", "gcp.gemini": "Google"}


def _numbered(prefix: str, messages: tuple[Message, ...]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for i, message in enumerate(messages):
        attributes[f"{prefix}.{i}.role"] = message.role
        if message.text:
            attributes[f"{prefix}.{i}.content"] = message.text
        if message.call_id:
            attributes[f"{prefix}.{i}.tool_call_id"] = message.call_id
        for j, call in enumerate(message.calls):
            called = f"{prefix}.{i}.tool_calls.{j}"
            attributes[f"{called}.id"] = call.id
            attributes[f"{called}.name"] = call.name
            attributes[f"{called}.arguments"] = dumps(call.arguments)
    return attributes


class OpenLLMetry(Instrumentation):
    """`traceloop.*` entities, `gen_ai.prompt.N.*`, `llm.usage.total_tokens`."""

    scope = "opentelemetry.instrumentation.langchain"
    version = "0.40.5"
    workflow_name = ""

    @contextmanager
    def workflow(self, name: str, asked: str) -> Generator[Span]:
        """Record a workflow for the block."""
        self.workflow_name = name
        attributes = self.entity("workflow", name) | {"traceloop.entity.input": asked}
        with self.recorder.span(self.tracer, f"{name}.workflow", attributes) as span:
            yield span

    def entity(self, kind: str, name: str) -> dict[str, Any]:
        """Return the attributes of a Traceloop entity."""
        attributes = {"traceloop.span.kind": kind, "traceloop.entity.name": name}
        if self.workflow_name:
            attributes["traceloop.workflow.name"] = self.workflow_name
        if self.recorder.session:
            key = "traceloop.association.properties.session_id"
            attributes[key] = self.recorder.session
        return attributes

    def agent_start(self, name: str, task: str) -> tuple[str, dict[str, Any]]:
        """Return an agent's span."""
        asked = dumps({"inputs": {"messages": [{"role": "user", "content": task}]}})
        attributes = self.entity("agent", name) | {"traceloop.entity.input": asked}
        return f"{name}.agent", attributes | {"gen_ai.agent.name": name}

    def agent_end(self, run: AgentRun, *, rollup: bool) -> None:
        """Write the answer; this convention does not repeat usage."""
        del rollup
        if run.answer:
            answer = dumps({"outputs": {"role": "assistant", "content": run.answer}})
            run.span.set_attribute("traceloop.entity.output", answer)

    def chat_start(self, call: ModelCall) -> tuple[str, Any, dict[str, Any]]:
        """Return a model call's span."""
        attributes: dict[str, Any] = {
            "gen_ai.system": _SYSTEMS[call.provider],
            "gen_ai.request.model": call.model,
            "llm.request.type": "chat",
            "llm.is_streaming": call.stream,
        }
        attributes |= _numbered("gen_ai.prompt", call.messages)
        for i, tool in enumerate(call.tools):
            attributes[f"llm.request.functions.{i}.name"] = tool
        if self.workflow_name:
            attributes["traceloop.workflow.name"] = self.workflow_name
        return f"{call.provider}.chat", SpanKind.CLIENT, attributes | call.extra

    def chat_first_token(self, span: Span, call: ModelCall, ttft_ms: float) -> None:
        """Write the event that each streamed chunk has, for the first one."""
        del ttft_ms
        if call.stream:
            span.add_event("gen_ai.content.completion.chunk", timestamp=self.recorder.clock.now)

    def chat_end(self, span: Span, call: ModelCall) -> None:
        """Write the reply and the usage."""
        span.set_attributes(_numbered("gen_ai.completion", (call.reply,)))
        span.set_attributes(
            {
                "gen_ai.completion.0.finish_reason": call.finish_reason,
                "gen_ai.response.model": call.response_model,
                "gen_ai.response.id": self.recorder.identifier("chatcmpl-"),
            }
        )
        if call.with_usage:
            usage = call.usage
            span.set_attribute("gen_ai.usage.prompt_tokens", usage.input)
            span.set_attribute("gen_ai.usage.completion_tokens", usage.output)
            span.set_attribute("llm.usage.total_tokens", usage.input + usage.output)

    def tool_start(self, call: Call) -> tuple[str, dict[str, Any]]:
        """Return a tool's span."""
        arguments = {"traceloop.entity.input": dumps(call.arguments)}
        return f"{call.name}.tool", self.entity("tool", call.name) | arguments

    def tool_end(self, span: Span, call: Call) -> None:
        """Write the tool's result."""
        span.set_attribute("traceloop.entity.output", call.result)
