"""crewAI's own attributes on crews and tasks, beside whatever instrumentation writes them.

Source: crewAI `telemetry` and OpenLLMetry's crewAI instrumentation (0.62), which writes
`invoke_agent` on the crew, its tasks and its agents alike. The crew alone says what all of it used,
as text: `total_tokens=1552 prompt_tokens=1392 ...`.
"""

from typing import Any

from tracetui_loaders.conventions.base import Convention, Convert, Key, always, token_count

_USAGE = "crewai.crew.token_usage"


def _count(name: str) -> Convert:
    """Return a conversion to the count called `name` in text of `name=count`, space between."""

    def read(value: Any) -> int | None:
        if not isinstance(value, str) or len(value) > 1_000:
            return None
        counts = dict(pair.split("=", 1) for pair in value.split() if "=" in pair)
        return token_count(counts.get(name))

    return read


CREWAI = Convention(
    name="crewai",
    keys=(
        Key("crewai.crew.id", "kind", 125, always("workflow")),
        Key("crewai.task.id", "kind", 126, always("workflow")),
        Key("crewai.crew.name", "workflow_name", 80),
        Key("crewai.task.agent", "agent_name", 70),
        Key(_USAGE, "input_tokens", 220, _count("prompt_tokens")),
        Key(_USAGE, "output_tokens", 220, _count("completion_tokens")),
        Key(_USAGE, "total_tokens", 220, _count("total_tokens")),
        Key(_USAGE, "cache_read_tokens", 220, _count("cached_prompt_tokens")),
        Key(_USAGE, "cache_write_tokens", 220, _count("cache_creation_tokens")),
        Key(_USAGE, "reasoning_tokens", 220, _count("reasoning_tokens")),
    ),
)
