"""Google ADK (scope `gcp.vertex.agent`): schema 1 with its blobs, schema 2 with OTel GenAI.

Source: google/adk-python `src/google/adk/telemetry`. Schema 1 puts whole requests and responses
into `gcp.vertex.agent.llm_request` and `llm_response`, `{}` where there are none. MAPPING row ADK.
"""

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
RESPONSE = "gcp.vertex.agent.llm_response"


def usage_in_response(span: Span) -> None:
    """Take from the response what the span's own attributes do not say."""
    response = decoded_as(_response, span.attributes.get(RESPONSE))
    usage: _UsageMetadata | None = response.usage_metadata if response is not None else None
    if usage is None or span.fields["kind"] != "llm":
        return
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


GOOGLE_ADK = Convention(
    name="google-adk",
    keys=(
        Key("gcp.vertex.agent.llm_request", "kind", 500, always("llm")),
        Key("gcp.vertex.agent.session_id", "session_id", 80),
    ),
)
