"""One conversation of Codex: the answer that the model is giving, and whose prompt it answers.

Source: FORMATS §8, Codex 0.2x to 0.146: items and events say the same thing twice, in either
order, so a text is told once; nothing says where an answer of the model ends but what comes next.
"""

from typing import Any

from tracetui_loaders.codex.items import Mirror
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Meter,
    Part,
    Place,
    Session,
    Tool,
    Usage,
    message,
    reasoning,
    text,
)

AGENT_NAME = "codex"


class Conversation:
    """The session's own conversation, or that of a sub-agent.

    Args:
        session: Which session.
        agent: The sub-agent; None if it is the session's own conversation.
    """

    def __init__(self, session: Session, agent: Agent | None = None) -> None:
        self.session = session
        self.agent = agent
        self.model: str | None = None
        self.provider: str | None = None
        self.meter = Meter()
        self.turn_id: str | None = None
        """Of the task that goes on, until a prompt makes it a turn."""
        self._in_task = False
        self._prompted = False
        """Whether the task that goes on has its prompt."""
        self._mirror = Mirror()
        self._call: Call | None = None
        """The last answer of the model."""
        self._answered = False
        """Whether something was said to the model since."""
        self._spawned: set[str] = set()

    @property
    def speaker(self) -> Agent:
        """Who speaks: the sub-agent, or the turn that goes on."""
        return self.agent or self.session.current

    @property
    def thread(self) -> Any:
        """What the model has not been told yet."""
        return self.agent.thread if self.agent is not None else self.session.thread

    def is_new(self, source: str, kind: str, said: str) -> bool:
        """Whether a text is no repetition of what the other source said."""
        return self._mirror.is_new(source, kind, said)

    def begin_task(self, turn_id: Any) -> None:
        """Note that the agent is at work; the next prompt is what it works on."""
        self._in_task, self._prompted = True, False
        self.name_turn(turn_id)

    def name_turn(self, turn_id: Any) -> None:
        """Note the turn that the next prompt begins."""
        if isinstance(turn_id, str) and not self.session.is_claimed(turn_id):
            self.turn_id = turn_id

    def use(self, settings: dict[str, Any]) -> None:
        """Take the model that answers from now on."""
        model = settings.get("model")
        self.model = model if isinstance(model, str) and model else self.model

    def prompt(self, parts: list[Part], time: int | None, item_id: Any, place: Place) -> None:
        """Tell what the user typed: a turn, unless the agent is at work in one."""
        self._answered = True
        if self.agent is not None:
            self.agent.hear(parts, time)
        elif self._in_task and self._prompted and self.turn_id is None:
            self.session.current.hear(parts, time)
        else:
            turn_id = self.turn_id or item_id
            self.session.turn(parts, time, turn_id, place, agent=AGENT_NAME)
            self.turn_id, self._prompted = None, True

    def add_input(self, role: str, parts: list[Part], time: int | None) -> None:
        """Add what nobody typed to the input of the next call."""
        if parts:
            self.thread.pending.append(message(role, parts))
            self.thread.happened(time)
            self._answered = True

    def replace(self, messages: list[tuple[str, list[Part]]]) -> None:
        """Take what the conversation was shortened to."""
        self._answered = True
        self.thread.pending = [message(role, parts) for role, parts in messages]

    def say(
        self,
        source: str,
        said: str,
        time: int | None,
        place: Place,
        parts: list[Part] | None = None,
    ) -> None:
        """Tell what the model said."""
        if self.is_new(source, "assistant", said):
            self.call_now(time, place).say(parts or [text(said)])

    def think(self, source: str, thoughts: list[str], time: int | None, place: Place) -> None:
        """Tell what the model thought; thoughts without a text are part of its answer too."""
        fresh = [thought for thought in thoughts if self.is_new(source, "reasoning", thought)]
        if fresh or not thoughts:
            self.call_now(time, place).say([reasoning(thought) for thought in fresh])

    def call_now(self, time: int | None, place: Place) -> Call:
        """Return the answer that the model is giving."""
        if self._call is None or self._answered:
            self._call, self._answered = self._new_call(time, place), False
        self._call.seen(time)
        self.thread.happened(time)
        self._call.model = self._call.model or self.model
        return self._call

    def count(self, usage: Usage | None, time: int | None, place: Place) -> None:
        """Count an answer: the last one, or one of which nothing else has been told yet."""
        if usage is None or not usage.size:
            return
        if self._call is None or self._call.usage is not None:
            self._call, self._answered = self._new_call(time, place), False
        self._call.count(usage)

    def tool(
        self, call_id: Any, name: str, arguments: Any, time: int | None, place: Place
    ) -> tuple[Tool, bool]:
        """Return the tool call with this id, and whether it is told for the first time."""
        known = self.session.tools.get(call_id) if isinstance(call_id, str) else None
        if known is not None:
            return known, False
        return self.call_now(time, place).tool(call_id, name, arguments, time, place), True

    def answer(self, call_id: Any, told: Any, time: int | None, failure: str | None) -> Tool | None:
        """Tell what a tool answered."""
        self._answered = True
        return self.session.answer(
            call_id,
            told,
            time,
            failed=failure is not None,
            error_type=failure,
            agent=self.agent,
        )

    def end(self, time: int | None) -> None:
        """End the turn."""
        self._in_task = False
        self._answered = True
        if self.agent is None and not self.session.begun:
            return
        self.speaker.seen(time)
        self.thread.waiting = False
        self.speaker.over = True

    def spawned(self, tool: Tool, thread_id: Any) -> None:
        """Give a tool call the span id that the sub-agent's own file names as its parent."""
        if not isinstance(thread_id, str) or not thread_id or tool.span_id in self._spawned:
            return
        wanted = tool_span_of(thread_id)
        if not self.session.is_claimed(wanted):
            tool.span_id = self.session.claim(wanted, None, "tool")
            tool.attributes["gen_ai.agent.id"] = thread_id
            self._spawned.add(tool.span_id)

    def _new_call(self, time: int | None, place: Place) -> Call:
        call = self.speaker.call(None, time, place, model=self.model)
        if self.provider:
            call.attributes["gen_ai.provider.name"] = self.provider
        return call


def tool_span_of(thread_id: str) -> str:
    """Return the span id of the tool call that started a thread, in whichever file that is."""
    return f"agent-{thread_id}:tool"
