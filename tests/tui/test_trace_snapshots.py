"""What the trace view's path, pauses, icicle and hidden spans look like."""

from pathlib import Path
from typing import Any

import pytest
from tui.otlp_lines import session, write
from tui.test_snapshots import Compare, _utc, draw, sample  # noqa: F401 - fixtures

WIDE, SMALL = (120, 36), (80, 24)
SIZES = pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x36"])
TURNS = "session.jsonl"


@pytest.fixture
def turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write three turns with hours between them; return the bare name of the file."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / TURNS, session()).name


@SIZES
def test_the_critical_path_without_the_pauses(draw: Compare, turns: str, size: Any):  # noqa: F811
    assert draw(turns, size, "enter", "i", "c", "j")


@SIZES
def test_the_same_spans_as_an_icicle(draw: Compare, turns: str, size: Any):  # noqa: F811
    assert draw(turns, size, "enter", "i", "I", *"jjj")


@SIZES
def test_short_spans_and_others_than_matches_are_hidden(
    draw: Compare,  # noqa: F811
    turns: str,
    size: Any,
):
    keys = ("H", *"5s", "enter", "slash", *"chat", "enter", "ampersand")
    assert draw(turns, size, "enter", *keys)


def test_a_threshold_that_is_none_is_refused_with_examples(draw: Compare, turns: str):  # noqa: F811
    assert draw(turns, SMALL, "enter", "H", *"2x", "enter")


def test_chosen_columns_beside_the_tree(draw: Compare, turns: str):  # noqa: F811
    chosen = ("C", "down", "down", "down", "space", "down", "space", "down", "down", "space")
    assert draw(turns, WIDE, "enter", *chosen, "enter")


def test_the_icicle_in_the_light_theme(draw: Compare, turns: str):  # noqa: F811
    assert draw(turns, WIDE, "enter", "i", "c", "I", "j", "ctrl+t")


@pytest.mark.parametrize("keys", ["ic", "icI"], ids=["path", "icicle"])
def test_path_and_icicle_without_colour(
    draw: Compare,  # noqa: F811
    turns: str,
    keys: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw(turns, SMALL, "enter", *keys, "j")
