"""Conversations of several agents with the mistake that a person found in them (Who&When).

Hand-crafted ones are Magentic-One's logs: `history[{role, content}]`, where the Orchestrator thinks
aloud (its ledger is JSON), tells an agent what to do (`Orchestrator (-> WebSurfer)`), and hears.
Algorithm-generated ones are AG2 CaptainAgent's group chats: `history[{name, role, content}]`, where
Computer_terminal runs the code of the message before. An agent's stretch of the conversation is a
span; the mistake is an evaluation on its step, `mistake_step` counting from 0, as text. AgentRx's
labels for such logs (`failures`, without the log) are evaluations of sessions that have no more.
Nothing has a time, a model or usage.

Source: mingyin1/Agents_Failure_Attribution (arXiv 2505.00212) `Who&When/`; microsoft/autogen
`autogen_magentic_one/agents/orchestrator.py`; microsoft/AgentRx `data/ground_truth`; FORMATS §9.
"""

import json
import re
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.json_values import items_of
from tracetui_loaders.transcripts import (
    Agent,
    Call,
    Node,
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    TranscriptLoader,
    first_line,
    text,
)
from tracetui_loaders.vendor_values import evaluation_event, is_id, known, mapping, objects

_LOG = frozenset({"history", "mistake_agent", "mistake_step"})
_LABELS = frozenset({"trajectory_id", "failures", "root_cause"})
_ABOUT = ("question", "ground_truth", "level", "mistake_agent", "mistake_step")
_SPEAKER = re.compile(r"\A(.+?) \((?:-> )?(.+)\)\Z")
_LEDGER = "Updated Ledger:"
_UNTHOUGHT = ("Next speaker", "Stalled", "Unable to parse")
"""What the Orchestrator's program says, not its model."""
_TERMINAL = "Computer_terminal"
_CODE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
_EXIT_CODE = re.compile(r"\Aexitcode: (-?\d+)")


class _Conversation:
    """Tells one conversation; knows the span of each of its steps."""

    def __init__(self, session: Session, place: Place) -> None:
        self._session = session
        self._place = place
        self._steps: list[Node] = []
        self._speaker: Agent | None = None
        self._call: Call | None = None

    def tell(self, history: list[Any]) -> None:
        """Tell every message."""
        for number, entry in enumerate(history):
            entry = mapping(entry)  # noqa: PLW2901 - what is none says nothing, and counts
            content, name = str(entry.get("content") or ""), entry.get("name")
            role = str(entry.get("role"))
            if number == 0:
                self._steps.append(self._session.turn([text(content)], None, None, self._place))
            elif isinstance(name, str):
                self._steps.append(self._of_group_chat(name, content))
            else:
                self._steps.append(self._of_magentic_one(role, content))
        for node in self._session.nodes:
            node.over = True

    def at(self, step: Any) -> Node:
        """Return the span of a step, or the session's."""
        if not isinstance(step, str | int) or not str(step).isdecimal():
            return self._session.root
        number = int(str(step)[:9])
        return self._steps[number] if number < len(self._steps) else self._session.root

    def _of_magentic_one(self, role: str, content: str) -> Node:
        turn = self._session.current
        if role == "human":
            turn.hear([text(content)])
            return turn
        match = _SPEAKER.match(role)
        if match is None:
            call = self._said(role, content)
            turn.hear([text(content)])
            return call
        name, aside = match[1], match[2]
        if "-> " in role:
            self._speaker = self._begun(aside, content)
            return self._speaker
        turn.agent_name = turn.agent_name or name
        if aside != "thought" or content.startswith(_UNTHOUGHT):
            turn.event(aside, None, {"content": content})
            return turn
        self._speaker = None
        call = turn.call(None, None, self._place)
        call.say([text(content)])
        ledger = _ledger(content)
        if ledger:
            call.attributes["magentic_one.ledger"] = ledger
        return call

    def _of_group_chat(self, name: str, content: str) -> Node:
        if name != _TERMINAL:
            return self._said(name, content, shared=True)
        before = self._call
        said = "" if before is None else str(before.output[-1].get("content"))
        code = "\n".join(_CODE.findall(said))
        exit_code = _EXIT_CODE.match(content)
        if before is None or not code or exit_code is None:
            self._session.current.event(_TERMINAL, None, {"content": content})
            return self._session.current
        tool = before.tool(None, name, {"code": code}, None, self._place, in_output=False)
        failed = exit_code[1] != "0"
        self._session.answer(tool, content, failed=failed)
        return tool

    def _said(self, name: str, content: str, *, shared: bool = False) -> Call:
        """Tell what an agent said: it speaks until another does; in a group chat all hear it."""
        speaker = self._speaker
        if speaker is None or speaker.agent_name != name:
            speaker = self._speaker = self._begun(name, None)
            if shared:
                speaker.thread = self._session.thread
        call = self._call = speaker.call(None, None, self._place)
        call.say([text(content)])
        return call

    def _begun(self, name: str, prompt: str | None) -> Agent:
        parts = None if prompt is None else [text(prompt)]
        turn = self._session.current
        return self._session.subagent(turn, None, name, prompt=parts, place=self._place)


def _ledger(content: str) -> dict[str, Any]:
    if not content.startswith(_LEDGER):
        return {}
    try:
        return mapping(json.loads(content.removeprefix(_LEDGER)))
    except (ValueError, RecursionError):
        return {}


class _Logs(Reader):
    """Reads logs and labels."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._read = 0

    def read(self, value: Any, place: Place) -> None:
        """Tell a log, or what is said of several.

        Raises:
            NotKnownError: If the value is neither.
        """
        known_items = [item for item in items_of(value) if _is_log(item) or _is_labels(item)]
        if not known_items:
            raise NotKnownError("neither a history with a mistake nor failures of a trajectory")
        for item in known_items:
            if _is_log(item):
                self._log(item, place)
            else:
                self._labels(item, place)

    def _log(self, log: dict[str, Any], place: Place) -> None:
        self._read += 1
        own_id = log.get("question_ID")
        name = f"{self.transcript.stem}/{own_id if is_id(own_id) else self._read}"
        session = self.transcript.session(name)
        session.started(None, place)
        session.title = first_line(str(log.get("question") or "")) or None
        session.root.attributes |= known({f"who_and_when.{key}": log.get(key) for key in _ABOUT})
        prompts = mapping(log.get("system_prompt"))
        session.root.attributes |= known({"who_and_when.system_prompt": prompts})
        conversation = _Conversation(session, place)
        conversation.tell(log["history"])
        for key in ("is_correct", "is_corrected"):
            if isinstance(log.get(key), bool):
                session.root.event(*evaluation_event(key, log[key]))
        label, reason = log["mistake_agent"], log.get("mistake_reason")
        node = conversation.at(log["mistake_step"])
        node.event(*evaluation_event("mistake", None, label, reason, step=log["mistake_step"]))

    def _labels(self, labels: dict[str, Any], place: Place) -> None:
        session = self.transcript.session(str(labels["trajectory_id"]))
        session.started(None, place)
        summary = labels.get("failure_summary")
        session.title = first_line(str(summary or "")) or None
        root_cause = mapping(labels.get("root_cause"))
        for failure in objects(labels["failures"]):
            is_root = failure.get("failure_id") == root_cause.get("failure_id")
            session.root.event(
                *evaluation_event(
                    "failure",
                    None,
                    failure.get("failure_category"),
                    failure.get("step_reason"),
                    **known(
                        {
                            "step": failure.get("step_number"),
                            "agent": failure.get("failed_agent"),
                            "is_root_cause": is_root or None,
                        }
                    ),
                )
            )
        session.root.attributes |= known({"agentrx.root_cause": root_cause})
        session.root.over = True


def _is_log(value: Any) -> bool:
    return (
        isinstance(value, dict) and value.keys() >= _LOG and isinstance(value.get("history"), list)
    )


def _is_labels(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() >= _LABELS
        and isinstance(value.get("failures"), list)
    )


class WhoAndWhenLoader(TranscriptLoader):
    """Loads Who&When's logs of Magentic-One and AG2, and AgentRx's labels."""

    name: ClassVar[str] = "who_and_when"
    title: ClassVar[str] = "Who&When conversation"
    service: ClassVar[str] = "autogen"
    reader: ClassVar[type[Reader]] = _Logs

    def sniff(self, head: Head) -> float:
        """Return how surely the first objects are logs or labels, by their keys."""
        return 0.9 if any(keys >= _LOG or keys >= _LABELS for keys in head.keys) else 0.0


LOADER = WhoAndWhenLoader()
