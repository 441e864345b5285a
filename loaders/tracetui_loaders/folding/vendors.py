"""Conventions that keep a span's whole input and output in two attributes of their own.

Source: MLflow `SpanAttributeKey`, Langfuse `attributes.py`, LangSmith's OTel exporter, Laminar
`lmnr.span.input`, AgentOps `semconv`, Mastra's `mastra.<type>.input`, TruLens "Semantic
Conventions", MCP and OpenLIT attributes of tool calls; MAPPING §5 form J and §6.
"""

from collections.abc import Callable
from typing import Any

from tracetui_loaders.folding.bodies import of_kinds, query_in, recorded, with_prefix
from tracetui_loaders.folding.content import Convention, FoldSource, SpanContent, attribute
from tracetui_loaders.folding.json_value import decoded, decoded_text
from tracetui_loaders.folding.values import (
    documents,
    evaluation,
    parameters,
    tool_arguments,
    tool_names,
    tool_result,
)


def _json(*keys: str) -> FoldSource:
    """Make a source whose value is JSON also where it is a string, as MLflow writes it."""
    read = attribute(*keys)
    return lambda span: decoded_text(read(span))


def _object(key: str) -> Callable[[SpanContent], dict[str, Any]]:
    def read(span: SpanContent) -> dict[str, Any]:
        value = decoded(span.attributes.get(key))
        return value if isinstance(value, dict) else {}

    return read


def _list(*keys: str) -> FoldSource:
    """Make a source over a list, JSON text of one, or text with commas."""
    read = attribute(*keys)

    def listed(span: SpanContent) -> list[Any] | None:
        value = decoded(read(span))
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        return value if isinstance(value, list) else None

    return listed


MLFLOW = recorded(
    "mlflow",
    _json("mlflow.spanInputs"),
    _json("mlflow.spanOutputs"),
    tool_definitions=(lambda span: tool_names(span.attributes.get("mlflow.chat.tools")),),
    params=(lambda span: parameters(_object("mlflow.spanInputs")(span)),),
)

LANGFUSE = recorded(
    "langfuse",
    _json("langfuse.observation.input"),
    _json("langfuse.observation.output"),
    params=(lambda span: parameters(_object("langfuse.observation.model.parameters")(span)),),
    metadata=(lambda span: with_prefix(span, "langfuse.observation.metadata."),),
    tags=(_list("langfuse.trace.tags"),),
    prompt_name=(attribute("langfuse.observation.prompt.name"),),
    prompt_version=(attribute("langfuse.observation.prompt.version"),),
)


def _of_langsmith(key: str) -> FoldSource:
    """Make a source over a run's inputs or outputs, which LangSmith puts on runs of any kind."""

    def read(span: SpanContent) -> Any:
        return span.attributes.get(key) if "langsmith.span.kind" in span.attributes else None

    return read


LANGSMITH = recorded(
    "langsmith",
    _of_langsmith("gen_ai.prompt"),
    _of_langsmith("gen_ai.completion"),
    metadata=(lambda span: with_prefix(span, "langsmith.metadata."),),
    tags=(_list("langsmith.span.tags"),),
)

LAMINAR = recorded("laminar", _json("lmnr.span.input"), _json("lmnr.span.output"))

_AGENTOPS_KINDS = ("entity", "task", "operation", "workflow", "agent", "tool", "session")
AGENTOPS = recorded(
    "agentops",
    _json(*(f"agentops.{kind}.input" for kind in _AGENTOPS_KINDS)),
    _json(*(f"agentops.{kind}.output" for kind in _AGENTOPS_KINDS)),
    tags=(_list("agentops.tags"),),
)


def _mastra(side: str) -> FoldSource:
    def read(span: SpanContent) -> Any:
        kind = span.attributes.get("mastra.span.type")
        return (
            span.attributes.get(f"mastra.{kind.lower()}.{side}") if isinstance(kind, str) else None
        )

    return read


MASTRA = recorded("mastra", _mastra("input"), _mastra("output"))

_TRULENS = "ai.observability."


def _trulens_input(span: SpanContent) -> Any:
    sent = span.attributes.get(f"{_TRULENS}record_root.input")
    if sent is None:
        sent = span.attributes.get(f"{_TRULENS}mcp.input_arguments")
    return with_prefix(span, f"{_TRULENS}call.kwargs.") if sent is None else sent


def _trulens_evaluations(span: SpanContent) -> list[dict[str, Any]]:
    """Read the score of an evaluation's span, under its metric's name."""
    for form in ("eval_root", "eval"):
        raw = with_prefix(span, f"{_TRULENS}{form}.")
        if "score" in raw:
            name = raw.get("metric_name") or span.attributes.get(f"{_TRULENS}eval.metric_name")
            found = evaluation("span", {**raw, "name": name})
            return [found] if found is not None else []
    return []


TRULENS = recorded(
    "trulens",
    _trulens_input,
    attribute(
        f"{_TRULENS}record_root.output", f"{_TRULENS}mcp.output_content", f"{_TRULENS}call.return"
    ),
    retrieval_query=(attribute(f"{_TRULENS}retrieval.query_text"),),
    documents=(
        lambda span: documents(span.attributes.get(f"{_TRULENS}retrieval.retrieved_contexts")),
    ),
    evaluations=(_trulens_evaluations,),
)

TOOL_CALLS = Convention(
    name="tool-calls",
    fields={
        "tool_arguments": (
            of_kinds(
                ("tool",),
                lambda span: tool_arguments(
                    attribute("gen_ai.tool.args", "gen_ai.tool.input", "mcp.request.argument")(span)
                ),
            ),
        ),
        "tool_result": (
            of_kinds(
                ("tool",),
                lambda span: tool_result(
                    attribute("gen_ai.tool.output", "mcp.response.value")(span)
                ),
            ),
        ),
        "input_value": (attribute("mcp.request.argument"),),
        "output_value": (attribute("mcp.response.value"),),
        # What was asked of a search engine or database; a document store's query is JSON.
        "retrieval_query": (
            of_kinds(("retriever",), lambda span: query_in(span.attributes.get("db.query.text"))),
        ),
    },
)
"""MCP and OpenLIT: payloads of tool calls beside OTel GenAI's."""
