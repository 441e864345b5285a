"""Traces that try to command the terminal: every view, every byte."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from end_to_end.control_bytes import CSI_OF_THE_APP, UNSAFE_TEXT, split
from end_to_end.terminal import Terminal

ENTER, ESCAPE, TAB, CTRL_P, CTRL_Q, CTRL_R, CTRL_T = (
    "\r",
    "\x1b",
    "\t",
    "\x10",
    "\x11",
    "\x12",
    "\x14",
)
SENTINEL = "SNTNL"
OSC_OF_THE_APP = re.compile("52;c;[A-Za-z0-9+/]*=*|22;[a-z-]+")
"""The clipboard, whose Base64 commands nothing, and the shape of the mouse pointer."""
BIG = 10_000_000
LONGEST_ANSWER_SECONDS = 7.5
"""What no key may take on a machine that is busy with other tests."""


def hostile(what: str) -> str:
    """Return a text with every kind of attack, which says where it stands."""
    return (
        f"{what}-{SENTINEL}[/red][bold]\x1b[2J\x1b[31;{SENTINEL}m\x1b]0;{SENTINEL}\x07"
        f"\x1b]8;;http://{SENTINEL}\x1b\\x\x1b]52;c;{SENTINEL}\x07\x9b2J\x90{SENTINEL}\x9c"
        f"\u202e{SENTINEL}\u2066\u200f\x00\x08\x7f\r\n\t@click=app.quit {SENTINEL}"
    )


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "value": {"intValue": value} if isinstance(value, int) else {"stringValue": value},
        }
        for key, value in values.items()
    ]


def spans() -> list[dict[str, Any]]:
    message = json.dumps(
        [{"role": hostile("role"), "parts": [{"type": "text", "content": hostile("said")}]}]
    )
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": hostile("provider"),
        "gen_ai.request.model": hostile("model"),
        "gen_ai.agent.name": hostile("agent"),
        "gen_ai.input.messages": message,
        "gen_ai.output.messages": message,
        "gen_ai.usage.input_tokens": 7,
        "session.id": hostile("session"),
        "error.type": hostile("error"),
        hostile("key"): hostile("value"),
    }
    tool = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": hostile("tool"),
        "gen_ai.tool.call.arguments": json.dumps({hostile("argument"): hostile("given")}),
        "gen_ai.tool.call.result": hostile("result"),
        "big": (hostile("big") * (BIG // len(hostile("big")) + 1))[:BIG],
    }
    event = {
        "timeUnixNano": "1750000000500000000",
        "name": hostile("event"),
        "attributes": attributes(call),
    }
    link = {
        "traceId": "f" * 32,
        "spanId": "e" * 16,
        "attributes": attributes({hostile("link"): "x"}),
    }
    base = {
        "traceId": f"{1:032x}",
        "kind": 3,
        "startTimeUnixNano": "1750000000000000000",
        "endTimeUnixNano": "1750000002000000000",
        "traceState": hostile("state"),
        "status": {"code": 2, "message": hostile("status")},
    }
    root = {
        "spanId": f"{1:016x}",
        "name": hostile("root"),
        "attributes": attributes(
            {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": hostile("agent")}
        ),
    }
    return [
        {**base, **root},
        {
            **base,
            "spanId": f"{2:016x}",
            "parentSpanId": f"{1:016x}",
            "name": hostile("call"),
            "attributes": attributes(call),
            "events": [event],
            "links": [link],
        },
        {
            **base,
            "spanId": f"{3:016x}",
            "parentSpanId": f"{1:016x}",
            "name": hostile("tool"),
            "attributes": attributes(tool),
        },
        {**base, "spanId": f"{4:016x}", "parentSpanId": f"{9:016x}", "name": hostile("orphan")},
    ]


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile file with a hostile name, and two lines that are rejected."""
    resource = {"attributes": attributes({"service.name": hostile("service")})}
    scope = {"name": hostile("scope"), "version": hostile("version")}
    request = {
        "resourceSpans": [
            {"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans()}]}
        ]
    }
    path = tmp_path_factory.mktemp("trap") / f"\x1b[2J\x9b31m\u202e[red]{SENTINEL}.jsonl"
    path.write_text(
        f'{json.dumps(request)}\n{{"{hostile("torn")}\n{hostile("rejected")}\n',
        errors="surrogateescape",
    )
    return path


def test_no_byte_of_the_data_commands_the_terminal(trap: Path):
    with Terminal("open", trap.name, cwd=trap.parent, size=(160, 45)) as terminal:
        terminal.shows("1 trace", "root-SNTNL[/red]")
        walk_the_list(terminal)
        walk_the_trace(terminal)
        terminal.press(CTRL_Q)
        assert terminal.leave() == 0
        parts = split(terminal.output)
    strange = {csi for csi in parts.csi if not CSI_OF_THE_APP.fullmatch(csi)}
    assert not strange
    assert parts.other <= {"\x1b7", "\x1b8", "\x1b=", "\x1b>"}
    assert {osc[:40] for osc in parts.osc if not OSC_OF_THE_APP.fullmatch(osc)} == set()
    assert not UNSAFE_TEXT.findall(parts.text)
    assert "␛[2J" in parts.text
    assert "\\x9b2J" in parts.text
    assert "[/red][bold]" in parts.text


def walk_the_list(terminal: Terminal) -> None:
    terminal.press("C")
    terminal.shows("Columns", "trace id")
    terminal.press(ESCAPE)
    terminal.hides("Space chooses")
    terminal.search("root")
    terminal.shows("1 match")
    terminal.press(ENTER)
    terminal.hides("1 match")
    terminal.press(CTRL_R)
    terminal.shows("ingest report", "rejected")
    terminal.press(ESCAPE)
    terminal.shows("started")


def walk_the_trace(terminal: Terminal) -> None:
    terminal.press(ENTER)
    terminal.shows("Overview", "call-SNTNL")
    for down, name in (("", "root-"), ("j", "call-"), ("j", "tool-"), ("jj", "orphan-")):
        terminal.press(*down)
        terminal.shows(f"{name}{SENTINEL}", "Overview")
        terminal.press(ENTER)
        terminal.shows("wrap")
        read_every_tab(terminal)
        terminal.press("y")
        terminal.shows("Copied")
        terminal.press(ESCAPE)
        terminal.shows("fold")
    terminal.press("y", " ", "_", "_", "T", "z", "Z", CTRL_T)
    terminal.search("tool-")
    terminal.shows("match")
    terminal.press(ENTER)
    terminal.hides("find in names", " match")
    terminal.press("?")
    terminal.shows("Keys", "Esc closes")
    terminal.press(ESCAPE)
    terminal.hides("Esc closes")
    terminal.press(CTRL_P)
    terminal.shows("Search for commands")
    terminal.press(*"error")
    terminal.shows("Next error", "Previous error")
    terminal.press(ESCAPE)
    terminal.hides("Previous error")


def read_every_tab(terminal: Terminal) -> None:
    for _ in range(8):
        terminal.press("l", "r", "G", "g", "w", "w", "r")
    terminal.shows("wrap")


def test_keys_are_answered_beside_ten_megabytes(trap: Path):
    with Terminal("open", trap.name, cwd=trap.parent, size=(120, 35)) as terminal:
        terminal.shows("root-SNTNL[/red]")
        terminal.press(ENTER)
        terminal.shows("Overview", "tool-SNTNL")
        terminal.search("tool-S")
        terminal.shows("1 match")
        terminal.press(ENTER)
        terminal.shows("tool-SNTNL", "fold")
        terminal.press(ENTER)
        terminal.shows("wrap", "Attributes")
        for _ in range(7):  # every tab once
            assert is_answered(terminal, "l", "h")
            terminal.answer("l")
        terminal.press(CTRL_Q)
        assert terminal.leave() == 0


def is_answered(terminal: Terminal, there: str, back: str) -> bool:
    """Return whether one of three answers is in time: other tests use the machine too."""
    return any(
        min([terminal.answer(key) for key in (there, back)]) < LONGEST_ANSWER_SECONDS
        for _ in range(3)
    )
