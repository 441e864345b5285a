"""Strands Agents (scope `strands.telemetry.tracer`), where it departs from OTel GenAI.

Source: strands-agents `src/strands/telemetry/tracer.py`: `gen_ai.server.time_to_first_token` holds
milliseconds there, and seconds everywhere else. MAPPING row STR, §6.
"""

from tracetui_loaders.conventions.base import Convention, Key, Span, milliseconds, one_of

_WAIT = "gen_ai.server.time_to_first_token"


def first_token_ms(span: Span) -> None:
    """Read the time to the first token in the unit that Strands means."""
    time = milliseconds(span.attributes.get(_WAIT))
    if time is not None:
        span.fields["ttft_ms"] = time


STRANDS = Convention(
    name="strands",
    keys=(
        # Multi-agent runs; their nodes are agents of their own.
        Key(
            "gen_ai.operation.name",
            "kind",
            300,
            one_of({"invoke_swarm": "workflow", "invoke_graph": "workflow"}),
        ),
    ),
)
