"""Invariant Explorer traces: `{messages, annotations, metadata}` or a bare array, one a line.

Messages are those of OpenAI's chat API; tool arguments are objects, JSON text or text that is no
JSON, and calls may lack ids: an answer without one is then of the first call that the last reply
made and nobody answered. A line that holds `metadata` alone is of the data set. Nothing has a time.
Annotations point at a message (`messages[2].tool_calls[0]:3-9`) and become evaluations there.

Source: invariant-explorer `app-api/util/trace.py`, `docs/` ("Uploading traces", "Annotations");
FORMATS §9.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, TypeGuard

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Node,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    Transcript,
    TranscriptLoader,
    parts_of,
)
from tracetui_loaders.vendor_values import (
    evaluation_event,
    is_id,
    known,
    mapping,
    objects,
    prefixed,
)

_TRACE_KEYS = frozenset(
    {
        *("id", "index", "messages", "annotations", "metadata", "dataset", "user_id", "user"),
        *("extra_metadata", "time_created", "name", "hierarchy_path", "content", "trace_id"),
    }
)


def _are_messages(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(m, dict) and isinstance(m.get("role"), str) for m in value)


def _is_metadata(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"metadata"}


def _is_trace(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= _TRACE_KEYS
        and _are_messages(value.get("messages"))
    )


def _sureness(value: Any) -> float:
    """Return how surely `value` is a trace: other programs write messages too."""
    if _is_trace(value):
        addressed = any("address" in item for item in objects(value.get("annotations")))
        if addressed or ("annotations" in value and "index" in value):
            return 0.9
        return 0.6 if "annotations" in value or "index" in value else 0.5
    if _are_messages(value) and all(m.keys() <= _MESSAGE_KEYS for m in value):
        return 0.3
    return 0.0


_MESSAGE_KEYS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name", "refusal"})


class _TraceReader(Reader):
    """Reads one trace a value."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._taken: Counter[str] = Counter()

    def read(self, value: Any, place: Place) -> None:
        """Tell what a trace's messages say.

        Raises:
            NotKnownError: If the value is no trace.
        """
        if _is_metadata(value):
            self.transcript.ignore("rows of metadata of the data set")
            return
        trace: Mapping[str, Any] = value if isinstance(value, dict) else {"messages": value}
        messages = trace.get("messages")
        if not _are_messages(messages):
            raise NotKnownError("neither messages nor the metadata of a data set")
        session = self.transcript.session(self._session_id(trace))
        session.started(None, place)
        metadata = {**mapping(trace.get("metadata")), **mapping(trace.get("extra_metadata"))}
        session.root.attributes |= known(prefixed("invariant.metadata.", metadata))
        session.root.attributes |= known(prefixed("invariant.", trace, _USED))
        teller = _Teller(session, place, metadata.get("model"))
        for message in messages:
            teller.tell(message)
        teller.annotate(objects(trace.get("annotations")))
        if session.begun:
            session.current.over = True
        session.root.over = True

    def _session_id(self, trace: Mapping[str, Any]) -> str:
        """Return an id of the trace's own: files repeat ids and indices."""
        given = next((trace[key] for key in ("id", "index") if is_id(trace.get(key))), None)
        name = str(given) if isinstance(given, str) else f"{self.transcript.stand_in}/{given}"
        if given is None:
            name = self.transcript.stand_in
        self._taken[name] += 1
        return name if self._taken[name] == 1 else f"{name}#{self._taken[name]}"


_USED = frozenset({"id", "messages", "annotations", "metadata", "extra_metadata"})


class _Teller:
    """Tells the messages of one trace."""

    def __init__(self, session: Session, place: Place, model: Any) -> None:
        self._session = session
        self._place = place
        self._model = model if isinstance(model, str) else None
        self._nodes: list[tuple[Node, list[Tool]]] = []
        """The span that each message is on, and those of its tool calls."""
        self._unanswered: list[Tool] = []

    def tell(self, message: dict[str, Any]) -> None:
        """Tell one message."""
        role, session = message["role"], self._session
        parts = parts_of(message.get("content"))
        tools: list[Tool] = []
        node: Node = session.root
        if role == "system":
            session.say_system(parts)
        elif role == "assistant":
            call = session.current.call(None, None, self._place, model=self._model)
            call.say(parts)
            for sent in objects(message.get("tool_calls")):
                function = mapping(sent.get("function")) or sent
                name = function.get("name")
                name = name if isinstance(name, str) and name else "tool"
                arguments = function.get("arguments")
                tools.append(call.tool(sent.get("id"), name, arguments, None, self._place))
            self._unanswered = list(tools)
            node = call
        elif role in ("tool", "function"):
            node = self._answer(message) or session.root
        else:
            node = session.turn(parts, None, None, self._place)
            if role != "user":
                node.attributes["invariant.role"] = role
        self._nodes.append((node, tools))

    def _answer(self, message: dict[str, Any]) -> Tool | None:
        target: Any = message.get("tool_call_id")
        if not isinstance(target, str) or target not in self._session.tools:
            target = self._unanswered[0] if self._unanswered else target
        tool = self._session.answer(target, message.get("content"))
        if tool in self._unanswered:
            self._unanswered.remove(tool)
        return tool

    def annotate(self, annotations: list[dict[str, Any]]) -> None:
        """Put annotations on what they point at."""
        for annotation in annotations:
            extra = mapping(annotation.get("extra_metadata"))
            address = annotation.get("address")
            name, time, attributes = evaluation_event(
                extra.get("source") or "annotation", explanation=annotation.get("content")
            )
            more = known({"invariant.address": address, **prefixed("invariant.", extra)})
            self._at(address).event(name, time, {**attributes, **more})

    def _at(self, address: Any) -> Node:
        match = _ADDRESS.match(address) if isinstance(address, str) else None
        if match is None or int(match[1]) >= len(self._nodes):
            return self._session.root
        node, tools = self._nodes[int(match[1])]
        index = int(match[2]) if match[2] else None
        return tools[index] if index is not None and index < len(tools) else node


_ADDRESS = re.compile(r"messages[.\[](\d{1,9})\]?(?:\.tool_calls[.\[](\d{1,9}))?")


class InvariantLoader(TranscriptLoader):
    """Loads Invariant Explorer traces."""

    name: ClassVar[str] = "invariant"
    title: ClassVar[str] = "Invariant trace"
    service: ClassVar[str] = "invariant"
    reader: ClassVar[type[Reader]] = _TraceReader

    def sniff(self, head: Head) -> float:
        """Return how surely all of the first values are traces or a data set's metadata."""
        best = 0.0
        for value in head.values:
            if _is_metadata(value):
                continue
            sure = _sureness(value)
            if not sure:
                return 0.0
            best = max(best, sure)
        return best


LOADER = InvariantLoader()
