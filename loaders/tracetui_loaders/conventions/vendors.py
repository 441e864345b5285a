"""Conventions that need a table and nothing else: one `Convention` each.

Source: AgentOps `semconv`, Laminar `lmnr-python` (`sdk/span_types`), Mastra
`observability/otel-exporter/src/gen-ai-semantics.ts`, TruLens "Semantic Conventions", VoltAgent
`packages/core/src/observability`, OpenLIT `semcov`, LiteLLM's `opentelemetry` callback; RULES §1
rule 1, MAPPING §3-§6. Names of tools and agents are in `span_names`.
"""

from tracetui_loaders.conventions.base import Convention, Key, dollars, one_of, token_count

AGENTOPS = Convention(
    name="agentops",
    keys=(
        Key(
            "agentops.span.kind",
            "kind",
            180,
            one_of(
                {
                    "agent": "agent",
                    "tool": "tool",
                    "llm": "llm",
                    "guardrail": "guardrail",
                    "http": "http",
                    **dict.fromkeys(
                        ("session", "workflow", "task", "operation", "chain"), "workflow"
                    ),
                }
            ),
        ),
    ),
)

LAMINAR = Convention(
    name="laminar",
    keys=(
        Key(
            "lmnr.span.type",
            "kind",
            190,
            one_of(
                {
                    "llm": "llm",
                    "tool": "tool",
                    **dict.fromkeys(("evaluator", "human_evaluator"), "evaluator"),
                    **dict.fromkeys(("executor", "evaluation"), "workflow"),
                    # An answer from Laminar's cache: nothing was asked of the model.
                    "cached": "other",
                }
            ),
        ),
        Key("lmnr.association.properties.session_id", "session_id", 52),
        Key("lmnr.association.properties.user_id", "user_id", 62),
    ),
)

MASTRA = Convention(
    name="mastra",
    keys=(
        Key(
            "mastra.span.type",
            "kind",
            195,
            one_of(
                {
                    "agent_run": "agent",
                    # Usage stands on the generation alone; steps and inferences are its parts.
                    **dict.fromkeys(("model_generation", "llm_generation"), "llm"),
                    **dict.fromkeys(("tool_call", "mcp_tool_call", "provider_tool_call"), "tool"),
                    "rag_embedding": "embedding",
                    "rag_vector_operation": "retriever",
                    **dict.fromkeys(
                        (
                            "model_step",
                            "model_inference",
                            "processor_run",
                            "workflow_run",
                            "workflow_step",
                            "workflow_conditional",
                            "workflow_conditional_eval",
                            "workflow_parallel",
                            "workflow_loop",
                            "workflow_sleep",
                            "workflow_wait_event",
                            "rag_ingestion",
                        ),
                        "workflow",
                    ),
                    **dict.fromkeys(("model_chunk", "llm_chunk"), "other"),
                    "scorer_run": "evaluator",
                }
            ),
        ),
        Key("gen_ai.usage.audio_input_tokens", "audio_input_tokens", 20, token_count),
        Key("gen_ai.usage.audio_output_tokens", "audio_output_tokens", 20, token_count),
    ),
)

TRULENS = Convention(
    name="trulens",
    keys=(
        Key(
            "ai.observability.span_type",
            "kind",
            197,
            one_of(
                {
                    **dict.fromkeys(("record_root", "workflow", "workflow_step"), "workflow"),
                    "agent": "agent",
                    "generation": "llm",
                    "retrieval": "retriever",
                    "reranking": "reranker",
                    **dict.fromkeys(("tool", "mcp"), "tool"),
                    **dict.fromkeys(("eval_root", "eval"), "evaluator"),
                }
            ),
        ),
        Key("ai.observability.cost.model", "response_model", 90),
        Key("ai.observability.cost.num_prompt_tokens", "input_tokens", 190, token_count),
        Key("ai.observability.cost.num_completion_tokens", "output_tokens", 190, token_count),
        Key("ai.observability.cost.num_tokens", "total_tokens", 190, token_count),
        Key("ai.observability.cost.cost", "cost_given_usd", 70, dollars),
        Key("ai.observability.mcp.tool_name", "tool_name", 45),
    ),
)

VOLTAGENT = Convention(
    name="voltagent",
    keys=(
        Key("usage.prompt_tokens", "input_tokens", 100, token_count),
        Key("usage.completion_tokens", "output_tokens", 100, token_count),
        Key("usage.total_tokens", "total_tokens", 100, token_count),
    ),
)

OPENLIT = Convention(
    name="openlit",
    keys=(
        Key(
            "gen_ai.operation.name",
            "kind",
            300,
            one_of({"framework": "workflow", "graph": "workflow", "embedding": "embedding"}),
        ),
    ),
)
