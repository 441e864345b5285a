"""Keys that come in one burst act in order: none is lost, none acts on what was there before."""

from pathlib import Path
from typing import ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input
from tracetui import key_order
from tracetui.app import TraceTuiApp
from tracetui.key_order import KeysInOrder
from tracetui.screens.sql import SqlScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tui.settle import PATIENCE, screen_text, settle, until

SAMPLES = Path(__file__).parents[2] / "sample_traces"
NAMED = {"/": "slash", "\r": "enter", "\x1b": "escape", ";": "semicolon", ">": "greater_than_sign"}


def type_at_once(pilot: Pilot[None], keys: str) -> None:
    """Post all of `keys` before any of them is handled, as one read of a terminal does."""
    for key in keys:
        pilot.app.post_message(events.Key(NAMED.get(key, key), key))


async def test_keys_of_one_burst_act_in_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", PATIENCE)
    app = TraceTuiApp([SAMPLES / "support-day.otlp.jsonl"])
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        landing = app.screen
        assert isinstance(landing, TracesScreen)
        type_at_once(pilot, "/refund\rjfstatus:error\r")
        await until(pilot, lambda: landing.filter_text == "status:error")
        assert landing.search_line.text == "refund"
        await until(pilot, lambda: landing.table.has_focus)


async def test_a_filter_its_rows_and_a_threshold_typed_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", PATIENCE)
    app = TraceTuiApp([SAMPLES / "support-day.otlp.jsonl"], cached=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        landing = app.screen
        assert isinstance(landing, TracesScreen)
        type_at_once(pilot, "fstatus:error\rjj\rH>100ms\rG")
        await until(pilot, lambda: isinstance(app.screen, TraceScreen))
        shown = app.screen
        assert isinstance(shown, TraceScreen)
        await until(pilot, lambda: shown.waterfall.threshold is not None)
        assert landing.filter_text == "status:error"
        assert landing.table.cursor == 2
        assert shown.trace_id == landing.table.trace_id


async def test_a_query_typed_at_once_with_the_key_that_opens_the_console(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", PATIENCE)
    app = TraceTuiApp([SAMPLES / "support-day.otlp.jsonl"], cached=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        type_at_once(pilot, ";select trace_id from traces order by 1\rj")
        await until(pilot, lambda: isinstance(app.screen, SqlScreen))
        console = app.screen
        assert isinstance(console, SqlScreen)
        await until(pilot, lambda: console.table.cursor == 1)
        assert console.prompt.text == "select trace_id from traces order by 1"


class Slow(Screen[None]):
    """Never has what a key asked for; `?` opens a prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [("a", "note('a')", ""), ("b", "note('b')", "")]
    answering = True

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(disabled=True)

    def action_note(self, what: str) -> None:
        self.noted.append(what)


class SlowApp(KeysInOrder[None]):
    def get_default_screen(self) -> Slow:
        return Slow()


async def test_keys_wait_for_an_answer_but_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", 0.05)
    app = SlowApp()
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, Slow)
        type_at_once(pilot, "aba")
        await until(pilot, lambda: len(screen.noted) == 3)
        assert screen.noted == ["a", "b", "a"]


async def test_a_held_key_does_not_wait_for_what_it_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", PATIENCE)
    app = SlowApp()
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, Slow)
        screen.answering = False
        await pilot.press("a")
        screen.answering = True
        type_at_once(pilot, "aaa")
        await until(pilot, lambda: len(screen.noted) == 4)
        type_at_once(pilot, "b")
        await pilot.pause()
        assert screen.noted == ["a"] * 4
        screen.answering = False
        await until(pilot, lambda: len(screen.noted) == 5)


async def test_what_is_said_again_takes_the_place_of_what_was_said():
    app = TraceTuiApp([SAMPLES / "rag.otlp.jsonl"], cached=False)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("space", "space", "space")
        await until(pilot, lambda: "There are no groups" in screen_text(pilot))
        await settle(pilot)
        assert screen_text(pilot).count("There are no groups") == 1
