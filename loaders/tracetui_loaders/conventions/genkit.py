"""Google Genkit (`genkit:*`).

Source: firebase/genkit `js/core/src/tracing/instrumentation.ts`: the kind is in the action's
subtype, usage only in the model's output. MAPPING row "others", RULES §1 rule 1.
"""

from typing import Any

import msgspec

from tracetui_loaders.conventions.base import Convention, Key, Span, text, token_count
from tracetui_loaders.conventions.json_members import decoded_as

_KINDS = {
    "model": "llm",
    "background-model": "llm",
    "tool": "tool",
    "agent": "agent",
    "embedder": "embedding",
    "retriever": "retriever",
    "reranker": "reranker",
    "evaluator": "evaluator",
    **dict.fromkeys(("prompt", "executable-prompt"), "prompt"),
    **dict.fromkeys(("flow", "util", "flowStep"), "workflow"),
}
SUBTYPE = "genkit:metadata:subtype"


class _Usage(msgspec.Struct, rename="camel"):
    input_tokens: float | None = None
    output_tokens: float | None = None
    total_tokens: float | None = None
    thoughts_tokens: float | None = None
    cached_content_tokens: float | None = None


class _Output(msgspec.Struct, rename="camel"):
    usage: _Usage | None = None
    finish_reason: str | None = None


_output = msgspec.json.Decoder(_Output)


def _kind(value: Any) -> str | None:
    # Later versions of an action are named `tool.v2`.
    return _KINDS.get(value.partition(".")[0]) if isinstance(value, str) else None


def model_call(span: Span) -> None:
    """Take model, provider and usage from the action's name and the model's output."""
    fields = span.fields
    if fields["kind"] not in ("llm", "embedding"):
        return
    provider, _, model = (text(span.attributes.get("genkit:name")) or "").rpartition("/")
    if model:
        fields.setdefault("request_model", model)
    if provider:
        fields.setdefault("provider_raw", provider)
    output = decoded_as(_output, span.attributes.get("genkit:output"))
    if output is None:
        return
    if output.finish_reason:
        fields.setdefault("finish_reasons", [output.finish_reason])
    usage = output.usage or _Usage()
    for column, sent in (
        ("input_tokens", usage.input_tokens),
        ("output_tokens", usage.output_tokens),
        ("total_tokens", usage.total_tokens),
        ("reasoning_tokens", usage.thoughts_tokens),
        ("cache_read_tokens", usage.cached_content_tokens),
    ):
        count = token_count(sent)
        if count is not None:
            fields.setdefault(column, count)


GENKIT = Convention(
    name="genkit",
    keys=(
        Key(SUBTYPE, "kind", 200, _kind),
        Key("genkit:sessionId", "session_id", 90),
    ),
)
