"""Agents that tell of themselves in OTLP logs alone: their events become spans.

    session (workflow) > prompt (agent) > model call (llm), tool call (tool)

`agent` says what an agent is here, one module each knows Claude Code's, Codex's, Gemini CLI's and
Copilot's events, `sessions` makes the spans. A call's event comes when it is over: it began its
duration before. Ids follow from the session and the event, so that a log that is read twice, or
sent to two files, gives the same spans, of which the store keeps one.

Where spans of the same calls are loaded too, in whatever file, they stand and those made of logs
do not (the store's `settle/superseded_by_spans.sql`): nothing counts twice. What a log says of
cost stays. Every log record is kept besides, and shown with the span that it is of.

Source: RULES §8; MAPPING §0 rows CC, GCLI, CDX, COP.
"""

from tracetui_loaders.log_agents.sessions import add_log

__all__ = ["add_log"]
