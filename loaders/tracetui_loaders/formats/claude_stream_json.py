"""What `claude -p --output-format stream-json` prints, which is also what its SDKs exchange.

Also recordings of that exchange, whose messages are wrapped with their direction (Logfire).

Source: FORMATS §8 "claude-stream-json"; Claude Agent SDK, `SDKMessage`. There are no times, so
spans have none. What a call has used is counted while it streams: the `result` that ends a turn
has the whole, and corrects a turn's only call.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Agent,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
    parts_of,
    unix_nano,
)
from tracetui_loaders.transcripts.anthropic import plain, said, usage_of

_SESSION_FACTS = ("cwd", "model", "permissionMode", "output_style", "apiKeySource")
_RESULT_FACTS = ("subtype", "duration_ms", "duration_api_ms", "num_turns", "stop_reason")
_CONTROL = frozenset(
    {"control_request", "control_response", "control_cancel_request", "keep_alive"}
)
_IGNORED = {
    **dict.fromkeys(_CONTROL, "control message"),
    "stream_event": "piece of a message that follows whole",
}
_AGENT_NAME = "claude-code"


class ClaudeStreamReader(Reader):
    """Tells the sessions of one recording."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._session_id: str | None = None
        self._early: list[tuple[dict[str, Any], Place]] = []
        """Prompts sent before the program has named the session."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what one message says, or a recording of many."""
        if not isinstance(value, dict):
            raise NotKnownError("not a message of Claude Code")
        if isinstance(value.get("messages"), list):
            for item in value["messages"]:
                self.read(item, place)
            return
        if "direction" in value and isinstance(value.get("message"), dict):
            value = value["message"]
        kind = value.get("type")
        if kind == "user" and _is_nameless(value) and not self._session_id:
            self._early.append((value, place))
        elif isinstance(kind, str) and kind in _IGNORED:
            self.transcript.ignore(_IGNORED[kind])
        elif kind in ("system", "assistant", "user", "result"):
            self._message(kind, value, place)
        elif isinstance(kind, str) and "session_id" in value:
            self._session(value).root.event(kind, None, _without_envelope(value))
        else:
            raise NotKnownError(f"not a message of Claude Code: type {kind!r}")

    def _message(self, kind: str, value: dict[str, Any], place: Place) -> None:
        if kind in ("assistant", "user") and not isinstance(value.get("message"), dict):
            raise NotKnownError("a message without content")
        session = self._session(value)
        match kind:
            case "system":
                self._system(session, value, place)
            case "assistant":
                self._assistant(session, value, place)
            case "user":
                self._user(session, value, place)
            case _:
                self._result(session, value)

    def finish(self) -> None:
        """Tell of prompts that nobody took."""
        self._take_early(self.transcript.session(self._session_id))

    def _session(self, value: dict[str, Any]) -> Session:
        named = value.get("session_id")
        if isinstance(named, str) and not _is_nameless(value):
            self._session_id = named
        session = self.transcript.session(self._session_id)
        self._take_early(session)
        return session

    def _take_early(self, session: Session) -> None:
        early, self._early = self._early, []
        for value, place in early:
            if isinstance(value.get("message"), dict):
                self._user(session, value, place)

    @staticmethod
    def _system(session: Session, value: dict[str, Any], place: Place) -> None:
        subtype = value.get("subtype")
        if subtype == "compact_boundary":
            session.note_compaction(None, _without_envelope(value))
            return
        session.started(unix_nano(value.get("timestamp")), place)
        if subtype != "init":
            node = session.current if session.begun else session.root
            node.event(str(subtype), None, _without_envelope(value))
            return
        facts = session.root.attributes
        facts.update((key, value[key]) for key in _SESSION_FACTS if value.get(key))
        if isinstance(value.get("tools"), list):
            facts["gen_ai.tool.definitions"] = value["tools"]
        if isinstance(value.get("claude_code_version"), str):
            session.resource["service.version"] = value["claude_code_version"]

    def _agent(self, session: Session, value: dict[str, Any], place: Place) -> Agent:
        """Return who speaks: a sub-agent if a tool call stands above the message."""
        parent = value.get("parent_tool_use_id")
        if not isinstance(parent, str):
            return session.current
        tool = session.tools.get(parent)
        arguments = tool.arguments if tool is not None else None
        kind = arguments.get("subagent_type") if isinstance(arguments, dict) else None
        return session.subagent(
            tool or parent,
            f"agent-{parent}",
            kind if isinstance(kind, str) else None,
            place=place,
        )

    def _assistant(self, session: Session, value: dict[str, Any], place: Place) -> None:
        message = value["message"]
        time = unix_nano(value.get("timestamp"))
        call_id = message.get("id") or value.get("uuid")
        model = message.get("model")
        agent = self._agent(session, value, place)
        call = agent.call(call_id, time, place, model=model if isinstance(model, str) else None)
        call.count(usage_of(message.get("usage")))
        if isinstance(message.get("stop_reason"), str):
            call.finish_reason = message["stop_reason"]
        for block in _blocks(message):
            part = said(block)
            if part is not None:
                call.say([part])
            elif isinstance(block, dict):
                call.tool(block.get("id"), str(block.get("name")), block.get("input"), time, place)
        error = value.get("error")
        if isinstance(error, str):
            call.fail(error, error_type=error)

    def _user(self, session: Session, value: dict[str, Any], place: Place) -> None:
        time = unix_nano(value.get("timestamp"))
        rest: list[Any] = []
        inside = isinstance(value.get("parent_tool_use_id"), str)
        agent = self._agent(session, value, place) if inside else None
        for block in _blocks(value["message"]):
            if isinstance(block, dict) and block.get("type") == "tool_result":
                session.answer(
                    block.get("tool_use_id"),
                    plain(block.get("content")),
                    time,
                    failed=block.get("is_error") is True,
                    agent=agent,
                )
            else:
                rest.append(block)
        parts = parts_of(rest)
        if not parts:
            return
        if agent is not None:
            agent.hear(parts, time)
        elif value.get("isSynthetic") is True:
            session.current.hear(parts, time)
        else:
            session.turn(parts, time, value.get("uuid"), place, agent=_AGENT_NAME)

    def _result(self, session: Session, value: dict[str, Any]) -> None:
        """End the turn; what it says of usage and cost is of the whole turn."""
        turn = session.current
        usage = usage_of(value.get("usage"), value.get("total_cost_usd"))
        calls = [call for call in session.calls.values() if call.agent is turn]
        if len(calls) == 1 and usage is not None and calls[0].usage is not None:
            whole = usage_of(value.get("usage"))
            if whole is not None and whole.input_tokens == calls[0].usage.input_tokens:
                calls[0].count(whole)
        turn.usage = usage
        for key in (*_RESULT_FACTS, "modelUsage"):
            if value.get(key) is not None:
                turn.attributes[key] = value[key]
        for denial in value.get("permission_denials") or ():
            turn.event("permission_denied", None, denial if isinstance(denial, dict) else {})
        if value.get("is_error") is True:
            errors = value.get("errors")
            reason = errors[0] if isinstance(errors, list) and errors else value.get("result")
            subtype = value.get("subtype")
            turn.fail(
                str(reason) if reason else None,
                error_type=subtype if isinstance(subtype, str) else "error",
            )
        session.thread.waiting = False
        turn.over = True


def _is_nameless(value: dict[str, Any]) -> bool:
    """Whether a client sent this before the program had named the session."""
    return value.get("session_id") in (None, "", "default")


def _blocks(message: dict[str, Any]) -> list[Any]:
    content = message.get("content")
    return content if isinstance(content, list) else parts_of(content)


def _without_envelope(value: dict[str, Any]) -> dict[str, Any]:
    envelope = ("type", "subtype", "session_id", "uuid")
    return {key: item for key, item in value.items() if key not in envelope}


class ClaudeStreamJsonLoader(TranscriptLoader):
    """Loads streams of Claude Code."""

    name: ClassVar[str] = "claude_stream_json"
    title: ClassVar[str] = "Claude Code stream-json"
    service: ClassVar[str] = "claude-code"
    reader: ClassVar[type[Reader]] = ClaudeStreamReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first messages are Claude Code's."""
        if any(map(_is_message, head.values)):
            return 0.92
        recorded = any({"metadata", "messages"} <= keys for keys in head.keys)
        return 0.8 if recorded and b'"control_request"' in head.data else 0.0


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict) or "sessionId" in value:
        return False
    if isinstance(value.get("messages"), list):
        return any(map(_is_wrapped, value["messages"][:8]))
    if value.get("type") == "system" and value.get("subtype") == "init":
        return "session_id" in value and "tools" in value
    if value.get("type") == "result":
        return "session_id" in value and "total_cost_usd" in value
    return _is_wrapped(value) or (
        {"parent_tool_use_id", "session_id"} <= value.keys()
        and isinstance(value.get("message"), dict)
    )


def _is_wrapped(item: Any) -> bool:
    if not isinstance(item, dict) or item.get("direction") not in ("send", "recv"):
        return False
    inner = item.get("message")
    return isinstance(inner, dict) and (str(inner.get("type")) in _CONTROL or _is_message(inner))


LOADER = ClaudeStreamJsonLoader()
