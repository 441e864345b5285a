"""A turn as Markdown, for pasting and for output without a screen: whole, nothing cut."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracetui.view_models.conversation.history import Message
from tracetui.view_models.conversation.items import thread_words
from tracetui.view_models.conversation.outline import Outline, Thread
from tracetui.view_models.conversation.parts import NO_CONTENT
from tracetui.view_models.conversation.turns import ToolUse, Turn
from tracetui.view_models.conversation.words import change_words, turn_facts
from tracetui.view_models.detail_messages import media
from tracetui.view_models.json_text import compact, looks_like_json, name_binary, pretty_text
from tracetui.view_models.markdown import fenced

Turns = Mapping[str, Sequence[Turn]]


def turn_markdown(thread: Thread, turn: Turn, *, full: bool = False) -> str:
    """Return a turn: a heading with its facts, what was new to the model, what it answered."""
    return "\n\n".join(_Writer(thread, full=full).turn(turn)) + "\n"


def thread_markdown(
    outline: Outline, thread: Thread, turns: Turns, limit: int | None = None
) -> Iterator[str]:
    """Yield the paragraphs of a chat, the agents it started inside it as quotations.

    Args:
        outline: The chats there are.
        thread: The one to write.
        turns: The turns of each.
        limit: Turns to write of each; None writes all.
    """
    yield f"# {thread.title}  ({thread_words(thread)})"
    writer = _Writer(thread, outline, turns, limit)
    shown = turns.get(thread.key, ())[:limit]
    for turn in shown:
        yield from writer.turn(turn)
    if (left := len(thread.calls) - len(shown)) > 0:
        yield f"… {left:,} more turns: --limit 0"


class _Writer:
    def __init__(
        self,
        thread: Thread,
        outline: Outline | None = None,
        turns: Turns | None = None,
        limit: int | None = None,
        *,
        full: bool = False,
    ) -> None:
        self._thread = thread
        self._outline = outline
        self._turns = turns or {}
        self._limit = limit
        self._full = full

    def turn(self, turn: Turn) -> Iterator[str]:
        facts = "".join(piece.text for piece in turn_facts(turn)).replace("  ", " · ")
        yield f"## Turn {turn.number} · {facts}"
        if turn.system is not None and (turn.system_changed or self._full):
            yield f"**system**\n\n{_value(turn.system)}"
        for use in turn.before:
            yield from self._use(use)
        yield from self._told(turn)
        if turn.documents:
            yield _documents(turn.documents)
        if turn.ref.error:
            message = f": {turn.ref.error_message}" if turn.ref.error_message else ""
            yield f"**error** {turn.ref.error_type or 'error'}{message}"
        for i, message in enumerate(turn.answer):
            yield from self._message(
                message, {j: use for (k, j), use in turn.uses.items() if k == i}
            )
        if not turn.says_something:
            yield f"*{NO_CONTENT}*"
        for key in turn.started:
            yield from self._agent(key)
        for use in turn.after:
            yield from self._use(use)

    def _told(self, turn: Turn) -> Iterator[str]:
        told = turn.input
        if self._full:
            for message in told.messages():
                yield from self._message(message)
            return
        words, _ = change_words(turn)
        notes = [f"+{told.kept:,} earlier"] if told.kept else []
        notes += [words] if words else []
        if told.carried:
            notes.append(f"{len(told.carried):,} of the following said before, left out")
        if notes:
            yield f"*{'; '.join(notes)}*"
        for i, message in enumerate(told.new):
            if i in told.carried:
                continue
            parts = message.get("parts") or []
            left = [part for j, part in enumerate(parts) if (i, j) not in turn.told]
            if left or not parts:
                yield from self._message({**message, "parts": left})

    def _message(
        self, message: Message, uses: Mapping[int, ToolUse] | None = None
    ) -> Iterator[str]:
        yield f"**{message.get('role') or '?'}**"
        for j, part in enumerate(message.get("parts") or []):
            use = (uses or {}).get(j)
            if use is not None:
                yield from self._use(use)
            else:
                yield _part(part)

    def _use(self, use: ToolUse) -> Iterator[str]:
        kind = "call" if use.step is None or use.step.kind == "tool" else use.step.kind
        text = f"**{kind}** `{use.name}`"
        yield text if use.arguments is None else f"{text}\n\n{_value(use.arguments)}"
        if use.step is not None and use.step.error:
            said = f": {use.step.error_message}" if use.step.error_message else ""
            yield f"**error** {use.step.error_type or 'error'}{said}"
        if use.documents:
            yield _documents(use.documents)
        elif use.answered:
            yield f"**result**\n\n{_value(use.result)}"
        else:
            yield "*no result recorded*"
        for key in use.threads:
            yield from self._agent(key)

    def _agent(self, key: str) -> Iterator[str]:
        thread = None if self._outline is None else self._outline.thread(key)
        if thread is None or self._outline is None:
            return
        for text in thread_markdown(self._outline, thread, self._turns, self._limit):
            yield "\n".join(f"> {row}".rstrip() for row in text.split("\n"))


def _part(part: dict[str, Any]) -> str:
    kind = part.get("type")
    if kind in {"text", "refusal"}:
        return _value(part.get("content"))
    if kind == "reasoning":
        return f"*reasoning*\n\n{_value(part.get('content') or '(hidden)')}"
    if kind == "tool_call":
        return f"**call** `{part.get('name') or '?'}`\n\n{_value(part.get('arguments'))}"
    if kind == "tool_call_response":
        return f"**result**\n\n{_value(part.get('response', part.get('result')))}"
    if "modality" in part or "uri" in part or "size" in part:
        return media(part).plain_text().strip()
    return _value(part)


def _value(value: Any) -> str:
    """Return a text or value in a fence: what was said must not become headings of ours."""
    text = value if isinstance(value, str) else compact(value)
    if not isinstance(value, str) or looks_like_json(text):
        return fenced(name_binary(pretty_text(text)), "json")
    return fenced(name_binary(text))


def _documents(documents: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        f"{rank}. {row.get('id') if row.get('id') is not None else ''} "
        f"(score {row.get('score', '?')})\n\n{_value(row.get('content') or '')}"
        for rank, row in enumerate(documents, start=1)
    ]
    return "**documents**\n\n" + "\n\n".join(rows)
