"""Sessions of Kimi Code: `~/.kimi-code/sessions/<project>/<session>/agents/<agent>/wire.jsonl`.

Also the files of sub-agents, which become part of the session's trace where the path names it,
and those of its forerunner Kimi CLI, see `kimi.cli_wire`.

Source: FORMATS §8 "kimi"; Kimi Code wire protocol 1.4. Traps: `context.append_message` repeats
`turn.prompt`; usage stands in a step's end and again in `usage.record`, which also counts the
compaction; ids of tool calls begin anew in every agent's file; a step that was broken off has no
end; a tool call is told when it was allowed, long after the model asked for it.
"""

import re
from pathlib import PurePath
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.kimi.cli_wire import CliWire
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Part,
    Place,
    Reader,
    Session,
    Tool,
    Transcript,
    TranscriptLoader,
    Usage,
    counted,
    message,
    parts_of,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_PREFIXES = ("context.", "turn.", "usage.", "llm.", "full_compaction.", "tools.", "permission.")
_EVENTS = ("plan_mode.", "full_compaction.", "permission.", "goal.", "mode.", "error", "turn.")
_CONFIG = ("cwd", "thinkingEffort", "modelAlias", "profileName")
_AGENT_ID = re.compile(r"^agent_id: (\S+)$", re.MULTILINE)
_MAIN = "main"


class KimiReader(Reader):
    """Tells the session or the sub-agent of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        session_id, self._agent_id = _place_of(transcript.path)
        self._session_id = session_id
        self._agent: Agent | None = None
        self._profile: str | None = None
        self._model: str | None = None
        self._prompt: list[Part] = []
        self._call: Call | None = None
        self._uncounted: Call | None = None
        """A step that has ended and whose `usage.record` is still to come."""
        self._rejected: set[str] = set()
        self._cli = CliWire(transcript)
        self._header: tuple[str, int | None, Place] | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says."""
        if _is_cli(value):
            self._cli.read(value, place)
            return
        kind, time = value["type"], unix_nano(value.get("time", value.get("created_at")))
        if kind == "metadata":  # which of the two programs wrote it, the next record says
            self._header = str(value["protocol_version"]), time, place
            return
        self._record(kind, value, time, place)

    def _record(self, kind: Any, value: dict[str, Any], time: int | None, place: Place) -> None:
        session = self._now(time, place)
        match kind:
            case "config.update":
                self._configure(value, session)
            case "turn.prompt":
                self._turn(parts_of(value["input"]), value, time, place)
            case "context.append_message":
                self._append(mapping(value["message"]), time)
            case "context.append_loop_event":
                self._step(value["event"], time, place)
            case "llm.request":
                self._request(value, time, place)
            case "usage.record":
                self._count(value, time, place)
            case "context.apply_compaction":
                self._compact(value, session, time)
            case "permission.record_approval_result":
                self._permission(value, time)
            case str() if kind.startswith(_EVENTS):
                self._speaker.event(kind, time, _details(value))
            case str():
                self.transcript.ignore(kind[:40])
            case _:
                raise NotKnownError(f"a record of type {kind!r}")

    def _now(self, time: int | None, place: Place) -> Session:
        session = self.transcript.session(self._session_id)
        if self._header is not None:
            version, time, place = self._header
            session.resource["kimi.protocol_version"] = version
            self._header = None
        if self._session_id is None or self._agent_id in (None, _MAIN):
            session.started(time, place)
        elif self._agent is None:
            session.whole = False
            starter = tool_span_of(str(self._agent_id))
            self._agent = session.subagent(starter, self._agent_id, time=time, place=place)
        return session

    @property
    def _speaker(self) -> Agent:
        return self._agent or self.transcript.session(self._session_id).current

    @property
    def _thread(self) -> Any:
        agent = self._agent
        return agent.thread if agent else self.transcript.session(self._session_id).thread

    def _configure(self, value: dict[str, Any], session: Session) -> None:
        profile = value.get("profileName")
        self._profile = profile if isinstance(profile, str) else self._profile
        if self._agent is not None and self._profile and self._agent.agent_name is None:
            self._agent.agent_name = self._profile
            self._agent.name = f"invoke_agent {self._profile}"
        node = self._agent or session.root
        node.attributes.update({key: value[key] for key in _CONFIG if value.get(key) is not None})
        if isinstance(value.get("systemPrompt"), str):
            self._thread.pending.insert(0, message("system", [text(value["systemPrompt"])]))

    def _turn(
        self, parts: list[Part], value: dict[str, Any], time: int | None, place: Place
    ) -> None:
        call = self._call
        if call is not None and not call.output and call.usage is None:
            call.latest = None  # broken off: when, nothing says
        self._prompt, self._call = parts, None
        if self._agent is not None:
            self._agent.hear(parts, time)
            return
        session = self.transcript.session(self._session_id)
        turn = session.turn(parts, time, None, place, agent=self._profile)
        turn.attributes.update({f"origin.{k}": v for k, v in mapping(value.get("origin")).items()})

    def _append(self, said: dict[str, Any], time: int | None) -> None:
        parts = parts_of(said.get("content"))
        if parts == self._prompt:
            self.transcript.ignore("repeated prompt")
        elif said.get("role") in ("user", "system"):
            self._thread.pending.append(message(said["role"], parts))
            self._thread.happened(time)
        else:
            self.transcript.ignore(f"message of {str(said.get('role'))[:20]}")

    def _request(self, value: dict[str, Any], time: int | None, place: Place) -> None:
        model = value.get("model")
        self._model = model if isinstance(model, str) else self._model
        if value.get("kind") not in (None, "loop"):
            self._call = self._speaker.call(None, time, place, model=self._model)
            self._call.start = time
        if self._call is not None:
            self._call.model = self._call.model or self._model
            self._call.attributes.update({k: value[k] for k in ("kind", "provider") if k in value})

    def _step(self, event: dict[str, Any], time: int | None, place: Place) -> None:
        kind = event["type"]
        if kind == "step.begin":
            self._call = self._speaker.call(event.get("uuid"), time, place)
            self._call.start = time
            self._uncounted = None
        elif kind == "step.end":
            self._end_step(event, time)
        elif kind == "content.part":
            part = event["part"]
            said = reasoning(part["think"]) if part.get("type") == "think" else part
            call = self._call_now(event, time, place)
            call.seen(time)
            call.say(parts_of(said))
        elif kind == "tool.call":
            call, call_id = self._call_now(event, time, place), event.get("toolCallId")
            tool = call.tool(call_id, str(event["name"]), event.get("args"), time, place)
            if self._agent is not None:
                self._rename(tool, f"{self._agent_id}/{call_id}")
        elif kind == "tool.result":
            self._answer(event, time)
        else:
            self.transcript.ignore(f"event {str(kind)[:40]}")

    def _call_now(self, event: dict[str, Any], time: int | None, place: Place) -> Call:
        step = event.get("stepUuid")
        if self._call is None or (isinstance(step, str) and step not in (self._call.span_id,)):
            self._call = self._speaker.call(step, time, place, model=self._model)
        self._thread.happened(time)
        return self._call

    def _end_step(self, event: dict[str, Any], time: int | None) -> None:
        call_id = event.get("uuid")
        session = self.transcript.session(self._session_id)
        call = session.calls.get(call_id) if isinstance(call_id, str) else self._call
        if call is None:
            self.transcript.ignore("end of an unknown step")
            return
        waited, streamed = event.get("llmFirstTokenLatencyMs"), event.get("llmStreamDurationMs")
        if call.start is not None and isinstance(waited, int) and isinstance(streamed, int):
            call.seen(call.start + (waited + streamed) * 1_000_000)
        if isinstance(event.get("finishReason"), str):
            call.finish_reason = event["finishReason"]
        if isinstance(event.get("messageId"), str):
            call.attributes["gen_ai.response.id"] = event["messageId"]
        call.attributes.update({k: v for k, v in event.items() if k.startswith("llm")})
        call.count(_usage(event.get("usage")))
        self._uncounted = call

    def _answer(self, event: dict[str, Any], time: int | None) -> None:
        call_id, result = event.get("toolCallId"), mapping(event["result"])
        what = "user_rejected" if call_id in self._rejected else None
        session = self.transcript.session(self._session_id)
        tool = session.answer(
            call_id,
            result.get("output"),
            time,
            failed=result.get("isError") is True or what is not None,
            error_type=what,
            agent=self._agent,
        )
        output = result.get("output")
        if tool is None:
            return
        if isinstance(result.get("note"), str):
            tool.attributes["note"] = result["note"]
        if isinstance(output, str) and tool.tool_name.startswith("Agent"):
            started = _AGENT_ID.search(output)
            if started is not None:
                self._rename(tool, tool_span_of(started[1]))

    def _rename(self, tool: Tool, wanted: str) -> None:
        """Give a tool call a span id that holds in all the files of the session."""
        session = tool.session
        waiting = session.running.pop(tool.span_id, None)
        tool.span_id = session.claim(wanted, None, "tool")
        if waiting is not None:
            session.running[tool.span_id] = tool

    def _count(self, value: dict[str, Any], time: int | None, place: Place) -> None:
        """Count a step, or the compaction, of which nothing else tells."""
        usage, call = _usage(value["usage"]), self._uncounted
        self._uncounted = None
        if value.get("usageScope") == "session" or call is None:
            call = self._call if self._call is not None and self._call.usage is None else None
            call = call or self._speaker.call(None, time, place, model=self._model)
            call.seen(time)
            call.attributes["usageScope"] = str(value.get("usageScope"))
        model = value.get("model")
        call.model = call.model or (model if isinstance(model, str) else None)
        call.count(usage)

    def _compact(self, value: dict[str, Any], session: Session, time: int | None) -> None:
        if self._call is not None and isinstance(value.get("summary"), str):
            self._call.say([text(value["summary"])])
        details = {k: v for k, v in _details(value).items() if isinstance(v, int)}
        if self._agent is None:
            session.note_compaction(time, details)
        else:
            self._agent.event("compaction", time, details)
            self._thread.forget()
        self._thread.pending = [message("user", parts_of(value.get("contextSummary")))]

    def _permission(self, value: dict[str, Any], time: int | None) -> None:
        result = mapping(value.get("result"))
        if result.get("decision") in ("rejected", "denied", "deny", "reject"):
            self._rejected.add(str(value.get("toolCallId")))
        details = {k: v for k, v in value.items() if k in ("toolCallId", "toolName", "action")}
        self._speaker.event("permission", time, {**details, **result})


def _usage(raw: Any) -> Usage | None:
    raw = mapping(raw)
    return counted(
        input_tokens=raw.get("inputOther"),
        output_tokens=raw.get("output"),
        cache_read=raw.get("inputCacheRead"),
        cache_write=raw.get("inputCacheCreation"),
        input_excludes_cache=True,
    )


def _details(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in ("type", "time")}


def tool_span_of(agent_id: str) -> str:
    """Return the span id of the tool call that started an agent, in whichever file that is."""
    return f"{agent_id}:tool"


def _place_of(path: str) -> tuple[str | None, str | None]:
    """Return the session and the agent that a path names; None for each that it does not."""
    parts = PurePath(path).parts
    if len(parts) >= 4 and parts[-3] == "agents":
        return parts[-4], parts[-2]
    return None, None


class KimiLoader(TranscriptLoader):
    """Loads sessions of Kimi Code."""

    name: ClassVar[str] = "kimi"
    title: ClassVar[str] = "Kimi Code session"
    service: ClassVar[str] = "kimi-code"
    reader: ClassVar[type[Reader]] = KimiReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are Kimi Code's."""
        return 0.9 if any(map(_is_record, head.values)) else 0.0


def _is_cli(value: Any) -> bool:
    """Whether a value is a line of Kimi CLI."""
    if not isinstance(value, dict) or "timestamp" not in value:
        return False
    event = value.get("message")
    return isinstance(event, dict) and "payload" in event and "type" in event


def _is_record(value: Any) -> bool:
    if _is_cli(value):
        return True
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "metadata":
        return "protocol_version" in value
    return isinstance(kind, str) and "time" in value and kind.startswith(_PREFIXES)


LOADER = KimiLoader()
