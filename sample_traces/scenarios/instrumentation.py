"""What every instrumentation can record; one subclass per convention writes its attributes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .messages import Call, Message, ModelCall, Step, Usage

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from opentelemetry.sdk.trace import Span

    from .recording import Failure, Recorder, Service


@dataclass
class AgentRun:
    """An agent at work: what it is asked, what it answers, what its model calls used."""

    span: Span
    name: str
    task: str
    answer: str = ""
    usage: Usage = field(default_factory=Usage)


class Instrumentation(ABC):
    """Records agents, model calls and tools of one service."""

    scope: str
    version: str

    def __init__(self, recorder: Recorder, service: Service) -> None:
        self.recorder = recorder
        self.tracer = service.tracer(self.scope, self.version)
        self._runs: list[AgentRun] = []

    @contextmanager
    def agent(self, name: str, task: str, *, rollup: bool = True) -> Generator[AgentRun]:
        """Record an agent; its span repeats the sum of its model calls if `rollup`."""
        span_name, attributes = self.agent_start(name, task)
        with self.recorder.span(self.tracer, span_name, attributes) as span:
            run = AgentRun(span, name, task)
            self._runs.append(run)
            yield run
            self._runs.pop()
            # What no call has reported is unknown, not zero.
            self.agent_end(run, rollup=rollup and run.usage != Usage())
        if self._runs:
            self._runs[-1].usage += run.usage

    def chat(self, call: ModelCall) -> None:
        """Record one model call."""
        recorder = self.recorder
        name, kind, attributes = self.chat_start(call)
        with recorder.span(self.tracer, name, attributes, kind=kind) as span:
            if call.failure:
                recorder.clock.advance(90 * recorder.rng.uniform(0.7, 1.8))
                recorder.fail(span, call.failure)
                return
            ttft_ms = recorder.rng.uniform(280, 900)
            recorder.clock.advance(ttft_ms)
            self.chat_first_token(span, call, ttft_ms)
            recorder.clock.advance(call.usage.output * recorder.rng.uniform(9, 15))
            self.chat_end(span, call)
        if self._runs and call.with_usage:
            self._runs[-1].usage += call.usage

    def tool(self, call: Call) -> None:
        """Record one tool call."""
        recorder = self.recorder
        name, attributes = self.tool_start(call)
        with recorder.span(self.tracer, name, attributes) as span:
            recorder.clock.advance(call.ms * recorder.rng.uniform(0.8, 1.25))
            if call.failure:
                recorder.fail(span, call.failure)
            else:
                self.tool_end(span, call)

    def converse(
        self,
        call: ModelCall,
        steps: Sequence[Step],
        *,
        cache: bool = False,
    ) -> list[Message]:
        """Run an agent's turns: `steps`, then `call`'s reply as the answer.

        Every request carries the whole history, as real agents' do. With `cache` the provider
        serves what the request before has sent.

        Returns:
            The history, without the last reply.
        """
        history = list(call.messages)
        sent = 0
        for step in steps:
            calls = tuple(replace(c, id=self.recorder.identifier("call_")) for c in step.calls)
            reply = Message("assistant", step.say, calls, thinking=step.thinking)
            request = replace(call, messages=tuple(history), reply=reply, finish="", cached=sent)
            self.chat(request)
            sent = request.usage.input if cache else 0
            with self.recorder.clock.parallel() as parallel:
                for called in calls:
                    with parallel.branch():
                        self.tool(called)
            history.append(reply)
            history += [Message("tool", _outcome(c), call_id=c.id) for c in calls]
        self.chat(replace(call, messages=tuple(history), cached=sent))
        if self._runs:
            self._runs[-1].answer = call.reply.text
        return history

    def fail(self, span: Span, failure: Failure) -> None:
        """Record `failure` on `span`."""
        self.recorder.fail(span, failure)

    @abstractmethod
    def agent_start(self, name: str, task: str) -> tuple[str, dict[str, Any]]:
        """Return the name and first attributes of an agent's span."""

    @abstractmethod
    def agent_end(self, run: AgentRun, *, rollup: bool) -> None:
        """Write what is known when an agent ends."""

    @abstractmethod
    def chat_start(self, call: ModelCall) -> tuple[str, Any, dict[str, Any]]:
        """Return the name, span kind and first attributes of a model call's span."""

    def chat_first_token(self, span: Span, call: ModelCall, ttft_ms: float) -> None:
        """Write that the first token has come; by default conventions have no place for it."""
        del span, call, ttft_ms

    @abstractmethod
    def chat_end(self, span: Span, call: ModelCall) -> None:
        """Write the reply and the usage."""

    @abstractmethod
    def tool_start(self, call: Call) -> tuple[str, dict[str, Any]]:
        """Return the name and first attributes of a tool's span."""

    @abstractmethod
    def tool_end(self, span: Span, call: Call) -> None:
        """Write the tool's result."""


def _outcome(call: Call) -> str:
    return f"Error: {call.failure.message}" if call.failure else call.result
