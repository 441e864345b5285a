"""Which sub-agent a record of Claude Code belongs to, and which tool call started it.

Source: Claude Code 1.0 (`isSidechain` inline, a chain of `parentUuid` that begins at null) and 2.x
(`agentId`, a file for each agent with a `.meta.json` beside it); FORMATS §8.
"""

from collections import defaultdict
from pathlib import Path, PurePath
from typing import Any

import msgspec

from tracetui_loaders.claude.records import Line
from tracetui_loaders.transcripts import Agent, Call, Session, Tool

_STARTS_AGENTS = frozenset({"Task", "Agent"})
_LONGEST_META = 1 << 16


class Agents:
    """The sub-agents of one source.

    Args:
        path: The source's; beside a sub-agent's file may stand its description.
    """

    def __init__(self, path: str) -> None:
        self._kind = _described_kind(path)
        self._by_uuid: dict[str, Agent] = {}
        """Inline sub-agents by each of their records."""
        self._last: Agent | None = None
        self._waiting: dict[str, list[Tool]] = defaultdict(list)
        """Tool calls that start agents and have none yet, by prompt."""

    def of(self, line: Line, session: Session) -> Agent | None:
        """Return the sub-agent whose record this is; None if it is the session's own."""
        record = line.record
        if record.get("isSidechain") is not True:
            return None
        agent_id = record.get("agentId")
        if isinstance(agent_id, str) and agent_id:
            return self._named(line, session, agent_id)
        parent = record.get("parentUuid")
        known = self._by_uuid.get(parent, self._last) if isinstance(parent, str) else None
        if known is None:
            tool = self._starter(session, line.words)
            known = session.subagent(
                tool or (session.current if session.begun else session.root),
                f"agent-{record.get('uuid') or line.place.line}",
                _kind_asked(tool),
                time=line.time,
                place=line.place,
            )
        self._last = known
        return known

    def _named(self, line: Line, session: Session, agent_id: str) -> Agent:
        known = session.agents.get(span_of(agent_id))
        kind = line.record.get("attributionAgent") or self._kind
        if known is None:
            starter = self._starter(session, line.words)
            parent: Tool | str | None = starter
            if parent is None:
                helper = _is_helper(agent_id, line.words)
                parent = session.root.span_id if helper else tool_span_of(agent_id)
            kind = kind or _kind_asked(starter)
            known = session.subagent(parent, span_of(agent_id), time=line.time, place=line.place)
            known.attributes["gen_ai.agent.id"] = agent_id
        if isinstance(kind, str) and known.agent_name is None:
            known.agent_name = kind
            known.name = f"invoke_agent {kind}"
        return known

    def _starter(self, session: Session, prompt: str) -> Tool | None:
        """Return the tool call that told an agent `prompt`."""
        waiting = self._waiting.get(prompt)
        return waiting.pop(0) if waiting and waiting[0].session is session else None

    def called(self, tool: Tool) -> None:
        """Note a tool call, which may start an agent."""
        arguments = tool.arguments
        if tool.tool_name in _STARTS_AGENTS and isinstance(arguments, dict):
            prompt = arguments.get("prompt")
            self._waiting[prompt if isinstance(prompt, str) else ""].append(tool)

    @staticmethod
    def answered(tool: Tool, agent_id: Any) -> None:
        """Tie a tool call to the agent that it says it has started."""
        if not isinstance(agent_id, str) or not agent_id:
            return
        known = tool.session.agents.get(span_of(agent_id))
        wanted = tool_span_of(agent_id)
        if known is not None:
            known.parent = tool
        elif not tool.session.is_claimed(wanted):
            tool.span_id = tool.session.claim(wanted, None, "tool")

    def note(self, line: Line) -> None:
        """Remember whose record this is, for those that name it as their parent."""
        record = line.record
        uuid, parent = record.get("uuid"), record.get("parentUuid")
        if self._last is None or record.get("isSidechain") is not True or record.get("agentId"):
            return
        if isinstance(uuid, str):
            known = self._by_uuid.get(parent) if isinstance(parent, str) else None
            self._by_uuid[uuid] = known or self._last


class Branches:
    """The main conversation as a tree: a user may go back and say something else."""

    def __init__(self) -> None:
        self._calls_at: dict[str, Call | None] = {}
        """The last model call when a record was written, by uuid."""

    def __contains__(self, uuid: str) -> bool:
        return uuid in self._calls_at

    def note(self, line: Line, session: Session) -> None:
        """Remember where a record of the main conversation stands."""
        uuid = line.record.get("uuid")
        if isinstance(uuid, str) and line.record.get("isSidechain") is not True:
            self._calls_at[uuid] = session.thread.last_call

    def taken(self, line: Line, session: Session) -> str | None:
        """Go back to where a prompt follows on; return that record's uuid if it is not the last."""
        parent = line.record.get("parentUuid")
        if not isinstance(parent, str) or parent not in self._calls_at:
            return None
        before = self._calls_at[parent]
        if before is session.thread.last_call:
            return None
        session.thread.last_call = before
        return parent


def span_of(agent_id: str) -> str:
    """Return the span id of an agent."""
    return f"agent-{agent_id}"


def tool_span_of(agent_id: str) -> str:
    """Return the span id of the tool call that started an agent, in whichever file that is."""
    return f"agent-{agent_id}:tool"


def session_of_path(path: str) -> str | None:
    """Return the session that a sub-agent's file belongs to, by its place; None elsewhere.

    Source: `<session>/subagents/agent-<id>.jsonl`, Claude Code 2.x.
    """
    parts = PurePath(path).parts
    return parts[-3] if len(parts) >= 3 and parts[-2] == "subagents" else None


def _is_helper(agent_id: str, prompt: str) -> bool:
    """Whether the program itself started the agent: to summarise, to answer aside, to warm up."""
    return "-" in agent_id or prompt.strip() == "Warmup"


def _kind_asked(tool: Tool | None) -> str | None:
    kind = tool.arguments.get("subagent_type") if tool is not None else None
    return kind if isinstance(kind, str) else None


def _described_kind(path: str) -> str | None:
    """Return what the description beside a sub-agent's file says that it is."""
    if session_of_path(path) is None:
        return None
    try:
        with Path(path).with_suffix(".meta.json").open("rb") as stream:
            described = msgspec.json.decode(stream.read(_LONGEST_META))
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    kind = described.get("agentType") if isinstance(described, dict) else None
    return kind if isinstance(kind, str) else None
