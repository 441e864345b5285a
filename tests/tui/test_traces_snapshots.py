"""What the list of traces looks like with facets, groups, a window, a preview and marks."""

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot
from tracetui.screens.traces import TracesScreen
from tui.settle import settle
from tui.test_snapshots import Compare, _utc, draw, sample  # noqa: F401 - fixtures

MEDIUM, SMALL = (120, 36), (80, 24)
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x36"])


async def panes_follow(pilot: Pilot[None]) -> None:
    """Wait until list, facets and preview show what was asked for last."""
    await settle(pilot)
    screen = pilot.app.screen
    while isinstance(screen, TracesScreen) and not screen.settled:
        await asyncio.sleep(0.01)
        await settle(pilot)


@SIZES
def test_facets_of_a_filtered_list(draw: Compare, sample: Any, size: Any):  # noqa: F811
    keys = ("backslash", "j", "space", "j", "space", "j", "j")
    assert draw(sample("support-day"), size, *keys, wait=panes_follow)


@SIZES
def test_groups_with_their_sums_one_of_them_folded(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *"BBgjj", "space", wait=panes_follow)


@SIZES
def test_a_window_a_mark_and_a_preview(draw: Compare, sample: Any, size: Any):  # noqa: F811
    keys = ("left_square_bracket", "j", "j", "m", "P")
    assert draw(sample("support-day"), size, *keys, wait=panes_follow)


def test_a_preview_beside_the_list_in_the_light_theme(draw: Compare, sample: Any):  # noqa: F811
    keys = ("P", "e", "m", "z", "ctrl+t")
    assert draw(sample("support-day"), (160, 45), *keys, wait=panes_follow)


def test_groups_facets_and_marks_without_colour(
    draw: Compare,  # noqa: F811
    sample: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("NO_COLOR", "1")
    keys = ("B", "j", "m", "z", "backslash", "space")
    assert draw(sample("support-day"), MEDIUM, *keys, wait=panes_follow)


def test_the_menu_of_columns_to_sort_by(draw: Compare, sample: Any):  # noqa: F811
    assert draw(sample("support-day"), SMALL, "ctrl+s", "j", wait=panes_follow)
