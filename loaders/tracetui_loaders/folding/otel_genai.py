"""Content under the OpenTelemetry GenAI semantic conventions, every version.

Source: OpenTelemetry semantic conventions, "GenAI spans", "GenAI events" and "GenAI agent spans":
up to 1.27 events `gen_ai.content.prompt`/`.completion`; 1.28 to 1.36 one event per message, as log
records or span events; from 1.37 `gen_ai.input.messages` and its kin, as attributes or in the event
`gen_ai.client.inference.operation.details`; from 1.38 tool payloads and evaluations; from 1.40
retrieval. Strands writes the per-message events with Bedrock Converse parts.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent, attribute
from tracetui_loaders.folding.json_value import decoded, number, present
from tracetui_loaders.folding.messages import (
    Message,
    canonical_message,
    instructions_of,
    messages_of,
)
from tracetui_loaders.folding.values import (
    documents,
    evaluation,
    parameters,
    tool_arguments,
    tool_names,
    tool_result,
)

_DETAILS = "gen_ai.client.inference.operation.details"
_MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def _logs(span: SpanContent) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and payload of each log record: its body, else its attributes."""
    for event_name, body, attributes in span.logs:
        name = event_name or attributes.get("event.name")
        if isinstance(name, str):
            payload = decoded(body)
            yield name, {**attributes, **payload} if isinstance(payload, dict) else attributes


def _events(span: SpanContent) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, _, attributes in span.events:
        yield name, attributes


def _in_details(key: str) -> FoldSource:
    """Make a source over the events that carry `key`; emitters send several partial ones."""

    def read(span: SpanContent) -> list[Any]:
        for found in (_events(span), _logs(span)):
            values = [decoded(payload.get(key)) for name, payload in found if name == _DETAILS]
            values = [value for value in values if present(value)]
            if values:
                lists = [value if isinstance(value, list) else [value] for value in values]
                return [item for value in lists for item in value]
        return []

    return read


def _messages(source: FoldSource, role: str) -> FoldSource:
    return lambda span: messages_of(source(span), role)


def _instructions(source: FoldSource) -> FoldSource:
    return lambda span: instructions_of(source(span))


def _input_events(span: SpanContent) -> list[Message]:
    """Read one message per event, from span events or else from logs."""
    if span.kind == "tool":  # there the same events hold arguments and result
        return []
    for found in (_events(span), _logs(span)):
        messages = [
            canonical_message(payload, _MESSAGE_EVENTS[name])
            for name, payload in found
            if name in _MESSAGE_EVENTS
        ]
        if messages:
            return [message for message in messages if message is not None]
    return []


def _output_events(span: SpanContent) -> list[Message]:
    if span.kind == "tool":
        return []
    for found in (_events(span), _logs(span)):
        messages = [m for name, p in found if name == "gen_ai.choice" for m in _choice(p)]
        if messages:
            return messages
    return []


def _choice(payload: dict[str, Any]) -> Iterator[Message]:
    """Read one choice; Strands adds what the tools answered to the turn that called them."""
    sent = payload.get("message")
    inner: dict[str, Any] = sent if isinstance(sent, dict) else {"content": sent}
    if "message" not in payload:
        inner = {key: payload.get(key) for key in ("content", "tool_calls")}
    finish_reason = payload.get("finish_reason")
    message = canonical_message({"finish_reason": finish_reason, **inner}, "assistant")
    if message is not None:
        yield message
    if present(payload.get("tool.result")):
        result = canonical_message({"content": payload["tool.result"]}, "tool")
        if result is not None:
            yield result


def _content_event(name: str, key: str, role: str) -> FoldSource:
    """Make a source over the events of 1.27 and before, of which there is one each way."""

    def read(span: SpanContent) -> list[Message]:
        for event_name, payload in (*_events(span), *_logs(span)):
            if event_name == name and present(payload.get(key)):
                return messages_of(payload[key], role)
        return []

    return read


def _tool_event(name: str, key: str, read_value: Callable[[Any], Any]) -> FoldSource:
    """Make a source over the event that a tool span of Strands has for each way."""

    def read(span: SpanContent) -> Any:
        if span.kind != "tool":
            return None
        return next((read_value(p.get(key)) for event, p in _events(span) if event == name), None)

    return read


def _text_completion(key: str) -> FoldSource:
    """Make a source over a whole prompt or completion; LangSmith puts any run's input there."""

    def read(span: SpanContent) -> Any:
        return None if "langsmith.span.kind" in span.attributes else span.attributes.get(key)

    return read


def _parameters(span: SpanContent) -> dict[str, Any]:
    prefix = "gen_ai.request."
    sent = {
        key.removeprefix(prefix): value
        for key, value in span.attributes.items()
        if key.startswith(prefix)
    }
    if "gen_ai.openai.request.seed" in span.attributes:
        sent.setdefault("seed", span.attributes["gen_ai.openai.request.seed"])
    return parameters(sent)


def _evaluations(span: SpanContent) -> list[dict[str, Any]]:
    """Read results from events and logs, and from the attributes of an evaluator's span."""
    sent = [p for name, p in _events(span) if name == "gen_ai.evaluation.result"]
    sent += [p for name, p in _logs(span) if name == "gen_ai.evaluation.result"]
    sent.append(span.attributes)
    prefix = "gen_ai.evaluation."
    found = [
        evaluation(
            "span",
            {key.removeprefix(prefix): v for key, v in p.items() if key.startswith(prefix)},
            score="score.value",
            label="score.label",
        )
        for p in sent
    ]
    return [item for item in found if item is not None]


def _retrieval_query(span: SpanContent) -> Any:
    query = span.attributes.get("gen_ai.retrieval.query.text")
    if query is None and span.kind == "retriever":
        query = span.attributes.get("db.query.text")
    return query


CONVENTION = Convention(
    name="otel-genai",
    fields={
        "input_messages": (
            _messages(attribute("gen_ai.input.messages"), "user"),
            _messages(_in_details("gen_ai.input.messages"), "user"),
            _input_events,
            _content_event("gen_ai.content.prompt", "gen_ai.prompt", "user"),
            _messages(_text_completion("gen_ai.prompt"), "user"),
        ),
        "output_messages": (
            _messages(attribute("gen_ai.output.messages"), "assistant"),
            _messages(_in_details("gen_ai.output.messages"), "assistant"),
            _output_events,
            _content_event("gen_ai.content.completion", "gen_ai.completion", "assistant"),
            _messages(_text_completion("gen_ai.completion"), "assistant"),
        ),
        "system_instructions": (
            _instructions(attribute("gen_ai.system_instructions")),
            _instructions(_in_details("gen_ai.system_instructions")),
        ),
        "tool_definitions": (
            lambda span: tool_names(span.attributes.get("gen_ai.tool.definitions")),
            lambda span: tool_names(_in_details("gen_ai.tool.definitions")(span)),
            lambda span: tool_names(span.attributes.get("gen_ai.agent.tools")),  # Strands
        ),
        "tool_arguments": (
            lambda span: tool_arguments(span.attributes.get("gen_ai.tool.call.arguments")),
            _tool_event("gen_ai.tool.message", "content", tool_arguments),
        ),
        "tool_result": (
            lambda span: tool_result(span.attributes.get("gen_ai.tool.call.result")),
            _tool_event("gen_ai.choice", "message", tool_result),
        ),
        "documents": (lambda span: documents(span.attributes.get("gen_ai.retrieval.documents")),),
        "retrieval_query": (_retrieval_query,),
        "embedding_dim": (
            lambda span: number(span.attributes.get("gen_ai.embeddings.dimension.count")),
        ),
        "evaluations": (_evaluations,),
        "params": (_parameters,),
        "prompt_name": (attribute("gen_ai.prompt.name"),),
    },
)
