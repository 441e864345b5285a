"""What the OpenAI Agents SDK's own trace export says of a span, beside OTel's attributes.

Source: openai-agents 0.24 `tracing/span_data.py` (`SpanData.export`) and
`tracing/processor_interface.py`; turns and tasks are exported as type `custom` with the real type
in `data.sdk_span_type`. MAPPING §1, RULES §3 (a turn and a task sum what is below them).
"""

from tracetui_loaders.conventions.base import Convention, Key, one_of

TYPE = "openai_agents.span_data.type"
"""The span's real type: `data.sdk_span_type` where there is one, else `type`."""

KINDS = {
    "agent": "agent",
    **dict.fromkeys(("generation", "response"), "llm"),
    "function": "tool",
    "handoff": "handoff",
    "guardrail": "guardrail",
    **dict.fromkeys(("turn", "task", "speech_group"), "workflow"),
    **dict.fromkeys(("custom", "mcp_tools", "speech", "transcription"), "other"),
}

OPENAI_AGENTS = Convention(
    name="openai-agents",
    keys=(
        Key(TYPE, "kind", 160, one_of(KINDS)),
        Key(TYPE, "operation", 40),
    ),
)
