"""A session of an agent, told record by record: turns, model calls, tools, sub-agents."""

from collections import Counter
from typing import Any

from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.transcripts.messages import (
    Message,
    Part,
    first_line,
    message,
    response_part,
    text_in,
)
from tracetui_loaders.transcripts.node import NOWHERE, Node, Place, Root
from tracetui_loaders.transcripts.spans import Agent, Call, Tool, said_in


class Thread:
    """One conversation with a model: what it has not been told yet, and when it was told last.

    The turns of a session share one; every sub-agent has its own.
    """

    def __init__(self) -> None:
        self.pending: list[Message] = []
        self.at: int | None = None
        """When the last thing in it happened: when a model call that comes next starts."""
        self.last_call: Call | None = None
        self.waiting = False
        """Whether something was said that no model call has answered."""
        self.owner: Agent | None = None
        """The agent that speaks in it now."""

    def happened(self, time: int | None) -> None:
        """Note the time of a record."""
        if time is not None and (self.at is None or time > self.at):
            self.at = time

    def forget(self) -> None:
        """Begin anew, after a compaction: the next call's input is whole again."""
        self.last_call = None


class Session:
    """One session: a trace.

    Args:
        session_id: The producer's id of it; also the trace's.
        service: The producer's name, as `service.name`.
    """

    def __init__(self, session_id: str, service: str) -> None:
        self.session_id = self.trace_id = session_id
        self.nodes: list[Node] = []
        self.calls: dict[str, Call] = {}
        self.tools: dict[str, Tool] = {}
        self.agents: dict[str, Agent] = {}
        self.resource: dict[str, Any] = {"service.name": service, "session.id": session_id}
        """What is true of every span; a version is `service.version`."""
        self.title: str | None = None
        """What a person calls it; without one, the first prompt."""
        self.thread = Thread()
        self.running: dict[str, Tool] = {}
        """Tool calls without an answer, by span id."""
        self._claimed: Counter[str] = Counter()
        self._settled = False
        self._root = Root(self, None, self.claim(session_id, None, "session"), "")
        self.whole = True
        """Whether the root span is this source's to tell; not if it holds a sub-agent alone."""
        self._turn: Agent | None = None

    @property
    def root(self) -> Root:
        """The session's own span: for attributes and events that belong to no turn."""
        return self._root

    @property
    def current(self) -> Agent:
        """The turn that goes on; one without a prompt if nobody has said anything yet."""
        return self._turn or self.turn([])

    @property
    def begun(self) -> bool:
        """Whether there is a turn."""
        return self._turn is not None

    def started(self, time: int | None, place: Place = NOWHERE) -> None:
        """Note a record of the session: the first with a time says when it began."""
        root = self.root
        if root.place is NOWHERE:
            root.place = place
        if root.start is None:
            root.start = time
        root.seen(time)

    def claim(self, wanted: Any, parent: "Node | None", word: str) -> str:
        """Return a span id: the producer's own where there is one that is not taken, else a place.

        The same source gives the same ids every time it is read, also when it has grown.
        """
        if isinstance(wanted, int) and not isinstance(wanted, bool):
            wanted = f"{word}-{wanted}"
        if not isinstance(wanted, str) or not wanted:
            wanted = f"{parent.span_id if parent else self.trace_id}/{word}"
            self._claimed[wanted] += 1
            return f"{wanted}-{self._claimed[wanted]}"
        if not wanted.strip("0"):
            wanted = f"{word}-{wanted}"  # all zeros is no id
        self._claimed[wanted] += 1
        taken = self._claimed[wanted]
        return wanted if taken == 1 else f"{wanted}#{taken}"

    def is_claimed(self, span_id: str) -> bool:
        """Whether a span has this id already."""
        return span_id in self._claimed

    def turn(
        self,
        prompt: list[Part],
        time: int | None = None,
        turn_id: Any = None,
        place: Place = NOWHERE,
        *,
        name: str | None = None,
        agent: str | None = None,
    ) -> Agent:
        """Begin a turn; the one before has ended.

        Args:
            prompt: What the user said.
            time: When.
            turn_id: The producer's id of the prompt or turn.
            place: Of the record.
            name: The span's name; by default the prompt's first line.
            agent: The agent's name.
        """
        if self._turn is not None:
            self._turn.over = True
        self.started(time, place)
        span_id = self.claim(turn_id, self.root, "turn")
        name = name or first_line(text_in(prompt)) or "turn"
        turn = self._turn = Agent(
            self, self.root, span_id, name, time=time, place=place, thread=self.thread
        )
        self.thread.owner = turn
        turn.agent_name = agent
        if prompt:
            turn.hear(prompt, time)
        return turn

    def subagent(
        self,
        parent: "Node | str | None",
        agent_id: Any = None,
        name: str | None = None,
        *,
        prompt: list[Part] | None = None,
        time: int | None = None,
        place: Place = NOWHERE,
    ) -> Agent:
        """Return the sub-agent with this id, made anew when it is first met.

        Args:
            parent: The tool call that started it, or the span id of one in another source.
            agent_id: The producer's id of it; also the span's id.
            name: What kind of agent it is.
            prompt: What it was told.
            time: When.
            place: Of the record.
        """
        known = self.agents.get(agent_id) if isinstance(agent_id, str) else None
        if known is not None:
            return known
        owner = parent if isinstance(parent, Node) else None
        span_id = self.claim(agent_id, owner, "agent")
        title = f"invoke_agent {name}" if name else ""
        agent = Agent(self, parent, span_id, title, time=time, place=place, thread=Thread())
        agent.thread.owner = agent
        agent.agent_name = name
        if isinstance(agent_id, str):
            self.agents[agent_id] = agent
            agent.attributes["gen_ai.agent.id"] = agent_id
        if prompt:
            agent.hear(prompt, time)
        return agent

    def answer(
        self,
        call_id: Any,
        result: Any,
        time: int | None = None,
        *,
        failed: bool = False,
        error_type: str | None = None,
        agent: Agent | None = None,
    ) -> Tool | None:
        """Take a tool's answer: it ends the tool call and is input of the next model call.

        Args:
            call_id: The id given to `Call.tool`, or the tool call itself.
            result: What the tool said: text, parts or any JSON value.
            time: When.
            failed: Whether the tool says that it failed.
            error_type: What kind of failure; `user_rejected` if a person said no.
            agent: Who hears an answer to a call that this source does not tell of.

        Returns:
            The tool call; None if there is none with this id.
        """
        tool = self.tools.get(call_id) if isinstance(call_id, str) else None
        if isinstance(call_id, Tool):
            tool, call_id = call_id, call_id.call_id
        listener = tool.agent if tool is not None else agent or self.current
        if listener.thread.owner not in (None, listener) and listener.thread is self.thread:
            listener = self.current
        part = response_part(call_id if isinstance(call_id, str) else None, result)
        listener.hear([part], time, role="tool")
        if tool is None:
            return None
        self.running.pop(tool.span_id, None)
        tool.answered = True
        tool.result = result
        tool.seen(time)
        if failed:
            tool.fail(said_in(result), error_type=error_type or "tool_error")
        return tool

    def interrupt(self, agent: Agent, time: int | None = None, reason: str = "interrupted") -> None:
        """End what runs in `agent` because a person or the program stopped it."""
        for tool in [tool for tool in self.running.values() if tool.agent is agent]:
            tool.seen(time)
            tool.fail(reason, error_type="interrupted")
            del self.running[tool.span_id]
        agent.event("interrupted", time, {"reason": reason})
        agent.thread.waiting = False
        agent.thread.happened(time)
        agent.over = True

    def note_compaction(self, time: int | None, attributes: dict[str, Any] | None = None) -> None:
        """Note that the conversation was summarised: the next call's input does not follow on."""
        (self._turn or self.root).event("compaction", time, attributes)
        self.thread.forget()

    def say_system(self, parts: list[Part]) -> None:
        """Add a system message to the next call's input."""
        self.thread.pending.insert(0, message("system", parts))

    def emit(self, builder: BatchBuilder, scope: str, limit: int) -> bool:
        """Add up to `limit` spans to `builder`, in the order in which they were told.

        Returns:
            Whether there are more.
        """
        if not self._settled:
            self._settled = True
            self._settle()
            self.nodes.reverse()
        context = builder.context(self.resource, scope, self.resource.get("service.version"))
        for _ in range(min(limit, len(self.nodes))):
            node = self.nodes.pop()
            builder.add_span(node.raw(), context, node.place.line, node.place.byte_offset)
        return bool(self.nodes)

    def _settle(self) -> None:
        """Decide ends from the inside out: parents are told before what is inside them."""
        root = self.root
        if self.nodes == [root] and root.place is NOWHERE and not root.events:
            self.nodes.clear()  # only records that could not be read spoke of it
        for node in reversed(self.nodes):
            node.settle()
            if isinstance(node.parent, Node):
                node.told_to(node.parent)
        if not self.whole:
            del self.nodes[:1]
        elif not root.name:
            prompt = next((n.name for n in self.nodes if isinstance(n, Agent)), None)
            root.name = self.title or prompt or self.session_id
