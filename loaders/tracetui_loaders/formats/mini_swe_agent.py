"""Trajectories of mini-swe-agent: `<instance>.traj.json`, or its messages alone.

A model's answer holds one command in a block of three backticks; the user's message after it is
the command's output, or says that the answer was not as it should be, and then nothing ran. In
version 2 answers call the tool `bash`, and messages have times.

Traps: `created` of a response is when it was asked for, to the second, and nothing says when it
was there or how long a command ran: only the session has times in version 1. Costs are those of
the calls; `model_stats.instance_cost` is their sum, and counts only where calls have none.

Source: mini-swe-agent 1.0 to 2.x, `agents/default.py` and `run/utils/save.py`; FORMATS §9.
"""

import re
from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.transcripts import (
    Call,
    NotKnownError,
    Place,
    Reader,
    Session,
    Tool,
    TranscriptLoader,
    counted,
    parts_of,
    reasoning,
    unix_nano,
)
from tracetui_loaders.transcripts.openai import message_of, note_response, usage_of
from tracetui_loaders.vendor_values import mapping, objects

_ACTION = re.compile(r"```(?:bash|mswea_bash_command)[ \t]*\n(.*?)\n```", re.DOTALL)
_RETURN_CODE = re.compile(r"\s*<returncode>(-?\d{1,9})</returncode>")
_DONE = "Submitted"
_AGENT_NAME = "mini-swe-agent"
_ROLES = frozenset({"system", "user", "assistant", "tool", "exit"})
_CUT_OFF_MARKS = (b'"mini_version"', b'"mini-swe-agent')
_MESSAGES_LOOKED_AT = 8


class MiniSweReader(Reader):
    """Tells one trajectory."""

    def read(self, value: Any, place: Place) -> None:
        """Tell what a document says.

        Raises:
            NotKnownError: If it is no trajectory.
        """
        document = {"messages": value} if isinstance(value, list) else mapping(value)
        messages = document.get("messages")
        if not isinstance(messages, list) or not messages:
            raise NotKnownError("a document without messages")
        if any(mapping(message).get("role") not in _ROLES for message in messages):
            raise NotKnownError("a message of an unknown role")
        session = self.transcript.session(None)
        info = mapping(document.get("info"))
        _tell_about(session, document, info)
        session.started(None, place)
        _Conversation(session, place, _model(info)).tell(messages)
        _tell_outcome(session, info)


def _model(info: dict[str, Any]) -> str | None:
    model = mapping(mapping(info.get("config")).get("model")).get("model_name")
    return model if isinstance(model, str) and model else None


def _tell_about(session: Session, document: dict[str, Any], info: dict[str, Any]) -> None:
    facts = session.root.attributes
    for holder, keys in (
        (document, ("instance_id", "trajectory_format")),
        (info, ("exit_status", "submission")),
        (mapping(info.get("model_stats")), ("api_calls", "instance_cost")),
    ):
        facts.update((key, holder[key]) for key in keys if holder.get(key) not in (None, ""))
    if isinstance(document.get("instance_id"), str):
        session.title = document["instance_id"]
    if isinstance(info.get("mini_version"), str):
        session.resource["service.version"] = info["mini_version"]


def _tell_outcome(session: Session, info: dict[str, Any]) -> None:
    status = info.get("exit_status")
    if isinstance(status, str) and status and status != _DONE:
        session.root.fail(status, error_type=status)
    if all(call.usage is None or call.usage.cost_usd is None for call in _calls(session)):
        usage = counted(cost_usd=mapping(info.get("model_stats")).get("instance_cost"))
        if usage is not None:
            session.root.attributes.update(usage.attributes())
    if session.begun:
        session.current.over = True
    session.thread.waiting = False
    session.root.over = True


def _calls(session: Session) -> list[Call]:
    return [node for node in session.nodes if isinstance(node, Call)]


class _Conversation:
    """Tells the messages of a trajectory, one after the other."""

    def __init__(self, session: Session, place: Place, model: str | None) -> None:
        self._session = session
        self._place = place
        self._model = model
        self._tools: list[Tool] = []
        """Those that the last answer called and nobody has answered."""

    def tell(self, messages: list[dict[str, Any]]) -> None:
        for position, message in enumerate(messages):
            time = unix_nano(mapping(message.get("extra")).get("timestamp"))
            match message["role"]:
                case "system":
                    self._session.say_system(parts_of(message.get("content")))
                case "assistant":
                    after = messages[position + 1] if position + 1 < len(messages) else {}
                    self._answer(message, time, refused=_is_refusal(after))
                case "exit":
                    self._exit(message, time)
                case _:
                    self._heard(message, time)

    def _answer(self, message: dict[str, Any], time: int | None, *, refused: bool) -> None:
        extra = mapping(message.get("extra"))
        response = mapping(extra.get("response"))
        session = self._session
        call = session.current.call(None, time, self._place, model=self._model)
        note_response(call, response)
        call.count(usage_of(response.get("usage"), extra.get("cost")))
        created = unix_nano(response.get("created"))
        if created is not None:
            call.attributes["created"] = response["created"]
            session.started(created)
            session.current.seen(created)
            if session.current.start is None:
                session.current.start = created
        said = message_of(response)
        thought = said.get("reasoning_content") or said.get("reasoning")
        if isinstance(thought, str) and thought:
            call.say([reasoning(thought)])
        if message.get("content"):
            call.say(parts_of(message["content"]))
        self._tools = self._called(call, message, time, refused=refused)

    def _called(
        self, call: Call, message: dict[str, Any], time: int | None, *, refused: bool
    ) -> list[Tool]:
        """Return the commands that an answer has run."""
        sent = objects(message.get("tool_calls"))
        if sent:
            found = [(item.get("id"), mapping(item.get("function"))) for item in sent]
            return [
                call.tool(
                    call_id,
                    str(function.get("name") or "bash"),
                    function.get("arguments"),
                    time,
                    self._place,
                )
                for call_id, function in found
            ]
        commands = _commands(message)
        if refused or len(commands) != 1:
            return []
        # The text that holds the command is in the output already.
        arguments = {"command": commands[0]}
        return [call.tool(None, "bash", arguments, time, self._place, in_output=False)]

    def _heard(self, message: dict[str, Any], time: int | None) -> None:
        content, session = message.get("content"), self._session
        extra = mapping(message.get("extra"))
        if not session.begun:
            # Prompts of one benchmark begin with the same words.
            name = session.title
            session.turn(parts_of(content), time, None, self._place, name=name, agent=_AGENT_NAME)
            return
        named = message.get("tool_call_id")
        tool = session.tools.get(named) if isinstance(named, str) else None
        if tool is None and self._tools and not _is_refusal(message):
            tool = self._tools[0]
        if tool is None:
            session.current.hear(parts_of(content), time)
            return
        if tool in self._tools:
            self._tools.remove(tool)
        code = extra.get("returncode")
        found = _RETURN_CODE.match(content) if isinstance(content, str) else None
        code = int(found[1]) if code is None and found else code
        failed = isinstance(code, int) and code != 0
        session.answer(tool, content, time, failed=failed, error_type="exit_code")
        if code is not None:
            tool.attributes["returncode"] = code

    def _exit(self, message: dict[str, Any], time: int | None) -> None:
        """Tell of the end: the last command has nothing else for an answer."""
        for tool in self._tools:
            self._session.answer(tool, message.get("content"), time)
        self._tools = []
        facts = mapping(message.get("extra"))
        node = self._session.current if self._session.begun else self._session.root
        shown = ("exit_status", "exception_str")
        node.event("exit", time, {key: facts[key] for key in shown if facts.get(key)})


def _is_refusal(message: dict[str, Any]) -> bool:
    """Whether a message tells the model that its answer was not as it should be."""
    if mapping(message.get("extra")).get("interrupt_type") == "FormatError":
        return True
    content = message.get("content")
    return isinstance(content, str) and content.startswith("Please always provide EXACTLY ONE")


def _commands(message: dict[str, Any]) -> list[str]:
    actions = objects(mapping(message.get("extra")).get("actions"))
    if actions:
        return [str(action.get("command")) for action in actions]
    content = message.get("content")
    return _ACTION.findall(content) if isinstance(content, str) else []


class MiniSweAgentLoader(TranscriptLoader):
    """Loads trajectories of mini-swe-agent."""

    name: ClassVar[str] = "mini_swe_agent"
    title: ClassVar[str] = "mini-swe-agent trajectory"
    service: ClassVar[str] = "mini-swe-agent"
    reader: ClassVar[type[Reader]] = MiniSweReader

    def sniff(self, head: Head) -> float:
        """Return how surely the document is a trajectory of mini-swe-agent."""
        if any({"info", "messages"} <= keys for keys in head.keys):
            return 0.93 if any(mark in head.data for mark in _CUT_OFF_MARKS) else 0.0
        return 0.85 if any(map(_are_messages, head.values)) else 0.0


def _are_messages(value: Any) -> bool:
    """Whether a list is of messages of which a user's is the output of a command."""
    if not isinstance(value, list):
        return False
    return any(
        message.get("role") == "user"
        and isinstance(message.get("content"), str)
        and _RETURN_CODE.match(message["content"]) is not None
        for message in objects(value[:_MESSAGES_LOOKED_AT])
    )


LOADER = MiniSweAgentLoader()
