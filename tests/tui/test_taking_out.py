"""Finding, folding, following, copying, opening and saving, as a user does it in a trace."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from tracetui.app import TraceTuiApp
from tracetui.screens.copy_menu import CopyMenu
from tracetui.screens.path_prompt import PathPrompt
from tracetui.screens.trace import TraceScreen
from tracetui.widgets.reading_view import ReadingView
from tui.otlp_lines import span, write
from tui.settle import settle

RESULT = {"hotel": {"name": "Lux\u202e", "stars": 4}, "rooms": [{"price": 80}, {"price": 95}]}
TOOLS = [{"name": "book", "description": "Books a room", "parameters": {"type": "object"}}]


@pytest.fixture
def booking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return two traces: a model call with its tool call, and what the tool call is linked to."""
    monkeypatch.chdir(tmp_path)
    calls = [{"type": "tool_call", "id": "c1", "name": "book", "arguments": {"city": "Lima"}}]
    tool = span(
        1,
        3,
        "execute_tool book",
        parent=1,
        start=2,
        gen_ai__operation__name="execute_tool",
        gen_ai__tool__name="book",
        gen_ai__tool__call__id="c1",
        gen_ai__tool__call__arguments=json.dumps({"city": "Lima"}),
        gen_ai__tool__call__result=json.dumps(RESULT),
    )
    tool["links"] = [{"traceId": f"{2:032x}", "spanId": f"{2001:016x}"}]
    chat = span(
        1,
        2,
        "chat m",
        parent=1,
        gen_ai__operation__name="chat",
        gen_ai__tool__definitions=json.dumps(TOOLS),
        gen_ai__output__messages=json.dumps([{"role": "assistant", "parts": calls}]),
    )
    root = span(1, 1, "trip", seconds=9, gen_ai__operation__name="invoke_agent")
    path = tmp_path / "two.otlp.jsonl"
    write(path, [root, chat, tool], [span(2, 1, "queue job", start=-60)])
    return path


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(150):
        if holds():
            return
        await settle(pilot)
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def trace(pilot: Pilot[None]) -> TraceScreen:
    screen = pilot.app.screen
    assert isinstance(screen, TraceScreen)
    return screen


def text(pilot: Pilot[None]) -> ReadingView:
    return trace(pilot).query_one(ReadingView)


def seen(pilot: Pilot[None]) -> str:
    view = text(pilot)
    return "\n".join(
        "".join(p.text for p in view._rows.row(n)) for n in range(view._rows.row_count)
    )


async def open_call(pilot: Pilot[None]) -> None:
    """Go to the tool call of the first trace, and to its Call tab."""
    await settle(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen))
    await until(pilot, lambda: trace(pilot).waterfall.cursor_row_id is not None)
    await pilot.press("j", "j")
    await until(pilot, lambda: "execute_tool book" in trace(pilot).details.plain_text)
    await pilot.press("enter", "l")
    await until(pilot, lambda: "Declared" in seen(pilot))


async def test_a_call_can_be_searched_folded_and_followed(booking: Path):
    async with TraceTuiApp([booking]).run_test(size=(120, 36)) as pilot:
        await open_call(pilot)
        assert "Arguments" in seen(pilot).split("\n")[2]
        assert "Result  after" in seen(pilot).split("\n")[2]
        assert "Books a room" in seen(pilot)
        await pilot.press("slash", *"PRICE")
        await until(pilot, lambda: text(pilot).matches == (2, False))
        await pilot.press("enter", "x")
        await until(pilot, lambda: "⋯" in seen(pilot) and "price" not in seen(pilot))
        await pilot.press("n")
        await until(pilot, lambda: seen(pilot).count("price") == 2 and text(pilot).at == 1)
        assert "⋯ 2 lines" in seen(pilot), "the hotel stays folded"
        whole = trace(pilot).details.plain_text
        assert "Lux\u202e" in whole
        assert "stars" in whole
        await pilot.press("escape")
        await until(pilot, lambda: text(pilot).matches == (0, False))
        assert trace(pilot).details.has_focus_within, "the first Esc drops the search only"
        while trace(pilot).details.tab_title != "Links 1":
            await pilot.press("l")
        await pilot.press("enter")
        await until(pilot, lambda: trace(pilot).trace_id == f"{2:032x}")
        await until(pilot, lambda: "queue job" in trace(pilot).details.plain_text)
        await pilot.press("escape")
        await until(pilot, lambda: trace(pilot).trace_id == f"{1:032x}")


async def test_the_copy_menu_copies_the_true_text(booking: Path):
    app = TraceTuiApp([booking])
    async with app.run_test(size=(120, 36)) as pilot:
        await open_call(pilot)
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.clipboard.startswith("{"))
        assert json.loads(app.clipboard) == {
            "tool_arguments": {"city": "Lima"},
            "tool_result": RESULT,
        }
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("k", "enter")  # from the first, round to the last
        await until(pilot, lambda: app.clipboard == f"{1:032x}")
        await pilot.press("escape", "Y")
        await until(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard.startswith("## execute_tool book"))


async def test_a_selection_made_with_the_mouse_is_copied_first(booking: Path):
    app = TraceTuiApp([booking])
    async with app.run_test(size=(120, 36)) as pilot:
        await open_call(pilot)
        right = 62
        await pilot.mouse_down(ReadingView, offset=(right, 3))
        await pilot.hover(ReadingView, offset=(right + 30, 5))
        await pilot.mouse_up(ReadingView, offset=(right + 30, 5))
        await pilot.press("y")
        await until(pilot, lambda: bool(app.clipboard))
        assert app.clipboard.split("\n") == ["{", '  "hotel": {', '    "name": "Lux\u202e",']


async def test_a_text_is_saved_under_a_free_name_and_nothing_is_overwritten(
    booking: Path, monkeypatch: pytest.MonkeyPatch
):
    app = TraceTuiApp([booking])
    async with app.run_test(size=(120, 36)) as pilot:
        await open_call(pilot)
        target = booking.parent / "execute-tool-book.txt"
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        await pilot.press("enter")
        await until(pilot, target.exists)
        await until(pilot, lambda: "Lux\u202e" in target.read_text())
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, PathPrompt))
        assert app.screen.query_one(Input).value == "execute-tool-book-2.txt"
        app.screen.query_one(Input).value = str(booking)
        before = booking.read_bytes()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, PathPrompt), "it asks for another name"
        assert booking.read_bytes() == before
        await pilot.press("escape")
        got = booking.parent / "got"
        script = booking.parent / "edit"
        script.write_text(f'#!/bin/sh\ncat "$1" > "{got}"\n')
        script.chmod(0o755)
        monkeypatch.setenv("VISUAL", str(script))
        monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
        await until(pilot, lambda: isinstance(app.screen, TraceScreen))
        await pilot.press("v")
        await until(pilot, got.exists)
        assert got.read_text() == trace(pilot).details.plain_text
