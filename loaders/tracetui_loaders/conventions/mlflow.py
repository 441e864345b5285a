"""MLflow tracing: every attribute's value is itself JSON, strings too.

Source: mlflow `mlflow/tracing/constant.py` (`SpanAttributeKey`) and `mlflow/entities/span.py`
(`SpanType`); MAPPING row MLF, RULES §1 rule 1.
"""

from typing import Any

import msgspec

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    dollars,
    one_of,
    text,
    token_count,
)
from tracetui_loaders.conventions.json_members import decoded_as, json_text, member, quoted
from tracetui_loaders.schema import MODEL_CALL_KINDS

_KINDS = {
    "chat_model": "llm",
    "llm": "llm",
    "embedding": "embedding",
    "retriever": "retriever",
    "reranker": "reranker",
    "tool": "tool",
    "agent": "agent",
    **dict.fromkeys(("chain", "workflow", "task"), "workflow"),
    "memory": "memory",
    "guardrail": "guardrail",
    "evaluator": "evaluator",
    "parser": "other",
}
"""`mlflow.spanType`, lower-cased; UNKNOWN decides nothing."""


class _Request(msgspec.Struct):
    model: str | None = None


class _Choice(msgspec.Struct):
    finish_reason: str | None = None


class _Response(msgspec.Struct):
    """OpenAI's response body, or Anthropic's."""

    id: str | None = None
    choices: list[_Choice] | None = None
    stop_reason: str | None = None


_request = msgspec.json.Decoder(_Request)
_response = msgspec.json.Decoder(_Response)


def bodies(span: Span) -> None:
    """Take the model, the response's id and its finish reasons from the recorded bodies."""
    fields = span.fields
    if fields["kind"] not in MODEL_CALL_KINDS:
        return
    attributes = span.attributes
    if "request_model" not in fields:
        model = json_text(attributes.get("model"))
        if model is None:
            request = decoded_as(_request, attributes.get("mlflow.spanInputs"))
            model = text(request.model) if request else None
        if model is not None:
            fields["request_model"] = model
    response = decoded_as(_response, attributes.get("mlflow.spanOutputs"))
    if response is None:
        return
    if text(response.id) is not None:
        fields.setdefault("response_id", response.id)
    reasons = [choice.finish_reason for choice in response.choices or () if choice.finish_reason]
    if not reasons and response.stop_reason:
        reasons = [response.stop_reason]
    if reasons:
        fields.setdefault("finish_reasons", reasons)


def _usage(field: str, rank: int, *paths: str) -> tuple[Key, ...]:
    """Return the rows of one count: the span's own usage, and the trace's as a roll-up."""
    read = member(*paths, convert=token_count)
    return (
        Key("mlflow.chat.tokenUsage", field, rank, read),
        Key("mlflow.trace.tokenUsage", field, 210, read),
    )


def _kind(value: Any) -> str | None:
    return quoted(one_of(_KINDS))(value)


MLFLOW = Convention(
    name="mlflow",
    keys=(
        Key("mlflow.spanType", "kind", 140, _kind),
        Key("mlflow.llm.provider", "provider_raw", 40, json_text),
        Key("mlflow.llm.model", "response_model", 30, json_text),
        *_usage("input_tokens", 10, "input_tokens"),
        *_usage("output_tokens", 10, "output_tokens"),
        *_usage("total_tokens", 40, "total_tokens"),
        *_usage("cache_read_tokens", 110, "cache_read_input_tokens"),
        *_usage("cache_write_tokens", 100, "cache_creation_input_tokens"),
        Key("mlflow.llm.cost", "cost_given_usd", 60, member("total_cost", convert=dollars)),
        Key("mlflow.traceName", "workflow_name", 50, json_text),
        Key("mlflow.trace.session", "session_id", 30, json_text),
        Key("mlflow.trace.user", "user_id", 40, json_text),
    ),
)
