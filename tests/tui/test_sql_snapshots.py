"""What the SQL console and the search through all text look like."""

import itertools
from typing import Any

import pytest
from tracetui.screens import sql_run
from tui.test_snapshots import Compare, _utc, draw, sample  # noqa: F401 - fixtures

SMALL, USUAL = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, USUAL], ids=["80x24", "120x36"])
EXAMPLE = ("semicolon", "down", "enter", "enter")
FAULT = ("semicolon", *"FROM", "space", *"spanz", "enter")
WIDE = ("semicolon", *"FROM", "space", *"spans", "enter", "l", "l", "j")
BEGUN = ("semicolon", *"FROM", "space", *"spans", "space", *"WHERE", "space", *"co")
FIND = ("slash", *"refund", "ctrl+g")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch):
    """Let every query take 12 ms."""
    ticks = itertools.count()
    monkeypatch.setattr(sql_run, "monotonic", lambda: 0.012 * next(ticks))


@SIZES
def test_the_console_begins_with_examples(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, "semicolon")


@SIZES
def test_the_rows_of_an_answer(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *EXAMPLE)


@SIZES
def test_a_wide_answer_scrolls_sideways(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *WIDE)


def test_what_is_wrong_with_a_query(draw: Compare, sample: Any):  # noqa: F811
    assert draw(sample("support-day"), SMALL, *FAULT)


def test_names_are_completed(draw: Compare, sample: Any):  # noqa: F811
    assert draw(sample("support-day"), SMALL, *BEGUN)


def test_an_answer_in_the_light_theme(draw: Compare, sample: Any):  # noqa: F811
    assert draw(sample("support-day"), SMALL, *EXAMPLE, "ctrl+t")


@SIZES
def test_hits_in_all_text(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *FIND)


def test_hits_without_colour(
    draw: Compare,  # noqa: F811
    sample: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw(sample("support-day"), SMALL, *FIND)


@SIZES
def test_a_hit_in_the_details_of_its_span(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *FIND, "n", "enter")


def test_a_text_that_stands_nowhere(draw: Compare, sample: Any):  # noqa: F811
    assert draw(sample("support-day"), SMALL, "slash", *"zeppelin", "ctrl+g")
