"""Google ADK's sessions: `{id, app_name, user_id, state, events[]}`, as its services save them.

An invocation is a turn. An agent's event with text or function calls is a model call, one with
function responses answers the calls; calls may lack ids, then they are answered in order, by name.
Another agent that speaks in the same invocation is a sub-agent. Keys are in snake_case (`adk run
--save_session`) or camelCase (`adk web`); the first versions have `context` and `event_logs`, which
name the model. Times are seconds, as floats. Thoughts are not among a candidate's tokens.

Source: google/adk-python `sessions/session.py`, `events/event.py`, `models/llm_response.py`;
google-genai `types.Content`, `GenerateContentResponseUsageMetadata`; FORMATS §9.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.json_values import items_of
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    NotKnownError,
    Part,
    Place,
    Reader,
    Session,
    Tool,
    TranscriptLoader,
    Usage,
    counted,
    reasoning,
    text,
    unix_nano,
)
from tracetui_loaders.vendor_values import known, mapping, objects

_OWNERS = ({"app_name", "user_id"}, {"appName", "userId"}, {"past_events", "pending_events"})


def _is_session_s(keys: frozenset[str]) -> bool:
    return {"id", "events"} <= keys and any(owner <= keys for owner in _OWNERS)


def _of(holder: Mapping[str, Any], name: str) -> Any:
    """Return a member by its name in snake_case, or by the same in camelCase."""
    if name in holder:
        return holder[name]
    first, *rest = name.split("_")
    return holder.get(first + "".join(word.capitalize() for word in rest))


class _Sessions(Reader):
    """Reads sessions, one a value or several in an array."""

    def read(self, value: Any, place: Place) -> None:
        """Tell every session's events.

        Raises:
            NotKnownError: If the value is no session.
        """
        sessions = list(items_of(value))
        for sent in sessions:
            if not isinstance(sent, dict) or not _is_session_s(frozenset(sent)):
                raise NotKnownError("no session of the ADK: no events, or no app and user")
        for sent in sessions:
            session = self.transcript.session(sent["id"])
            events = objects(sent["events"])
            began = events[0].get("timestamp") if events else _of(sent, "last_update_time")
            session.started(unix_nano(began), place)
            session.root.attributes |= known(
                {
                    "adk.app_name": _of(sent, "app_name"),
                    "user.id": _of(sent, "user_id"),
                    "adk.state": _of(sent, "state") or _of(sent, "context"),
                }
            )
            teller = _Teller(session, place, _models(_of(sent, "event_logs")))
            for event in events:
                if not teller.tell(event):
                    self.transcript.ignore("events that only change the state")
            if session.begun:
                session.current.over = True
            session.root.over = True


def _models(logs: Any) -> dict[str, str]:
    """Return the model of each event that old sessions log beside them."""
    found: dict[str, str] = {}
    for log in objects(logs):
        model = mapping(_of(log, "model_request")).get("model")
        if isinstance(model, str) and model:
            found[str(_of(log, "event_id"))] = model
    return found


class _Teller:
    """Tells the events of one session."""

    def __init__(self, session: Session, place: Place, models: Mapping[str, str]) -> None:
        self._session = session
        self._place = place
        self._models = models
        self._invocation: Any = None
        self._open: list[Tool] = []
        """Calls that nobody answered, in order."""
        self._agents: dict[tuple[str, str], Agent] = {}

    def tell(self, event: dict[str, Any]) -> bool:
        """Tell one event; return whether it says anything."""
        time = unix_nano(event.get("timestamp"))
        parts = objects(mapping(event.get("content")).get("parts"))
        failure = _of(event, "error_message") or _of(event, "error_code")
        if not parts and not failure:
            return False
        if event.get("partial") is True:
            return True  # the whole comes later
        invocation, author = _of(event, "invocation_id"), event.get("author")
        said = [part for part in parts if not part.keys() & _RESPONSES]
        if author == "user" and said:
            self._session.turn(_said(said), time, invocation, self._place)
            self._invocation = invocation
            said = []
        elif invocation != self._invocation and not self._session.begun:
            self._session.turn([], time, invocation, self._place)
            self._invocation = invocation
        agent = self._agent(author)
        for part in parts:
            response = mapping(_of(part, "function_response"))
            if response:
                self._answer(response, time, agent)
        if said or failure:
            call = agent.call(event.get("id"), time, self._place, model=self._model(event))
            self._reply(call, event, said, time)
            if failure:
                call.fail(str(failure), error_type=str(_of(event, "error_code") or "error"))
        return True

    def _agent(self, author: Any) -> Agent:
        """Return who speaks: the turn's agent is the first that does."""
        turn = self._session.current
        if not isinstance(author, str) or author in ("user", turn.agent_name):
            return turn
        if turn.agent_name is None:
            turn.agent_name = author
            return turn
        agent = self._agents.get((turn.span_id, author))
        if agent is None:
            agent = self._session.subagent(turn, None, author, place=self._place)
            agent.thread = turn.thread  # they speak in one conversation
            self._agents[turn.span_id, author] = agent
        return agent

    def _model(self, event: Mapping[str, Any]) -> str | None:
        model = _of(event, "model_version")
        return model if isinstance(model, str) else self._models.get(str(event.get("id")))

    def _reply(
        self, call: Call, event: dict[str, Any], parts: list[dict[str, Any]], time: int | None
    ) -> None:
        call.attributes.pop("gen_ai.response.id", None)  # it is the event's id
        call.say(_said(parts))
        for part in parts:
            wish = mapping(_of(part, "function_call"))
            if wish:
                name = wish.get("name")
                name = name if isinstance(name, str) and name else "tool"
                tool = call.tool(wish.get("id"), name, wish.get("args"), time, self._place)
                self._open.append(tool)
        reason = _of(event, "finish_reason")
        call.finish_reason = reason if isinstance(reason, str) else None
        call.count(_usage(mapping(_of(event, "usage_metadata"))))
        actions = mapping(event.get("actions"))
        moved = _of(actions, "transfer_to_agent")
        if moved:
            call.attributes["adk.transfer_to_agent"] = moved

    def _answer(self, response: dict[str, Any], time: int | None, agent: Agent) -> None:
        call_id, name = response.get("id"), response.get("name")
        tool = next(
            (
                tool
                for tool in self._open
                if (tool.call_id == call_id if call_id else tool.tool_name == name)
            ),
            None,
        )
        result = response.get("response")
        error = mapping(result).get("error")
        self._session.answer(tool or call_id, result, time, failed=bool(error), agent=agent)
        if tool is not None:
            self._open.remove(tool)


_RESPONSES = frozenset({"function_response", "functionResponse"})
_WISHES = frozenset({"function_call", "functionCall", "thought_signature", "thoughtSignature"})


def _said(parts: list[dict[str, Any]]) -> list[Part]:
    """Return the parts that are no function calls."""
    found: list[Part] = []
    for part in parts:
        if "text" in part:
            found.append((reasoning if part.get("thought") is True else text)(part["text"]))
        elif not part.keys() & _WISHES:
            found.append(part)
    return found


def _usage(sent: Mapping[str, Any]) -> Usage | None:
    return counted(
        input_tokens=_of(sent, "prompt_token_count"),
        output_tokens=_of(sent, "candidates_token_count"),
        cache_read=_of(sent, "cached_content_token_count"),
        reasoning=_of(sent, "thoughts_token_count"),
        output_excludes_reasoning=True,
    )


class AdkSessionLoader(TranscriptLoader):
    """Loads Google ADK's sessions."""

    name: ClassVar[str] = "adk_session"
    title: ClassVar[str] = "Google ADK session"
    service: ClassVar[str] = "google-adk"
    reader: ClassVar[type[Reader]] = _Sessions

    def sniff(self, head: Head) -> float:
        """Return how surely the first objects are sessions, by their keys."""
        return 0.9 if any(map(_is_session_s, head.keys)) else 0.0


LOADER = AdkSessionLoader()
