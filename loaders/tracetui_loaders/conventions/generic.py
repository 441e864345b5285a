"""Generic OpenTelemetry semantic conventions: errors, HTTP, databases, RPC, messaging.

Source: semantic-conventions `exceptions`, `http`, `database`, `rpc`, `messaging`; MAPPING §7,
RULES §1 rule 7.
"""

from typing import Any

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    always,
    small_count,
    status_code,
    text,
)

VECTOR_STORES = frozenset(
    {
        "chroma",
        "chromadb",
        "faiss",
        "lancedb",
        "marqo",
        "milvus",
        "opensearch_vector",
        "pgvector",
        "pinecone",
        "qdrant",
        "vespa",
        "weaviate",
    }
)
_LOOKUPS = ("query", "search", "get", "fetch", "retrieve")


def _database(span: Span) -> tuple[str, str] | None:
    """A query of a vector store is a retrieval; any other database span is `db`."""
    attributes = span.attributes
    system = attributes.get("db.system.name") or attributes.get("db.system")
    if not isinstance(system, str) or not system:
        return None
    operation = str(
        attributes.get("db.operation.name") or attributes.get("db.operation") or span.name
    ).lower()
    if system.lower() in VECTOR_STORES and any(word in operation for word in _LOOKUPS):
        return "retriever", "db.*"
    return "db", "db.*"


def _messaging(span: Span) -> tuple[str, str] | None:
    found = any(key.startswith("messaging.") for key in span.attributes)
    return ("messaging", "messaging.*") if found else None


def _conversation(value: Any) -> str | None:
    """Return the id of a thread of messages; a number is a thread of the operating system."""
    return None if not isinstance(value, str) or value.isdecimal() else text(value)


GENERIC = Convention(
    name="generic",
    keys=(
        Key("http.request.method", "kind", 730, always("http")),
        Key("http.method", "kind", 731, always("http")),
        Key("url.full", "kind", 732, always("http")),
        Key("rpc.system", "kind", 740, always("rpc")),
        Key("rpc.system.name", "kind", 741, always("rpc")),
        Key("error.type", "error_type", 0),
        Key("error_type", "error_type", 10),
        Key("exception.type", "error_type", 20),
        Key("exception.message", "error_message", 0),
        # Said of an error only where there is one.
        Key("error.message", "error_note", 10),
        Key("error", "error_note", 20),
        Key("http.response.status_code", "http_status", 0, status_code),
        Key("http.status_code", "http_status", 10, status_code),
        Key("status_code", "http_status", 20, status_code),
        Key("http.request.resend_count", "resend_count", 0, small_count),
        Key("thread.id", "thread_id", 0),
        Key("tracetui.derived_from", "derived_from", 0),
        Key("thread_id", "session_id", 130, _conversation),
        Key("messaging.message.id", "message_id", 0),
        Key("messaging.destination.name", "message_destination", 0),
        Key("messaging.destination", "message_destination", 10),
    ),
    kind_rules=((700, _messaging), (710, _database)),
)
