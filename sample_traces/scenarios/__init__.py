"""The sample traces: one module per scenario, by the name of the file each writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    failed_run,
    loop,
    queue_links,
    rag,
    retry_storm,
    services,
    supervisor,
    support_day,
    tool_agent,
    unfinished,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .recording import Recorder

SCENARIOS: dict[str, Callable[[Recorder], None]] = {
    "rag": rag.record,
    "tool-agent": tool_agent.record,
    "loop": loop.record,
    "supervisor": supervisor.record,
    "services": services.record,
    "queue": queue_links.record,
    "retry-storm": retry_storm.record,
    "failed-run": failed_run.record,
    "unfinished": unfinished.record,
    "support-day": support_day.record,
}
