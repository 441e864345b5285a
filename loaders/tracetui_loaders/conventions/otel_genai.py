"""OpenTelemetry GenAI semantic conventions, all generations (<= 1.27, 1.28-1.36, 1.37-1.41, next).

Source: semantic-conventions `model/gen-ai/{registry,spans,events}.yaml` and its CHANGELOG, the
`semantic-conventions-genai` repository for what follows 1.41; MAPPING §1-§7, RULES §1 rules 3-5
and 8.
"""

from typing import Any

import msgspec

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    Span,
    boolean,
    dollars,
    keys,
    seconds_as_ms,
    text,
    text_list,
    token_count,
)
from tracetui_loaders.conventions.json_members import decoded_as

OPERATION_KINDS = {
    **dict.fromkeys(
        (
            "chat",
            "generate_content",
            "text_completion",
            "completion",
            "generate",
            "response",
            "responses",
            "llm_call",
            "llm_request",
            "call_llm",
        ),
        "llm",
    ),
    "embeddings": "embedding",
    **dict.fromkeys(("retrieval", "retrieve", "vector_db_retrieve"), "retriever"),
    "rerank": "reranker",
    **dict.fromkeys(("execute_tool", "tool_call"), "tool"),
    **dict.fromkeys(("invoke_agent", "agent_call", "create_agent"), "agent"),
    **dict.fromkeys(
        (
            "invoke_workflow",
            "chain",
            "execute_task",
            "agent_step",
            "execute_event_loop_cycle",
            "plan",
            "user_prompt",
            "system_prompt",
            "schedule_tool_calls",
        ),
        "workflow",
    ),
    "apply_guardrail": "guardrail",
    **dict.fromkeys(("handoff", "agent_handoff"), "handoff"),
    "evaluate": "evaluator",
    "prompt": "prompt",
    "fetch_response": "other",
}
"""`gen_ai.operation.name` to kind; `*_memory*` is a memory operation."""


def _operation_kind(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    operation = value.lower()
    return OPERATION_KINDS.get(operation) or ("memory" if "_memory" in operation else None)


def _mcp_kind(value: Any) -> str | None:
    if text(value) is None:
        return None
    return "tool" if value == "tools/call" else "other"


def _structure(span: Span) -> tuple[str, str] | None:
    """Rule 5: what only one kind of span carries."""
    attributes = span.attributes
    if span.fields.get("tool_call_id") or text(attributes.get("gen_ai.tool.name")):
        return "tool", "gen_ai.tool.*"
    if "tool_arguments" in attributes:
        return "tool", "tool_arguments"
    if "gen_ai.evaluation.name" in attributes:
        return "evaluator", "gen_ai.evaluation.name"
    return None


def _model_and_usage(span: Span) -> tuple[str, str] | None:
    """Rule 8: a model and usage make a model call."""
    fields = span.fields
    has_model = "request_model" in fields or "response_model" in fields
    has_usage = "input_tokens" in fields or "output_tokens" in fields or "total_tokens" in fields
    return ("llm", "model+usage") if has_model and has_usage else None


_NAME_PREFIXES = {
    "tool": ("execute_tool ", "running tool: ", "tools/call "),
    "agent": ("invoke_agent ", "create_agent "),
}


def _names(span: Span) -> None:
    """Take the tool's or agent's name from the span's name: `execute_tool x`, `invoke_agent x`."""
    fields = span.fields
    kind = fields["kind"]
    if f"{kind}_name" in fields:
        return
    for prefix in _NAME_PREFIXES[kind]:
        if span.name.startswith(prefix):
            name = span.name[len(prefix) :].strip()
            # A suffix equal to the model is not a name (Vercel v7, MAPPING §6).
            if name and name != fields.get("request_model"):
                fields[f"{kind}_name"] = name
            return


def _first_chunk(span: Span) -> None:
    """Take the time to the first token from the first chunk event (MAPPING §6)."""
    if not span.events or "ttft_ms" in span.fields or span.start is None:
        return
    for name, time_unix_nano, _ in span.events:
        if name in _FIRST_CHUNK_EVENTS and time_unix_nano is not None:
            if time_unix_nano >= span.start:
                span.fields["ttft_ms"] = (time_unix_nano - span.start) / 1e6
                span.fields.setdefault("streaming", True)
            return


def _choice_events(span: Span) -> None:
    """Take finish reasons from `gen_ai.choice` events (1.28-1.36), or from output messages."""
    fields = span.fields
    if "finish_reasons" in fields:
        return
    reasons: list[str] = []
    for name, _, attributes in span.events:
        if name == "gen_ai.choice":
            reason = text(attributes.get("finish_reason"))
            reasons += [reason] if reason else []
        elif name == _DETAILS:
            reasons += _reasons_in_messages(attributes.get("gen_ai.output.messages"))
    if not reasons:
        reasons += span.tell("gen_ai.output.messages", _reasons_in_messages)
    if reasons:
        fields["finish_reasons"] = reasons


_DETAILS = "gen_ai.client.inference.operation.details"


class _Finished(msgspec.Struct):
    finish_reason: str | None = None


_finished = msgspec.json.Decoder(list[_Finished])


def _reasons_in_messages(messages: Any) -> tuple[str, ...]:
    """Return the finish reasons of output messages, where they are written as JSON text."""
    if not isinstance(messages, str) or '"finish_reason"' not in messages:
        return ()
    found: list[_Finished] = decoded_as(_finished, messages) or []
    return tuple([message.finish_reason for message in found if message.finish_reason])


_FIRST_CHUNK_EVENTS = frozenset(
    {
        "First Token Stream Event",
        "gen_ai.content.completion.chunk",
        "ai.stream.firstChunk",
    }
)

OTEL_GENAI = Convention(
    name="otel-genai",
    keys=(
        Key("gen_ai.operation.name", "kind", 300, _operation_kind),
        Key("mcp.method.name", "kind", 400, _mcp_kind),
        Key("gen_ai.operation.name", "operation", 0),
        Key("mcp.method.name", "operation", 30),
        Key("gen_ai.workflow.name", "workflow_name", 0),
        Key("gen_ai.provider.name", "provider_raw", 0),
        Key("gen_ai.system", "provider_raw", 20),
        Key("gen_ai.request.model", "request_model", 0),
        Key("gen_ai.response.model", "response_model", 0),
        Key("gen_ai.response.id", "response_id", 0),
        Key("gen_ai.request.stream", "streaming", 0, boolean),
        Key("gen_ai.request.streaming", "streaming", 30, boolean),
        Key("openai.response.service_tier", "service_tier", 0),
        Key("gen_ai.openai.response.service_tier", "service_tier", 10),
        Key("anthropic.response.service_tier", "service_tier", 20),
        Key("gen_ai.response.time_to_first_chunk", "ttft_ms", 0, seconds_as_ms),
        Key("gen_ai.client.operation.time_to_first_chunk", "ttft_ms", 10, seconds_as_ms),
        Key("gen_ai.server.time_to_first_token", "ttft_ms", 40, seconds_as_ms),
        *keys(
            "input_tokens",
            20,
            ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
            token_count,
        ),
        *keys(
            "output_tokens",
            20,
            ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
            token_count,
        ),
        Key("gen_ai.usage.total_tokens", "total_tokens", 0, token_count),
        *keys(
            "cache_read_tokens",
            0,
            (
                "gen_ai.usage.cache_read.input_tokens",
                "gen_ai.usage.cache_read_input_tokens",
                "gen_ai.usage.cached_input_tokens",
                "gen_ai.usage.details.cache_read_tokens",
                "gen_ai.usage.details.cached_tokens",
                "gen_ai.usage.details.cache_read_input_tokens",
            ),
            token_count,
        ),
        *keys(
            "cache_write_tokens",
            0,
            (
                "gen_ai.usage.cache_write.input_tokens",
                "gen_ai.usage.cache_creation.input_tokens",
                "gen_ai.usage.cache_creation_input_tokens",
                "gen_ai.usage.cache_write_input_tokens",
                "gen_ai.usage.details.cache_write_tokens",
            ),
            token_count,
        ),
        *keys(
            "cache_write_1h_tokens",
            0,
            (
                "anthropic.usage.cache_creation.ephemeral_1h_input_tokens",
                "gen_ai.usage.cache_creation_1h.input_tokens",
            ),
            token_count,
        ),
        *keys(
            "reasoning_tokens",
            0,
            (
                "gen_ai.usage.reasoning.output_tokens",
                "gen_ai.usage.reasoning_tokens",
                "gen_ai.usage.details.reasoning_tokens",
            ),
            token_count,
        ),
        *keys(
            "audio_input_tokens",
            10,
            ("gen_ai.usage.audio.input_tokens", "gen_ai.usage.details.audio_tokens"),
            token_count,
        ),
        Key("gen_ai.usage.audio.output_tokens", "audio_output_tokens", 10, token_count),
        *keys(
            "cost_given_usd",
            20,
            ("gen_ai.usage.cost", "gen_ai.cost.total_cost", "gen_ai.usage.total_cost"),
            dollars,
        ),
        *keys(
            "finish_reasons",
            0,
            (
                "gen_ai.response.finish_reasons",
                "gen_ai.response.finish_reason",
            ),
            text_list,
        ),
        *keys(
            "finish_reasons",
            40,
            ("gen_ai.response.stop_reason", "anthropic.message.stop_reason"),
            text_list,
        ),
        Key("gen_ai.tool.name", "tool_name", 0),
        Key("gen_ai.tool.call.id", "tool_call_id", 0),
        Key("gen_ai.tool.call_id", "tool_call_id", 10),
        Key("gen_ai.tool.type", "tool_type", 0),
        Key("gen_ai.agent.name", "agent_name", 0),
        Key("gen_ai.agent.id", "agent_id", 0),
        Key("gen_ai.handoff.from_agent", "handoff_from", 10),
        Key("gen_ai.handoff.to_agent", "handoff_to", 10),
        Key("gen_ai.caller.name", "handoff_from", 20),
        Key("gen_ai.transfer.target.name", "handoff_to", 20),
        Key("gen_ai.conversation.id", "session_id", 0),
        Key("session.id", "session_id", 10),
        Key("user.id", "user_id", 0),
        Key("enduser.id", "user_id", 10),
        Key("enduser.pseudo.id", "user_id", 20),
        Key("gen_ai.user", "user_id", 90),
        Key("gen_ai.request.user", "user_id", 110),
    ),
    kind_rules=((500, _structure), (800, _model_and_usage)),
    derive=(
        (frozenset({"tool", "agent"}), _names),
        (frozenset({"llm"}), _first_chunk),
        (frozenset({"llm"}), _choice_events),
    ),
)
