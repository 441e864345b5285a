"""Claude Code's events: `claude_code.user_prompt`, `api_request`, `api_error`, `tool_result`, ...

Source: Claude Code documentation, "Monitoring usage", "Events": attributes `session.id`,
`prompt.id`, `event.sequence`, and per event those read here. `input_tokens` leaves cached tokens
out; `request_id` stands where spans have the response id.
"""

from tracetui_loaders.conventions.base import dollars
from tracetui_loaders.folding.json_value import decoded
from tracetui_loaders.log_agents.agent import Agent, Call, Event, Notes, chat, tool

_ASIDE = frozenset({"generate_session_title", "prompt_suggestion", "compact", "session_title"})


def _read(event: Event, notes: Notes) -> Call | None:
    del notes
    match event.name:
        case "api_request":
            return _model_call(event, None)
        case "api_error":
            return _model_call(event, event.text("error", "error_message") or "")
        case "tool_result":
            return _tool_call(event, (event.text("error") or "") if event.failed else None)
        case "tool_decision" if event.text("decision") == "reject":
            return _tool_call(event, "rejected by the user")
        case _:
            return None


def _model_call(event: Event, error: str | None) -> Call:
    cached, written = event.count("cache_read_tokens"), event.count("cache_creation_tokens")
    sent = event.count("input_tokens")
    request_id = event.text("request_id")
    call = chat(
        event,
        request_id or f"{event.time}:{event.text('event.sequence', 'attempt')}",
        {
            "gen_ai.provider.name": "anthropic",
            "gen_ai.response.id": request_id,
            "gen_ai.usage.input_tokens": None
            if sent is None
            else sent + (cached or 0) + (written or 0),
            "gen_ai.usage.output_tokens": event.count("output_tokens"),
            "gen_ai.usage.cache_read.input_tokens": cached,
            "gen_ai.usage.cache_creation.input_tokens": written,
            "gen_ai.usage.cost": dollars(event.attributes.get("cost_usd")),
        },
        error,
    )
    aside = event.text("query_source") in _ASIDE
    return Call(call.key, call.name, call.start, call.end, call.attributes, error, aside)


def _tool_call(event: Event, error: str | None) -> Call:
    parameters = decoded(event.attributes.get("tool_parameters"))
    name = event.text("tool_name")
    if name == "mcp_tool" and isinstance(parameters, dict):
        name = str(parameters.get("mcp_tool_name") or name)
    call_id = event.text("tool_use_id")
    return tool(
        event,
        name,
        call_id or f"{event.time}:{event.text('event.sequence')}:{name}",
        {
            "gen_ai.tool.call.id": call_id,
            "gen_ai.tool.call.arguments": event.attributes.get("tool_input", parameters),
        },
        error,
    )


AGENT = Agent(
    name="claude-code",
    prefixes=("claude_code.",),
    scopes=frozenset({"com.anthropic.claude_code.events", "com.anthropic.claude_code"}),
    session_keys=("session.id",),
    turn_keys=("prompt.id",),
    read=_read,
)
