"""Codex's events: `codex.user_prompt`, `codex.api_request`, `codex.sse_event`, `codex.tool_result`.

Source: openai/codex `codex-rs/otel` and its configuration guide ("Observability"): all carry
`conversation.id`. A model call is asked for by `api_request` (or `websocket_request`) and ends
with an event of kind `response.completed`, which has the counts; they include cached and
reasoning tokens.
"""

from tracetui_loaders.log_agents.agent import Agent, Call, Event, Notes, chat, tool


def _read(event: Event, notes: Notes) -> Call | None:
    match event.name:
        case "conversation_starts":
            notes["provider"] = event.text("provider_name")
        case "api_request" | "websocket_request":
            return _asked(event, notes)
        case "sse_event" | "websocket_event":
            return _answered(event, notes)
        case "tool_result":
            return _tool_call(event)
        case _:
            pass
    return None


def _asked(event: Event, notes: Notes) -> Call | None:
    """Remember when a call was asked for; one that was refused ends here."""
    error = event.text("error.message", "error")
    status = event.count("http.response.status_code", "status_code") or 0
    if error is None and status < 400:
        notes.setdefault("asked", event.start)
        return None
    notes.pop("asked", None)
    return chat(event, f"{event.time}:{event.text('attempt')}", _provider(notes), error or "")


def _answered(event: Event, notes: Notes) -> Call | None:
    kind = event.text("event.kind")
    if kind not in ("response.completed", "response.failed"):
        return None
    error = event.text("error.message", "error") or "" if kind == "response.failed" else None
    call = chat(
        event,
        f"{event.time}",
        {
            **_provider(notes),
            "gen_ai.usage.input_tokens": event.count("input_token_count"),
            "gen_ai.usage.output_tokens": event.count("output_token_count"),
            "gen_ai.usage.cache_read.input_tokens": event.count("cached_token_count"),
            "gen_ai.usage.reasoning.output_tokens": event.count("reasoning_token_count"),
        },
        error,
    )
    asked = notes.pop("asked", None)
    start = asked if asked is not None and (call.end or 0) >= asked else call.start
    return Call(call.key, call.name, start, call.end, call.attributes, error)


def _provider(notes: Notes) -> dict[str, str]:
    return {"gen_ai.provider.name": (notes.get("provider") or "openai").lower()}


def _tool_call(event: Event) -> Call:
    name, call_id = event.text("tool_name"), event.text("call_id")
    output = event.attributes.get("output")
    return tool(
        event,
        name,
        call_id or f"{event.time}:{name}",
        {
            "gen_ai.tool.call.id": call_id,
            "gen_ai.tool.call.arguments": event.attributes.get("arguments"),
            "gen_ai.tool.call.result": output,
        },
        (event.text("error.message", "error") or "") if event.failed else None,
    )


AGENT = Agent(
    name="codex",
    prefixes=("codex.",),
    session_keys=("conversation.id",),
    turn_keys=(),
    read=_read,
)
