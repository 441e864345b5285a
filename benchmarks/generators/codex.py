"""A rollout of Codex as JSON lines: one long session, as `codex resume` makes it.

Source: FORMATS §8; Codex 0.5x, `codex-rs/protocol`. What the model says and what a user sees stand
side by side, as a `response_item` and an `event_msg`; totals of tokens follow every answer.
"""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from benchmarks.generators.text import Text

_CALLS_PER_TURN = 8


def lines(count: int, *, seed: int = 7) -> Iterator[bytes]:
    """Yield exactly `count` lines, all of one session."""
    encode = msgspec.json.Encoder().encode
    for _, line in zip(range(count), _Rollout(seed).lines(), strict=False):
        yield encode(line) + b"\n"


class _Rollout:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.text = Text(self.random)
        self.now = datetime(2026, 9, 1, tzinfo=UTC)
        self.total: dict[str, int] = dict.fromkeys(
            (
                "input_tokens",
                "cached_input_tokens",
                "output_tokens",
                "reasoning_output_tokens",
                "total_tokens",
            ),
            0,
        )

    def _line(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.now += timedelta(milliseconds=self.random.randrange(2, 6_000))
        at = f"{self.now:%Y-%m-%dT%H:%M:%S}.{self.now.microsecond // 1000:03d}Z"
        return {"timestamp": at, "type": kind, "payload": payload}

    def _both(self, role: str, said: str) -> Iterator[dict[str, Any]]:
        """Yield a message as the model has it and as a person sees it."""
        kind = "input_text" if role == "user" else "output_text"
        content = [{"type": kind, "text": said}]
        yield self._line("response_item", {"type": "message", "role": role, "content": content})
        event = "user_message" if role == "user" else "agent_message"
        yield self._line("event_msg", {"type": event, "message": said})

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield lines without end."""
        session = str(uuid.UUID(bytes=self.random.randbytes(16), version=4))
        yield self._line(
            "session_meta",
            {
                "id": session,
                "timestamp": "2026-09-01T00:00:00.000Z",
                "cwd": "/home/dev/shop",
                "originator": "codex_cli_rs",
                "cli_version": "0.53.0",
                "instructions": None,
                "source": "cli",
                "model_provider": "openai",
            },
        )
        while True:
            yield self._line(
                "turn_context",
                {
                    "cwd": "/home/dev/shop",
                    "approval_policy": "on-request",
                    "sandbox_policy": {"mode": "workspace-write", "network_access": False},
                    "model": "gpt-5-codex",
                    "effort": "medium",
                    "summary": "auto",
                },
            )
            yield from self._both("user", self.text.varying(300, 20_000))
            for _ in range(_CALLS_PER_TURN):
                yield from self._call()
            yield from self._both("assistant", self.text.varying(600, 8_000))
            yield self._tokens()

    def _call(self) -> Iterator[dict[str, Any]]:
        call = f"call_{self.random.randbytes(12).hex()}"
        thought = self.text.varying(160, 2_000)
        yield self._line("event_msg", {"type": "agent_reasoning", "text": thought})
        yield self._line(
            "response_item",
            {
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": thought}],
                "content": None,
                # As long as the text that it hides.
                "encrypted_content": self.random.randbytes(450).hex(),
            },
        )
        command = ["bash", "-lc", f"rg -n {self.text.piece(12)!r}"]
        arguments = json.dumps({"command": command, "workdir": "/home/dev/shop"})
        asked = {"type": "function_call", "name": "shell", "arguments": arguments}
        yield self._line("response_item", {**asked, "call_id": call})
        yield self._tokens()
        code = 1 if self.random.random() < 0.04 else 0
        facts = {"exit_code": code, "duration_seconds": 0.2}
        output = json.dumps({"output": self.text.varying(1_200, 40_000), "metadata": facts})
        answer = {"type": "function_call_output", "call_id": call, "output": output}
        yield self._line("response_item", answer)

    def _tokens(self) -> dict[str, Any]:
        last: dict[str, int] = {
            "input_tokens": self.random.randrange(8_000, 90_000),
            "cached_input_tokens": 6_000,
            "output_tokens": self.random.randrange(60, 900),
            "reasoning_output_tokens": 32,
        }
        last["total_tokens"] = last["input_tokens"] + last["output_tokens"]
        for key, value in last.items():
            self.total[key] += value
        info = {
            "total_token_usage": dict(self.total),
            "last_token_usage": last,
            "model_context_window": 272_000,
        }
        return self._line("event_msg", {"type": "token_count", "info": info, "rate_limits": None})
