"""Content of Google ADK 1, Claude Code, Genkit, Monocle and LiveKit, each in a shape of its own.

Source: adk-python `telemetry` (blobs), Claude Code "Monitoring usage", genkit `tracing`,
monocle's span format (events `data.input` and `data.output`), livekit `trace_types.py`;
MAPPING §5 form I and §6.
"""

from collections.abc import Sequence
from typing import Any

from tracetui_loaders.folding.bodies import (
    of_kinds,
    recorded,
    request_instructions,
    request_messages,
    request_tools,
    response_messages,
)
from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent, attribute
from tracetui_loaders.folding.json_value import decoded
from tracetui_loaders.folding.messages import Message, canonical_message, messages_of
from tracetui_loaders.folding.values import parameters, tool_arguments, tool_result

_ADK = "gcp.vertex.agent."


def _adk_response(span: SpanContent) -> list[Message]:
    """Read the one candidate that ADK keeps: `{"content": {"role", "parts"}, "finish_reason"}`."""
    response = decoded(span.attributes.get(f"{_ADK}llm_response"))
    if not isinstance(response, dict):
        return []
    return response_messages({"candidates": [response]})


_ADK_REQUEST = attribute(f"{_ADK}llm_request")

GOOGLE_ADK = Convention(
    name="google-adk",
    fields={
        "input_messages": (lambda span: request_messages(_ADK_REQUEST(span)),),
        "output_messages": (_adk_response,),
        "system_instructions": (lambda span: request_instructions(_ADK_REQUEST(span)),),
        "tool_definitions": (lambda span: request_tools(_ADK_REQUEST(span)),),
        "tool_arguments": (
            lambda span: tool_arguments(span.attributes.get(f"{_ADK}tool_call_args")),
        ),
        "tool_result": (lambda span: tool_result(span.attributes.get(f"{_ADK}tool_response")),),
        "input_value": (lambda span: decoded(span.attributes.get(f"{_ADK}data")),),
    },
)


def _claude_log(names: Sequence[str], key: str) -> FoldSource:
    """Make a source over Claude Code's log records of this span."""

    def read(span: SpanContent) -> Any:
        for event_name, _, attributes in span.logs:
            name = str(event_name or attributes.get("event.name")).removeprefix("claude_code.")
            if name in names and attributes.get(key) is not None:
                return attributes[key]
        return None

    return read


def _tool_output(span: SpanContent) -> Any:
    """Read the event `tool.output`; what a tool gave back stands under a key of its own."""
    for name, _, attributes in span.events:
        if name == "tool.output":
            for key in ("output", "content", "result"):
                if attributes.get(key) is not None:
                    return attributes[key]
            return attributes
    return None


def _effort(span: SpanContent) -> dict[str, Any]:
    """Read the effort asked for, of Claude Code or of a turn of Codex."""
    sent = span.attributes.get("codex.turn.reasoning_effort")
    if sent is None and "span.type" in span.attributes:
        sent = span.attributes.get("effort")
    return parameters({"reasoning_effort": sent})


_REQUEST_BODY = _claude_log(("api_request_body",), "body")

CLAUDE_CODE = Convention(
    name="claude-code",
    fields={
        "input_messages": (
            lambda span: messages_of(span.attributes.get("user_prompt"), "user"),
            lambda span: request_messages(_REQUEST_BODY(span)),
        ),
        "output_messages": (
            lambda span: response_messages(_claude_log(("api_response_body",), "body")(span)),
        ),
        "system_instructions": (lambda span: request_instructions(_REQUEST_BODY(span)),),
        "tool_definitions": (lambda span: request_tools(_REQUEST_BODY(span)),),
        "tool_arguments": (
            of_kinds(("tool",), lambda span: tool_arguments(span.attributes.get("tool_input"))),
            lambda span: tool_arguments(_claude_log(("tool_result",), "tool_input")(span)),
        ),
        "tool_result": (lambda span: tool_result(_tool_output(span)),),
        "params": (_effort,),
    },
)


def _genkit_part(part: Any) -> Any:
    """Return a Genkit part in Gemini's spelling, which says the same."""
    if not isinstance(part, dict):
        return part
    for key, name, value in (
        ("toolRequest", "functionCall", "input"),
        ("toolResponse", "functionResponse", "output"),
    ):
        inner = part.get(key)
        if isinstance(inner, dict):
            spelled = {"id": inner.get("ref"), "name": inner.get("name")}
            field = "args" if key == "toolRequest" else "response"
            return {name: {**spelled, field: inner.get(value)}}
    return part


def _genkit_body(value: Any) -> Any:
    """Return a model's request or response with parts that are spelled as elsewhere."""
    value = decoded(value)
    if not isinstance(value, dict):
        return value
    changed = dict(value)
    messages = value.get("messages")
    if isinstance(messages, list):
        changed["messages"] = [_genkit_message(message) for message in messages]
    if isinstance(value.get("message"), dict):
        changed["message"] = _genkit_message(value["message"])
    return changed


def _genkit_message(message: Any) -> Any:
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return message
    return {**message, "content": [_genkit_part(part) for part in message["content"]]}


GENKIT = recorded(
    "genkit",
    lambda span: _genkit_body(span.attributes.get("genkit:input")),
    lambda span: _genkit_body(span.attributes.get("genkit:output")),
)


def _monocle_event(event: str, key: str) -> FoldSource:
    """Make a source over Monocle's data events; lists of one are what they hold."""

    def read(span: SpanContent) -> Any:
        if "monocle_apptrace.version" not in span.attributes:
            return None
        for name, _, attributes in span.events:
            if name == event:
                value = decoded(attributes.get(key))
                return value[0] if isinstance(value, list) and len(value) == 1 else value
        return None

    return read


def _monocle_messages(source: FoldSource, default_role: str) -> FoldSource:
    """Make a source over messages that are JSON objects of one key, the role."""

    def read(span: SpanContent) -> list[Message]:
        sent = source(span) if span.kind == "llm" else None
        found: list[Message | None] = []
        for item in sent if isinstance(sent, list) else [sent]:
            value = decoded(item)
            if isinstance(value, dict):
                found += [_monocle_message(role, content) for role, content in value.items()]
            elif isinstance(value, str) and value:
                found.append(canonical_message(value, default_role))
        return [message for message in found if message is not None]

    return read


def _monocle_message(role: str, content: Any) -> Message | None:
    if role == "tools" and isinstance(content, list):
        calls = [
            {
                "type": "tool_call",
                "id": call.get("tool_id"),
                "name": call.get("tool_name"),
                "arguments": call.get("tool_arguments"),
            }
            for call in content
            if isinstance(call, dict)
        ]
        return canonical_message({"role": "assistant", "parts": calls}, "assistant")
    return canonical_message({"role": role, "content": content}, role) if content else None


_MONOCLE_INPUT = _monocle_event("data.input", "input")
_MONOCLE_OUTPUT = _monocle_event("data.output", "response")

MONOCLE = Convention(
    name="monocle",
    fields={
        "input_messages": (_monocle_messages(_MONOCLE_INPUT, "user"),),
        "output_messages": (_monocle_messages(_MONOCLE_OUTPUT, "assistant"),),
        "tool_arguments": (of_kinds(("tool",), lambda span: tool_arguments(_MONOCLE_INPUT(span))),),
        "tool_result": (of_kinds(("tool",), lambda span: tool_result(_MONOCLE_OUTPUT(span))),),
        "retrieval_query": (of_kinds(("retriever",), _MONOCLE_INPUT),),
        "input_value": (_MONOCLE_INPUT,),
        "output_value": (_MONOCLE_OUTPUT,),
    },
)


def _livekit_chat(span: SpanContent) -> list[Message]:
    """Read the chat context of a turn: `{"items": [{"role", "content": [...]}]}`."""
    context = decoded(span.attributes.get("lk.chat_ctx"))
    items = context.get("items") if isinstance(context, dict) else None
    return messages_of(items, "user") if isinstance(items, list) else []


LIVEKIT = Convention(
    name="livekit",
    fields={
        "input_messages": (
            _livekit_chat,
            lambda span: messages_of(
                attribute("lk.user_input", "lk.user_transcript")(span), "user"
            ),
        ),
        "output_messages": (
            lambda span: messages_of(span.attributes.get("lk.response.text"), "assistant"),
        ),
        "system_instructions": (attribute("lk.instructions"),),
        "tool_arguments": (
            lambda span: tool_arguments(span.attributes.get("lk.function_tool.arguments")),
        ),
        "tool_result": (lambda span: tool_result(span.attributes.get("lk.function_tool.output")),),
        "input_value": (attribute("lk.input_text"),),
    },
)
