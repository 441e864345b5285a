"""Gemini CLI's events, and those of its fork Qwen Code: `gemini_cli.api_response`, `tool_call`, ...

Source: google-gemini/gemini-cli `docs/cli/telemetry.md`, "Logs": all carry `session.id`, those of
a prompt `prompt_id`. `output_token_count` leaves thoughts out and `input_token_count` what tools
gave to the model; both are the model's, so they are added here.
"""

from typing import Any

from tracetui_loaders.log_agents.agent import Agent, Call, Event, Notes, chat, tool


def _read(event: Event, notes: Notes) -> Call | None:
    match event.name:
        case "api_request":
            notes["request_text"] = event.attributes.get("request_text")
            return None
        case "api_response":
            failed = (event.count("status_code") or 0) >= 400
            error = event.text("error")
            return _model_call(event, notes, error or "" if failed or error else None)
        case "api_error":
            return _model_call(event, notes, event.text("error", "error.message") or "")
        case "tool_call":
            return _tool_call(event)
        case _:
            return None


def _model_call(event: Event, notes: Notes, error: str | None) -> Call:
    return chat(
        event,
        f"{event.text('prompt_id')}:{event.time}",
        {
            "gen_ai.provider.name": "gcp.gemini",
            "gen_ai.usage.input_tokens": _sum(event, "input_token_count", "tool_token_count"),
            "gen_ai.usage.output_tokens": _sum(event, "output_token_count", "thoughts_token_count"),
            "gen_ai.usage.cache_read.input_tokens": event.count("cached_content_token_count"),
            "gen_ai.usage.reasoning.output_tokens": event.count("thoughts_token_count"),
            "gen_ai.response.finish_reasons": event.attributes.get("finish_reasons"),
            "error.type": event.text("error_type", "error.type"),
            "input.value": notes.pop("request_text", None),
            "output.value": event.attributes.get("response_text"),
        },
        error,
    )


def _sum(event: Event, whole: str, part: str) -> int | None:
    count = event.count(whole)
    return None if count is None else count + (event.count(part) or 0)


def _tool_call(event: Event) -> Call:
    name = event.text("function_name")
    arguments: Any = event.attributes.get("function_args")
    return tool(
        event,
        name,
        f"{event.text('prompt_id')}:{event.time}:{name}",
        {
            "gen_ai.tool.call.arguments": arguments,
            "gen_ai.tool.type": event.text("tool_type"),
            "error.type": event.text("error_type"),
        },
        (event.text("error") or "") if event.failed else None,
    )


AGENT = Agent(
    name="gemini-cli",
    prefixes=("gemini_cli.", "qwen-code."),
    session_keys=("session.id",),
    turn_keys=("prompt_id",),
    read=_read,
)
