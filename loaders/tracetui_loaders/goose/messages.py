"""Tells goose's messages: `{role, created, content[], metadata}`.

A user's message that holds the answers of tools is no new turn, nor is one that the user does not
see (`userVisible` false), as the summary of what was compacted. While an answer streams, several
messages have its id, and hold one piece each.

Source: goose `crates/goose/src/conversation/message.rs` (`MessageContent`), `tool_result_serde.rs`
(a result is `{status, value}` or `{status, error}`; `Ok` and `Err` before 2025).
"""

from typing import Any

from tracetui_loaders.loose import first, string
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Part,
    Place,
    Session,
    parts_of,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping, objects

_AGENT_NAME = "goose"
_REQUESTS = frozenset({"toolRequest", "frontendToolRequest"})
_NOTICES = frozenset(
    {
        *("systemNotification", "contextLengthExceeded", "summarizationRequested"),
        *("toolConfirmationRequest", "actionRequired"),
    }
)
_COMPACTED = "conversationCompacted"


class Messages:
    """Tells the messages of one session.

    Args:
        session: What they are told to.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.model: str | None = None
        self.provider: str | None = None
        self._open: Call | None = None
        """The answer of which more pieces may come."""

    def tell(self, message: Any, place: Place, *, piece: bool = False) -> None:
        """Tell one message.

        Args:
            message: As stored or printed.
            place: Of the record.
            piece: Whether an answer without an id may be a piece of the one before.

        Raises:
            NotKnownError: If it is no message.
        """
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if role not in ("user", "assistant") or not isinstance(content, list):
            raise NotKnownError("not a message of goose")
        time = unix_nano(message.get("created"))
        blocks = objects(content)
        self.session.started(time, place)
        if role == "assistant":
            self._answer(message, blocks, time, place, piece=piece)
        else:
            self._open = None
            self._user(message, blocks, time, place)

    def _answer(
        self,
        message: dict[str, Any],
        blocks: list[dict[str, Any]],
        time: int | None,
        place: Place,
        *,
        piece: bool,
    ) -> None:
        notices = [block for block in blocks if self._notice(block, time)]
        rest = [block for block in blocks if block not in notices]
        if blocks and not rest:
            return
        said_by = mapping(mapping(message.get("metadata")).get("inference"))
        model = first(said_by, ("responseModel", "requestedModel")) or self.model
        message_id = string(message.get("id"))
        if piece and message_id is None and self._open is not None:
            call = self._open
            call.seen(time)
        else:
            call = self.session.current.call(message_id, time, place, model=string(model))
            call.attributes.pop("gen_ai.response.id", None)  # a message's id is not the response's
        self._open = call
        provider = string(said_by.get("provider")) or self.provider
        if provider:
            call.attributes["gen_ai.provider.name"] = provider
        for block in rest:
            self._block(call, block, time, place)

    def _block(self, call: Call, block: dict[str, Any], time: int | None, place: Place) -> None:
        kind = block.get("type")
        if kind in _REQUESTS:
            asked = mapping(block.get("toolCall"))
            wish = mapping(first(asked, ("value", "Ok")))
            name = string(wish.get("name")) or "tool"
            tool = call.tool(block.get("id"), name, wish.get("arguments"), time, place)
            error = first(asked, ("error", "Err"))
            if error is not None and not wish:
                self.session.running.pop(tool.span_id, None)
                tool.fail(str(error), error_type="invalid_tool_call")
        elif kind == "thinking":
            call.say([reasoning(block.get("thinking"))])
        elif kind == "redactedThinking":
            call.say([reasoning("")])
        elif kind == "text":
            self._text(call, block.get("text"))
        else:
            call.say([block])

    @staticmethod
    def _text(call: Call, words: Any) -> None:
        last: Part = call.output[-1] if call.output else {}
        if last.get("type") == "text" and isinstance(words, str):
            last["content"] = f"{last.get('content')}{words}"
        else:
            call.say([text(words)])

    def _notice(self, block: dict[str, Any], time: int | None) -> bool:
        """Tell of what the program says; return whether a block is that."""
        kind = block.get("type")
        if kind == _COMPACTED:
            self.session.note_compaction(time, {"msg": str(block.get("msg"))[:200]})
            return True
        if kind in _NOTICES:
            node = self.session.current if self.session.begun else self.session.root
            details = {key: block[key] for key in ("msg", "toolName", "prompt") if block.get(key)}
            node.event(str(kind), time, details)
            return True
        return False

    def _user(
        self, message: dict[str, Any], blocks: list[dict[str, Any]], time: int | None, place: Place
    ) -> None:
        rest: list[dict[str, Any]] = []
        for block in blocks:
            if block.get("type") == "toolResponse":
                self._response(block, time)
            elif not self._notice(block, time):
                rest.append(block)
        if not rest:
            return
        unseen = mapping(message.get("metadata")).get("userVisible") is False
        if self.session.begun and (unseen or len(rest) < len(blocks)):
            waiting = self.session.thread.waiting
            self.session.current.hear(parts_of(rest), time)
            self.session.thread.waiting = waiting
        else:
            known = string(message.get("id"))
            self.session.turn(parts_of(rest), time, known, place, agent=_AGENT_NAME)

    def _response(self, block: dict[str, Any], time: int | None) -> None:
        answered = mapping(block.get("toolResult"))
        value = first(answered, ("value", "Ok"))
        error = first(answered, ("error", "Err"))
        content = value.get("content", value) if isinstance(value, dict) else value
        failed = error is not None or mapping(value).get("isError") is True
        result = _plain(content if error is None else error)
        self.session.answer(block.get("id"), result, time, failed=failed)


def _plain(result: Any) -> Any:
    """Return text if a tool's answer is nothing else."""
    parts = [part for part in objects(result) if part.get("type") == "text"]
    if len(parts) == 1 and isinstance(result, list) and len(result) == 1:
        return parts[0].get("text")
    return result
