"""What single items and events of Codex mean, apart from the session that they are in.

Source: Codex 0.2x to 0.146, `codex-rs/protocol/src/protocol.rs` (EventMsg, TokenUsage) and
`models.rs` (ResponseItem); FORMATS §8.
"""

import re
from collections import Counter
from typing import Any

import msgspec

from tracetui_loaders.transcripts import Part, Usage, counted, parts_of

_CONTEXT = (
    "<environment_context>",
    "<user_instructions>",
    "<permissions instructions>",
    "<turn_aborted>",
    "<skill>",
    "<subagent_notification>",
    "# AGENTS.md instructions",
)
_EXIT_CODE = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d+)", re.MULTILINE)
_LONGEST_HEADER = 400
"""Exit codes stand before a command's output."""

TOOL_CALLS = frozenset(
    {"function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "tool_call"}
)
TOOL_OUTPUTS = frozenset(
    {
        *("function_call_output", "custom_tool_call_output", "local_shell_call_output"),
        *("tool_search_output", "mcp_tool_call_output", "tool_result"),
    }
)
SERVER_TOOLS = {"web_search_call": "web_search", "image_generation_call": "image_generation"}
"""Items that are a tool call and its answer in one: the provider ran the tool."""
BARE = frozenset(
    {
        *("message", "reasoning", "function_call", "function_call_output", "custom_tool_call"),
        *("custom_tool_call_output", "local_shell_call", "web_search_call"),
    }
)
"""Items that older files hold without an envelope."""
EVENT_TOOLS = {
    "exec_command": "exec_command",
    "local_shell": "shell",
    "patch_apply": "apply_patch",
    "mcp_tool_call": "mcp_tool_call",
    "web_search": "web_search",
    "image_generation": "image_generation",
    "view_image_tool_call": "view_image",
    "dynamic_tool_call": "dynamic_tool_call",
    "collab_agent_spawn": "spawn_agent",
    "collab_agent_interaction": "send_input",
    "collab_waiting": "wait_agent",
    "collab_close": "close_agent",
}
"""Events that end in `_begin` and `_end`, or in `_request` and `_response`, and the tool."""
_RESULTS = (
    *(
        "aggregated_output",
        "formatted_output",
        "stdout",
        "stderr",
        "result",
        "results",
        "output",
        "action",
    ),
    *("content_items", "status"),
)
_ARGUMENTS = ("command", "changes", "query", "arguments", "path", "prompt", "revised_prompt")
_DETAILS = ("exit_code", "cwd", "process_id", "success", "source", "new_thread_id", "server")


class Mirror:
    """Codex says most things twice, as an item and as an event, in either order."""

    def __init__(self) -> None:
        self._once: Counter[tuple[str, str, str]] = Counter()

    def is_new(self, source: str, kind: str, said: str) -> bool:
        """Whether `said` is told for the first time; its twin from the other source is not."""
        twin = ("item" if source == "event" else "event", kind, said.strip())
        if self._once[twin] > 0:
            self._once[twin] -= 1
            return False
        self._once[source, kind, said.strip()] += 1
        return True


def is_context(said: str) -> bool:
    """Whether a user's message is what Codex itself adds to the conversation."""
    return said.lstrip().startswith(_CONTEXT)


def content_parts(content: Any) -> list[Part]:
    """Return the content of a message or of a tool's output as parts."""
    return [part for part in parts_of(content) if part.get("type") != "encrypted_content"]


def thoughts_of(item: dict[str, Any]) -> list[str]:
    """Return the readable pieces of a reasoning item: its summary, or else its content."""
    pieces = [*(item.get("summary") or ()), *(item.get("content") or ())]
    return [
        piece["text"]
        for piece in pieces
        if isinstance(piece, dict) and isinstance(piece.get("text"), str)
    ]


def usage_of(raw: Any) -> Usage | None:
    """Return a `TokenUsage`: cached input is part of the input, reasoning of the output."""
    if not isinstance(raw, dict):
        return None
    return counted(
        input_tokens=raw.get("input_tokens", raw.get("prompt")),
        output_tokens=raw.get("output_tokens", raw.get("completion")),
        cache_read=raw.get("cached_input_tokens"),
        cache_write=raw.get("cache_write_input_tokens"),
        reasoning=raw.get("reasoning_output_tokens"),
    )


def arguments_of(item: dict[str, Any]) -> Any:
    """Return what a tool was called with."""
    for key in ("arguments", "input", "action"):
        if item.get(key) is not None:
            return item[key]
    return None


def tool_name_of(item: dict[str, Any]) -> str:
    """Return the name of the tool that an item calls."""
    function = item.get("function")
    if isinstance(function, dict):
        return str(function.get("name"))
    if item.get("name"):
        return str(item["name"])
    return {"local_shell_call": "local_shell", "tool_search_call": "tool_search"}.get(
        str(item.get("type")), "tool"
    )


def output_of(item: dict[str, Any]) -> tuple[Any, str | None]:
    """Return what a tool answered, and what kind of failure that is; None if it is none.

    An output is text, parts, or JSON in a text with an exit code beside it.
    """
    output = next((item[key] for key in ("output", "result", "tools") if key in item), None)
    failed = False
    if isinstance(output, dict) and "content" in output:
        failed = output.get("success") is False
        output = output["content"]
    told, code = output, None
    if isinstance(output, str) and output.startswith("{"):
        told, code = _packed(output)
    elif isinstance(output, dict):
        code = output.get("exitCode")
    if code is None and isinstance(told, str):
        found = _EXIT_CODE.search(told[:_LONGEST_HEADER])
        code = int(found[1]) if found else None
    return told, _failure(told, failed or (isinstance(code, int) and code != 0))


def _packed(output: str) -> tuple[Any, Any]:
    try:
        value = msgspec.json.decode(output)
    except (msgspec.DecodeError, RecursionError):
        return output, None
    metadata = value.get("metadata")
    if not isinstance(metadata, dict) or "output" not in value:
        return output, None
    return value["output"], metadata.get("exit_code")


def _failure(told: Any, failed: bool) -> str | None:
    said = told[:_LONGEST_HEADER] if isinstance(told, str) else ""
    if "rejected by user" in said:
        return "user_rejected"
    if said.startswith("aborted by user"):
        return "interrupted"
    return "tool_error" if failed else None


def spawned_by(output: Any) -> str | None:
    """Return the thread that the tool `spawn_agent` says it has started."""
    if isinstance(output, str) and '"agent_id"' in output[:_LONGEST_HEADER]:
        try:
            output = msgspec.json.decode(output)
        except (msgspec.DecodeError, RecursionError):
            return None
    thread = output.get("agent_id") if isinstance(output, dict) else None
    return thread if isinstance(thread, str) else None


def event_arguments(event: dict[str, Any]) -> Any:
    """Return what the tool that an event speaks of was called with."""
    invocation = event.get("invocation")
    if isinstance(invocation, dict):
        return invocation.get("arguments")
    given = {key: event[key] for key in _ARGUMENTS if event.get(key) is not None}
    return given.get("arguments", given) or None


def event_result(event: dict[str, Any]) -> tuple[Any, str | None]:
    """Return what an event says that a tool answered, and what kind of failure that is."""
    result = next((event[key] for key in _RESULTS if event.get(key) not in (None, "")), None)
    failed = event.get("success") is False or event.get("exit_code") not in (None, 0)
    failed = failed or event.get("status") in ("failed", "declined") or bool(event.get("error"))
    if isinstance(result, dict) and result.keys() & {"Ok", "Err"}:
        failed = failed or "Err" in result
        result = result.get("Ok", result.get("Err"))
    if isinstance(result, dict):
        failed = failed or result.get("isError") is True
    if event.get("error") and result is None:
        result = event["error"]
    return result, "tool_error" if failed else None


def event_details(event: dict[str, Any]) -> dict[str, Any]:
    """Return the short facts of an event about a tool."""
    found = {key: event[key] for key in _DETAILS if isinstance(event.get(key), str | int)}
    duration = event.get("duration")
    if isinstance(duration, dict) and isinstance(duration.get("secs"), int):
        found["duration_ms"] = duration["secs"] * 1_000 + duration.get("nanos", 0) / 1e6
    invocation = event.get("invocation")
    if isinstance(invocation, dict) and invocation.get("server"):
        found["server"] = str(invocation["server"])
    return found
