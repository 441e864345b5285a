"""Content of Pydantic AI (instrumentation versions 1 to 5) and Logfire.

Source: pydantic-ai `models/instrumented.py`: version 1 keeps events as one JSON list in `events` or
`all_messages_events`, later ones OTel messages in `pydantic_ai.all_messages`; logfire's client
integrations keep bodies in `request_data` and `response_data`. MAPPING §5 form G.
"""

from typing import Any

from tracetui_loaders.folding.bodies import (
    request_instructions,
    request_messages,
    request_tools,
    response_messages,
)
from tracetui_loaders.folding.content import Convention, SpanContent, attribute
from tracetui_loaders.folding.json_value import decoded
from tracetui_loaders.folding.messages import Message, canonical_message, messages_of
from tracetui_loaders.folding.values import tool_arguments, tool_names, tool_result

_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_EVENTS = attribute("events", "all_messages_events")


def _events(span: SpanContent) -> list[dict[str, Any]]:
    events = decoded(_EVENTS(span))
    return (
        [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    )


def _event_messages(span: SpanContent) -> list[Message]:
    """Read one message per event; a choice holds its message inside."""
    found: list[Message | None] = []
    for event in _events(span):
        name = event.get("event.name")
        inner = event.get("message")
        if name == "gen_ai.choice":
            raw = inner if isinstance(inner, dict) else {"content": inner}
            reason = event.get("finish_reason")
            found.append(canonical_message({"finish_reason": reason, **raw}, "assistant"))
        elif isinstance(name, str) and name in _ROLES:
            sent = {key: value for key, value in event.items() if key != "event.name"}
            found.append(canonical_message(sent, _ROLES[name]))
    return [message for message in found if message is not None]


def _conversation(span: SpanContent) -> list[Message]:
    return _event_messages(span) or messages_of(
        span.attributes.get("pydantic_ai.all_messages"), "user"
    )


def _input(span: SpanContent) -> list[Message]:
    """Return the conversation up to its last answer."""
    messages = _conversation(span)
    return messages[:-1] if messages and messages[-1]["role"] == "assistant" else messages


def _output(span: SpanContent) -> list[Message]:
    messages = _conversation(span)
    return messages[-1:] if messages and messages[-1]["role"] == "assistant" else []


def _tools(span: SpanContent) -> list[str]:
    sent = decoded(span.attributes.get("model_request_parameters"))
    if not isinstance(sent, dict):
        return []
    listed = (sent.get(key) for key in ("function_tools", "output_tools", "builtin_tools"))
    return tool_names([tool for tools in listed if isinstance(tools, list) for tool in tools])


def _request(span: SpanContent) -> Any:
    return span.attributes.get("request_data")


CONVENTION = Convention(
    name="pydantic-ai",
    fields={
        "input_messages": (_input, lambda span: request_messages(_request(span))),
        "output_messages": (
            _output,
            lambda span: response_messages(span.attributes.get("response_data")),
        ),
        "system_instructions": (lambda span: request_instructions(_request(span)),),
        "tool_definitions": (_tools, lambda span: request_tools(_request(span))),
        "tool_arguments": (lambda span: tool_arguments(span.attributes.get("tool_arguments")),),
        "tool_result": (lambda span: tool_result(span.attributes.get("tool_response")),),
        "output_value": (lambda span: decoded(span.attributes.get("final_result")),),
        "tags": (lambda span: decoded(span.attributes.get("logfire.tags")),),
    },
)
