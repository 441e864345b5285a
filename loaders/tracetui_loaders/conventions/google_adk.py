"""Google ADK (scope `gcp.vertex.agent`): schema 1 with its blobs, schema 2 with OTel GenAI.

Source: google/adk-python `src/google/adk/telemetry`. Schema 1 puts whole requests and responses
into `gcp.vertex.agent.llm_request` and `llm_response`, `{}` where there are none. MAPPING row ADK.
"""

from typing import Any

import msgspec

from tracetui_loaders.conventions.base import Convention, Key, Span, always, token_count
from tracetui_loaders.conventions.json_members import decoded_as


class _UsageMetadata(msgspec.Struct):
    """Gemini's usage; output is candidates and thoughts."""

    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None


class _Response(msgspec.Struct):
    usage_metadata: _UsageMetadata | None = None


_response = msgspec.json.Decoder(_Response)
_EMPTY = _UsageMetadata()


def _blob(value: Any) -> Any:
    """Return the response's usage, or None for the `{}` of spans that are no model call."""
    found = decoded_as(_response, value) if value != "{}" else None
    return found.usage_metadata if found is not None else None


def _usage_in_response(span: Span) -> None:
    """Take from the response what the span's own attributes do not say."""
    usage: _UsageMetadata = span.fields.pop("adk_usage", None) or _EMPTY
    found = {
        "input_tokens": usage.prompt_token_count,
        "cache_read_tokens": usage.cached_content_token_count,
        "reasoning_tokens": usage.thoughts_token_count,
    }
    if usage.candidates_token_count is not None:
        output = usage.candidates_token_count + (usage.thoughts_token_count or 0)
        found["output_tokens"] = output
    for column, count in found.items():
        if count is not None and token_count(count) is not None:
            span.fields.setdefault(column, count)


_AGENT_RUN = "agent_run ["


def _agent_name(span: Span) -> None:
    """Take the name from `agent_run [x]`."""
    if span.scope_name == "gcp.vertex.agent" and span.name.startswith(_AGENT_RUN):
        name = span.name[len(_AGENT_RUN) :].rstrip("]")
        if name:
            span.fields.setdefault("agent_name", name)


GOOGLE_ADK = Convention(
    name="google-adk",
    keys=(
        Key("gcp.vertex.agent.llm_request", "kind", 500, always("llm")),
        Key("gcp.vertex.agent.llm_response", "adk_usage", 0, _blob),
        Key("gcp.vertex.agent.session_id", "session_id", 80),
    ),
    derive=(
        (frozenset({"llm"}), _usage_in_response),
        (frozenset({"agent"}), _agent_name),
    ),
)
