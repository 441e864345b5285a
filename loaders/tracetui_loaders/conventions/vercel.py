"""Vercel AI SDK: scope `ai` (v3 to v6) and what `@ai-sdk/otel` (v7, scope `gen_ai`) adds.

Source: vercel/ai `packages/ai/src/telemetry` and the `LegacyOpenTelemetry` of v7; MAPPING rows
VAI, RULES §1 rule 2. v3 writes `ai.result.*` and `ai.finishReason`; up to v5 the token counts are
`promptTokens` and `completionTokens`.
"""

from typing import Any

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    keys,
    milliseconds,
    text_list,
    token_count,
)
from tracetui_loaders.conventions.json_members import flag, member

_KINDS = {
    **dict.fromkeys(
        ("ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"), "agent"
    ),
    "ai.embed.doEmbed": "embedding",
    "ai.embedMany.doEmbed": "embedding",
    "ai.rerank.doRerank": "reranker",
    "ai.toolCall": "tool",
    **dict.fromkeys(("ai.embed", "ai.embedMany", "ai.rerank"), "workflow"),
}
"""Whole operations; `*.doGenerate` and `*.doStream` are the calls."""


def _kind(value: Any) -> str | None:
    if not isinstance(value, str) or not value.startswith("ai."):
        return None
    # `operation.name` adds the function's id after a space.
    operation = value.partition(" ")[0]
    if operation.endswith((".doGenerate", ".doStream")):
        return "llm"
    return _KINDS.get(operation)


VERCEL = Convention(
    name="vercel-ai",
    keys=(
        Key("ai.operationId", "kind", 200, _kind),
        Key("operation.name", "kind", 205, _kind),
        Key("ai.operationId", "operation", 10),
        Key(
            "ai.operationId",
            "streaming",
            50,
            flag(lambda value: isinstance(value, str) and value.startswith("ai.stream")),
        ),
        Key("ai.model.provider", "provider_raw", 30),
        Key("ai.model.id", "request_model", 20),
        Key("ai.response.model", "response_model", 20),
        Key("ai.response.id", "response_id", 10),
        *keys(
            "input_tokens",
            60,
            ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
            token_count,
        ),
        *keys(
            "output_tokens", 60, ("ai.usage.outputTokens", "ai.usage.completionTokens"), token_count
        ),
        Key("ai.usage.totalTokens", "total_tokens", 30, token_count),
        *keys(
            "cache_read_tokens",
            80,
            ("ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"),
            token_count,
        ),
        Key("ai.usage.inputTokenDetails.cacheWriteTokens", "cache_write_tokens", 60, token_count),
        Key(
            "ai.response.providerMetadata",
            "cache_write_tokens",
            80,
            member("anthropic.cacheCreationInputTokens", convert=token_count),
        ),
        *keys(
            "reasoning_tokens",
            50,
            ("ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"),
            token_count,
        ),
        *keys("finish_reasons", 30, ("ai.response.finishReason", "ai.finishReason"), text_list),
        *keys(
            "ttft_ms",
            20,
            ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"),
            milliseconds,
        ),
        Key("ai.response.providerMetadata", "service_tier", 30, member("openai.serviceTier")),
        Key("ai.toolCall.name", "tool_name", 20),
        Key("ai.toolCall.id", "tool_call_id", 20),
        Key("ai.telemetry.functionId", "agent_name", 60),
        Key("ai.telemetry.metadata.sessionId", "session_id", 70),
        Key("ai.telemetry.metadata.userId", "user_id", 70),
    ),
)
