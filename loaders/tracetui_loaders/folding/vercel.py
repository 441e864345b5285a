"""Content of the Vercel AI SDK up to v6; v7 follows OTel GenAI.

Source: vercel/ai `packages/ai/src/generate-text` and `src/telemetry`: messages and tool calls as
JSON text, `ai.result.*` in v3. MAPPING §5 form H.
"""

import re
from typing import Any

from tracetui_loaders.folding.bodies import vectors_in, with_prefix
from tracetui_loaders.folding.content import Convention, SpanContent, attribute
from tracetui_loaders.folding.json_value import decoded, decoded_text, without_vectors
from tracetui_loaders.folding.messages import (
    Message,
    canonical_message,
    instructions_of,
    messages_of,
)
from tracetui_loaders.folding.parts import Part, parts_of, tool_call
from tracetui_loaders.folding.values import parameters, tool_arguments, tool_names, tool_result

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VALUES = attribute("ai.values", "ai.value")
_VECTORS = attribute("ai.embeddings", "ai.embedding")


def _prompt(span: SpanContent) -> dict[str, Any]:
    prompt = decoded(span.attributes.get("ai.prompt"))
    return prompt if isinstance(prompt, dict) else {}


def _input(span: SpanContent) -> list[Message]:
    """Read the call's messages, or the root's prompt, which may be one text."""
    sent = span.attributes.get("ai.prompt.messages")
    if sent is None:
        prompt = _prompt(span)
        sent = prompt.get("messages") or prompt.get("prompt")
    return messages_of(sent, "user")


def _output(span: SpanContent) -> list[Message]:
    parts: list[Part] = []
    for name in ("response", "result"):
        read = attribute(f"ai.{name}.text", f"ai.{name}.object")
        reasoning = span.attributes.get(f"ai.{name}.reasoning")
        if isinstance(reasoning, str) and reasoning:
            parts.append({"type": "reasoning", "content": reasoning})
        parts += parts_of(read(span))
        calls = decoded(span.attributes.get(f"ai.{name}.toolCalls"))
        parts += [_call(call) for call in (calls if isinstance(calls, list) else []) if call]
        if parts:
            break
    made = canonical_message({"role": "assistant", "parts": parts}, "assistant") if parts else None
    return [made] if made is not None else []


def _call(raw: Any) -> Part:
    if not isinstance(raw, dict):
        return {"type": "text", "content": str(raw)}
    arguments = raw.get("input") if raw.get("input") is not None else raw.get("args")
    return tool_call(raw.get("toolCallId"), raw.get("toolName"), arguments)


def _settings(span: SpanContent) -> dict[str, Any]:
    sent = with_prefix(span, "ai.settings.")
    return parameters({_HUMP.sub("_", key).lower(): value for key, value in sent.items()})


def _embedded(span: SpanContent) -> Any:
    values = _VALUES(span)
    listed = values if isinstance(values, list) else [values]
    return [decoded_text(value) for value in listed] if values is not None else None


def _count(span: SpanContent) -> int | None:
    values = _VALUES(span)
    return len(values) if isinstance(values, list) else (1 if values is not None else None)


def _dimension(span: SpanContent) -> int | None:
    return next((len(vector) for vector in vectors_in(_VECTORS(span))), None)


CONVENTION = Convention(
    name="vercel-ai",
    fields={
        "input_messages": (_input,),
        "output_messages": (_output,),
        "system_instructions": (lambda span: instructions_of(_prompt(span).get("system")),),
        "tool_definitions": (lambda span: tool_names(span.attributes.get("ai.prompt.tools")),),
        "tool_arguments": (lambda span: tool_arguments(span.attributes.get("ai.toolCall.args")),),
        "tool_result": (lambda span: tool_result(span.attributes.get("ai.toolCall.result")),),
        "embedding_count": (_count,),
        "embedding_dim": (_dimension,),
        "params": (_settings,),
        "metadata": (lambda span: with_prefix(span, "ai.telemetry.metadata."),),
        "input_value": (lambda span: without_vectors(_embedded(span)),),
    },
)
