"""How long large payloads freeze the program: bar 8 of the rendering design, through a pty.

Run `python -m benchmarks.payloads`; it prints a Markdown table. A ticker in the program's loop
wants to wake every five milliseconds; the longest that it comes late is the longest time no key
is answered, while a trace is opened and all tabs of its details, or its conversation, are paged
through. Each payload is read three times, and of each key the shortest counts: a machine that does
something else for a moment does so at another key.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tracetui
from tracetui.app import TraceTuiApp

from benchmarks.terminal import Terminal

_TICK_SECONDS = 0.005
_ROUNDS = 3
_STEP_SECONDS = 1.0
"""Between two keys: what one key freezes is over before the next."""
_TABS = ("enter", "enter", *("G", "g", "w", "r", "l") * 6)
_CHAT = ("enter", "3", "G", "g", "right_curly_bracket", "d", "G")
_WORDS = ("window", "ledger", "flight", "refund", "context", "index", "invoice", "route", "agent")


class Reading(TraceTuiApp):
    """Presses keys once its file is loaded, writes how late its ticks were, and leaves."""

    # Textual looks for sheets beside the class that it runs.
    CSS_PATH = [Path(tracetui.__file__).parent / name for name in TraceTuiApp.CSS_PATH]  # noqa: RUF012

    def __init__(self, path: str, keys: Sequence[str], figures: Path) -> None:
        super().__init__([path], cached=False)
        self._keys, self._figures = keys, figures

    def on_mount(self) -> None:
        """Begin to tick and to press."""
        self._late: list[float] = []
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._press())]

    async def _tick(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            self._late.append((time.perf_counter() - before - _TICK_SECONDS) * 1e3)

    async def _press(self) -> None:
        while not self.session.state.finished:
            await asyncio.sleep(_TICK_SECONDS)
        await asyncio.sleep(_STEP_SECONDS)
        worst: list[tuple[float, str]] = []
        for key in self._keys:
            self._late.clear()
            self.simulate_key(key)
            await asyncio.sleep(_STEP_SECONDS)
            worst.append((max(self._late), key))
        self._figures.write_text(json.dumps(worst))
        self.exit()


def _prose(seed: int, size: int) -> str:
    chosen = random.Random(seed).choices(_WORDS, k=size // 7)
    return " ".join(chosen)[:size]


def _attribute(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


def _file_of(path: Path, attributes: list[dict[str, Any]]) -> Path:
    span = {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "name": "chat",
        "startTimeUnixNano": "1760000000000000000",
        "endTimeUnixNano": "1760000001000000000",
        "attributes": [_attribute("gen_ai.operation.name", "chat"), *attributes],
    }
    request = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    path.write_text(json.dumps(request) + "\n")
    return path


def _subjects(folder: Path) -> list[tuple[str, Path, Sequence[str]]]:
    rows = [{"id": at, "text": _prose(at, 800), "tags": ["a", "b"]} for at in range(12_000)]
    messages = [
        {
            "role": "assistant" if at % 2 else "user",
            "parts": [{"type": "text", "content": f"## Turn {at}\n\n{_prose(at, 2_000)}"}],
        }
        for at in range(300)
    ]
    return [
        (
            "10 MB of JSON",
            _file_of(folder / "json.jsonl", [_attribute("output.value", json.dumps(rows))]),
            _TABS,
        ),
        (
            "a line of 1 MB",
            _file_of(folder / "line.jsonl", [_attribute("output.value", _prose(1, 1_000_000))]),
            _TABS,
        ),
        (
            "a chat of 300 messages",
            _file_of(
                folder / "chat.jsonl", [_attribute("gen_ai.input.messages", json.dumps(messages))]
            ),
            _CHAT,
        ),
    ]


def main() -> None:
    """Measure and print."""
    print("| payload | longest freeze, ms | at the key | second longest, ms |")
    print("|---|--:|---|--:|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, path, keys in _subjects(folder):
            figures = folder / "figures.json"
            program = [sys.executable, "-m", "benchmarks.payloads", str(path), ",".join(keys)]
            rounds: list[list[tuple[float, str]]] = []
            for _ in range(_ROUNDS):
                with Terminal([*program, str(figures)]) as terminal:
                    terminal.wait_for_end()
                rounds.append(json.loads(figures.read_text()))
            shortest = map(min, zip(*rounds, strict=True))
            (longest, key), (second, _), *_ = sorted(shortest, reverse=True)
            print(f"| {name} | {longest:.0f} | `{key}` | {second:.0f} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Reading(sys.argv[1], sys.argv[2].split(","), Path(sys.argv[3])).run()
    else:
        main()
