"""Tells a session what pi's messages say: prompts, answers, results of tools.

Source: pi-mono `packages/ai/src/types.ts` (`Message`, `Usage`, `StopReason`) and
`packages/coding-agent/src/core/messages.ts` (`bashExecution`, `custom`, summaries).

- `usage.input` leaves out what was read from and written to the cache; `cost.total` is USD, and
  counts for an answer that was broken off as well.
- An answer that was broken off before it began has a usage of zeros: it is unknown.
- `message.timestamp` (ms) is when an answer was asked for; the record's own (ISO) is when it was
  there.
- The tools that a broken-off answer asked for were never run.
"""

from typing import Any

from tracetui_loaders.transcripts import (
    NOWHERE,
    Call,
    NotKnownError,
    Place,
    Session,
    Usage,
    counted,
    message,
    parts_of,
    reasoning,
    unix_nano,
)

_BROKEN_OFF = ("error", "aborted")


def tell(
    session: Session,
    said: dict[str, Any],
    time: int | None,
    record_id: Any = None,
    place: Place = NOWHERE,
    *,
    model: str | None = None,
) -> Call | None:
    """Tell what a message says.

    Args:
        session: Whom to tell.
        said: The message.
        time: When it was written down; by default when it says.
        record_id: Of the record that holds it.
        place: Of that record.
        model: What answers where the message does not say.

    Returns:
        The model call, if it is a model's answer.

    Raises:
        NotKnownError: If nobody known says it.
    """
    asked = unix_nano(said.get("timestamp"))
    time = asked if time is None else time
    content = said.get("content")
    match said.get("role"):
        case "user":
            session.turn(
                parts_of(content), time, record_id, place, agent=session.resource["service.name"]
            )
        case "assistant":
            return _answer(session, said, time, place, record_id=record_id, model=model)
        case "toolResult":
            failed = said.get("isError") is True
            tool = session.answer(said.get("toolCallId"), plain(content), time, failed=failed)
            if tool is not None and isinstance(said.get("details"), dict):
                tool.attributes["details"] = said["details"]
        case "bashExecution":
            _shell(session, said, time, place)
        case "custom" | "hookMessage":
            mention(session, content, time)
        case "branchSummary" | "compactionSummary":
            mention(session, said.get("summary"), time)
        case role:
            raise NotKnownError(f"a message of role {role!r}")
    return None


def mention(session: Session, content: Any, time: int | None) -> None:
    """Take what an extension, a command or a summary tells the model: no turn begins with it."""
    parts = parts_of(content)
    if not parts:
        return
    if not session.begun:
        session.thread.pending.append(message("user", parts))
        return
    waiting = session.thread.waiting
    session.current.hear(parts, time)
    session.thread.waiting = waiting


def plain(result: Any) -> Any:
    """Return a tool's answer: text if that is all that it is."""
    if isinstance(result, list) and len(result) == 1 and isinstance(result[0], dict):
        only: dict[str, Any] = result[0]
        if only.get("type") == "text" and isinstance(only.get("text"), str):
            return only["text"]
    return result


def _shell(session: Session, said: dict[str, Any], time: int | None, place: Place) -> None:
    """Tell of a command that the user ran."""
    node = session.current if session.begun else session.root
    session.started(time, place)
    facts = ("command", "exitCode", "cancelled", "truncated")
    details = {key: said[key] for key in facts if said.get(key) is not None}
    node.event("bash_execution", time, details)
    if said.get("excludeFromContext") is not True:
        mention(session, f"Ran `{said.get('command')}`\n{said.get('output') or ''}", time)


def _answer(
    session: Session,
    said: dict[str, Any],
    time: int | None,
    place: Place,
    *,
    record_id: Any,
    model: str | None,
) -> Call:
    named = said.get("model")
    stop = said.get("stopReason")
    content = said.get("content")
    usage = _usage(said.get("usage"), stop)
    blocks = content if isinstance(content, list) else parts_of(content)
    call = session.current.call(
        record_id, time, place, model=named if isinstance(named, str) and named else model
    )
    call.attributes.pop("gen_ai.response.id", None)  # a record's id is not the response's
    asked = unix_nano(said.get("timestamp"))
    if asked is not None and time is not None and asked < time:
        call.start = asked
    call.count(usage)
    for key, name in _FACTS:
        if isinstance(said.get(key), str):
            call.attributes[name] = said[key]
    if isinstance(stop, str):
        call.finish_reason = stop
    for block in blocks:
        _block(call, block, time, place)
    if stop in _BROKEN_OFF:
        _break_off(session, call, said, time)
    return call


_FACTS = (
    ("responseId", "gen_ai.response.id"),
    ("provider", "gen_ai.provider.name"),
    ("api", "api"),
)


def _block(call: Call, block: Any, time: int | None, place: Place) -> None:
    if not isinstance(block, dict):
        call.say(parts_of(block))
        return
    match block.get("type"):
        case "thinking":
            call.say([reasoning(block.get("thinking"))])
        case "toolCall":
            name, arguments = str(block.get("name")), block.get("arguments")
            call.tool(block.get("id"), name, arguments, time, place)
        case _:
            call.say([block])


def _break_off(session: Session, call: Call, said: dict[str, Any], time: int | None) -> None:
    reason = said.get("errorMessage")
    reason = reason if isinstance(reason, str) and reason else str(said["stopReason"])
    call.fail(reason, error_type=str(said["stopReason"]))
    if said["stopReason"] == "aborted":
        session.interrupt(call.agent, time, reason)
        return
    for tool in [tool for tool in session.running.values() if tool.agent is call.agent]:
        tool.seen(time)
        tool.fail(reason, error_type="interrupted")
        del session.running[tool.span_id]


def _usage(raw: Any, stop: Any) -> Usage | None:
    if not isinstance(raw, dict):
        return None
    cost = raw.get("cost")
    usage = counted(
        input_tokens=raw.get("input"),
        output_tokens=raw.get("output"),
        cache_read=raw.get("cacheRead"),
        cache_write=raw.get("cacheWrite"),
        cost_usd=cost.get("total") if isinstance(cost, dict) else None,
        input_excludes_cache=True,
    )
    if usage is not None and stop in _BROKEN_OFF and not usage.size:
        return None
    return usage
