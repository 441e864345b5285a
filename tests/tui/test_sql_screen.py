"""The SQL console and the search through all text, by what people do with them."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from tracetui.app import TraceTuiApp
from tracetui.screens import find, sql_run
from tracetui.screens.find import FindScreen
from tracetui.screens.found_trace import FoundTraceScreen
from tracetui.screens.path_prompt import PathPrompt
from tracetui.screens.sql import SqlScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tui.otlp_lines import span, three_traces, trip, write
from tui.settle import settle

PATIENCE = 40.0
ENDLESS = "SELECT count(*) FROM range(90000000) a, range(900000) b WHERE a.range * b.range = 7"
SPANS = """
SELECT trace_id, span_id, name, 1 AS n FROM spans
WHERE kind = 'tool' OR name LIKE 'a%' ORDER BY name
"""


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for what is to be asserted; fail where it never comes."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it never came, on {pilot.app.screen}"
        await asyncio.sleep(0.01)
        await pilot.pause()


async def ask(pilot: Pilot[None], query: str) -> SqlScreen:
    """Run a query in the console, which is opened if it is not."""
    await pilot.press("semicolon")
    await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SqlScreen)
    await until(pilot, lambda: screen.prompt.has_focus_within)
    screen.prompt.query_one(Input).value = query.strip()
    await pilot.pause()
    await pilot.press("enter")
    return screen


async def test_a_query_is_answered_and_its_rows_lead_to_their_spans(tmp_path: Path):
    async with TraceTuiApp([three_traces(tmp_path)]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = await ask(pilot, SPANS)
        await until(pilot, lambda: screen.table.has_focus)
        assert "2 rows" in screen.title_line.plain_text
        assert [screen.table.row(number)["name"] for number in (0, 1)] == [
            "answer mail",
            "book_room",
        ]
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen))
        shown = pilot.app.screen
        assert isinstance(shown, TraceScreen)
        await until(pilot, lambda: shown._span is not None and shown._span.detail is not None)
        assert shown._span is not None
        assert shown._span.detail is not None
        assert shown._span.detail.fields["name"] == "book_room"
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: shown.trace_id == f"{2:032x}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("y")
        assert json.loads(pilot.app.clipboard)["name"] == "answer mail"
        await pilot.press("semicolon")
        await until(pilot, lambda: screen.prompt.has_focus_within)
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))


async def test_what_is_wrong_is_said_below_the_query_and_nothing_is_lost(tmp_path: Path):
    async with TraceTuiApp([three_traces(tmp_path)]).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        screen = await ask(pilot, "DROP VIEW spans")
        said = screen.prompt.query_one(".said")
        await until(pilot, lambda: "only reads" in str(said.render()))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))
        screen = await ask(pilot, "SELECT nope FROM spans")
        said = screen.prompt.query_one(".said")
        await until(pilot, lambda: 'column "nope" not found' in str(said.render()))
        prompt = screen.prompt.query_one(Input)
        await until(pilot, lambda: prompt.selected_text == "nope")
        assert screen.prompt.text == "SELECT nope FROM spans"
        await ask(pilot, "SELECT 1 AS one")
        await until(pilot, lambda: screen.table.row_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "names no trace" in notified(pilot))


async def test_an_endless_query_is_cancelled_by_esc_and_the_next_is_answered(tmp_path: Path):
    async with TraceTuiApp([three_traces(tmp_path)]).run_test() as pilot:
        await settle(pilot)
        screen = await ask(pilot, ENDLESS)
        await until(pilot, lambda: "Esc cancels" in screen.title_line.plain_text)
        await until(pilot, lambda: screen._reader is not None)
        await asyncio.sleep(0)
        while screen._asked:
            await pilot.press("escape")
            await until(pilot, lambda: screen.is_current)
        assert "Cancelled" in str(screen.prompt.query_one(".said").render())
        await ask(pilot, "SELECT 41 + 1 AS answer")
        await until(pilot, lambda: screen.table.row_count == 1)
        assert screen.table.row(0) == {"answer": 42}


async def test_examples_completion_and_history_save_typing(tmp_path: Path):
    async with TraceTuiApp([three_traces(tmp_path)]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("semicolon")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        screen = pilot.app.screen
        assert isinstance(screen, SqlScreen)
        await until(pilot, lambda: bool(screen._names.columns))
        assert next(offer.title for offer in screen.prompt.offers) == "What each model cost"
        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.prompt.text.startswith("SELECT provider, model"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.table.row_count == 2)
        assert {screen.table.row(n)["model"] for n in (0, 1)} == {"small", "large"}
        await pilot.press("semicolon", "delete")
        await pilot.press(*"select", "space", *"cost", "underscore", "u")
        await until(pilot, lambda: [one.text for one in screen.prompt.offers] == ["cost_usd"])
        await pilot.press("right")
        await until(pilot, lambda: screen.prompt.text == "select cost_usd ")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))
        await pilot.press("semicolon")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        again = pilot.app.screen
        assert isinstance(again, SqlScreen)
        await until(pilot, lambda: bool(again._history))
        await pilot.press("up")
        await until(pilot, lambda: again.prompt.text.startswith("SELECT provider, model"))


async def test_more_rows_than_are_shown_are_told_and_all_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sql_run, "MOST_ROWS", 3)
    monkeypatch.chdir(tmp_path)
    async with TraceTuiApp([three_traces(tmp_path)]).run_test() as pilot:
        await settle(pilot)
        screen = await ask(pilot, "SELECT range AS n, * FROM range(10), traces LIMIT 10")
        await until(pilot, lambda: screen.table.has_focus)
        assert "first 3 rows shown, there are more" in screen.title_line.plain_text
        await pilot.press("l", "l", "h")
        assert screen.table._first == 1
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathPrompt))
        await pilot.press("enter")
        await until(pilot, (tmp_path / "tracetui-sql.csv").exists)
        await until(pilot, lambda: "10 rows in" in notified(pilot))
        assert len((tmp_path / "tracetui-sql.csv").read_text().splitlines()) == 11
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathPrompt))
        prompt = pilot.app.screen.query_one(Input)
        assert prompt.value == "tracetui-sql-2.csv"
        prompt.value = "tracetui-sql.csv"
        await pilot.press("enter")
        await until(
            pilot, lambda: "is there already" in str(pilot.app.screen.query_one(".hint").render())
        )
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


def talkative(folder: Path) -> Path:
    """Write two trips and a trace between them that mentions a room only in an attribute."""
    return write(
        folder / "said.jsonl",
        trip(1),
        [
            span(2, 1, "write letter", start=20),
            span(
                2,
                2,
                "draft",
                parent=1,
                start=21,
                gen_ai__operation__name="execute_tool",
                gen_ai__tool__name="draft",
                gen_ai__tool__call__arguments='{"about": "the Room with a view"}',
            ),
        ],
    )


async def test_a_text_is_found_everywhere_and_n_goes_on_across_traces(tmp_path: Path):
    async with TraceTuiApp([talkative(tmp_path)]).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"room")
        await until(pilot, lambda: "0 matches   ctrl+g all text" in said(pilot))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(pilot.app.screen, FindScreen))
        screen = pilot.app.screen
        assert isinstance(screen, FindScreen)
        await until(pilot, lambda: not screen.searching)
        assert "3 hits in 2 traces" in screen.title_line.plain_text
        assert screen.table.hit is not None
        assert (screen.table.hit.name, screen.table.hit.field) == ("book_room", "attributes")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FoundTraceScreen))
        shown = pilot.app.screen
        assert isinstance(shown, FoundTraceScreen)
        await until(pilot, lambda: shown.details.tab_title == "Attributes 2")
        await pilot.press("n")
        await until(pilot, lambda: shown.details.tab_title == "Overview")
        assert shown.trace_id == f"{1:032x}"
        await pilot.press("n")
        await until(pilot, lambda: shown.details.tab_title == "Input")
        assert shown.trace_id == f"{2:032x}"
        assert shown._span is not None
        assert shown._span.row_id == screen.table.hit.row_id
        await pilot.press("n")
        await until(pilot, lambda: "last hit" in notified(pilot))
        await pilot.press("N", "N")
        await until(pilot, lambda: shown.trace_id == f"{1:032x}")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen and screen.table.cursor == 0)
        await pilot.press("slash", *"nowhere", "enter")
        await until(pilot, lambda: screen.has_class("-nothing"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))


def notified(pilot: Pilot[None]) -> str:
    return "\n".join(one.message for one in pilot.app._notifications)


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("SearchLine .count").render())


async def test_of_many_hits_the_first_are_listed_and_all_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(find, "MOST_HITS", 2)
    async with TraceTuiApp([talkative(tmp_path)]).run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+g", *"room", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FindScreen))
        screen = pilot.app.screen
        assert isinstance(screen, FindScreen)
        await until(pilot, lambda: bool(screen._text) and not screen.searching)
        assert "3 hits in 2 traces" in screen.title_line.plain_text
        assert "first 2 shown" in screen.title_line.plain_text
        assert screen.table.row_count == 2
