"""Keeps log records, and makes spans of those that agents write."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from tracetui_loaders.batch import BatchBuilder, Context, RawLog, RawSpan
from tracetui_loaders.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, normalise_id
from tracetui_loaders.iso_times import time_unix_nano
from tracetui_loaders.log_agents import claude_code, codex, copilot, gemini_cli
from tracetui_loaders.log_agents.agent import Agent, Call, Event, Notes

DERIVED_FROM = "tracetui.derived_from"
LOG_RECORDS = "log records"

_AGENTS = (claude_code.AGENT, codex.AGENT, gemini_cli.AGENT, copilot.AGENT)
_BY_PREFIX = {prefix: agent for agent in _AGENTS for prefix in agent.prefixes}
_BY_SCOPE = {scope: agent for agent in _AGENTS for scope in agent.scopes}
_makers: WeakKeyDictionary[BatchBuilder, "_Maker"] = WeakKeyDictionary()


def add_log(log: RawLog, context: Context, builder: BatchBuilder, line: int | None) -> None:
    """Keep a log record, and the spans that an agent's event tells of.

    A record of such an event that names no span is shown with the one made of it.
    """
    known = _event_of(log, context)
    if known is not None:
        maker = _makers.get(builder)
        if maker is None:
            maker = _makers[builder] = _Maker(builder)
        maker.take(*known, log, context, line)
    builder.add_log(log, context, line)


def _event_of(log: RawLog, context: Context) -> tuple[Agent, Event] | None:
    """Return the agent that wrote a record, and its event, if an agent did."""
    for said in (log.event_name, log.body):
        if isinstance(said, str) and "." in said:
            prefix, _, name = said.partition(".")
            agent = _BY_PREFIX.get(f"{prefix}.")
            if agent is not None:
                return agent, _event(name, log)
    agent = _BY_SCOPE.get(context.scope_name or "")
    if agent is not None and log.event_name:
        return agent, _event(log.event_name, log)
    return None


def _event(name: str, log: RawLog) -> Event:
    attributes = log.attributes
    if isinstance(log.body, dict):
        attributes = {**log.body, **attributes}
    time = log.time_unix_nano or time_unix_nano(attributes.get("event.timestamp"))
    return Event(name, time, attributes)


@dataclass(slots=True)
class _Holder:
    """A session or a turn: as long as what it holds."""

    span_id: str
    name: str
    attributes: dict[str, Any]
    context: Context
    line: int | None
    start: int | None = None
    end: int | None = None
    grown: bool = True

    def hold(self, *times: int | None) -> None:
        """Grow to hold these times."""
        known = [time for time in (*times, self.start, self.end) if time is not None]
        self.start, self.end = min(known, default=None), max(known, default=None)
        self.grown = True


@dataclass(slots=True)
class _Session:
    """What is known of a session of one agent."""

    agent: Agent
    session_id: str
    trace_id: str
    root: _Holder
    turns: dict[str, _Holder] = field(default_factory=dict)
    current: _Holder | None = None
    notes: Notes = field(default_factory=dict)


class _Maker:
    """Makes the spans of one builder."""

    def __init__(self, builder: BatchBuilder) -> None:
        # The builder holds this through its hook: a strong reference back would be a cycle, which
        # the collector, that a decoding process has turned off, would have to find.
        builder.before_flush.append(lambda: self.write(builder))
        self._sessions: dict[tuple[str, str], _Session] = {}
        self._pending: list[tuple[RawSpan, Context, int | None]] = []

    def take(
        self, agent: Agent, event: Event, log: RawLog, context: Context, line: int | None
    ) -> None:
        """Take what an event tells, and give its record a place."""
        session = self._session(agent, event, context, line)
        turn = self._turn(session, event, context, line)
        call = agent.read(event, session.notes)
        parent = session.root if turn is None or (call and call.aside) else turn
        for holder in {id(session.root): session.root, id(parent): parent}.values():
            holder.hold(event.time, call.start if call else None)
        own_id = parent.span_id
        if call is not None:
            own_id = _digest(8, session.trace_id, call.key)
            span = _span_of(call, session, parent, own_id, log)
            self._pending.append((span, context, line))
        elif (call_id := event.text("tool_use_id", "call_id")) is not None:
            own_id = _digest(8, session.trace_id, call_id)
        if normalise_id(log.trace_id, TRACE_ID_BYTES) is None:
            log.trace_id, log.span_id = session.trace_id, own_id

    def write(self, builder: BatchBuilder) -> None:
        """Add the spans made since the last time, and what holds them, anew where it has grown."""
        for span, context, line in self._pending:
            builder.add_span(span, context, line, None)
        self._pending.clear()
        for session in self._sessions.values():
            for holder in (session.root, *session.turns.values()):
                if holder.grown:
                    holder.grown = False
                    span = _span_of_holder(holder, session)
                    builder.add_span(span, holder.context, holder.line, None)

    def _session(self, agent: Agent, event: Event, context: Context, line: int | None) -> _Session:
        session_id = event.text(*agent.session_keys) or context.fields.get("session_id") or ""
        key = (agent.name, session_id)
        session = self._sessions.get(key)
        if session is None:
            trace_id = _digest(16, agent.name, session_id)
            root = _Holder(
                _digest(8, trace_id, "session"),
                f"{agent.name} session",
                {"gen_ai.operation.name": "invoke_workflow"},
                context,
                line,
            )
            session = self._sessions[key] = _Session(agent, session_id, trace_id, root)
        return session

    def _turn(
        self, session: _Session, event: Event, context: Context, line: int | None
    ) -> _Holder | None:
        """Return the turn of an event; a prompt opens one."""
        agent = session.agent
        opens = event.name == agent.opens_turn
        key = event.text(*agent.turn_keys)
        if key is None:
            if not opens:
                return None if agent.turn_keys else session.current
            key = f"{event.time}"
        turn = session.turns.get(key)
        if turn is None:
            span_id = _digest(8, session.trace_id, "turn", key)
            attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent.name}
            turn = _Holder(span_id, f"invoke_agent {agent.name}", attributes, context, line)
            session.turns[key] = turn
        if opens:
            session.current = turn
            prompt = event.text("prompt")
            if prompt is not None:
                turn.attributes["gen_ai.input.messages"] = [{"role": "user", "content": prompt}]
        return turn


def _span_of(call: Call, session: _Session, parent: _Holder, span_id: str, log: RawLog) -> RawSpan:
    real = normalise_id(log.trace_id, TRACE_ID_BYTES)
    return RawSpan(
        trace_id=session.trace_id,
        span_id=span_id,
        parent_span_id=parent.span_id,
        name=call.name,
        otel_kind=None,
        start_time_unix_nano=call.start,
        end_time_unix_nano=call.end,
        status="UNSET" if call.error is None else "ERROR",
        status_message=call.error or None,
        attributes={**call.attributes, **_marks(session)},
        # Where it was written: if that trace is loaded, it says the same.
        links=() if real is None else ((real, normalise_id(log.span_id, SPAN_ID_BYTES), {}),),
    )


def _span_of_holder(holder: _Holder, session: _Session) -> RawSpan:
    is_root = holder is session.root
    return RawSpan(
        trace_id=session.trace_id,
        span_id=holder.span_id,
        parent_span_id=None if is_root else session.root.span_id,
        name=holder.name,
        otel_kind=None,
        start_time_unix_nano=holder.start,
        end_time_unix_nano=holder.end,
        status="UNSET",
        status_message=None,
        attributes={**holder.attributes, **_marks(session)},
    )


def _marks(session: _Session) -> dict[str, Any]:
    marks: dict[str, Any] = {DERIVED_FROM: LOG_RECORDS}
    if session.session_id:
        marks["gen_ai.conversation.id"] = session.session_id
    return marks


def _digest(size: int, *parts: str) -> str:
    data = "\0".join(parts).encode("utf-8", "replace")
    return blake2b(data, digest_size=size).hexdigest()
