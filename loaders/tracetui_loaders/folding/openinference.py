"""Content under OpenInference.

Source: OpenInference specification, "Semantic conventions" and "Annotations" (2026-07-31), and what
its Python instrumentations send: flattened messages with `content` or `contents` (OpenAI Agents
writes both), AutoGen's tool answers as `function.<i>`, arguments and results as
`input.value`/`output.value`.
"""

from typing import Any

from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent, attribute
from tracetui_loaders.folding.flattened import items, subtree
from tracetui_loaders.folding.json_value import decoded, decoded_fully, is_vector, without_vectors
from tracetui_loaders.folding.messages import (
    Message,
    calls_of,
    content_parts,
    message,
    messages_of,
    role_of,
)
from tracetui_loaders.folding.parts import (
    Part,
    canonical_parts,
    media,
    tool_call,
    tool_call_response,
)
from tracetui_loaders.folding.values import (
    documents,
    evaluation,
    parameters,
    tool_arguments,
    tool_names,
    tool_result,
)


def _messages(prefix: str, role: str) -> FoldSource:
    def read(span: SpanContent) -> list[Message]:
        whole = span.attributes.get(prefix)
        if isinstance(whole, str) and isinstance(decoded(whole), str):  # truncated or redacted
            return messages_of(whole, role)
        found = [_message(item, role) for item in items(span.attributes, prefix)]
        return [made for made in found if made is not None]

    return read


def _message(item: Any, default_role: str) -> Message | None:
    """Read one message; where both `content` and `contents` were sent, `contents` has it all."""
    if not isinstance(item, dict):
        return None
    inner = item.get("message")
    raw: dict[str, Any] = inner if isinstance(inner, dict) else item
    role = role_of(raw.get("role"), default_role)
    call_id = raw.get("tool_call_id")
    contents = decoded(raw.get("contents"))
    if isinstance(contents, list) and contents:
        parts = content_parts([p for c in contents for p in _content(c)], role, call_id)
    else:
        parts = content_parts(raw.get("content"), role, call_id)
    known = [part["id"] for part in parts if part.get("type") == "tool_call" and part.get("id")]
    parts += [part for part in _calls(raw) if part.get("id") not in known]
    parts += _autogen_answers(item.get("function"))
    return message(role, parts, raw.get("name"), raw.get("finish_reason"))


def _content(item: Any) -> list[Part]:
    if not isinstance(item, dict):
        return content_parts(item, "user", None)
    raw = item.get("message_content")
    content: dict[str, Any] = raw if isinstance(raw, dict) else item
    if isinstance(item.get("tool_call"), dict):
        return _call(item["tool_call"])
    for modality in ("image", "audio"):
        value = content.get(modality)
        if isinstance(value, dict):
            inner = value.get(modality)
            address = inner if isinstance(inner, dict) else value
            return media(modality, address, address.get("mime_type"))
    return canonical_parts(content)


def _calls(raw: dict[str, Any]) -> list[Part]:
    calls = decoded(raw.get("tool_calls"))
    wrapped = [
        call["tool_call"]
        for call in (calls if isinstance(calls, list) else [])
        if isinstance(call, dict) and isinstance(call.get("tool_call"), dict)
    ]
    if wrapped:
        return [part for call in wrapped for part in _call(call)]
    legacy = {
        "name": raw.get("function_call_name"),
        "arguments": raw.get("function_call_arguments_json"),
    }
    return calls_of({**raw, "function_call": legacy} if legacy["name"] else raw)


def _call(raw: dict[str, Any]) -> list[Part]:
    function = raw.get("function")
    inner: dict[str, Any] = function if isinstance(function, dict) else raw
    return [tool_call(raw.get("id"), inner.get("name"), inner.get("arguments"))]


def _autogen_answers(value: Any) -> list[Part]:
    """Read AutoGen's `llm.input_messages.<i>.function.<j>`, one JSON object per tool answer."""
    answers = [decoded(item) for item in value] if isinstance(value, list) else []
    return [
        tool_call_response(answer.get("call_id"), answer.get("content"))
        for answer in answers
        if isinstance(answer, dict)
    ]


def _texts(prefix: str, holder: str, role: str) -> FoldSource:
    """Make a source over prompts and choices of text completion, one message each."""

    def read(span: SpanContent) -> list[Message]:
        found: list[Message] = []
        for item in items(span.attributes, prefix):
            inner = item.get(holder, item) if isinstance(item, dict) else item
            found += messages_of(inner.get("text") if isinstance(inner, dict) else inner, role)
        return found

    return read


def _value(side: str) -> FoldSource:
    """Make a source over `input.value` or `output.value`, decoded as its MIME type says."""

    def read(span: SpanContent) -> Any:
        value = span.attributes.get(f"{side}.value")
        return without_vectors(decoded_fully(value, span.attributes.get(f"{side}.mime_type")))

    return read


def _of_kind(kinds: set[str], source: FoldSource) -> FoldSource:
    return lambda span: source(span) if span.kind in kinds else None


def _retrieval_query(span: SpanContent) -> Any:
    query = span.attributes.get("reranker.query")
    if query is None and span.kind == "retriever":
        query = decoded(span.attributes.get("input.value"))
        bundle = query.get("query_bundle") if isinstance(query, dict) else None  # LlamaIndex
        if isinstance(bundle, dict):
            query = bundle.get("query_str")
        elif isinstance(query, dict) and len(query) == 1:
            query = next(iter(query.values()))
    return query


def _retrieved(span: SpanContent) -> list[dict[str, Any]]:
    """Read the documents from a retriever's output, where they were not sent one by one."""
    value = decoded(span.attributes.get("output.value")) if span.kind == "retriever" else None
    listed = value.get("documents") if isinstance(value, dict) else value
    is_plain = isinstance(listed, list) and all(isinstance(item, dict) for item in listed)
    return documents(listed) if is_plain else []


def _embeddings(span: SpanContent) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items(span.attributes, "embedding.embeddings"):
        inner = item.get("embedding", item) if isinstance(item, dict) else None
        found.append(inner if isinstance(inner, dict) else {})
    return found


def _embedding_count(span: SpanContent) -> int | None:
    return len(_embeddings(span)) or len(_sent_vectors(span)) or None


def _embedding_dim(span: SpanContent) -> int | None:
    vectors = [decoded(item.get("vector")) for item in _embeddings(span)] or _sent_vectors(span)
    if not any(isinstance(vector, list) for vector in vectors):
        vectors = _sent_vectors(span)
    return next((len(vector) for vector in vectors if isinstance(vector, list) and vector), None)


def _sent_vectors(span: SpanContent) -> list[Any]:
    """Read the vectors in an embedding call's response (OpenAI's shape), to count them."""
    if span.kind != "embedding":
        return []
    body = decoded(span.attributes.get("output.value"))
    data = body.get("data") if isinstance(body, dict) else None
    vectors = [item.get("embedding") for item in data or [] if isinstance(item, dict)]
    return [vector for vector in vectors if is_vector(vector)]


def _embedded_texts(span: SpanContent) -> list[Any]:
    return [item["text"] for item in _embeddings(span) if item.get("text")]


def _parameters(span: SpanContent) -> dict[str, Any]:
    for key in ("llm.invocation_parameters", "embedding.invocation_parameters"):
        sent = decoded(span.attributes.get(key))
        if isinstance(sent, dict):
            return parameters(sent)
    return {}


def _evaluations(span: SpanContent) -> list[dict[str, Any]]:
    """Read annotations and evaluations: two forms of the same, in three scopes."""
    found: list[dict[str, Any]] = []
    for scope, prefix in (("span", ""), ("trace", "trace."), ("session", "session.")):
        for form in ("annotation", "evaluation"):
            for item in items(span.attributes, f"{prefix}{form}s"):
                inner = item.get(form, item) if isinstance(item, dict) else None
                result = evaluation(scope, inner) if isinstance(inner, dict) else None
                if result is not None:
                    found.append(result)
    return found


def _metadata(span: SpanContent) -> Any:
    metadata = decoded(span.attributes.get("metadata"))
    return metadata if isinstance(metadata, dict) else None


def _tags(span: SpanContent) -> list[Any] | None:
    tags = decoded(span.attributes.get("tag.tags"))
    return tags if isinstance(tags, list) else None


CONVENTION = Convention(
    name="openinference",
    fields={
        "input_messages": (
            _messages("llm.input_messages", "user"),
            _texts("llm.prompts", "prompt", "user"),
        ),
        "output_messages": (
            _messages("llm.output_messages", "assistant"),
            _texts("llm.choices", "completion", "assistant"),
        ),
        "tool_definitions": (
            lambda span: tool_names(
                [
                    tool.get("json_schema", tool.get("name"))
                    for item in items(span.attributes, "llm.tools")
                    if isinstance(item, dict) and isinstance(tool := item.get("tool", item), dict)
                ]
            ),
        ),
        "tool_arguments": (_of_kind({"tool"}, lambda span: tool_arguments(_value("input")(span))),),
        "tool_result": (_of_kind({"tool"}, lambda span: tool_result(_value("output")(span))),),
        "documents": (
            lambda span: documents(subtree(span.attributes, "retrieval.documents")),
            lambda span: documents(subtree(span.attributes, "reranker.output_documents")),
            _retrieved,
        ),
        "input_documents": (
            lambda span: documents(subtree(span.attributes, "reranker.input_documents")),
        ),
        "retrieval_query": (_retrieval_query,),
        "embedding_count": (_embedding_count,),
        "embedding_dim": (_embedding_dim,),
        "evaluations": (_evaluations,),
        "params": (_parameters,),
        "input_value": (_value("input"), _embedded_texts),
        "output_value": (_value("output"),),
        "prompt_template": (attribute("llm.prompt_template.template"),),
        "prompt_variables": (
            lambda span: decoded(span.attributes.get("llm.prompt_template.variables")),
        ),
        "prompt_version": (attribute("llm.prompt_template.version"),),
        "prompt_name": (attribute("prompt.id"),),
        "metadata": (_metadata,),
        "tags": (_tags,),
    },
)
