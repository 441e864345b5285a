"""Reads a session file of Claude Code: its turns, and the sub-agents inside it or alone.

Source: FORMATS §8, measured on 35 files of versions 1.0 to 2.1:
- One answer of the API is several lines, one per content block, each with the whole usage, which
  grows: they are one call by `message.id`, and the largest usage counts.
- Sub-agents in files of their own hang on the tool call by `toolUseResult.agentId`, which only the
  caller's file has: its tool call gets a span id that follows from the agent's id.
- A resumed session repeats its history, with the same `uuid`s.
- The model `<synthetic>` is the program itself: an error of the API, or a remark.
"""

from typing import Any

from tracetui_loaders.claude import records
from tracetui_loaders.claude.agents import Agents, Branches, session_of_path
from tracetui_loaders.claude.records import Line
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    parts_of,
    text_in,
    unix_nano,
)
from tracetui_loaders.transcripts.anthropic import plain, said, usage_of

AGENT_NAME = "claude-code"
_SYNTHETIC = "<synthetic>"
_SESSION_FACTS = ("cwd", "gitBranch", "version", "entrypoint", "permissionMode", "slug")
_TITLES = {"custom-title": (0, "customTitle"), "ai-title": (1, "aiTitle")}
_SUMMARY_RANK = 2
_META_KEYS = frozenset({"agentType", "spawnDepth", "description", "toolUseId", "name", "model"})


class ClaudeReader(Reader):
    """Tells the sessions of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._agents = Agents(transcript.path)
        self._branches = Branches()
        self._subagents_of = session_of_path(transcript.path)
        self._last_session = self._subagents_of or transcript.stem
        self._session_now: Session | None = None
        self._last_usage: Any = None
        """As sent: all lines of an answer repeat it, until it grows."""
        self._summaries: list[tuple[str, str]] = []
        self._title_ranks: dict[str, int] = {}
        """How good each session's title is; the lowest number is the best."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says."""
        lines = value.get("loglines") if isinstance(value, dict) else None
        if isinstance(lines, list):  # a session exported as one document
            for line in lines:
                self.read(line, place)
            return
        if isinstance(value, dict) and value.keys() <= _META_KEYS and "agentType" in value:
            self.transcript.ignore("description of an agent in a file beside this")
            return
        if not records.is_known(value):
            raise NotKnownError("not a record of Claude Code")
        message = value.get("message")
        line = Line(
            value,
            message if isinstance(message, dict) else {},
            unix_nano(value.get("timestamp")),
            place,
        )
        session = self._session(line)
        if line.message and value.get("type") in (None, "user", "assistant", "summary"):
            self._message(line, session)
        else:
            self._other(line, session)
        self._agents.note(line)
        self._branches.note(line, session)

    def finish(self) -> None:
        """Give the session the summary that was written of it; others are of other sessions."""
        for leaf, summary in self._summaries:
            if leaf in self._branches:
                session = self.transcript.session(self._last_session)
                self._title(session, _SUMMARY_RANK, summary)

    def _session(self, line: Line) -> Session:
        """Return the record's session; a record that names none belongs to the last one."""
        record = line.record
        named = record.get("sessionId")
        if self._subagents_of and isinstance(named, str) and named.startswith("agent-"):
            named = self._subagents_of
        if isinstance(named, str) and named:
            self._last_session = named
        session = self._session_now
        if session is None or session.session_id != self._last_session:
            session = self._session_now = self.transcript.session(self._last_session)
        if session.whole and not session.begun and record.get("agentId"):
            session.whole = record.get("isSidechain") is not True
        elif line.message and record.get("isSidechain") is not True:
            session.whole = True
        facts = session.root.attributes
        if "cwd" in record and "cwd" not in facts:
            facts.update((key, record[key]) for key in _SESSION_FACTS if record.get(key))
            if isinstance(record.get("version"), str):
                session.resource["service.version"] = record["version"]
        return session

    def _message(self, line: Line, session: Session) -> None:
        record, message = line.record, line.message
        kind = record.get("type")
        uuid = record.get("uuid")
        # The id alone is not enough: files whose ids were blacked out have one for all records.
        identity = f"{uuid} {kind} {message.get('id')} {record.get('timestamp')}"
        if isinstance(uuid, str) and self.transcript.repeated(identity):
            return
        agent = self._agents.of(line, session)
        if message.get("role", kind) == "assistant":
            self._assistant(line, agent or session.current)
        else:
            self._user(line, session, agent)

    def _assistant(self, line: Line, agent: Agent) -> None:
        record, message = line.record, line.message
        model = message.get("model")
        if model == _SYNTHETIC or record.get("isApiErrorMessage") is True:
            self._synthetic(line, agent)
            return
        call_id = message.get("id") or record.get("uuid")
        known = agent.session.calls.get(call_id) if isinstance(call_id, str) else None
        if known is not None and known.thread is not agent.thread:
            # A question aside begins with the conversation that it was asked in.
            self.transcript.ignore("record of the conversation repeated by a sub-agent")
            return
        model = model if isinstance(model, str) else None
        call = agent.call(call_id, line.time, line.place, model=model)
        usage = message.get("usage")
        if usage != self._last_usage or call.usage is None:
            self._last_usage = usage
            call.count(usage_of(usage, record.get("costUSD")))
        if isinstance(message.get("stop_reason"), str):
            call.finish_reason = message["stop_reason"]
        if record.get("requestId"):
            call.attributes.setdefault("requestId", record["requestId"])
        for block in line.blocks:
            part = said(block)
            if part is not None:
                call.say([part])
            elif isinstance(block, dict):
                self._tool_use(line, call, block)
        if record.get("isAbortedMidStream") is True:
            call.fail("aborted while streaming", error_type="aborted")

    def _tool_use(self, line: Line, call: Call, block: dict[str, Any]) -> None:
        call_id = block.get("id")
        if isinstance(call_id, str) and call_id in call.session.tools:
            return
        name = str(block.get("name"))
        tool = call.tool(call_id, name, block.get("input"), line.time, line.place)
        self._agents.called(tool)

    @staticmethod
    def _synthetic(line: Line, agent: Agent) -> None:
        """Tell what the program said in the model's place."""
        record = line.record
        parts = [part for part in map(said, line.blocks) if part is not None]
        words = text_in(parts)
        if record.get("isApiErrorMessage") is not True:
            agent.thread.waiting = False
            agent.event("synthetic message", line.time, {"content": words})
            return
        call = agent.call(record.get("uuid"), line.time, line.place)
        call.say(parts)
        status, error = record.get("apiErrorStatus"), record.get("error")
        call.fail(
            words or None,
            error_type=error if isinstance(error, str) else "api_error",
            http_status=status if isinstance(status, int) else None,
        )

    def _user(self, line: Line, session: Session, agent: Agent | None) -> None:
        rest: list[Any] = []
        for block in line.blocks:
            if isinstance(block, dict) and block.get("type") == "tool_result":
                self._tool_result(line, session, agent, block)
            else:
                rest.append(block)
        if not rest:
            return
        parts = parts_of(rest)
        words = text_in(parts)
        if words.startswith(records.INTERRUPTED):
            session.interrupt(agent or session.current, line.time, words)
        elif agent is not None:
            agent.hear(parts, line.time)
        elif line.record.get("isCompactSummary") is True or records.is_local_output(words):
            session.current.hear(parts, line.time)
            session.thread.waiting = False
        elif line.record.get("isMeta") is True or len(rest) < len(line.blocks):
            waiting = session.thread.waiting
            session.current.hear(parts, line.time)
            session.thread.waiting = waiting
        else:
            self._prompt(line, session, parts)

    def _prompt(self, line: Line, session: Session, parts: list[Any]) -> None:
        record = line.record
        branch = self._branches.taken(line, session)
        turn = session.turn(
            parts,
            line.time,
            record.get("uuid"),
            line.place,
            name=records.prompt_name(parts),
            agent=str(record.get("agentName") or AGENT_NAME),
        )
        if branch is not None:
            turn.attributes["tracetui.branch_of"] = branch
        if record.get("promptId"):
            turn.attributes["promptId"] = record["promptId"]

    def _tool_result(
        self, line: Line, session: Session, agent: Agent | None, block: dict[str, Any]
    ) -> None:
        answered: Any = block.get("tool_use_id")
        if answered is None:  # some versions give calls no ids
            running = session.running.values()
            answered = next((tool for tool in running if tool.call_id is None), None)
        failure = records.failure_of(block, line.record)
        tool = session.answer(
            answered,
            plain(block.get("content")),
            line.time,
            failed=failure is not None,
            error_type=failure,
            agent=agent,
        )
        details = line.record.get("toolUseResult")
        if tool is not None and isinstance(details, dict):
            tool.attributes.update(records.result_details(details))
            self._agents.answered(tool, details.get("agentId"))

    def _other(self, line: Line, session: Session) -> None:
        """Tell of a record that is no message."""
        record = line.record
        kind = str(record.get("type"))
        if kind == "summary":
            self._summaries.append((str(record.get("leafUuid")), str(record.get("summary"))))
        elif kind in _TITLES:
            rank, key = _TITLES[kind]
            if isinstance(record.get(key), str):
                self._title(session, rank, record[key])
        elif kind == "attachment":
            self._attachment(line, session)
        elif kind in records.EVENTS:
            self._event(line, session, kind)
        else:
            self.transcript.ignore(kind[:40])

    def _attachment(self, line: Line, session: Session) -> None:
        attachment = line.record.get("attachment")
        kind = attachment.get("type") if isinstance(attachment, dict) else None
        if isinstance(attachment, dict) and kind == "queued_command" and session.begun:
            # What the user typed while the agent was at work.
            session.current.hear(parts_of(attachment.get("prompt")), line.time)
        else:
            self.transcript.ignore(f"attachment {str(kind)[:40]}")

    @staticmethod
    def _event(line: Line, session: Session, kind: str) -> None:
        session.started(line.time, line.place)
        subtype = line.record.get("subtype")
        details = records.detail_of(line.record)
        if subtype == "compact_boundary":
            metadata = line.record.get("compactMetadata")
            session.note_compaction(line.time, metadata if isinstance(metadata, dict) else details)
            return
        node = session.current if session.begun else session.root
        node.event(str(subtype or kind), line.time, details)

    def _title(self, session: Session, rank: int, title: str) -> None:
        if rank <= self._title_ranks.get(session.session_id, rank):
            self._title_ranks[session.session_id] = rank
            session.title = title
