"""Keys that come in one burst act one after the other, each where the one before has led."""

from pathlib import Path

import pytest
from textual import events
from tracetui import key_order
from tracetui.app import TraceTuiApp
from tracetui.screens.traces import TracesScreen
from tui.settle import PATIENCE, settle, until

SAMPLES = Path(__file__).parents[2] / "sample_traces"
NAMES = {"\r": "enter", "/": "slash"}


async def test_keys_of_one_burst_act_in_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(key_order, "SECONDS_TO_WAIT", PATIENCE)
    app = TraceTuiApp([SAMPLES / "support-day.otlp.jsonl"])
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        landing = app.screen
        assert isinstance(landing, TracesScreen)
        for key in "/refund\rjfstatus:error\r":
            app.post_message(events.Key(NAMES.get(key, key), key))
        await until(pilot, lambda: landing.filter_text == "status:error")
        assert landing.search_line.text == "refund"
        await until(pilot, lambda: landing.table.has_focus)
