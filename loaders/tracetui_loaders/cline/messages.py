"""Tells conversations as Cline sends them to the API.

Messages are Anthropic's, with `ts` (ms), `modelInfo` and `metrics` beside. Of a user's message
tool results answer, and what stands beside them (`<environment_details>`) is no new turn. A summary
of what was compacted is a message of the user, and comes first.

Source: Cline 4 `packages/shared` (`MessageWithMetadata`), `src/shared/messages/metrics.ts`: input
tokens hold the cached ones, cost is USD; FORMATS §8 "cline".
"""

from typing import Any

from tracetui_loaders.loose import first, first_string
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Session,
    Usage,
    counted,
    message,
    parts_of,
    text_in,
    unix_nano,
)
from tracetui_loaders.transcripts.anthropic import plain, said
from tracetui_loaders.vendor_values import mapping, objects

_TASK = ("<task>", "<user_message>", "<feedback>", "<answer>")
"""What the user wrote stands between such marks, if the extension adds something to it."""


def tell_message(session: Session, item: Any, place: Place, agent: str) -> None:
    """Tell one message of a conversation.

    Raises:
        NotKnownError: If it is no message.
    """
    role = item.get("role") if isinstance(item, dict) else None
    if role not in ("user", "assistant"):
        raise NotKnownError(f"a message of role {role!r}")
    time = unix_nano(item.get("ts"))
    content = item.get("content")
    blocks = content if isinstance(content, list) else parts_of(content)
    if mapping(item.get("metadata")).get("kind") == "compaction_summary":
        _summary(session, item, blocks)
    elif role == "assistant":
        _answer(session, item, blocks, time, place)
    else:
        _user(session, item, blocks, time, place, agent=agent)


def _summary(session: Session, item: dict[str, Any], blocks: list[Any]) -> None:
    details = mapping(item["metadata"])
    # It is younger than the messages that it stands before: its time is none of the session's.
    shown = ("tokensBefore", "generatedAt")
    session.note_compaction(None, {key: details[key] for key in shown if details.get(key)})
    session.thread.pending.append(message("user", blocks))


def _answer(
    session: Session, item: dict[str, Any], blocks: list[Any], time: int | None, place: Place
) -> None:
    info = mapping(item.get("modelInfo"))
    model = first_string(info, ("id", "modelId"))
    call = session.current.call(item.get("id"), time, place, model=model)
    call.attributes.pop("gen_ai.response.id", None)  # a message's id is not the response's
    call.count(usage_of(item.get("metrics")))
    provider = first_string(info, ("provider", "providerId"))
    if provider:
        call.attributes["gen_ai.provider.name"] = provider
    for block in blocks:
        part = said(block)
        if part is not None:
            call.say([part])
        elif isinstance(block, dict):
            name = str(block.get("name"))
            call.tool(block.get("id"), name, block.get("input"), time, place)


def usage_of(raw: Any) -> Usage | None:
    """Return what a message's metrics say."""
    metrics = mapping(raw)
    found = mapping(metrics.get("tokens")) | metrics
    return counted(
        input_tokens=first(found, ("inputTokens", "prompt")),
        output_tokens=first(found, ("outputTokens", "completion")),
        cache_read=first(found, ("cacheReadTokens", "cached")),
        cache_write=found.get("cacheWriteTokens"),
        cost_usd=first(found, ("cost", "totalCost")),
    )


def _user(
    session: Session,
    item: dict[str, Any],
    blocks: list[Any],
    time: int | None,
    place: Place,
    *,
    agent: str,
) -> None:
    results = [block for block in objects(blocks) if block.get("type") == "tool_result"]
    for block in results:
        failed = block.get("is_error") is True
        answer = plain(block.get("content"))
        session.answer(block.get("tool_use_id"), answer, time, failed=failed)
    rest = parts_of([block for block in blocks if block not in results])
    if not rest:
        return
    if results:
        waiting = session.thread.waiting
        session.current.hear(rest, time)
        session.thread.waiting = waiting
    else:
        session.turn(rest, time, item.get("id"), place, name=_typed(rest), agent=agent)


def _typed(parts: list[Any]) -> str | None:
    """Return the first line of what the user typed; None if nothing was added to it."""
    words = text_in(parts)
    for mark in _TASK:
        if words.startswith(mark):
            typed = words[len(mark) :].partition(mark.replace("<", "</"))[0].strip()
            return typed.splitlines()[0][:80] if typed else None
    return None
