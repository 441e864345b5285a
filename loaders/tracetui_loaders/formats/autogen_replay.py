"""AutoGen's recorded model calls: an array of `{mode, messages, response, stream}`.

A file replays the calls of one run in order; they may be of several conversations, each of which
sends its history anew. A call whose messages begin with those of the call before goes on with its
conversation; any other begins a turn. Nothing has a time, and models have no name. An answer that
AutoGen took from its cache (`cached`) has the usage of when it was made: it is not counted again.

Source: microsoft/autogen `autogen_ext/experimental/task_centric_memory/utils/
chat_completion_client_recorder.py` (`RecordDict`), `autogen_core/models/_types.py`; FORMATS §9.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.json_values import items_of
from tracetui_loaders.transcripts import (
    Call,
    Message,
    NotKnownError,
    Part,
    Place,
    Reader,
    Transcript,
    TranscriptLoader,
    call_part,
    counted,
    message,
    parts_of,
    reasoning,
    response_part,
)
from tracetui_loaders.vendor_values import mapping, objects

_KEYS = frozenset({"mode", "messages", "response", "stream"})
_ROLES = {
    "SystemMessage": "system",
    "UserMessage": "user",
    "AssistantMessage": "assistant",
    "FunctionExecutionResultMessage": "tool",
}


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() >= _KEYS and isinstance(value["mode"], str)


class _Records(Reader):
    """Reads recorded calls: an array, or one a line."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._before: tuple[Call, list[dict[str, Any]]] | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell every call.

        Raises:
            NotKnownError: If the value holds none.
        """
        records = [item for item in items_of(value) if _is_record(item)]
        if not records:
            raise NotKnownError("no record of a model call")
        for record in records:
            self._record(record, place)
        for _ in range(sum(1 for _ in items_of(value)) - len(records)):
            self.transcript.ignore("values that are no records of calls")

    def finish(self) -> None:
        """End the sessions: a recording is of a run that is over."""
        for session in self.transcript.sessions:
            if session.begun:
                session.current.over = True
            session.root.over = True

    def _record(self, record: dict[str, Any], place: Place) -> None:
        session = self.transcript.session()
        session.started(None, place)
        sent = objects(record["messages"])
        before, heard = self._before or (None, [])
        goes_on = before is not None and len(sent) > len(heard) and sent[: len(heard)] == heard
        new = sent[len(heard) + 1 :] if goes_on else sent
        answers = [item for item in new if item.get("type") == "FunctionExecutionResultMessage"]
        if not (goes_on and answers):
            asked = [item for item in new if item.get("type") == "UserMessage"]
            session.turn(_content(asked[-1]) if asked else [], None, None, place)
        for item in answers:
            for result in objects(item.get("content")):
                failed = result.get("is_error") is True
                session.answer(result.get("call_id"), result.get("content"), failed=failed)
        call = session.current.call(None, None, place)
        call.input = [_message(item) for item in new]
        call.follows = before if goes_on else None
        self._before = (call, sent)
        call.attributes["autogen.mode"] = record["mode"]
        self._answered(call, _response(record), place)

    def _answered(self, call: Call, response: dict[str, Any], place: Place) -> None:
        if isinstance(response.get("thought"), str):
            call.say([reasoning(response["thought"])])
        content = response.get("content")
        wishes = [item for item in objects(content) if "arguments" in item and "name" in item]
        if not wishes:
            call.say(parts_of(content))
        for wish in wishes:
            call.tool(wish.get("id"), str(wish["name"]), wish["arguments"], None, place)
        reason = response.get("finish_reason")
        call.finish_reason = reason if isinstance(reason, str) else None
        usage = mapping(response.get("usage"))
        if response.get("cached") is True:
            call.attributes["autogen.cached"] = True
            return
        call.count(
            counted(
                input_tokens=usage.get("prompt_tokens"),
                output_tokens=usage.get("completion_tokens"),
            )
        )


def _response(record: dict[str, Any]) -> dict[str, Any]:
    """Return the answer; of a streamed one that is the last piece."""
    return mapping(record["response"]) or next(iter(reversed(objects(record["stream"]))), {})


def _content(sent: dict[str, Any]) -> list[Part]:
    return parts_of(sent.get("content"))


def _message(sent: dict[str, Any]) -> Message:
    """Return one of AutoGen's messages as OTel's schema has it."""
    role = _ROLES.get(str(sent.get("type")), "user")
    if role == "tool":
        results = objects(sent.get("content"))
        return message(role, [response_part(r.get("call_id"), r.get("content")) for r in results])
    if role == "assistant" and isinstance(sent.get("content"), list):
        wishes = objects(sent["content"])
        parts = [call_part(w.get("id"), str(w.get("name")), w.get("arguments")) for w in wishes]
        return message(role, parts)
    return message(role, _content(sent))


class AutogenReplayLoader(TranscriptLoader):
    """Loads AutoGen's recorded model calls."""

    name: ClassVar[str] = "autogen_replay"
    title: ClassVar[str] = "AutoGen recorded model calls"
    service: ClassVar[str] = "autogen"
    reader: ClassVar[type[Reader]] = _Records

    def sniff(self, head: Head) -> float:
        """Return how surely the first objects are recorded calls, by their keys."""
        return 0.9 if any(keys >= _KEYS for keys in head.keys) else 0.0


LOADER = AutogenReplayLoader()
