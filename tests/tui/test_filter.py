"""Filtering by what people do with it: type, complete, apply, walk what is left, let go."""

from pathlib import Path
from typing import Any

import pytest
from shared_data import REPOSITORY
from textual.pilot import Pilot
from tracetui.app import TraceTuiApp
from tracetui.screens.filter_screen import FilterScreen
from tracetui.screens.filter_sql import FilterSqlScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.widgets.filter_line import FilterLine
from tracetui.widgets.text_view import TextView
from tracetui.widgets.trace_table import TraceTable
from tui.otlp_lines import three_traces
from tui.settle import settle

DAY = REPOSITORY / "sample_traces" / "support-day.otlp.jsonl"
AGENT = REPOSITORY / "sample_traces" / "tool-agent.otlp.jsonl"
KEYS = {
    " ": "space",
    ":": "colon",
    ">": "greater_than_sign",
    '"': "quotation_mark",
    ".": "full_stop",
    "-": "minus",
    "_": "underscore",
    "*": "asterisk",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
}


async def typed(pilot: Pilot[None], text: str, *keys: str) -> None:
    await pilot.press(*(KEYS.get(char, char) for char in text), *keys)
    await settle(pilot)


def screen_of(pilot: Pilot[None]) -> FilterScreen[Any]:
    screen = pilot.app.screen
    assert isinstance(screen, FilterScreen)
    return screen


def names(pilot: Pilot[None]) -> list[str]:
    rows = pilot.app.screen.query_one(TraceTable).rows
    assert rows is not None
    return [str(summary.name) for summary in rows.summaries(0, len(rows))]


def said(pilot: Pilot[None]) -> str:
    return str(screen_of(pilot).filter_line.query_one(".said").render())


def status(pilot: Pilot[None]) -> str:
    line = screen_of(pilot).filter_status
    return line.plain_text if line.display else ""


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return three_traces(tmp_path)


async def test_a_filter_leaves_the_traces_that_meet_it_and_says_how_many(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fname:plan*", "enter")
        assert names(pilot) == ["plan trip"]
        assert status(pilot) == "filter  name:plan*  1 of 3 traces"
        assert pilot.app.focused is pilot.app.screen.query_one(TraceTable)


async def test_an_emptied_filter_brings_everything_back(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fname:plan*", "enter")
        await pilot.press("f", "backspace", "enter")
        await settle(pilot)
        assert len(names(pilot)) == 3
        assert status(pilot) == ""


async def test_escape_lets_go_of_the_line_and_keeps_the_filter_that_was_there(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fname:plan*", "enter")
        await typed(pilot, "fname:answer*", "escape")
        assert not screen_of(pilot).filter_line.is_open
        assert names(pilot) == ["plan trip"]


async def test_a_filter_that_nothing_meets_shows_an_empty_list_and_can_be_changed(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fspans>1000", "enter")
        assert names(pilot) == []
        assert status(pilot).endswith("0 of 3 traces")
        await typed(pilot, "fspans>1", "enter")
        assert names(pilot) != []


async def test_a_fault_is_said_while_typing_and_enter_keeps_the_line_open(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fmodle:gpt cost>1")
        assert said(pilot) == "   ^^^^^ there is no field modle; did you mean model?"
        await pilot.press("enter")
        await settle(pilot)
        assert screen_of(pilot).filter_line.is_open
        assert len(names(pilot)) == 3


async def test_values_of_the_data_are_offered_and_taken():
    async with TraceTuiApp([DAY]).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await typed(pilot, "fmodel:")
        line = screen_of(pilot).filter_line
        assert "spans" in line.offers[0].about
        value = line.offers[0].text
        await pilot.press("right")
        await settle(pilot)
        assert line.text == f"model:{value} "
        await typed(pilot, "dur", "down", "enter")
        assert line.text == f"model:{value} duration>"
        await typed(pilot, "1ms", "enter")
        left = names(pilot)
        assert 0 < len(left) < 38


async def test_up_brings_earlier_filters_back(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fname:plan*", "enter")
        await typed(pilot, "fspans>1", "enter")
        await pilot.press("f", "backspace", "up")
        line = screen_of(pilot).filter_line
        await settle(pilot)
        assert line.text == "spans>1"
        await pilot.press("up")
        await settle(pilot)
        assert line.text == "name:plan*"


async def test_inside_a_trace_rows_above_a_match_stay_and_others_go():
    async with TraceTuiApp([AGENT]).run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TraceScreen)
        waterfall = screen.waterfall
        before = waterfall._fold.visible.size
        await typed(pilot, "ftool", "enter")
        assert status(pilot).startswith("filter  tool  ")
        shown = waterfall._fold.visible.tolist()
        matching = waterfall._filtered
        assert matching is not None
        assert 0 < matching.sum() < len(shown) < before
        tree = waterfall._tree
        kept = {row for row in range(len(tree)) if matching[row]}
        waiting = list(kept)
        while waiting:
            above = int(tree.parent[waiting.pop()])
            if above >= 0 and above not in kept:
                kept.add(above)
                waiting.append(above)
        assert shown == sorted(kept)
        assert matching[waterfall.cursor_row]


async def test_capital_f_filters_to_what_is_under_the_cursor_in_two_keys():
    async with TraceTuiApp([AGENT]).run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await typed(pilot, "ftool", "enter")
        await pilot.press("f", "backspace", "enter")
        await settle(pilot)
        await pilot.press("F", "enter")
        await settle(pilot)
        assert screen_of(pilot).filter_text.startswith('tool="')
        assert not screen_of(pilot).filter_line.is_open


async def test_capital_f_on_the_list_offers_what_the_trace_is(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("F")
        await settle(pilot)
        texts = [offer.text for offer in screen_of(pilot).filter_line.offers]
        assert 'name="plan trip"' in texts
        while screen_of(pilot).filter_line._chosen != texts.index('name="plan trip"'):
            await pilot.press("down")
        await pilot.press("enter")
        await settle(pilot)
        assert names(pilot) == ["plan trip"]


async def test_jumps_and_search_keep_to_what_the_filter_leaves():
    async with TraceTuiApp([AGENT]).run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await typed(pilot, "fllm", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, TraceScreen)
        waterfall = screen.waterfall
        for key in ("e", "E", "exclamation_mark", "dollar_sign", "J", "K", "G", "g", "n"):
            await pilot.press(key)
            await settle(pilot)
            assert waterfall.cursor_row in waterfall._fold.visible.tolist()


async def test_the_sql_of_a_filter_is_shown_with_its_parameters_apart(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await typed(pilot, "fname:plan*", "enter")
        await pilot.press("ctrl+f")
        await settle(pilot)
        assert isinstance(pilot.app.screen, FilterSqlScreen)
        text = pilot.app.screen.query_one(TextView).plain_text
        assert "WHERE regexp_matches" in text
        assert "plan" not in text.partition("SQL")[2].partition("Parameters")[0]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, TracesScreen)


async def test_a_hostile_filter_text_moves_nothing(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        line = pilot.app.screen.query_one(FilterLine)
        await pilot.press("f")
        line._write('name="\x1b[31m[/red]\u202e"')
        await pilot.press("enter")
        await settle(pilot)
        assert "\x1b" not in status(pilot)
        assert "0 of 3 traces" in status(pilot)


async def test_a_late_answer_to_an_earlier_filter_is_dropped(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TracesScreen)
        everything = screen._list
        assert everything is not None
        await typed(pilot, "fname:plan*", "enter")
        screen.post_message(screen.Fetched(everything, 0.0))
        await settle(pilot)
        assert names(pilot) == ["plan trip"]
