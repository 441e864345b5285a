"""LangSmith's OTel export (scope `langsmith`).

Source: langsmith-sdk `python/langsmith/_internal/otel/_otel_exporter.py`. Its
`gen_ai.operation.name` is wrong on retrievers ("embeddings") and prompts ("chat"), so that its own
kind comes first (RULES §1). MAPPING row LS.
"""

from tracetui_loaders.conventions.base import Convention, Key, keys, one_of, token_count
from tracetui_loaders.conventions.json_members import member

_KINDS = {
    "llm": "llm",
    "chain": "workflow",
    "tool": "tool",
    "retriever": "retriever",
    "embedding": "embedding",
    "prompt": "prompt",
    "parser": "other",
}
_USAGE = "langsmith.metadata.usage_metadata"

LANGSMITH = Convention(
    name="langsmith",
    keys=(
        Key("langsmith.span.kind", "kind", 120, one_of(_KINDS)),
        Key("langsmith.metadata.ls_provider", "provider_raw", 50),
        Key(
            _USAGE,
            "cache_read_tokens",
            120,
            member("input_token_details.cache_read", convert=token_count),
        ),
        Key(
            _USAGE,
            "cache_write_tokens",
            110,
            member("input_token_details.cache_creation", convert=token_count),
        ),
        Key(
            _USAGE,
            "reasoning_tokens",
            70,
            member("output_token_details.reasoning", convert=token_count),
        ),
        Key("langsmith.metadata.langgraph_node", "graph_node", 30),
        *keys(
            "session_id",
            40,
            (
                "langsmith.metadata.session_id",
                "langsmith.metadata.thread_id",
                "langsmith.metadata.conversation_id",
            ),
        ),
        Key("langsmith.metadata.user_id", "user_id", 50),
    ),
)
