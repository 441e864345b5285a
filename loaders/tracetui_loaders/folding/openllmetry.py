"""Content under OpenLLMetry (Traceloop), where it goes beyond the GenAI conventions.

Source: OpenLLMetry `opentelemetry-semantic-conventions-ai` and its instrumentations: before 0.55
`gen_ai.prompt.<i>.*` and `gen_ai.completion.<i>.*`, `llm.request.functions.<i>.*`; since then
`gen_ai.*.messages` (see `otel_genai`) with `traceloop.entity.*` for spans that are no model calls.
"""

from collections.abc import Callable
from typing import Any

from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent, attribute
from tracetui_loaders.folding.flattened import items
from tracetui_loaders.folding.json_value import decoded, without_vectors
from tracetui_loaders.folding.messages import Message, canonical_message
from tracetui_loaders.folding.values import (
    document,
    parameters,
    tool_arguments,
    tool_names,
    tool_result,
)

_PROPERTIES = "traceloop.association.properties."


def _messages(prefix: str, role: str) -> FoldSource:
    def read(span: SpanContent) -> list[Message]:
        found = [
            canonical_message(item, role)
            for item in items(span.attributes, prefix)
            if isinstance(item, dict)
        ]
        return [message for message in found if message is not None]

    return read


def _entity(side: str) -> FoldSource:
    keys = (f"traceloop.entity.{side}", f"gen_ai.task.{side}")
    return lambda span: without_vectors(decoded(attribute(*keys)(span)))


def _of_tool(read_value: Callable[[Any], Any], side: str) -> FoldSource:
    return lambda span: read_value(_entity(side)(span)) if span.kind == "tool" else None


def _documents(span: SpanContent) -> list[dict[str, Any]]:
    """Read what vector stores found: one span event per document."""
    found: list[dict[str, Any]] = []
    for name, _, attributes in span.events:
        if name in {"db.query.result", "db.search.result"}:
            fields = {key.removeprefix(f"{name}."): value for key, value in attributes.items()}
            result = document(fields)
            if result is not None:
                found.append(result)
    return found


def _parameters(span: SpanContent) -> dict[str, Any]:
    sent = {
        "top_k": span.attributes.get("llm.top_k"),
        "frequency_penalty": span.attributes.get("llm.frequency_penalty"),
        "presence_penalty": span.attributes.get("llm.presence_penalty"),
        "stop_sequences": span.attributes.get("llm.chat.stop_sequences"),
    }
    return parameters(sent)


def _metadata(span: SpanContent) -> dict[str, Any]:
    return {
        key.removeprefix(_PROPERTIES): decoded(value)
        for key, value in span.attributes.items()
        if key.startswith(_PROPERTIES)
    }


CONVENTION = Convention(
    name="openllmetry",
    fields={
        "input_messages": (_messages("gen_ai.prompt", "user"),),
        "output_messages": (_messages("gen_ai.completion", "assistant"),),
        "tool_definitions": (
            lambda span: tool_names(items(span.attributes, "llm.request.functions")),
        ),
        "tool_arguments": (_of_tool(tool_arguments, "input"),),
        "tool_result": (_of_tool(tool_result, "output"),),
        "documents": (_documents,),
        "params": (_parameters,),
        "input_value": (_entity("input"),),
        "output_value": (_entity("output"),),
        "prompt_template": (attribute("traceloop.prompt.template"),),
        "prompt_variables": (
            lambda span: decoded(span.attributes.get("traceloop.prompt.template_variables")),
        ),
        "prompt_version": (attribute("traceloop.prompt.version"),),
        "prompt_name": (attribute("traceloop.prompt.key"),),
        "metadata": (_metadata,),
    },
)
