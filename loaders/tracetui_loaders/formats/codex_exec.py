"""What `codex exec --json` prints: one event a line, also kept as one document (`events`).

Source: `codex-rs/exec/src/exec_events.rs`; FORMATS §8 "codex-exec-json". Traps: there are no
times at all; an item is told up to three times (started, updated, completed) under one id; usage
stands only at the end of a turn, and is the total of the thread so far.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Meter,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    Transcript,
    TranscriptLoader,
    counted,
    reasoning,
    text,
)
from tracetui_loaders.vendor_values import mapping

_ITEMS = frozenset({"item.started", "item.updated", "item.completed"})
_EVENTS = _ITEMS | {"thread.started", "turn.started", "turn.completed", "turn.failed"}
_TOOLS = {
    "command_execution": "exec_command",
    "file_change": "apply_patch",
    "web_search": "web_search",
    "collab_tool_call": "collab_tool_call",
    "mcp_tool_call": "mcp_tool_call",
}
_ARGUMENTS = ("arguments", "command", "changes", "query", "prompt")
_RESULTS = ("aggregated_output", "result", "agents_states", "action")
_DETAILS = ("exit_code", "server", "status", "sender_thread_id")


class CodexExecReader(Reader):
    """Tells the threads of one stream."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._session: Session | None = None
        self._turn: Agent | None = None
        self._call: Call | None = None
        self._answered = False
        """Whether a tool has answered since the model spoke."""
        self._meter = Meter()

    def read(self, value: Any, place: Place) -> None:
        """Tell what one event says, or all those in a document."""
        events = value.get("events")
        if isinstance(events, list) and "type" not in value:
            for event in events:
                self._event(event, place)
        else:
            self._event(value, place)

    def _event(self, event: dict[str, Any], place: Place) -> None:
        kind = event.get("type")
        if kind in _ITEMS:
            self._item(event["item"], place, ended=kind == "item.completed")
        elif kind == "thread.started":
            thread = event["thread_id"]
            self._session = self.transcript.session(thread)
            self._session.started(None, place)
            self._turn, self._call, self._meter = None, None, Meter()
        elif kind == "turn.started":
            self._turn, self._call = self._now().turn([], None, None, place, agent="codex"), None
        elif kind == "turn.completed":
            self._completed(mapping(event.get("usage")), place)
        elif kind == "turn.failed":
            turn = self._turn_now(place)
            turn.fail(str(mapping(event["error"]).get("message")), error_type="turn_failed")
            turn.over = True
        elif kind == "error":
            self._turn_now(place).event("error", None, {"message": str(event.get("message"))})
        else:
            raise NotKnownError(f"an event of type {kind!r}")

    def _now(self) -> Session:
        if self._session is None:
            self._session = self.transcript.session(None)
        return self._session

    def _turn_now(self, place: Place) -> Agent:
        if self._turn is None:
            self._turn = self._now().turn([], None, None, place, agent="codex")
        return self._turn

    def _completed(self, raw: dict[str, Any], place: Place) -> None:
        turn = self._turn_now(place)
        total = counted(
            input_tokens=raw.get("input_tokens"),
            output_tokens=raw.get("output_tokens"),
            cache_read=raw.get("cached_input_tokens"),
            reasoning=raw.get("reasoning_output_tokens"),
        )
        turn.usage = self._meter.added(total) if total is not None else None
        turn.over = True
        turn.thread.waiting = False

    def _call_now(self, place: Place) -> Call:
        if self._call is None or self._answered:
            self._call, self._answered = self._turn_now(place).call(None, None, place), False
        return self._call

    def _item(self, item: dict[str, Any], place: Place, *, ended: bool) -> None:
        kind = str(item.get("type") or item.get("item_type"))
        if kind in ("agent_message", "assistant_message"):
            if ended:
                self._call_now(place).say([text(item["text"])])
        elif kind == "reasoning":
            if ended:
                self._call_now(place).say([reasoning(item["text"])])
        elif kind in _TOOLS:
            self._tool(kind, item, place, ended=ended)
        elif kind == "todo_list":
            if ended:
                self._turn_now(place).event("todo_list", None, {"items": item.get("items")})
        elif kind == "error":
            self._turn_now(place).event("error", None, {"message": str(item.get("message"))})
        else:
            self.transcript.ignore(f"item {kind[:40]}")

    def _tool(self, kind: str, item: dict[str, Any], place: Place, *, ended: bool) -> None:
        item_id = item.get("id")
        session = self._now()
        tool = session.tools.get(item_id) if isinstance(item_id, str) else None
        if tool is None:
            name = str(item.get("tool") or _TOOLS[kind])
            tool = self._call_now(place).tool(item_id, name, _arguments(item), None, place)
        if ended:
            self._end(tool, item)

    def _end(self, tool: Tool, item: dict[str, Any]) -> None:
        failed = item.get("status") in ("failed", "declined")
        result = next((item[key] for key in _RESULTS if item.get(key) is not None), None)
        error = item.get("error")
        if result is None and error is not None:
            result = mapping(error).get("message", error)
        if tool.tool_name == "web_search":
            tool.arguments = _arguments(item)
        tool.attributes.update({key: item[key] for key in _DETAILS if item.get(key) is not None})
        what = "user_rejected" if item.get("status") == "declined" else None
        self._now().answer(tool, result, None, failed=failed, error_type=what)
        self._answered = True


def _arguments(item: dict[str, Any]) -> Any:
    given = {key: item[key] for key in _ARGUMENTS if item.get(key) is not None}
    return given.get("arguments", given) or None


class CodexExecLoader(TranscriptLoader):
    """Loads what `codex exec --json` printed."""

    name: ClassVar[str] = "codex_exec"
    title: ClassVar[str] = "codex exec --json"
    service: ClassVar[str] = "codex"
    reader: ClassVar[type[Reader]] = CodexExecReader

    def sniff(self, head: Head) -> float:
        """Return how surely the first records are those of `codex exec`."""
        return 0.9 if any(map(_is_event, head.values)) else 0.0


def _is_event(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    events = value.get("events")
    if isinstance(events, list) and events and "type" not in value:
        return _is_event(events[0]) and "events" not in events[0]
    kind = str(value.get("type"))
    if kind in _ITEMS:
        return isinstance(value.get("item"), dict)
    return kind in _EVENTS


LOADER = CodexExecLoader()
