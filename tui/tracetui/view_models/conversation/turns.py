"""The turns of a chat: each model call with its news, and tool calls paired with their results.

Turns are made in ranges, so that a long chat is there from its beginning at once. A tool's result
is read from the input of the next call, or else from the tool's own span.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tracetui.view_models.conversation.history import History, Input, Message
from tracetui.view_models.conversation.outline import SpanRef, Thread

Folded: TypeAlias = Mapping[str, Any]
FOLLOWS_KEY = "follows"
"""Key under which `Fetch` adds the span id of the call that this one's input follows."""
Fetch: TypeAlias = Callable[[Sequence[SpanRef]], Mapping[int, Folded]]
"""Returns the folded content of spans by their row id."""
Spot: TypeAlias = tuple[int, int]
"""A message and a part of it, by their indexes."""

NOTHING: Folded = {}


@dataclass(frozen=True, slots=True, eq=False)
class ToolUse:
    """A tool call and what became of it."""

    name: str
    call_id: str | None
    arguments: Any
    answered: bool
    """Whether a result is known, be it empty."""
    result: Any
    step: SpanRef | None
    """The span of the call, if there is one."""
    threads: tuple[str, ...] = ()
    """Agents that the call started."""
    documents: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One model call of a chat."""

    number: int
    """From 1."""
    ref: SpanRef
    input: Input
    answer: tuple[Message, ...]
    system: str | None
    """Instructions; None where none are told."""
    system_changed: bool
    """Whether they are others than in the turn before, or the first."""
    uses: Mapping[Spot, ToolUse]
    """Tool calls in `answer`, by message and part."""
    told: frozenset[Spot]
    """Results in `input.new` that stand beside their calls, in the turn before."""
    before: tuple[ToolUse, ...] = ()
    """What ran before the call and is no answer to a call of the model: retrievals, mostly."""
    after: tuple[ToolUse, ...] = ()
    """The same, after the last turn."""
    started: tuple[str, ...] = ()
    """Agents that were started in this turn, nobody says by which call."""
    documents: tuple[dict[str, Any], ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether any content was recorded."""
        return bool(self.input.new or self.answer or self.system or self.input.kept)


@dataclass(slots=True)
class _Draft:
    ref: SpanRef
    input: Input
    answer: tuple[Message, ...]
    system: str | None
    system_changed: bool
    documents: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class _Pending:
    """A tool call that is looked after."""

    spot: Spot
    part: dict[str, Any]
    step: SpanRef | None = None
    answered: bool = False
    result: Any = None


class TurnReader:
    """Makes the turns of a thread, a range at a time; for one thread of execution."""

    def __init__(self, thread: Thread, started: Sequence[Thread], fetch: Fetch) -> None:
        self._thread = thread
        self._fetch = fetch
        self._history = History()
        self._drafts: list[_Draft] = []
        """Read and not yet made into turns: of the last one the results are not known."""
        self._read = 0
        self._made = 0
        self._system: str | None = None
        self._told: frozenset[Spot] = frozenset()
        self._steps_left = list(thread.steps)
        self._by_tool: dict[int, tuple[str, ...]] = {}
        self._untied: list[Thread] = []
        rows = {step.row_id for step in thread.steps}
        for child in started:
            if child.tool_row in rows:
                known = self._by_tool.get(child.tool_row, ())
                self._by_tool[child.tool_row] = (*known, child.key)
            else:
                self._untied.append(child)

    @property
    def done(self) -> bool:
        """Whether all turns are made."""
        return self._made >= len(self._thread.calls)

    def take(self, count: int) -> list[Turn]:
        """Return the next turns, at most `count`."""
        calls = self._thread.calls
        stop = min(self._made + count, len(calls))
        self._read_to(min(stop + 1, len(calls)))
        drafts = self._drafts[: stop - self._made]
        pending = [self._paired(place) for place in range(len(drafts))]
        loose = [self._loose_before(place) for place in range(len(drafts))]
        last = stop >= len(calls)
        after = self._take_steps(None) if last else []
        wanted = [use.step for uses, _ in pending for use in uses if use.step and not use.answered]
        content = self._fetch([*wanted, *(s for steps in loose for s in steps), *after])
        turns: list[Turn] = []
        for place, draft in enumerate(drafts):
            uses, told_next = pending[place]
            is_last = last and place == len(drafts) - 1
            started = self._started(None if is_last else self._next_start(place))
            made = {use.spot: self._use(use, content, started) for use in uses}
            tied = {key for use in made.values() for key in use.threads}
            turns.append(
                Turn(
                    number=self._made + 1,
                    ref=draft.ref,
                    input=draft.input,
                    answer=draft.answer,
                    system=draft.system,
                    system_changed=draft.system_changed,
                    uses=made,
                    told=self._told,
                    before=tuple(self._step(step, content) for step in loose[place]),
                    after=tuple(self._step(step, content) for step in after) if is_last else (),
                    started=tuple(child.key for child in started if child.key not in tied),
                    documents=draft.documents,
                )
            )
            self._made += 1
            self._told = told_next
        del self._drafts[: len(drafts)]
        return turns

    def _read_to(self, stop: int) -> None:
        calls = self._thread.calls[self._read : stop]
        content = self._fetch(calls) if calls else {}
        for ref in calls:
            folded = content.get(ref.row_id, NOTHING)
            sent, answer = _messages(folded)
            made = self._history.add(
                sent,
                answer,
                tokens=ref.input_tokens,
                span_id=ref.span_id,
                follows=folded.get(FOLLOWS_KEY),
            )
            system = folded.get("system_instructions")
            documents = tuple(folded.get("documents") or ())
            changed = system is not None and system != self._system
            self._system = self._system if system is None else system
            self._drafts.append(_Draft(ref, made, tuple(answer), system, changed, documents))
        self._read = max(self._read, stop)

    def _next_start(self, place: int) -> int | None:
        if place + 1 < len(self._drafts):
            return self._drafts[place + 1].ref.start_time_unix_nano
        return None

    def _paired(self, place: int) -> tuple[list[_Pending], frozenset[Spot]]:
        """Return the tool calls of a draft, and which parts of the next input answer them."""
        uses = [
            _Pending((i, j), part)
            for i, message in enumerate(self._drafts[place].answer)
            for j, part in enumerate(message.get("parts") or [])
            if part.get("type") == "tool_call"
        ]
        told: set[Spot] = set()
        if place + 1 < len(self._drafts):
            for spot, part in _responses(self._drafts[place + 1].input):
                use = _asked(uses, part)
                if use is not None:
                    use.answered, use.result = True, part.get("response", part.get("result"))
                    told.add(spot)
        for use in uses:
            use.step = self._step_of(use.part, self._drafts[place].ref)
        return uses, frozenset(told)

    def _step_of(self, part: dict[str, Any], ref: SpanRef) -> SpanRef | None:
        """Return the span of a tool call and take it off the list: by id, or the next by name."""
        call_id, name = part.get("id"), part.get("name")
        found = None
        if call_id is not None:
            found = next((s for s in self._steps_left if s.tool_call_id == call_id), None)
        if found is None:
            since = ref.start_time_unix_nano or 0
            found = next(
                (
                    step
                    for step in self._steps_left
                    if name in {step.tool_name, step.name}
                    and (step.tool_call_id is None or call_id is None)
                    and (step.start_time_unix_nano or 0) >= since
                ),
                None,
            )
        if found is not None:
            self._steps_left.remove(found)
        return found

    def _loose_before(self, place: int) -> list[SpanRef]:
        return self._take_steps(self._drafts[place].ref.start_time_unix_nano)

    def _take_steps(self, before: int | None) -> list[SpanRef]:
        """Take the steps that began by then and no model asked for; None: all that are left."""
        left = self._steps_left
        count = len(left) if before is None else bisect_right(left, before, key=_start)
        if count:
            self._steps_left = left[count:]
        return left[:count]

    def _started(self, before: int | None) -> list[Thread]:
        taken = [
            child
            for child in self._untied
            if before is None or (child.calls[0].start_time_unix_nano or 0) < before
        ]
        self._untied = [child for child in self._untied if child not in taken]
        return taken

    def _use(
        self, use: _Pending, content: Mapping[int, Folded], started: Sequence[Thread]
    ) -> ToolUse:
        step = use.step
        name = str(use.part.get("name") or (step.tool_name if step else None) or "?")
        # A handoff names whom it starts: `transfer_to_writer`.
        handed = tuple(c.key for c in started if c.agent and name.endswith(f"_{c.agent}"))
        folded = NOTHING if step is None else content.get(step.row_id, NOTHING)
        answered, result = use.answered, use.result
        if not answered and _result(folded) is not None:
            answered, result = True, _result(folded)
        return ToolUse(
            name=name,
            call_id=use.part.get("id"),
            arguments=use.part.get("arguments"),
            answered=answered,
            result=result,
            step=step,
            threads=handed or (() if step is None else self._by_tool.get(step.row_id, ())),
        )

    def _step(self, step: SpanRef, content: Mapping[int, Folded]) -> ToolUse:
        folded = content.get(step.row_id, NOTHING)
        documents = tuple(folded.get("documents") or ())
        arguments = folded.get("tool_arguments")
        if arguments is None:
            arguments = folded.get("retrieval_query") or folded.get("input_value")
        result = None if documents else _result(folded)
        return ToolUse(
            name=step.tool_name or step.name or "?",
            call_id=step.tool_call_id,
            arguments=arguments,
            answered=result is not None or bool(documents),
            result=result,
            step=step,
            threads=self._by_tool.get(step.row_id, ()),
            documents=documents,
        )


def _start(ref: SpanRef) -> int:
    return ref.start_time_unix_nano or 0


def _result(folded: Folded) -> Any:
    result = folded.get("tool_result")
    return folded.get("output_value") if result is None else result


def _messages(folded: Folded) -> tuple[list[Message], list[Message]]:
    """Return input and output messages; a plain input or output value is a message too."""
    sent = list(folded.get("input_messages") or [])
    answer = list(folded.get("output_messages") or [])
    if not sent and folded.get("input_value") is not None:
        sent = [_as_message("user", folded["input_value"])]
    if not answer and folded.get("output_value") is not None:
        answer = [_as_message("assistant", folded["output_value"])]
    return sent, answer


def _as_message(role: str, value: Any) -> Message:
    return {"role": role, "parts": [{"type": "text", "content": value}]}


def _responses(told: Input) -> Iterator[tuple[Spot, dict[str, Any]]]:
    for i, message in enumerate(told.new):
        if i not in told.carried:
            for j, part in enumerate(message.get("parts") or []):
                if part.get("type") == "tool_call_response":
                    yield (i, j), part


def _asked(uses: list[_Pending], part: dict[str, Any]) -> _Pending | None:
    """Return the call that a result answers: by its id, or the next one where ids are not told."""
    call_id = part.get("id")
    open_uses = [use for use in uses if not use.answered]
    if call_id is not None:
        found = next((use for use in open_uses if use.part.get("id") == call_id), None)
        if found is not None:
            return found
    return next((use for use in open_uses if call_id is None or use.part.get("id") is None), None)
