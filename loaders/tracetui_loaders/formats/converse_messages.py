"""Conversations in Bedrock Converse's messages, as Strands agents keep and dump them.

`{system_prompt, messages}`, an array of them, or an object of several by name. A part is an object
of one key: `text`, `reasoningContent`, `toolUse`, `toolResult`, or a medium. A user's message that
holds tool results alone is no new turn. Nothing has a time, a model or usage.

Source: Amazon Bedrock API reference, "Message" and "ContentBlock"; strands-agents
`types/content.py`, `types/tools.py`; FORMATS §6 (strands_agent_skills).
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    NotKnownError,
    Part,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
)
from tracetui_loaders.transcripts.messages import parts_of, reasoning, text
from tracetui_loaders.vendor_values import mapping, objects

_ROLES = ("user", "assistant")
_PARTS = frozenset(
    {"text", "toolUse", "toolResult", "reasoningContent", "image", "document", "cachePoint"}
)


def _is_conversation(value: Any) -> bool:
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not messages:
        return False
    return all(_is_message(message) for message in messages)


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("role") not in _ROLES:
        return False
    parts = value.get("content")
    # OpenAI's and Anthropic's parts have a type instead.
    return isinstance(parts, list) and all(
        isinstance(part, dict) and part.keys() & _PARTS and "type" not in part for part in parts
    )


def _conversations(value: Any) -> list[tuple[str | None, dict[str, Any]]]:
    """Return the conversations of a value, with their names; empty if it holds anything else."""
    if _is_conversation(value):
        return [(None, value)]
    found: list[tuple[str | None, Any]] = []
    if isinstance(value, list):
        found = [(None, item) for item in value]
    elif isinstance(value, dict):
        found = [(str(name), item) for name, item in value.items()]
    return found if all(_is_conversation(item) for _, item in found) else []


class _Conversations(Reader):
    """Reads the conversations of a value, each a session of its own."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._read = 0

    def read(self, value: Any, place: Place) -> None:
        """Tell what every conversation says.

        Raises:
            NotKnownError: If the value holds anything else.
        """
        found = _conversations(value)
        if not found:
            raise NotKnownError("not conversations alone")
        for name, conversation in found:
            self._read += 1
            session_id = f"{self.transcript.stand_in}/{name or self._read}"
            session = self.transcript.session(session_id)
            session.title = name
            session.started(None, place)
            _tell(session, conversation, place)
            session.root.over = True


def _tell(session: Session, conversation: dict[str, Any], place: Place) -> None:
    prompt = conversation.get("system_prompt", conversation.get("system"))
    if prompt:
        session.say_system(_said(prompt) if isinstance(prompt, list) else parts_of(prompt))
    for message in conversation["messages"]:
        if message["role"] == "user":
            _tell_user(session, message["content"], place)
        else:
            _tell_reply(session, message["content"], place)
    if session.begun:
        session.current.over = True


def _tell_user(session: Session, parts: list[Any], place: Place) -> None:
    for part in parts:
        result = mapping(part.get("toolResult"))
        if result:
            failed = result.get("status") == "error"
            session.answer(result.get("toolUseId"), _said(result.get("content")), failed=failed)
    said = _said(parts)
    if said:
        session.turn(said, None, None, place)


def _tell_reply(session: Session, parts: list[Any], place: Place) -> None:
    call = session.current.call(None, None, place)
    call.say(_said(parts))
    for part in parts:
        use = mapping(part.get("toolUse"))
        if use:
            name = use.get("name")
            name = name if isinstance(name, str) and name else "tool"
            call.tool(use.get("toolUseId"), name, use.get("input"), None, place)


def _said(parts: Any) -> list[Part]:
    """Return the parts that are no calls and no answers."""
    found: list[Part] = []
    for part in objects(parts):
        if "text" in part:
            found.append(text(part["text"]))
        elif "reasoningContent" in part:
            thought = mapping(part["reasoningContent"])
            found.append(reasoning(mapping(thought.get("reasoningText")).get("text", "")))
        elif not part.keys() & {"toolUse", "toolResult", "cachePoint"}:
            found.append(part)
    return found


class ConverseMessagesLoader(TranscriptLoader):
    """Loads conversations of Strands agents and other users of Bedrock Converse."""

    name: ClassVar[str] = "converse_messages"
    title: ClassVar[str] = "Bedrock Converse messages"
    service: ClassVar[str] = "strands"
    reader: ClassVar[type[Reader]] = _Conversations

    def sniff(self, head: Head) -> float:
        """Return how surely the first value holds such conversations and nothing else."""
        values = head.values
        return 0.85 if values and _conversations(values[0]) else 0.0


LOADER = ConverseMessagesLoader()
