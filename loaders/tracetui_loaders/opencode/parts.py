"""Tells the parts of opencode's messages: text, reasoning, tools, steps.

Of an answer, what stands between `step-start` and `step-finish` is one model call; `tokens` and
`cost` of the message are its last step's and the sum of all, and count only where no step has any.
`input` leaves out what came from the cache, `output` leaves out reasoning. A command that fails
is `completed` all the same, and says so in `metadata.exit`.

Source: opencode `packages/opencode/src/session/message-v2.ts` (`Part`, `ToolState`),
`session/index.ts` (`getUsage`); FORMATS §8 "opencode".
"""

from typing import Any

from tracetui_loaders.loose import first, string
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Part,
    Place,
    Usage,
    counted,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_SHORT_METADATA = ("exit", "exitCode", "sessionId", "count", "truncated")
_EVENTS = {"patch": ("hash", "files"), "retry": ("attempt", "error"), "snapshot": ("snapshot",)}


def task_span_of(session_id: str) -> str:
    """Return the span id of the tool call that started the session of a sub-agent."""
    return f"{session_id}-task"


def usage_of(raw: dict[str, Any]) -> Usage | None:
    """Return what a message or the end of a step says of its usage."""
    tokens = mapping(raw.get("tokens"))
    cache, cost = mapping(tokens.get("cache")), raw.get("cost")
    return counted(
        input_tokens=tokens.get("input"),
        output_tokens=tokens.get("output"),
        cache_read=cache.get("read"),
        cache_write=cache.get("write"),
        reasoning=tokens.get("reasoning"),
        cost_usd=cost.get("usd") if isinstance(cost, dict) else cost,
        input_excludes_cache=True,
        output_excludes_reasoning=True,
    )


def said_by_user(part: dict[str, Any]) -> Part | None:
    """Return a part of a user's message; None if it says nothing."""
    match part.get("type"):
        case "text":
            return text(part.get("text"))
        case "subtask":
            return text(part.get("prompt"))
        case "file":
            return part
        case _:
            return None


class Answer:
    """One answer of the model, step by step.

    Args:
        agent: Who speaks.
        info: The message; what of it is known.
        place: Of the record.
    """

    def __init__(self, agent: Agent, info: dict[str, Any], place: Place) -> None:
        self._agent = agent
        self._info = info
        self._place = place
        self._call: Call | None = None
        self._finished = False
        self._counted = False

    def tell(self, part: dict[str, Any], time: int | None = None) -> None:
        """Tell one part.

        Args:
            part: As stored.
            time: When it was printed, if it was.
        """
        times = mapping(part.get("time"))
        begun = unix_nano(times.get("start"))
        ended = unix_nano(times.get("end")) or begun or time
        match part.get("type"):
            case "step-start":
                self._begin(part, time)
            case "step-finish":
                self._finish(part, time)
            case "text":
                self._step(ended).say([text(part.get("text"))])
            case "reasoning":
                self._step(ended).say([reasoning(part.get("text"))])
            case "tool":
                self._tool(part, time)
            case "file":
                self._step(ended).say([part])
            case "compaction":
                shown = ("auto", "overflow", "tail_start_id")
                details = {key: part[key] for key in shown if part.get(key) is not None}
                self._agent.session.note_compaction(time, details)
            case kind if isinstance(kind, str):
                keys = _EVENTS.get(kind, ())
                self._agent.event(kind, ended, {key: part[key] for key in keys if key in part})
            case _:
                pass

    def end(self) -> None:
        """Tell what is said of the answer as a whole, when all its parts are told."""
        info = self._info
        completed = unix_nano(mapping(info.get("time")).get("completed"))
        error = mapping(info.get("error"))
        if self._call is None and (usage_of(info) or error or completed):
            self._step(completed)
        if self._call is None:
            return
        if not self._counted:
            self._call.count(usage_of(info))
        if completed is not None:
            self._seen(self._call, completed)
        if error:
            fail(self._call, error, completed)

    def _begin(self, part: dict[str, Any], time: int | None) -> None:
        """Begin a call, unless one goes on."""
        if self._call is None or self._finished:
            self._open(part.get("id") if self._finished else self._info.get("id"), time)

    def _open(self, call_id: Any, begun: int | None) -> Call:
        info = self._info
        chosen = mapping(info.get("model")) | info
        model, provider = string(chosen.get("modelID")), string(chosen.get("providerID"))
        call = self._agent.call(call_id, None, self._place, model=model)
        call.attributes.pop("gen_ai.response.id", None)  # a message's id is not the response's
        created = begun or unix_nano(mapping(info.get("time")).get("created"))
        if created is not None and not self._finished:
            call.start = created
        self._seen(call, created)
        if provider:
            call.attributes["gen_ai.provider.name"] = provider
        self._call, self._finished = call, False
        return call

    def _step(self, time: int | None) -> Call:
        """Return the call that goes on."""
        call = self._call or self._open(self._info.get("id"), None)
        self._seen(call, time)
        return call

    def _seen(self, call: Call, time: int | None) -> None:
        call.seen(time)
        call.thread.happened(time)

    def _finish(self, part: dict[str, Any], time: int | None) -> None:
        call = self._step(None)
        if self._agent.thread.at is None or not self._has_run(call):
            self._seen(call, time)  # nothing ran since the model spoke
        usage = usage_of(part)
        call.count(usage)
        self._counted = self._counted or usage is not None
        self._finished = True
        reason = string(part.get("reason"))
        call.finish_reason = reason or call.finish_reason

    @staticmethod
    def _has_run(call: Call) -> bool:
        return any(part.get("type") == "tool_call" for part in call.output)

    def _tool(self, part: dict[str, Any], time: int | None) -> None:
        state = mapping(part.get("state"))
        times, metadata = mapping(state.get("time")), mapping(state.get("metadata"))
        begun = unix_nano(times.get("start"))
        call = self._step(begun)
        session = self._agent.session
        name = string(part.get("tool")) or "tool"
        tool = call.tool(part.get("callID"), name, state.get("input"), begun or time, self._place)
        for key in _SHORT_METADATA:
            if metadata.get(key) is not None:
                tool.attributes[f"metadata.{key}"] = metadata[key]
        started = string(metadata.get("sessionId"))
        if started and not session.is_claimed(task_span_of(started)):
            tool.span_id = session.claim(task_span_of(started), None, "tool")
        ended = unix_nano(times.get("end"))
        match state.get("status"):
            case "completed":
                session.answer(tool, state.get("output"), ended or time)
            case "error":
                session.answer(tool, state.get("error"), ended or time, failed=True)
            case _:
                pass


def fail(call: Call, error: dict[str, Any], time: int | None) -> None:
    """Mark a call as failed; one that the user stopped ends the turn."""
    data = mapping(error.get("data"))
    name = string(error.get("name")) or "error"
    message = first(data, ("message",)) or error.get("message")
    status = data.get("statusCode")
    reason = message if isinstance(message, str) else name
    call.seen(time)
    call.fail(reason, error_type=name, http_status=status if isinstance(status, int) else None)
    if name == "MessageAbortedError":
        call.session.interrupt(call.agent, time, reason)
