"""Tells conversations that are kept as chat messages: role, content, tool calls.

A user's message begins a turn, an assistant's is a model call, a tool's answers the call that it
names, or else the first call of the last reply that nobody answered. Models use the id of a call
again in later replies (gpt-4o in tau-bench): that is another call.

Source: OpenAI API reference, "Chat completions", messages; Inspect AI and Grok write the name and
arguments of a call beside its id instead of inside `function`.
"""

from typing import Any

from tracetui_loaders.transcripts.messages import Part, parts_of, reasoning
from tracetui_loaders.transcripts.node import Node, Place
from tracetui_loaders.transcripts.session import Session
from tracetui_loaders.transcripts.spans import Call, Tool
from tracetui_loaders.vendor_values import mapping, objects

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


class Chat:
    """Tells the messages of one conversation.

    Args:
        session: What they are told to.
        place: Of the record that holds them.
        model: The model that answers, where that is known.
    """

    def __init__(self, session: Session, place: Place, model: Any = None) -> None:
        self._session = session
        self.place = place
        self.model = model if isinstance(model, str) and model else None
        self._unanswered: list[Tool] = []

    def tell(self, message: dict[str, Any], time: int | None = None) -> Node:
        """Tell one message; return the span that it is on."""
        role, session = message.get("role"), self._session
        parts = content_parts(message.get("content"))
        if role == "assistant":
            return self._reply(message, parts, time)
        if role in ("tool", "function"):
            return self._answer(message, time) or session.current
        if role in ("system", "developer"):
            session.say_system(parts)
            return session.root
        return session.turn(parts, time, message.get("id"), self.place)

    def _reply(self, message: dict[str, Any], parts: list[Part], time: int | None) -> Call:
        call = self._session.current.call(message.get("id"), time, self.place, model=self.model)
        thought = message.get("reasoning_content") or message.get("reasoning")
        if isinstance(thought, str):
            call.say([reasoning(thought)])
        call.say(parts)
        self._unanswered = []
        for sent in objects(message.get("tool_calls")):
            function = mapping(sent.get("function")) or sent
            name = function.get("name") or function.get("function")
            name = name if isinstance(name, str) and name else "tool"
            arguments = function.get("arguments")
            if isinstance(sent.get("id"), str):
                self._session.tools.pop(sent["id"], None)
            tool = call.tool(sent.get("id"), name, arguments, time, self.place)
            self._unanswered.append(tool)
        return call

    def _answer(self, message: dict[str, Any], time: int | None) -> Tool | None:
        target: Any = message.get("tool_call_id")
        named = [tool for tool in self._unanswered if tool.call_id == target and target]
        if named or not isinstance(target, str) or target not in self._session.tools:
            target = next(iter(named or self._unanswered), target)
        error = message.get("error")
        tool = self._session.answer(target, message.get("content"), time, failed=bool(error))
        if tool in self._unanswered:
            self._unanswered.remove(tool)
        return tool


def content_parts(content: Any) -> list[Part]:
    """Return content as parts, with reasoning as such; what was redacted has a summary at most."""
    found: list[Part] = []
    for part in parts_of(content):
        if part.get("type") in ("reasoning", "thinking") and "content" not in part:
            thought = part.get("reasoning") or part.get("thinking")
            found.append(
                reasoning((part.get("summary") if part.get("redacted") else thought) or "")
            )
        else:
            found.append(part)
    return found
