"""Chat sessions of GitHub Copilot in VS Code: `workspaceStorage/<id>/chatSessions/<session>.json`.

Also the newer logs of a session's changes (`.jsonl`, see `copilot.mutations`).

Source: FORMATS §8 "copilot-vscode"; VS Code's `ISerializableChatData` version 3. Traps: only a
request as a whole has a time and a duration; answers of tools are trees of what was to be drawn;
tokens stand, if at all, beside the last of a request's rounds.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.copilot import mutations
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
    counted,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping, objects

_DOCUMENT = frozenset({"requests", "sessionId"})
_ABOUT = frozenset({"responderUsername", "requesterUsername", "creationDate", "initialLocation"})
_FACTS = ("modelMessageId", "agentId", "promptTokens", "outputTokens")
_TEXT_NODE = 2
_MOST_NODES = 1_000_000


class CopilotVscodeReader(Reader):
    """Tells the session of one file."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._log: Any = None
        self._log_place = Place()

    def read(self, value: Any, place: Place) -> None:
        """Tell a document; apply what a line of a log changes."""
        if mutations.is_mutation(value):
            if self._log is None:
                self._log_place = place
            self._log = mutations.apply(self._log, value)
        elif isinstance(value.get("requests"), list):
            self._document(value, place)
        else:
            raise NotKnownError("neither a chat session nor a change of one")

    def finish(self) -> None:
        """Tell what a log amounts to."""
        if isinstance(self._log, dict):
            self._document(self._log, self._log_place)

    def _document(self, document: dict[str, Any], place: Place) -> None:
        session = self.transcript.session(document.get("sessionId"))
        session.started(unix_nano(document.get("creationDate")), place)
        title = document.get("customTitle")
        session.title = title if isinstance(title, str) and title else None
        for request in objects(document.get("requests")):
            self._request(session, request, place)

    def _request(self, session: Session, request: dict[str, Any], place: Place) -> None:
        time, asked = unix_nano(request.get("timestamp")), request.get("message")
        said = asked if isinstance(asked, str) else mapping(asked).get("text")
        result = mapping(request.get("result"))
        name = mapping(request.get("agent")).get("id")
        turn = session.turn(
            [text(said)] if said else [],
            time,
            request.get("requestId"),
            place,
            agent=name if isinstance(name, str) else None,
        )
        spent = mapping(result.get("timings")).get("totalElapsed")
        if time is not None and isinstance(spent, int | float) and spent >= 0:
            turn.seen(time + round(spent * 1_000_000))
        metadata = mapping(result.get("metadata"))
        for key in _FACTS:
            if isinstance(metadata.get(key), str | int):
                turn.attributes[key] = metadata[key]
        if isinstance(result.get("details"), str):
            turn.attributes["details"] = result["details"]
        self._rounds(turn, request, metadata, place)
        error = mapping(result.get("errorDetails"))
        if error:
            turn.fail(str(error.get("message")), error_type=str(error.get("code") or "error"))
        if request.get("isCanceled") is True:
            session.interrupt(turn, None, "cancelled")
        if result or request.get("isCanceled") is True:
            turn.thread.waiting = False
            turn.over = True

    def _rounds(
        self, turn: Agent, request: dict[str, Any], metadata: dict[str, Any], place: Place
    ) -> None:
        model = metadata.get("resolvedModel") or request.get("modelId")
        model = model if isinstance(model, str) else None
        answers = mapping(metadata.get("toolCallResults"))
        rounds = objects(metadata.get("toolCallRounds"))
        calls = [self._round(turn, each, answers, model, place) for each in rounds]
        if not calls:
            shown = "".join(_shown(part) for part in objects(request.get("response")))
            if not shown:
                return
            call = _timeless(turn, request.get("responseId"), model, place)
            call.say([text(shown)])
            calls = [call]
        if len(calls) == 1:
            given, made = metadata.get("promptTokens"), metadata.get("outputTokens")
            calls[0].count(counted(input_tokens=given, output_tokens=made))

    @staticmethod
    def _round(
        turn: Agent,
        each: dict[str, Any],
        answers: dict[str, Any],
        model: str | None,
        place: Place,
    ) -> Call:
        """Tell one answer of the model and the tools that it asked for."""
        call = _timeless(turn, each.get("id"), model, place)
        thought = mapping(each.get("thinking")).get("text")
        thought = "\n".join(thought) if isinstance(thought, list) else thought
        said = each.get("response")
        call.say([reasoning(thought)] if thought else [])
        call.say([text(said)] if said else [])
        asked = [
            call.tool(tool.get("id"), str(tool.get("name")), tool.get("arguments"), None, place)
            for tool in objects(each.get("toolCalls"))
        ]
        for tool in asked:
            answer = answers.get(tool.call_id or "")
            if answer is not None:
                turn.session.answer(tool, _flat(mapping(answer).get("content")))
        return call


def _timeless(turn: Agent, call_id: Any, model: str | None, place: Place) -> Call:
    call = turn.call(call_id, None, place, model=model)
    call.start = call.latest = None  # a round may have begun any time in its request
    return call


def _shown(part: dict[str, Any]) -> str:
    """Return the text of a part of what was shown as the answer."""
    value = part.get("value", mapping(part.get("content")).get("value"))
    kind = part.get("kind", "markdownContent")
    return value if isinstance(value, str) and kind == "markdownContent" else ""


def _flat(content: Any) -> Any:
    """Return what a tool answered: the text in the trees of what was to be drawn."""
    found: list[str] = []
    waiting: list[Any] = [content]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict) and node.get("type") == _TEXT_NODE:
            broken = node.get("lineBreakBefore") and found
            found.append(f"\n{node.get('text')}" if broken else str(node.get("text")))
        elif isinstance(node, dict):
            inner = [node[key] for key in ("value", "node", "children", "text") if key in node]
            waiting.extend(reversed(inner))
        elif isinstance(node, str):
            found.append(node)
    return "".join(found)


class CopilotVscodeLoader(TranscriptLoader):
    """Loads chat sessions of GitHub Copilot in VS Code."""

    name: ClassVar[str] = "copilot_vscode"
    title: ClassVar[str] = "VS Code Copilot chat"
    service: ClassVar[str] = "copilot-chat"
    reader: ClassVar[type[Reader]] = CopilotVscodeReader

    def sniff(self, head: Head) -> float:
        """Return how surely the source is a chat session, or the log of one."""
        if any(keys >= _DOCUMENT and keys & _ABOUT for keys in head.keys):
            return 0.9
        if any("requests" in keys and len(keys & _ABOUT) >= 2 for keys in head.keys):
            return 0.9  # the session's id may stand after the requests
        return 0.9 if any(map(_is_beginning, head.values)) else 0.0


def _is_beginning(value: Any) -> bool:
    if not mutations.is_mutation(value) or value["kind"] != 0:
        return False
    document = value["v"]
    return isinstance(document, dict) and "requests" in document


LOADER = CopilotVscodeLoader()
