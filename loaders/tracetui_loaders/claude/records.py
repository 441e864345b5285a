"""What single records of Claude Code mean, apart from the session that they are in.

Source: Claude Code 1.0 to 2.1 session files; FORMATS §8. Texts between angle brackets are the
program's own, not the user's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracetui_loaders.transcripts import Part, Place, parts_of, text_in

INTERRUPTED = "[Request interrupted by user"
_REJECTED = "The user doesn't want to "
_LOCAL_OUTPUT = ("<local-command-stdout>", "<local-command-stderr>", "<bash-stdout>")
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>\s*", re.DOTALL)
_COMMAND = re.compile(r"<command-name>([^<]*)</command-name>")
_ARGUMENTS = re.compile(r"<command-args>([^<]*)</command-args>")
_LONGEST_DETAIL = 200

EVENTS = frozenset({"system", "queue-operation", "permission-mode", "mode", "pr-link"})
"""Types of records that become events."""
_ENVELOPE = frozenset(
    {
        *("type", "subtype", "uuid", "parentUuid", "logicalParentUuid", "timestamp", "sessionId"),
        *("session_id", "isSidechain", "userType", "cwd", "version", "gitBranch", "entrypoint"),
        *("slug", "isMeta", "agentId", "sessionKind"),
    }
)
"""Keys of a record that say nothing of the event itself."""


@dataclass(slots=True)
class Line:
    """A record, and where and when it was written."""

    record: dict[str, Any]
    message: dict[str, Any]
    """What was said; empty in a record that is no message."""
    time: int | None
    place: Place

    @property
    def blocks(self) -> list[Any]:
        """The message's content."""
        content = self.message.get("content")
        return content if isinstance(content, list) else parts_of(content)

    @property
    def words(self) -> str:
        """The text in the message."""
        return text_in(parts_of(self.message.get("content")))


def detail_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says beside its envelope, for an event."""
    return {
        key: value
        for key, value in record.items()
        if key not in _ENVELOPE and value is not None and value not in ("", [], {})
    }


def is_local_output(said: str) -> bool:
    """Whether a user's message is the output of a command that no model was asked about."""
    return said.lstrip().startswith(_LOCAL_OUTPUT)


def prompt_name(parts: list[Part]) -> str | None:
    """Return a short form of what the user typed; None if the first line says it well."""
    said = text_in(parts)
    command = _COMMAND.search(said)
    if command is not None:
        arguments = _ARGUMENTS.search(said)
        return f"{command[1].strip()} {arguments[1].strip() if arguments else ''}".strip() or None
    if "<system-reminder>" in said:
        typed = _REMINDER.sub("", said).strip()
        return typed.splitlines()[0][:80] if typed else None
    return None


def failure_of(block: Mapping[str, Any], record: Mapping[str, Any]) -> str | None:
    """Return the error type of a tool's answer that says that it failed; None if it did not."""
    if record.get("toolDenialKind"):
        return "user_rejected"
    if block.get("is_error") is not True:
        return None
    said = block.get("content")
    if isinstance(said, list):
        said = text_in(parts_of(said))
    if isinstance(said, str):
        if said.startswith(INTERRUPTED):
            return "interrupted"
        if said.startswith(_REJECTED):
            return "user_rejected"
    return "tool_error"


def result_details(result: Any) -> dict[str, Any]:
    """Return the short facts of `toolUseResult`: exit code, durations, totals of a sub-agent.

    The long ones (output, files before and after) repeat the tool's answer or its arguments.
    """
    if not isinstance(result, dict):
        return {}
    return {
        f"toolUseResult.{key}": value
        for key, value in result.items()
        if isinstance(value, int | float)
        or (isinstance(value, str) and key in _SHORT_RESULTS and len(value) <= _LONGEST_DETAIL)
    }


_SHORT_RESULTS = frozenset({"status", "agentId", "type", "filePath", "returnCodeInterpretation"})


_KEYS = frozenset({"sessionId", "uuid", "leafUuid", "messageId", "agentId"})


def is_known(record: Any) -> bool:
    """Whether a value can be a record of Claude Code at all."""
    if not isinstance(record, dict):
        return False
    if isinstance(record.get("message"), dict):
        return "parts" not in record["message"]
    return isinstance(record.get("type"), str) and not _KEYS.isdisjoint(record)
