"""Copilot Chat's events: `copilot_chat.tool.call`, and one `operation.details` per model call.

Source: VS Code documentation, "Monitor agent usage with OpenTelemetry", "Events". They repeat what
its spans say. `copilot_chat.agent.turn` repeats the usage of `operation.details` and is left to
the view of logs. `github.copilot.cost` counts requests, not dollars (MAPPING §4).
"""

from tracetui_loaders.log_agents.agent import Agent, Call, Event, Notes, chat, tool


def _read(event: Event, notes: Notes) -> Call | None:
    del notes
    if event.name == "gen_ai.client.inference.operation.details":
        sent = {key: value for key, value in event.attributes.items() if key.startswith("gen_ai.")}
        key = event.text("gen_ai.response.id") or f"{event.time}"
        return chat(event, key, sent, event.text("error.type"))
    if event.name == "tool.call":
        name = event.text("gen_ai.tool.name")
        call_id = event.text("gen_ai.tool.call.id")
        error = (event.text("error.type") or "") if event.failed else None
        attributes = {"gen_ai.tool.call.id": call_id, "error.type": event.text("error.type")}
        return tool(event, name, call_id or f"{event.time}:{name}", attributes, error)
    return None


AGENT = Agent(
    name="copilot-chat",
    prefixes=("copilot_chat.",),
    scopes=frozenset({"copilot-chat", "github.copilot"}),
    session_keys=("gen_ai.conversation.id", "session.id"),
    turn_keys=(),
    read=_read,
    opens_turn="user.message",
)
