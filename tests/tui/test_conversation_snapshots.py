"""What the conversation looks like, small and large."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shared_data import REPOSITORY
from textual.pilot import Pilot
from textual.widgets import Input
from tracetui.app import TraceTuiApp
from tracetui.screens.conversation import ConversationScreen
from tui.otlp_lines import span, write
from tui.settle import settle

SMALL, LARGE = (80, 24), (160, 45)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])
Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch):
    """Show every time in UTC, whatever the machine's zone."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def draw(snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Compare the screen after `keys` with its picture."""
    monkeypatch.chdir(tmp_path)

    def drawn(name: str, size: tuple[int, int], *keys: str) -> bool:
        found = REPOSITORY / "sample_traces" / f"{name}.otlp.jsonl"
        path = Path(shutil.copy(found, tmp_path)).name if found.exists() else name

        async def press(pilot: Pilot[None]) -> None:
            pilot.app.animation_level = "none"
            await at_rest(pilot)
            for key in keys:
                await pilot.press(key)
                await at_rest(pilot)
            for prompt in pilot.app.screen.query(Input):
                prompt.cursor_blink = False

        return bool(snap_compare(TraceTuiApp([path]), terminal_size=size, run_before=press))

    return drawn


async def at_rest(pilot: Pilot[None]) -> None:
    await settle(pilot)
    while isinstance(pilot.app.screen, ConversationScreen) and not pilot.app.screen.settled:
        await asyncio.sleep(0.005)
        await settle(pilot)


@SIZES
def test_a_chat_with_tools_and_reasoning(draw: Compare, size: Any):
    assert draw("tool-agent", size, "3")


@SIZES
def test_a_tool_that_failed(draw: Compare, size: Any):
    assert draw("tool-agent", size, "3", "e")


@SIZES
def test_a_sub_agent_unfolded_where_it_was_started(draw: Compare, size: Any):
    assert draw("supervisor", size, "3", "slash", *"market_analyst", "enter", "n", "x")


@SIZES
def test_retrieved_documents(draw: Compare, size: Any):
    assert draw("rag", size, "3", "j", "j", "j", "x")


@SIZES
def test_all_that_a_model_was_sent(draw: Compare, size: Any):
    assert draw("loop", size, "3", "}", "}", "}", "d")


@SIZES
def test_a_search_marks_its_matches(draw: Compare, size: Any):
    assert draw("tool-agent", size, "3", "slash", *"seat")


def test_a_chat_in_the_light_theme(draw: Compare):
    assert draw("tool-agent", SMALL, "3", "ctrl+t")


def test_a_chat_without_colour(draw: Compare, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw("tool-agent", SMALL, "3", "}")


@SIZES
def test_a_trace_without_a_conversation(draw: Compare, tmp_path: Path, size: Any):
    write(tmp_path / "plain.jsonl", [span(1, 1, "GET /")])
    assert draw("plain.jsonl", size, "3")
