"""What a span's name says where no attribute does: kinds by scope, names of tools and agents.

Source: RULES §1 rule 6 and MAPPING §6 (`tool_name`, `agent_name`). Only the scopes named here are
looked at: one dict lookup per span that nothing stronger decided.
"""

from tracetui_loaders.conventions.base import Convention, Span, text
from tracetui_loaders.conventions.genkit import SUBTYPE

_LOGFIRE_CLIENT = (
    ("Chat Completion with", "llm"),
    ("Chat completion with", "llm"),
    ("Responses API", "llm"),
    ("Message with", "llm"),
    ("Embedding Creation with", "embedding"),
)
_CODEX = (
    ("session_task.turn", "agent"),
    ("handle_responses", "llm"),
)
_BY_SCOPE: dict[str, tuple[tuple[str, str], ...]] = {
    "pydantic-ai": (
        ("agent run", "agent"),
        ("invoke_agent", "agent"),
        ("running tools", "workflow"),
        ("running tool", "tool"),
    ),
    "gcp.vertex.agent": (
        ("call_llm", "llm"),
        ("agent_run [", "agent"),
        ("execute_tool", "tool"),
        ("invocation", "workflow"),
    ),
    "logfire.openai": _LOGFIRE_CLIENT,
    "logfire.anthropic": _LOGFIRE_CLIENT,
    "logfire.openai_agents": (
        ("OpenAI Agents trace", "workflow"),
        ("Agent run", "agent"),
        ("Function", "tool"),
        ("Handoff", "handoff"),
        ("Guardrail", "guardrail"),
        *_LOGFIRE_CLIENT,
    ),
    "agent_framework": (
        ("executor.process", "workflow"),
        ("edge_group.process", "workflow"),
        ("workflow.run", "workflow"),
        ("workflow.build", "workflow"),
        ("message.send", "messaging"),
    ),
    "livekit-agents": (
        ("agent_session", "workflow"),
        ("agent_turn", "agent"),
        ("llm_request_run", "other"),
        ("llm_request", "llm"),
        ("llm_node", "workflow"),
        ("function_tool", "tool"),
    ),
    "com.anthropic.claude_code.tracing": (
        ("claude_code.interaction", "agent"),
        ("claude_code.llm_request", "llm"),
        ("claude_code.tool.", "other"),
        ("claude_code.tool", "tool"),
    ),
    "codex_cli_rs": _CODEX,
    "codex_exec": _CODEX,
}
"""Scope to prefixes of span names, the first that fits."""


def _kind(span: Span) -> tuple[str, str] | None:
    prefixes = _BY_SCOPE.get(span.scope_name or "")
    if prefixes is None:
        return None
    for prefix, kind in prefixes:
        if span.name.startswith(prefix):
            return kind, "span name"
    return None


_NAMED: dict[str, tuple[str, ...]] = {
    "langfuse.observation.type": (),
    "mlflow.spanType": (),
    "langsmith.span.kind": (),
    "lmnr.span.type": (),
    "mastra.span.type": (),
    "agentops.span.kind": ("operation.name", "agentops.entity.name"),
    SUBTYPE: ("genkit:name",),
    "ai.observability.span_type": (),
}
"""Where the span itself is the tool or the agent, by the key that said so: attributes with its
name, and without them the span's."""


_AGENT_RUN = "agent_run ["
"""Google ADK's first schema: `agent_run [x]`."""


def _names(span: Span) -> None:
    fields = span.fields
    keys = _NAMED.get(fields["kind_source"])
    if keys is None:
        if span.name.startswith(_AGENT_RUN):
            name = span.name[len(_AGENT_RUN) :].rstrip("]")
            if name:
                fields.setdefault("agent_name", name)
        return
    column = "tool_name" if fields["kind"] == "tool" else "agent_name"
    if column not in fields:
        found = (text(span.attributes.get(key)) for key in keys)
        name = next((name for name in found if name), span.name)
        if name:
            fields[column] = name


SPAN_NAMES = Convention(
    name="span-names",
    keys=(),
    kind_rules=((600, _kind),),
    derive=((frozenset({"tool", "agent"}), _names),),
)
