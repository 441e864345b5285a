"""OpenTelemetry's GenAI semantic conventions, a newer and an older generation.

Source: OpenTelemetry semantic conventions 1.37-1.41 (`GenAI`) and 1.28-1.36 (`GenAIOld`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind

from .instrumentation import AgentRun, Instrumentation

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

    from .messages import Call, Message, ModelCall, Usage

_SERVERS = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "gcp.gemini": "generativelanguage.googleapis.com",
}


def dumps(value: Any) -> str:
    """Return compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parts(message: Message) -> dict[str, Any]:
    """Return `message` as the conventions' JSON schema has it."""
    found: list[dict[str, Any]] = []
    if message.thinking:
        found.append({"type": "reasoning", "content": message.thinking})
    if message.role == "tool":
        response = {"id": message.call_id, "response": message.text}
        found.append({"type": "tool_call_response", **response})
    elif message.text:
        found.append({"type": "text", "content": message.text})
    for call in message.calls:
        arguments = {"id": call.id, "name": call.name, "arguments": call.arguments}
        found.append({"type": "tool_call", **arguments})
    return {"role": message.role, "parts": found}


class _Tools(Instrumentation):
    """Tool calls, which both generations write alike."""

    def tool_start(self, call: Call) -> tuple[str, dict[str, Any]]:
        """Return an `execute_tool` span."""
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": call.name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.arguments": dumps(call.arguments),
        }
        if call.id:
            attributes["gen_ai.tool.call.id"] = call.id
        return f"execute_tool {call.name}", attributes

    def tool_end(self, span: Span, call: Call) -> None:
        """Write the tool's result."""
        span.set_attribute("gen_ai.tool.call.result", call.result)


class GenAI(_Tools):
    """Messages as JSON in `gen_ai.input.messages` and `gen_ai.output.messages`."""

    scope = "opentelemetry.instrumentation.genai"
    version = "1.3b0"

    def _conversation(self) -> dict[str, str]:
        session = self.recorder.session
        return {"gen_ai.conversation.id": session} if session else {}

    def agent_start(self, name: str, task: str) -> tuple[str, dict[str, Any]]:
        """Return an `invoke_agent` span."""
        asked = dumps([{"role": "user", "parts": [{"type": "text", "content": task}]}])
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": name,
            "gen_ai.input.messages": asked,
        }
        return f"invoke_agent {name}", attributes | self._conversation()

    def agent_end(self, run: AgentRun, *, rollup: bool) -> None:
        """Write the answer and, under the same keys as a call's, the sum of the calls' usage."""
        if run.answer:
            answer = [{"type": "text", "content": run.answer}]
            message = {"role": "assistant", "parts": answer, "finish_reason": "stop"}
            run.span.set_attribute("gen_ai.output.messages", dumps([message]))
        if rollup:
            run.span.set_attributes(_usage(run.usage))

    def chat_start(self, call: ModelCall) -> tuple[str, Any, dict[str, Any]]:
        """Return a `chat` span."""
        system = [{"type": "text", "content": m.text} for m in call.messages if m.role == "system"]
        sent = [parts(m) for m in call.messages if m.role != "system"]
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": call.provider,
            "gen_ai.request.model": call.model,
            "server.address": _SERVERS[call.provider],
            "gen_ai.input.messages": dumps(sent),
        }
        if system:
            attributes["gen_ai.system_instructions"] = dumps(system)
        if call.stream:
            attributes["gen_ai.request.stream"] = True
        if call.tools:
            tools = [{"type": "function", "name": name} for name in call.tools]
            attributes["gen_ai.tool.definitions"] = dumps(tools)
        attributes |= self._conversation() | call.extra
        return f"chat {call.model}", SpanKind.CLIENT, attributes

    def chat_first_token(self, span: Span, call: ModelCall, ttft_ms: float) -> None:
        """Write the time to the first chunk, in seconds."""
        if call.stream:
            span.set_attribute("gen_ai.response.time_to_first_chunk", round(ttft_ms / 1000, 4))

    def chat_end(self, span: Span, call: ModelCall) -> None:
        """Write the reply and the usage."""
        finish = call.finish_reason.replace("tool_calls", "tool_call")
        reply = [parts(call.reply) | {"finish_reason": finish}]
        span.set_attribute("gen_ai.output.messages", dumps(reply))
        _write_response(self, span, call)


class GenAIOld(_Tools):
    """`gen_ai.system`, and messages as span events."""

    scope = "opentelemetry.instrumentation.openai_v2"
    version = "2.1b0"

    def agent_start(self, name: str, task: str) -> tuple[str, dict[str, Any]]:
        """Return an `invoke_agent` span; this generation has no place for its input."""
        del task
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
        if self.recorder.session:
            attributes["session.id"] = self.recorder.session
        return f"invoke_agent {name}", attributes

    def agent_end(self, run: AgentRun, *, rollup: bool) -> None:
        """Write the sum of the calls' usage."""
        if rollup:
            run.span.set_attributes(_usage(run.usage))

    def chat_start(self, call: ModelCall) -> tuple[str, Any, dict[str, Any]]:
        """Return a `chat` span."""
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.system": call.provider,
            "gen_ai.request.model": call.model,
            "server.address": _SERVERS[call.provider],
        }
        return f"chat {call.model}", SpanKind.CLIENT, attributes | call.extra

    def chat_end(self, span: Span, call: ModelCall) -> None:
        """Write the messages as events, then the usage."""
        now = self.recorder.clock.now
        for message in call.messages:
            content = {"gen_ai.system": call.provider, "content": message.text}
            span.add_event(f"gen_ai.{message.role}.message", content, timestamp=now)
        choice = {"role": "assistant", "content": call.reply.text}
        attributes = {"index": 0, "finish_reason": call.finish_reason, "message": dumps(choice)}
        span.add_event("gen_ai.choice", attributes, timestamp=now)
        _write_response(self, span, call)


def _usage(usage: Usage) -> dict[str, int]:
    attributes = {
        "gen_ai.usage.input_tokens": usage.input,
        "gen_ai.usage.output_tokens": usage.output,
    }
    if usage.cached:
        attributes["gen_ai.usage.cache_read.input_tokens"] = usage.cached
    if usage.reasoning:
        attributes["gen_ai.usage.reasoning.output_tokens"] = usage.reasoning
    return attributes


def _write_response(kit: Instrumentation, span: Span, call: ModelCall) -> None:
    prefix = {"openai": "chatcmpl-", "anthropic": "msg_"}.get(call.provider, "resp-")
    span.set_attributes(
        {
            "gen_ai.response.model": call.response_model,
            "gen_ai.response.id": kit.recorder.identifier(prefix),
            "gen_ai.response.finish_reasons": (call.finish_reason,),
        }
    )
    if call.with_usage:
        span.set_attributes(_usage(call.usage))
    if call.with_cost:
        span.set_attribute("gen_ai.usage.cost", call.cost)
