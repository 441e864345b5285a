"""Tells what Cline and Roo Code show of a task: `ui_messages.json`.

Each item is a `say` or an `ask` of a kind; `api_req_started` is a model call and has, as JSON text,
what it used. Costs of requests that were deleted, or that condensed the conversation, are said
apart, and are in the totals that the extension shows.

Trap: `tokensIn` leaves out what was read from and written to the cache, but where Roo Code speaks
OpenAI's protocol.

Source: Roo Code `packages/types/src/message.ts` (`ClineMessage`, `clineSays`, `clineAsks`),
`src/shared/getApiMetrics.ts`; Cline 3 `src/shared/ExtensionMessage.ts`.
"""

from typing import Any

from tracetui_loaders.loose import first, string, unpacked
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Session,
    Tool,
    Usage,
    counted,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

_PROMPTS = frozenset({"task", "user_feedback", "user_feedback_diff"})
_WORDS = frozenset({"text", "completion_result"})
_TOOLS = {
    "command": "execute_command",
    "browser_action": "browser_action",
    "browser_action_launch": "browser_action",
    "use_mcp_server": "use_mcp_tool",
    "followup": "ask_followup_question",
}
_OUTPUTS = {
    "command_output": "execute_command",
    "browser_action_result": "browser_action",
    "mcp_server_response": "use_mcp_tool",
}
_USAGE_APART = frozenset({"deleted_api_reqs", "api_req_deleted", "subagent_usage"})
_NOTHING = frozenset(
    {"api_req_finished", "shell_integration_warning", "mcp_server_request_started", "resume_task"}
)
_LONGEST_DETAIL = 200


class Shown:
    """Tells the items of one task.

    Args:
        session: What they are told to.
        place: Of the document.
        agent: The agent's name.
    """

    def __init__(self, session: Session, place: Place, agent: str) -> None:
        self._session = session
        self._place = place
        self._agent = agent
        self._call: Call | None = None
        self._tools: dict[str, Tool] = {}
        """The last call of each tool whose output may come."""

    def tell(self, item: Any) -> None:
        """Tell one item.

        Raises:
            NotKnownError: If it is none.
        """
        kind = first(item, (str(item.get("type")),)) if isinstance(item, dict) else None
        if not isinstance(kind, str) or item.get("type") not in ("say", "ask"):
            raise NotKnownError("an item that is no say and no ask")
        time = unix_nano(item.get("ts"))
        self._session.started(time, self._place)
        if item.get("partial") is True or kind in _NOTHING:
            return
        words = string(item.get("text")) or ""
        if kind in _PROMPTS or not self._session.begun:
            self._call = None
            self._session.turn([text(words)], time, None, self._place, agent=self._agent)
        elif kind == "api_req_started":
            self._request(item, unpacked(words), time)
        elif kind in _WORDS or kind == "reasoning":
            self._said(kind, item, words, time)
        elif kind == "tool" or kind in _TOOLS:
            self._tool(kind, unpacked(words), time)
        elif kind in _OUTPUTS:
            self._output(_OUTPUTS[kind], words, time)
        elif kind in _USAGE_APART or kind == "condense_context":
            self._apart(kind, item, unpacked(words), time)
        else:
            details = {"text": words[:_LONGEST_DETAIL]} if words else {}
            self._session.current.event(kind, time, details)

    def _request(self, item: dict[str, Any], told: Any, time: int | None) -> None:
        facts, info = mapping(told), mapping(item.get("modelInfo"))
        model = string(info.get("modelId"))
        call = self._session.current.call(None, time, self._place, model=model)
        call.start = time  # it is written when the request is sent
        call.count(_usage(facts, item.get("apiProtocol")))
        self._call = call
        reason = string(facts.get("cancelReason"))
        if reason:
            message = string(facts.get("streamingFailedMessage")) or reason
            call.fail(message, error_type=reason)

    def _said(self, kind: str, item: dict[str, Any], words: str, time: int | None) -> None:
        call = self._call or self._session.current.call(None, time, self._place)
        self._call = call
        call.seen(time)
        words = words or string(item.get("reasoning")) or ""
        if words:
            call.say([reasoning(words) if kind == "reasoning" else text(words)])
        if kind == "completion_result":
            self._session.current.seen(time)
            self._session.current.over = True

    def _tool(self, kind: str, told: Any, time: int | None) -> None:
        call = self._call or self._session.current.call(None, time, self._place)
        self._call = call
        call.seen(time)
        facts = mapping(told)
        name = facts.get("tool") if kind == "tool" else facts.get("toolName") or _TOOLS[kind]
        arguments = told if facts else {"text": told}
        tool = call.tool(None, str(name), arguments, time, self._place)
        if kind in _TOOLS and kind != "followup":
            self._tools[_TOOLS[kind]] = tool
        else:  # nothing tells of its end
            tool.over = True
            self._session.running.pop(tool.span_id, None)

    def _output(self, name: str, words: str, time: int | None) -> None:
        tool = self._tools.get(name)
        if tool is None:
            self._session.current.event(name, time, {"text": words[:_LONGEST_DETAIL]})
        elif tool.answered:  # more of it
            tool.seen(time)
            tool.result = f"{tool.result}{words}"
        else:
            self._session.answer(tool, words, time)

    def _apart(self, kind: str, item: dict[str, Any], told: Any, time: int | None) -> None:
        """Count what no request of the task has: it was deleted, or made the conversation short."""
        condensed = mapping(item.get("contextCondense"))
        usage = _usage(condensed or mapping(told), item.get("apiProtocol"))
        if usage is not None:
            call = self._session.current.call(None, time, self._place)
            call.count(usage)
            call.attributes["say"] = kind
            if string(condensed.get("summary")):
                call.say([text(condensed["summary"])])
        if kind == "condense_context":
            shown = ("prevContextTokens", "newContextTokens")
            details = {key: condensed[key] for key in shown if condensed.get(key) is not None}
            self._session.note_compaction(time, details)


def _usage(facts: dict[str, Any], protocol: Any) -> Usage | None:
    return counted(
        input_tokens=facts.get("tokensIn"),
        output_tokens=facts.get("tokensOut"),
        cache_read=facts.get("cacheReads"),
        cache_write=facts.get("cacheWrites"),
        cost_usd=first(facts, ("cost", "totalCost")),
        input_excludes_cache=protocol != "openai",
    )
