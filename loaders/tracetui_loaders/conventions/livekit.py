"""LiveKit Agents (`lk.*`, scope `livekit-agents`).

Source: livekit/agents `livekit-agents/livekit/agents/telemetry/trace_types.py`; MAPPING row
"others", §6. Kinds by span name are in `span_names`.
"""

from tracetui_loaders.conventions.base import (
    Convention,
    Key,
    always,
    seconds_as_ms,
    small_count,
)

LIVEKIT = Convention(
    name="livekit",
    keys=(
        Key("lk.function_tool.name", "kind", 520, always("tool")),
        Key("lk.function_tool.name", "tool_name", 40),
        Key("lk.function_tool.id", "tool_call_id", 60),
        Key("lk.agent_name", "agent_name", 40),
        Key("lk.response.ttft", "ttft_ms", 50, seconds_as_ms),
        Key("lk.retry_count", "resend_count", 10, small_count),
        Key("lk.room_id", "session_id", 97),
    ),
)
