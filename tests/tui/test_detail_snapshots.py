"""What the details look like: calls side by side, a search, folds, the copy menu."""

from typing import Any

import pytest
from textual.widgets import Input
from tracetui.screens.trace import TraceScreen
from tui.test_snapshots import Compare, _utc, at_rest, draw, sample

__all__ = ["_utc", "draw", "sample"]
WIDE, SMALL = (120, 36), (80, 24)
TO_CALL = ("enter", "j", "j", "enter", "l")


async def declared(pilot: Any) -> None:
    """Wait until the tool's declaration is there too."""
    await at_rest(pilot)
    screen = pilot.app.screen
    while isinstance(screen, TraceScreen) and len(screen.query(Input)) > 0:
        span = screen._span
        fields = {} if span is None or span.detail is None else span.detail.fields
        if fields.get("kind") != "tool" or (span is not None and span.declaration is not None):
            break
        await at_rest(pilot)
    await at_rest(pilot)


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["120x36", "80x24"])
def test_arguments_and_result_of_a_tool_call(draw: Compare, sample: Any, size: Any):
    assert draw(sample("tool-agent"), size, *TO_CALL, wait=declared)


def test_a_search_in_the_details(draw: Compare, sample: Any):
    keys = (*TO_CALL, "slash", "f", "a", "enter", "n")
    assert draw(sample("tool-agent"), WIDE, *keys, wait=declared)


def test_json_folded_in_light_colours(draw: Compare, sample: Any):
    keys = ("ctrl+t", "enter", "j", "j", "enter", "h", "x", "j")
    assert draw(sample("tool-agent"), WIDE, *keys, wait=declared)


def test_the_copy_menu_without_colours(draw: Compare, sample: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw(sample("tool-agent"), SMALL, *TO_CALL, "Y", wait=declared)
