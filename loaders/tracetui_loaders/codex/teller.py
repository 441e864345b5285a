"""Tells what Codex's items and events say, whatever file they stand in.

Source: `codex-rs/protocol/src/protocol.rs` (EventMsg) and `models.rs` (ResponseItem), Codex 0.2x
to 0.146; FORMATS §8: `token_count` gives running totals, at times the same one again; only
`turn_context` names the model; tools are told once by their `call_id`.
"""

from typing import Any

from tracetui_loaders.codex import items
from tracetui_loaders.codex.conversation import Conversation
from tracetui_loaders.transcripts import Place, Transcript, text, text_in
from tracetui_loaders.vendor_values import mapping, objects

_EVENTS = frozenset(
    {
        *("warning", "guardian_warning", "stream_error", "model_reroute", "deprecation_notice"),
        *("entered_review_mode", "exited_review_mode", "thread_rolled_back", "plan_update"),
        *("exec_approval_request", "apply_patch_approval_request", "request_user_input"),
        *("elicitation_request", "request_permissions", "hook_completed", "mcp_startup_complete"),
    }
)
_SPAWNS = frozenset({"collab_agent_spawn_end", "sub_agent_activity"})
_COMPLETED = {
    "CommandExecution": "exec_command",
    "McpToolCall": "mcp_tool_call",
    "FileChange": "apply_patch",
    "Extension": "extension",
    "WebSearch": "web_search",
}


class Teller:
    """Tells one conversation.

    Args:
        transcript: Where what is left out is counted.
        conversation: Which one.
    """

    def __init__(self, transcript: Transcript, conversation: Conversation) -> None:
        self._transcript = transcript
        self._talk = conversation

    def item(self, item: dict[str, Any], time: int | None, place: Place) -> None:
        """Tell a response item: what the model was sent, or what it made."""
        kind = item.get("type") or ("message" if "role" in item else None)
        if kind == "message":
            self._message(item, time, place)
        elif kind == "reasoning":
            self._talk.think("item", items.thoughts_of(item), time, place)
        elif kind in items.TOOL_CALLS:
            call_id = item.get("call_id") or item.get("id")
            name, arguments = items.tool_name_of(item), items.arguments_of(item)
            tool, _ = self._talk.tool(call_id, name, arguments, time, place)
            if item.get("namespace"):
                tool.attributes["namespace"] = item["namespace"]
        elif kind in items.TOOL_OUTPUTS:
            self._tool_output(item, time)
        elif kind in items.SERVER_TOOLS:
            call_id = item.get("call_id") or item.get("id")
            name = items.SERVER_TOOLS[kind]
            tool, new = self._talk.tool(call_id, name, item.get("action"), time, place)
            if new:
                self._talk.session.answer(tool, item.get("result") or item.get("status"), time)
        elif kind == "agent_message":
            self._talk.add_input("user", items.content_parts(item.get("content")), time)
        else:
            self._transcript.ignore(f"item {str(kind)[:40]}")

    def event(self, event: dict[str, Any], time: int | None, place: Place) -> None:
        """Tell an event: what the user interface was told."""
        kind, talk = str(event.get("type")), self._talk
        if kind == "token_count":
            # Before 0.30 the event itself is the usage of one answer.
            self._count(mapping(event.get("info")) or event, time, place)
        elif kind == "user_message":
            said = str(event.get("message"))
            if talk.is_new("event", "user", said):
                talk.prompt([text(said)], time, None, place)
        elif kind == "agent_message":
            talk.say("event", str(event.get("message")), time, place)
        elif kind == "agent_reasoning":
            talk.think("event", [str(event["text"])], time, place)
        elif kind == "item_completed":
            self._completed(mapping(event.get("item")), time, place)
        elif not (self._tool_event(kind, event, time, place) or self._task(kind, event, time)):
            self._other(kind, event, time)

    def context(self, context: dict[str, Any]) -> None:
        """Take the settings of a turn that begins."""
        self._talk.use(context)
        self._talk.name_turn(context.get("turn_id"))

    def compacted(self, payload: dict[str, Any], time: int | None) -> None:
        """Note that the conversation was replaced by a shorter one."""
        said, talk = payload.get("message"), self._talk
        details = {"message": said} if said else None
        if talk.agent is None:
            talk.session.note_compaction(time, details)
        else:
            talk.agent.event("compaction", time, details)
            talk.thread.forget()
        talk.replace(
            [
                (_role(item), items.content_parts(item.get("content")))
                for item in objects(payload.get("replacement_history"))
                if "content" in item
            ]
        )

    def _message(self, item: dict[str, Any], time: int | None, place: Place) -> None:
        parts, role, talk = items.content_parts(item.get("content")), item["role"], self._talk
        said = text_in(parts)
        if role == "assistant":
            talk.say("item", said, time, place, parts)
        elif role in ("developer", "system"):
            talk.add_input("system", parts, time)
        elif items.is_context(said):
            talk.add_input("user", parts, time)
        elif talk.is_new("item", "user", said):
            talk.prompt(parts, time, item.get("id"), place)

    def _tool_output(self, item: dict[str, Any], time: int | None) -> None:
        answered = item.get("call_id")
        if answered is None:  # some versions give calls no ids
            running = self._talk.session.running.values()
            answered = next((tool for tool in running if tool.call_id is None), None)
        told, failure = items.output_of(item)
        tool = self._talk.answer(answered, told, time, failure)
        if tool is not None:
            self._talk.spawned(tool, items.spawned_by(item.get("output")))

    def _count(self, info: dict[str, Any], time: int | None, place: Place) -> None:
        total = items.usage_of(info.get("total_token_usage"))
        if total is not None:
            added = self._talk.meter.added(total)
        else:
            added = items.usage_of(info.get("last_token_usage") or info)
        self._talk.use(info)
        self._talk.count(added, time, place)

    def _tool_event(self, kind: str, event: dict[str, Any], time: int | None, place: Place) -> bool:
        """Tell of a tool that began or ended; whether the event is about one."""
        name, _, stage = kind.rpartition("_")
        if kind in items.EVENT_TOOLS:
            name, stage = kind, "end"
        if name not in items.EVENT_TOOLS or "call_id" not in event:
            return False
        invocation = mapping(event.get("invocation"))
        tool_name = str(invocation.get("tool") or items.EVENT_TOOLS[name])
        ended = stage in ("end", "response")
        self._tool(event["call_id"], tool_name, event, time, place, ended=ended)
        return True

    def _tool(
        self,
        call_id: Any,
        name: str,
        event: dict[str, Any],
        time: int | None,
        place: Place,
        *,
        ended: bool,
    ) -> None:
        """Tell of a tool by an event; its answer, where items tell of it, is theirs to tell."""
        talk = self._talk
        tool, new = talk.tool(call_id, name, items.event_arguments(event), time, place)
        if new:
            tool.attributes["event"] = str(event.get("type"))
        if not ended:
            return
        tool.attributes.update(items.event_details(event))
        told, failure = items.event_result(event)
        if "event" in tool.attributes:
            talk.answer(tool, told, time, failure)
        elif failure is not None and tool.status != "ERROR":
            tool.fail(told if isinstance(told, str) else None, error_type=failure)
        talk.spawned(tool, event.get("new_thread_id"))

    def _completed(self, item: dict[str, Any], time: int | None, place: Place) -> None:
        """Tell an item of a turn, as newer versions keep them instead of the older events."""
        kind, talk = str(item.get("type")), self._talk
        said = _text_of(item.get("content"))
        if kind == "UserMessage":
            if talk.is_new("event", "user", said):
                talk.prompt([text(said)], time, None, place)
        elif kind == "AgentMessage":
            talk.say("event", said, time, place)
        elif kind in _COMPLETED:
            name = str(item.get("tool") or item.get("kind") or _COMPLETED[kind])
            self._tool(item.get("id"), name, item, time, place, ended=True)
        else:
            self._transcript.ignore(f"item_completed {kind[:40]}")

    def _task(self, kind: str, event: dict[str, Any], time: int | None) -> bool:
        """Tell of a turn's begin or end; whether the event is about one."""
        talk = self._talk
        if kind in ("task_started", "turn_started"):
            talk.begin_task(event.get("turn_id"))
        elif kind in ("task_complete", "turn_complete"):
            talk.end(time)
            facts = ("duration_ms", "time_to_first_token_ms")
            known = {key: event[key] for key in facts if isinstance(event.get(key), int)}
            talk.speaker.attributes.update(known)
            error = mapping(event.get("error"))
            if error:
                what = _error_type(error.get("codex_error_info"))
                talk.speaker.fail(str(error.get("message")), error_type=what)
        elif kind == "turn_aborted":
            talk.end(time)
            talk.session.interrupt(talk.speaker, time, str(event.get("reason")))
        elif kind == "turn.completed":  # Codex 0.52
            talk.count(items.usage_of(event.get("usage")), time, Place())
            talk.end(time)
        else:
            return False
        return True

    def _other(self, kind: str, event: dict[str, Any], time: int | None) -> None:
        talk = self._talk
        if kind in _SPAWNS:
            call_id = event.get("call_id") or event.get("event_id")
            tool = talk.session.tools.get(call_id) if isinstance(call_id, str) else None
            if tool is not None:
                talk.spawned(tool, event.get("new_thread_id") or event.get("agent_thread_id"))
        elif kind == "error":
            said = str(event.get("message"))
            talk.speaker.event("error", time, {"message": said})
            talk.speaker.fail(said, error_type=_error_type(event.get("codex_error_info")))
        elif kind == "thread_name_updated" and isinstance(event.get("thread_name"), str):
            talk.session.title = event["thread_name"]
        elif kind == "thread_settings_applied":
            talk.use(mapping(event.get("thread_settings")))
        elif kind in _EVENTS:
            turn = talk.session.current if talk.session.begun else talk.session.root
            details = {key: value for key, value in event.items() if key != "type"}
            (talk.agent or turn).event(kind, time, details)
        else:
            self._transcript.ignore(f"event {kind[:40]}")


def _role(item: dict[str, Any]) -> str:
    role = str(item.get("role") or "user")
    return "system" if role == "developer" else role


def _text_of(content: Any) -> str:
    found = [part.get("text") for part in objects(content)]
    return "\n".join(piece for piece in found if isinstance(piece, str))


def _error_type(info: Any) -> str:
    if isinstance(info, dict) and info:
        info = next(iter(info))
    return info if isinstance(info, str) and info else "error"
