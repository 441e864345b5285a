"""Claude Code sessions as JSON lines, in the shape of real ones.

Source: FORMATS §8. One API message is several lines, one per content block, each repeating the
message's id, request id and usage; the output tokens grow from line to line. A session begins
with a summary line that has no time, tools answer in user lines, and now and then a sub-agent
works in a side chain.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from benchmarks.generators.text import Text

_TOOLS = ("Bash", "Read", "Edit", "Grep", "Glob", "Write")
_LINES_PER_SESSION = 400
_TURNS_PER_PROMPT = 6
_SIDE_CHAIN_SHARE = 0.08
_VERSION = "2.0.14"


class _Session:
    """One session; `lines` end when it is long enough."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = random.Random(f"{seed} {number}")
        self.text = Text(self.random)
        self.id = self._uuid()
        self.now = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=31 * number)
        self.parent: str | None = None
        self.cached = 12_000

    def _uuid(self) -> str:
        return str(uuid.UUID(bytes=self.random.randbytes(16), version=4))

    def _line(self, kind: str, *, side: bool, **more: Any) -> dict[str, Any]:
        self.now += timedelta(milliseconds=self.random.randrange(40, 9_000))
        own = self._uuid()
        line = {
            "parentUuid": self.parent,
            "isSidechain": side,
            "userType": "external",
            "cwd": "/home/dev/shop",
            "sessionId": self.id,
            "version": _VERSION,
            "gitBranch": "main",
            "type": kind,
            **more,
            "uuid": own,
            "timestamp": f"{self.now:%Y-%m-%dT%H:%M:%S}.{self.now.microsecond // 1000:03d}Z",
        }
        self.parent = own
        return line

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield lines without end."""
        yield {"type": "summary", "summary": self.text.piece(60), "leafUuid": self._uuid()}
        while True:
            prompt = {"role": "user", "content": self.text.varying(300, 20_000)}
            yield self._line("user", side=False, message=prompt)
            for _ in range(_TURNS_PER_PROMPT):
                yield from self._turn(side=self.random.random() < _SIDE_CHAIN_SHARE)

    def _turn(self, *, side: bool) -> Iterator[dict[str, Any]]:
        tool, call = self.random.choice(_TOOLS), f"toolu_{self.random.randbytes(12).hex()}"
        wrote = self.random.randrange(200, 2_500)
        usage = {
            "input_tokens": self.random.randrange(3, 40),
            "cache_creation_input_tokens": wrote,
            "cache_read_input_tokens": self.cached,
            "cache_creation": {"ephemeral_5m_input_tokens": wrote, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard",
        }
        self.cached += wrote
        message = {
            "id": f"msg_{self.random.randbytes(12).hex()}",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-5-20250929",
        }
        request_id = f"req_{self.random.randbytes(12).hex()}"
        blocks: list[dict[str, Any]] = [
            {"type": "thinking", "thinking": self.text.varying(400, 6_000), "signature": "c2ln"},
            {"type": "text", "text": self.text.varying(180, 4_000)},
            {"type": "tool_use", "id": call, "name": tool, "input": self._input(tool)},
        ]
        output = 0
        for block in blocks[self.random.randrange(2) :]:
            output += self.random.randrange(8, 300)
            content = {"content": [block], "stop_reason": None, "stop_sequence": None}
            sent = message | content | {"usage": usage | {"output_tokens": output}}
            yield self._line("assistant", side=side, message=sent, requestId=request_id)
        failed = self.random.random() < 0.04
        answer = self.text.varying(1_200, 80_000)
        result = {"tool_use_id": call, "type": "tool_result", "content": answer}
        if failed:
            result |= {"is_error": True}
        yield self._line(
            "user",
            side=side,
            message={"role": "user", "content": [result]},
            toolUseResult=f"Error: {answer[:80]}"
            if failed
            else {"stdout": answer, "stderr": "", "interrupted": False},
        )

    def _input(self, tool: str) -> dict[str, Any]:
        path = f"/home/dev/shop/{self.text.piece(9).split()[0]}.py"
        if tool == "Bash":
            return {"command": f"grep -rn {path}", "description": self.text.piece(30)}
        if tool in ("Grep", "Glob"):
            return {"pattern": self.text.piece(8), "path": "/home/dev/shop"}
        if tool == "Read":
            return {"file_path": path}
        return {"file_path": path, "content": self.text.varying(900, 30_000)}


def lines(count: int, *, seed: int = 7) -> Iterator[bytes]:
    """Yield exactly `count` lines, a new session every 400.

    Real installations keep each session in a file of its own; in one file they are told apart by
    `sessionId` all the same.
    """
    encode = msgspec.json.Encoder().encode
    for number in range(-(-count // _LINES_PER_SESSION)):
        left = min(_LINES_PER_SESSION, count - number * _LINES_PER_SESSION)
        for _, line in zip(range(left), _Session(seed, number).lines(), strict=False):
            yield encode(line) + b"\n"
