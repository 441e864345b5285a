"""Turns, sub-agents, model calls and tool calls, as a format tells them.

Source of the attribute keys: OpenTelemetry GenAI semantic conventions ("GenAI spans", "GenAI
agent spans").
"""

from typing import TYPE_CHECKING, Any

from tracetui_loaders.transcripts.messages import (
    Message,
    Part,
    call_part,
    first_line,
    message,
    text_in,
)
from tracetui_loaders.transcripts.node import NOWHERE, Node, Place
from tracetui_loaders.transcripts.usage import Usage

if TYPE_CHECKING:
    from tracetui_loaders.transcripts.session import Session, Thread

FOLLOWS = "tracetui.input.follows"
"""Attribute of a model call whose input messages are only the new ones: the span id of the call
before. The whole input is that call's input and output, and then these."""


class Agent(Node):
    """A turn of the session's agent, or a sub-agent."""

    __slots__ = ("agent_name", "final", "prompt", "speaker", "thread", "usage")
    operation = "invoke_agent"

    def __init__(
        self,
        session: "Session",
        parent: "Node | str | None",
        span_id: str,
        name: str,
        *,
        time: int | None,
        place: Place,
        thread: "Thread",
    ) -> None:
        super().__init__(session, parent, span_id, name, time=time, place=place)
        self.thread = thread
        self.agent_name: str | None = None
        self.prompt: list[Message] = []
        self.final: list[Part] = []
        """What the model last said to whoever asked."""
        self.speaker: Call | None = None
        """The call in which it said that."""
        self.usage: Usage | None = None
        """Only where the producer counts no finer; of the calls inside it is the sum."""

    def hear(self, parts: list[Part], time: int | None = None, role: str = "user") -> None:
        """Take what is said to the agent: input of its next model call."""
        if parts:
            said = message(role, parts)
            if not self.prompt and role == "user":
                self.prompt = [said]
            self.thread.pending.append(said)
        self.thread.waiting = True
        self.thread.happened(time)
        self.seen(time)

    def call(
        self,
        call_id: Any = None,
        time: int | None = None,
        place: Place = NOWHERE,
        *,
        model: str | None = None,
    ) -> "Call":
        """Return the model call with this id, made anew if it is the first record of it.

        It starts when what it answers was said. Without an id every record is a call of its own.

        Args:
            call_id: The producer's id of the response; also the span's id.
            time: Of the record: when (this part of) the response was there.
            place: Of the record.
            model: The model's name; an empty one is unknown.
        """
        known = self.session.calls.get(call_id) if isinstance(call_id, str) else None
        if known is not None:
            known.seen(time)
            known.thread.happened(time)
            known.model = known.model or model
            return known
        return Call(self, call_id, time, place, model)

    def settle(self) -> None:
        """A turn goes on while a prompt or a tool's answer waits for the model."""
        if self.thread.waiting and self.thread.owner is self:
            self.open = True
        if isinstance(self.parent, Tool) and self.parent.answered:
            self.over = True
        if self.over:
            self.open = False
        if not self.name:
            said = text_in(self.prompt[0]["parts"]) if self.prompt else ""
            self.name = first_line(said) or "invoke_agent"
        super().settle()

    def payload(self) -> dict[str, Any]:
        """Return who it is, what it was asked and what it answered."""
        found: dict[str, Any] = {"gen_ai.conversation.id": self.session.session_id}
        if self.agent_name:
            found["gen_ai.agent.name"] = self.agent_name
        if self.prompt:
            found["gen_ai.input.messages"] = self.prompt
        if self.final:
            found["gen_ai.output.messages"] = [message("assistant", self.final)]
        if self.usage is not None:
            found.update(self.usage.attributes())
        return found


class Call(Node):
    """A model call."""

    __slots__ = ("agent", "finish_reason", "follows", "input", "model", "output", "thread", "usage")
    operation = "chat"

    def __init__(
        self, agent: Agent, call_id: Any, time: int | None, place: Place, model: str | None
    ) -> None:
        session, thread = agent.session, agent.thread
        span_id = session.claim(call_id, agent, "chat")
        start = thread.at if time is None or thread.at is None else min(thread.at, time)
        start = time if start is None else start
        super().__init__(session, agent, span_id, "", time=start, place=place)
        self.agent = agent
        self.thread = thread
        self.model = model
        self.usage: Usage | None = None
        self.finish_reason: str | None = None
        self.output: list[Part] = []
        self.input, thread.pending = thread.pending, []
        self.follows = thread.last_call
        thread.last_call = self
        thread.waiting = False
        thread.owner = agent
        thread.happened(time)
        self.seen(time)
        if isinstance(call_id, str):
            session.calls[call_id] = self
            self.attributes["gen_ai.response.id"] = call_id

    def say(self, parts: list[Part]) -> None:
        """Add to the output: text, reasoning, whatever else the model made."""
        self.output.extend(parts)
        for part in parts:
            if part.get("type") in _SAID:
                if self.agent.speaker is not self:
                    self.agent.speaker, self.agent.final = self, []
                self.agent.final.append(part)

    def count(self, usage: Usage | None) -> None:
        """Take a report of the call's usage; of several the largest, for it counts on."""
        if usage is not None and (self.usage is None or usage.size >= self.usage.size):
            self.usage = usage

    def tool(
        self,
        call_id: Any,
        name: str,
        arguments: Any,
        time: int | None = None,
        place: Place = NOWHERE,
        *,
        in_output: bool = True,
    ) -> "Tool":
        """Add the call of a tool, which runs until it is answered; see `Session.answer`.

        Args:
            call_id: The producer's id of the call; one that was seen before is not added again.
            name: The tool's name.
            arguments: As sent: an object, or JSON text.
            time: When the model asked for it.
            place: Of the record.
            in_output: Whether to add it to the output too; not if `say` has got the part.
        """
        known = self.session.tools.get(call_id) if isinstance(call_id, str) else None
        if known is not None:
            return known
        tool = Tool(self, call_id, name, arguments, time=time, place=place)
        if in_output:
            self.output.append(call_part(tool.call_id, name, arguments))
        return tool

    def settle(self) -> None:
        """A call has ended when its record was written."""
        self.end = self.latest
        self.name = f"chat {self.model}" if self.model else "chat"

    def payload(self) -> dict[str, Any]:
        """Return model, usage, what was new to the model and what it made of it."""
        found: dict[str, Any] = {}
        if self.model:
            found["gen_ai.request.model"] = self.model
        if self.usage is not None:
            found.update(self.usage.attributes())
        if self.finish_reason:
            found["gen_ai.response.finish_reasons"] = [self.finish_reason]
        if self.follows is not None:
            found[FOLLOWS] = self.follows.span_id
        if self.input:
            found["gen_ai.input.messages"] = self.input
        if self.output:
            said = message("assistant", self.output)
            if self.finish_reason:
                said["finish_reason"] = self.finish_reason
            found["gen_ai.output.messages"] = [said]
        return found


_SAID = frozenset({"text", "output_text", "refusal"})


class Tool(Node):
    """A tool call.

    It stands beside the model call that asked for it, as in OTel: it runs when that has ended.
    """

    __slots__ = ("agent", "answered", "arguments", "call_id", "result", "tool_name")
    operation = "execute_tool"

    def __init__(
        self,
        call: Call,
        call_id: Any,
        name: str,
        arguments: Any,
        *,
        time: int | None,
        place: Place,
    ) -> None:
        session = call.session
        span_id = session.claim(call_id, call, "tool")
        title = f"execute_tool {name}"
        super().__init__(session, call.agent, span_id, title, time=time, place=place)
        self.agent = call.agent
        self.call_id = call_id if isinstance(call_id, str) else None
        self.tool_name = name
        self.arguments = arguments
        self.result: Any = None
        self.answered = False
        session.running[span_id] = self
        if self.call_id is not None:
            session.tools[self.call_id] = self

    def subagent(
        self,
        agent_id: Any = None,
        name: str | None = None,
        *,
        prompt: list[Part] | None = None,
        time: int | None = None,
        place: Place = NOWHERE,
    ) -> Agent:
        """Return the agent that this call started, told in this same source."""
        return self.session.subagent(self, agent_id, name, prompt=prompt, time=time, place=place)

    def settle(self) -> None:
        """A tool without an answer runs on, unless it is known to have failed."""
        ended = self.answered or self.status == "ERROR" or self.over
        self.open = not ended
        if self.end is None and ended:
            self.end = self.latest

    def payload(self) -> dict[str, Any]:
        """Return the tool, its arguments and what it answered."""
        found: dict[str, Any] = {"gen_ai.tool.name": self.tool_name}
        if self.call_id is not None:
            found["gen_ai.tool.call.id"] = self.call_id
        if self.arguments is not None:
            found["gen_ai.tool.call.arguments"] = self.arguments
        if self.result is not None:
            found["gen_ai.tool.call.result"] = self.result
        return found


def said_in(result: Any) -> str:
    """Return what a tool's answer says as text, for the reason of a failure."""
    if isinstance(result, str):
        return result
    if isinstance(result, list):
        return text_in([part for part in result if isinstance(part, dict)])
    return ""
