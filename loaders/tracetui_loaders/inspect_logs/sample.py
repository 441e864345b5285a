"""One sample of an Inspect AI evaluation, told as a session.

Model and tool events are calls; scores are evaluations on the session; what else a person might
want to see (sandbox commands, approvals, limits, notes) becomes events. Changes of state and store
are left out: the messages say the same. An answer that came from Inspect's own cache cost nothing,
so that its usage is not counted; Inspect does not count it either.

Times: an event's own is when it began, and `completed` when it ended (from 0.3.64). Before that a
model call took `output.time`, or, in the oldest logs, ended at the time of its event; a tool ended
when the next thing happened.

Source: inspect_ai `event/*.py`, `log/_log.py` (`EvalSample`), 0.3.40 to 0.3.154 and later.
"""

from collections.abc import Mapping
from typing import Any

from tracetui_loaders.inspect_logs.frames import Frame, Frames
from tracetui_loaders.inspect_logs.messages import (
    call_name,
    canonical,
    expanded,
    input_of,
    is_same,
    usage_of,
)
from tracetui_loaders.transcripts import Agent, Call, Place, Session, Tool, Transcript, unix_nano
from tracetui_loaders.transcripts.chat import Chat, content_parts
from tracetui_loaders.vendor_values import evaluation_event, known, mapping, objects

_SETTINGS = ("temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty")
_UNSEEN = {"state": "changes of state", "store": "changes of the store"}
_DEEPEST = 20
_LONGEST_S = 1_000_000


class SampleTeller:
    """Tells one sample.

    Args:
        transcript: Takes account of what has nothing to show.
        session: The sample's.
        sample: As Inspect wrote it.
        place: Where it stands in the source.
    """

    def __init__(
        self, transcript: Transcript, session: Session, sample: Mapping[str, Any], place: Place
    ) -> None:
        self._transcript = transcript
        self._session = session
        self._sample = sample
        self._place = place
        self._attachments = mapping(sample.get("attachments"))
        pool = mapping(sample.get("events_data")).get("messages")
        self._pool: list[Any] = pool if isinstance(pool, list) else []
        self._last: Call | None = None
        self._before: int | None = None
        """When the event before happened."""
        self._unended: list[Tool] = []
        self._scored: dict[str, int | None] = {}

    def tell(self, agent: str | None, model: str | None) -> None:
        """Tell all that happened.

        Args:
            agent: What solves it: the solver's or the task's name.
            model: The model that is evaluated.
        """
        events = objects(self._sample.get("events"))
        if events:
            self._tell_events(events, agent)
        else:
            self._tell_messages(agent, model)
        self._close()

    def _tell_events(self, events: list[dict[str, Any]], agent: str | None) -> None:
        start = unix_nano(events[0].get("timestamp"))
        turn = self._session.turn(self._prompt(), start, None, self._place, agent=agent)
        self._frames = Frames(self._session, turn, events, self._place)
        self._tell_all(events, 0)

    def _tell_messages(self, agent: str | None, model: str | None) -> None:
        """Tell the conversation of a log without events; usage is that of the whole sample."""
        chat = Chat(self._session, self._place, model)
        for message in objects(self._sample.get("messages")):
            chat.tell(expanded(message, self._attachments))
        if self._session.begun:
            self._session.current.agent_name = agent
        totals = objects(list(mapping(self._sample.get("model_usage")).values()))
        if len(totals) == 1:
            usage = usage_of(totals[0])
            self._session.root.attributes |= usage.attributes() if usage else {}

    def _prompt(self) -> list[dict[str, Any]]:
        asked = expanded(self._sample.get("input"), self._attachments)
        if isinstance(asked, list):
            said = [item for item in objects(asked) if item.get("role") == "user"]
            return [part for item in said for part in content_parts(item.get("content"))]
        return content_parts(asked)

    def _tell_all(self, events: list[dict[str, Any]], depth: int) -> None:
        for event in events:
            self._event(event, depth)

    def _event(self, event: dict[str, Any], depth: int) -> None:
        kind = event.get("event")
        time = unix_nano(event.get("timestamp"))
        self._session.root.seen(time)
        for tool in self._unended:
            tool.seen(time)
        self._unended.clear()
        if kind in ("span_begin", "span_end", "step"):
            begins = kind == "span_begin" or event.get("action") == "begin"
            (self._frames.begin if begins else self._frames.end)(event)
        elif kind == "model":
            self._model(event, time)
        elif kind == "tool":
            self._tool(event, time, depth)
        elif kind == "subtask":
            self._subtask(event, time, depth)
        elif kind == "score":
            self._score(event, time)
        elif kind in _UNSEEN:
            self._transcript.ignore(_UNSEEN[kind])
        elif kind != "sample_init":
            self._other(event, str(kind), time)
        self._before = time if time is not None else self._before

    def _model(self, event: dict[str, Any], time: int | None) -> None:
        frame = self._frames.of(event)
        agent, model = self._frames.agent(frame), event.get("model")
        call = agent.call(
            event.get("uuid"), time, self._place, model=model if isinstance(model, str) else None
        )
        self._times(call, event, time)
        call.attributes.pop("gen_ai.response.id", None)
        self._input(call, event, frame)
        self._output(call, mapping(event.get("output")), time)
        if event.get("cache") != "read":
            call.count(usage_of(mapping(event.get("output")).get("usage")))
        response = mapping(mapping(event.get("call")).get("response"))
        call.attributes |= known(
            {
                "gen_ai.response.id": response.get("id"),
                "gen_ai.provider.name": call.model.partition("/")[0]
                if call.model and "/" in call.model
                else None,
                "gen_ai.response.model": mapping(event.get("output")).get("model"),
                "inspect.role": event.get("role"),
                "inspect.retries": event.get("retries"),
                "inspect.cache": event.get("cache"),
                "inspect.working_time": event.get("working_time"),
                **_settings(mapping(event.get("config"))),
            }
        )
        error = event.get("error")
        if isinstance(error, str) and error:
            call.fail(error, error_type="model_error")
        self._last = call

    def _times(self, call: Call, event: dict[str, Any], time: int | None) -> None:
        ended, took = unix_nano(event.get("completed")), mapping(event.get("output")).get("time")
        call.start = time
        if ended is None and isinstance(took, int | float) and time is not None:
            ended = time + round(min(max(took, 0), _LONGEST_S) * 1_000_000) * 1_000
        elif ended is None and not event.get("pending"):
            call.start = self._before
        call.seen(ended)

    def _input(self, call: Call, event: dict[str, Any], frame: Frame) -> None:
        """Give a call what is new to it: events repeat the whole conversation."""
        sent = input_of(event, self._pool)
        before, heard = frame.chain[-1] if frame.chain else (None, [])
        follows = (
            before is not None
            and len(sent) > len(heard)
            and sent[len(heard)].get("role") == "assistant"
            and all(map(is_same, heard, sent))
        )
        new = sent[len(heard) + 1 :] if follows else sent
        call.input = [canonical(message, self._attachments) for message in new]
        call.follows = before if follows else None
        frame.chain = [(call, sent)]
        if not follows and event.get("tools"):
            call.attributes["gen_ai.tool.definitions"] = expanded(event["tools"], self._attachments)

    def _output(self, call: Call, output: dict[str, Any], time: int | None) -> None:
        choice = next(iter(objects(output.get("choices"))), {})
        said = expanded(mapping(choice.get("message")), self._attachments)
        call.say(content_parts(said.get("content")))
        for wish in objects(said.get("tool_calls")):
            known_tool = self._session.tools.get(str(wish.get("id")))
            if known_tool is not None and known_tool.answered:
                del self._session.tools[str(wish["id"])]  # models use ids again
            call.tool(wish.get("id"), call_name(wish), wish.get("arguments"), time, self._place)
        reason = choice.get("stop_reason")
        call.finish_reason = reason if isinstance(reason, str) else None

    def _tool(self, event: dict[str, Any], time: int | None, depth: int) -> None:
        call_id = event.get("id")
        tool = self._session.tools.get(call_id) if isinstance(call_id, str) else None
        if tool is None or tool.answered:
            tool = self._unasked(event, time)
        if tool is None:
            return
        ended = unix_nano(event.get("completed"))
        inner = objects(event.get("events"))
        if inner and depth < _DEEPEST:
            self._frames.push(self._frames.inside(tool, inner))
            self._tell_all(inner, depth + 1)
            self._frames.pop()
        if time is not None:
            tool.start = time
            tool.seen(time)
        error = mapping(event.get("error"))
        result = expanded(event.get("result"), self._attachments)
        if error and not result:
            result = error.get("message")
        answered = not event.get("pending")
        if answered:
            self._session.answer(
                tool,
                result,
                ended or time,
                failed=bool(error) or event.get("failed") is True,
                error_type=error.get("type") if isinstance(error.get("type"), str) else None,
            )
            if ended is None:
                self._unended.append(tool)
        tool.attributes |= known({"inspect.working_time": event.get("working_time")})

    def _unasked(self, event: dict[str, Any], time: int | None) -> Tool | None:
        """Return a tool call that no model call asked for: a solver's own, or one more."""
        frame = self._frames.of(event)
        agent = self._frames.agent(frame)
        arguments = expanded(event.get("arguments"), self._attachments)
        if self._last is None:
            agent.event(f"execute_tool {call_name(event)}", time, {"arguments": arguments})
            return None
        tool = Tool(
            self._last, event.get("id"), call_name(event), arguments, time=time, place=self._place
        )
        tool.parent = tool.agent = agent
        return tool

    def _subtask(self, event: dict[str, Any], time: int | None, depth: int) -> None:
        """Tell a subtask of an old log, whose events stand inside; later ones have spans."""
        inner = objects(event.get("events"))
        if not inner or depth >= _DEEPEST:
            self._transcript.ignore("subtasks told elsewhere")
            return
        name = str(event.get("name") or "subtask")
        frame = Frame(name, "subtask", self._frames.of(event), time=time)
        self._frames.push(frame)
        self._tell_all(inner, depth + 1)
        self._frames.pop()
        if frame.node is not None:
            frame.node.seen(unix_nano(event.get("completed")))

    def _score(self, event: dict[str, Any], time: int | None) -> None:
        frame = self._frames.of(event)
        if event.get("intermediate") is True or not mapping(self._sample.get("scores")):
            name = frame.name if frame.type in ("scorer", "score") else "score"
            for result in scores_of(name, mapping(event.get("score")), time, self._attachments):
                self._session.root.event(*result)
        else:
            self._scored[frame.name] = time
            self._scored["*"] = time

    def _other(self, event: dict[str, Any], kind: str, time: int | None) -> None:
        """Keep what is no call: a sandbox's command, an approval, a limit, an error, a note."""
        frame = self._frames.of(event)
        if kind == "info" and frame.node is None and event.get("data") in (None, "", {}):
            self._transcript.ignore("empty notes")
            return
        node = self._session.root if kind == "sample_limit" else self._frames.node(frame)
        attributes = {key: value for key, value in event.items() if key not in _COMMON}
        node.event(kind, time, expanded(known(attributes), self._attachments))
        node.seen(unix_nano(event.get("completed")))
        error = mapping(event.get("error"))
        if kind == "error" and error and isinstance(node, Agent):
            node.fail(str(error.get("message") or "error"), error_type="error")

    def _close(self) -> None:
        """Tell what the sample says at its end: answer, scores, error."""
        session, sample = self._session, self._sample
        for name, score in mapping(sample.get("scores")).items():
            time = self._scored.get(name, self._scored.get("*"))
            for result in scores_of(name, mapping(score), time, self._attachments):
                session.root.event(*result)
        if session.begun:
            turn = session.current
            choice = next(iter(objects(mapping(sample.get("output")).get("choices"))), {})
            said = expanded(mapping(choice.get("message")), self._attachments)
            turn.final = content_parts(said.get("content")) or turn.final
        error = mapping(sample.get("error"))
        if error:
            session.root.fail(str(error.get("message") or "error"), error_type="sample_error")
        session.root.seen(unix_nano(sample.get("completed_at")))
        for agent in session.nodes:
            if isinstance(agent, Agent):
                agent.over = True  # a limit ends solvers without a word
        session.root.over = True


_COMMON = frozenset(
    {"event", "timestamp", "span_id", "uuid", "working_start", "input_ansi", "pending"}
)


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    return {f"gen_ai.request.{name}": config.get(name) for name in _SETTINGS}


def scores_of(
    name: str, score: Mapping[str, Any], time: int | None, attachments: Mapping[str, Any]
) -> list[Any]:
    """Return a score as evaluations: one that is an object holds several."""
    value = score.get("value")
    explanation = expanded(score.get("explanation"), attachments)
    answer = expanded(score.get("answer"), attachments)
    values = (
        {f"{name}/{key}": item for key, item in value.items()}
        if isinstance(value, dict)
        else {name: value}
    )
    return [
        evaluation_event(
            key,
            item if isinstance(item, int | float) else None,
            item if isinstance(item, str) else str(item) if isinstance(item, list) else None,
            explanation,
            time,
            **known({"answer": answer}),
        )
        for key, item in values.items()
    ]
