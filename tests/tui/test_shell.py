"""The app by what people do with it: open, walk, sort, search, ask for help, leave."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.pilot import Pilot
from tracetui import screens
from tracetui.app import TraceTuiApp
from tracetui.screens.help import HelpScreen
from tracetui.screens.report import ReportScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.settings import Settings
from tracetui.widgets.detail_pane import DetailPane
from tracetui.widgets.notice import Notice
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.text_view import TextView
from tracetui.widgets.title_line import TitleLine
from tracetui.widgets.trace_table import TraceTable
from tracetui.widgets.waterfall import Waterfall
from tracetui_loaders.base import LoadError
from tracetui_store.ingest import Ingest
from tui.otlp_lines import request, span, three_traces, trip, write
from tui.settle import PATIENCE, screen_text, settle, until


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return three_traces(tmp_path)


def table_of(pilot: Pilot[None]) -> TraceTable:
    return pilot.app.query_one(TraceTable)


def names(table: TraceTable) -> list[str]:
    assert table.rows is not None
    return [str(summary.name) for summary in table.rows.summaries(0, len(table.rows))]


async def test_the_list_shows_the_newest_trace_first_and_the_totals(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert names(table_of(pilot)) == ["plan trip", "summarise ticket", "answer mail"]
        title = pilot.app.screen.query_one(TitleLine).plain_text
        for fact in ("three.otlp.jsonl", "3 traces", "6 spans", "350 tokens", "1 error"):
            assert fact in title
        assert "loading" not in title
        assert pilot.app.focused is table_of(pilot)


async def test_enter_opens_the_trace_under_the_cursor(three: Path):
    opened: set[str] = set()

    def record(message: Message) -> None:
        if isinstance(message, TraceTable.Opened):
            opened.add(message.trace_id)

    async with TraceTuiApp([three]).run_test(message_hook=record) as pilot:
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TraceScreen)
        assert "summarise ticket" in pilot.app.screen.query_one(TitleLine).plain_text
    assert opened == {f"{3:032x}"}


async def test_escape_and_q_go_back_to_the_list_and_q_then_quits(three: Path):
    app = TraceTuiApp([three])
    async with app.run_test() as pilot:
        await settle(pilot)
        for key in ("escape", "q"):
            await pilot.press("enter")
            await settle(pilot)
            assert isinstance(app.screen, TraceScreen)
            await pilot.press(key)
            await settle(pilot)
            assert isinstance(app.screen, TracesScreen)
            assert app.focused is table_of(pilot)
        await pilot.press("q")
    assert app.return_code == 0


async def test_s_sorts_by_the_next_column_and_the_cursor_stays_on_its_trace(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        table = table_of(pilot)
        await pilot.press("s")
        await settle(pilot)
        assert names(table) == ["answer mail", "plan trip", "summarise ticket"]
        assert "trace▲" in screen_text(pilot)
        assert table.trace_id == f"{1:032x}"
        await pilot.press("S")
        await settle(pilot)
        assert names(table) == ["summarise ticket", "plan trip", "answer mail"]
        assert "trace▼" in screen_text(pilot)
        assert table.trace_id == f"{1:032x}"


async def test_a_click_on_a_header_sorts_by_it_and_a_second_click_reverses(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        header = screen_text(pilot).splitlines()[table_of(pilot).region.y]
        at = header.index("duration")
        await pilot.click(TraceTable, offset=(at, 0))
        await settle(pilot)
        assert names(table_of(pilot)) == ["plan trip", "answer mail", "summarise ticket"]
        await pilot.click(TraceTable, offset=(at, 0))
        await settle(pilot)
        assert names(table_of(pilot)) == ["summarise ticket", "answer mail", "plan trip"]


async def test_search_goes_to_the_match_and_escape_puts_everything_back(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        table = table_of(pilot)
        await pilot.press("slash", *"MAIL")
        assert table.trace_id == f"{2:032x}"
        assert "1 match" in screen_text(pilot)
        await pilot.press("escape")
        assert table.trace_id == f"{1:032x}"
        assert not pilot.app.screen.query_one(SearchLine).is_open
        assert pilot.app.focused is table


async def test_n_walks_the_matches_round_the_end(three: Path):
    async with TraceTuiApp([three]).run_test() as pilot:
        await settle(pilot)
        table = table_of(pilot)
        await pilot.press("slash", "m", "enter")  # summarise ticket, answer mail
        walked = [table.trace_id]
        for key in ("n", "n", "N"):
            await pilot.press(key)
            walked.append(table.trace_id)
        assert walked == [f"{number:032x}" for number in (3, 2, 3, 2)]


async def test_keys_typed_into_the_search_are_text_and_no_commands(three: Path):
    async with TraceTuiApp([three]).run_test() as pilot:
        await settle(pilot)
        await pilot.press("slash", "q", "1", "s")
        assert pilot.app.screen.query_one(SearchLine).is_open
        assert isinstance(pilot.app.screen, TracesScreen)


async def test_brackets_walk_the_traces_in_the_order_of_the_list(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        seen: list[str] = []
        for key in ("right_square_bracket", "right_square_bracket", "left_square_bracket"):
            await pilot.press(key)
            await settle(pilot)
            seen.append(pilot.app.screen.query_one(TitleLine).plain_text.split("  ")[0][2:])
        assert seen == ["summarise ticket", "answer mail", "summarise ticket"]


async def test_the_details_follow_the_cursor_and_tab_moves_between_the_panes(three: Path):
    async with TraceTuiApp([three]).run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("j")
        await until(pilot, lambda: "chat small" in details_of(pilot).plain_text)
        assert isinstance(pilot.app.focused, Waterfall)
        await pilot.press("tab")
        assert isinstance(pilot.app.focused, TextView)
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, Waterfall)
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, TextView)


async def test_y_copies_the_span_as_markdown_and_says_so(three: Path):
    app = TraceTuiApp([three])
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await until(pilot, lambda: "plan trip" in details_of(pilot).plain_text)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.startswith("## plan trip"))
        await until(pilot, lambda: "plan trip as Markdown" in screen_text(pilot))


async def test_search_in_a_trace_goes_to_the_span(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        waterfall = pilot.app.screen.query_one(Waterfall)
        first = waterfall.cursor_row_id
        await pilot.press("slash", *"book")
        assert waterfall.cursor_row == 2
        await pilot.press("escape")
        assert waterfall.cursor_row_id == first
        await pilot.press("slash", *"chat", "enter", "n")
        assert waterfall.cursor_row == 3


async def test_help_shows_the_keys_as_they_are_bound_and_escape_closes_it(three: Path):
    app = TraceTuiApp([three], settings=Settings(keys={"list.sort": "o"}))
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        page = app.screen.query_one(TextView).plain_text
        sort = next(line for line in page.splitlines() if "Sort by the next column" in line)
        assert sort.split()[0] == "o"
        assert "Copy what the focused pane shows" in page
        await pilot.press("escape")
        assert isinstance(app.screen, TracesScreen)


async def test_the_report_names_the_rejected_line(tmp_path: Path):
    path = tmp_path / "torn.otlp.jsonl"
    path.write_text(f'{request(trip())}\n{{"resourceSpans": 7, ]\n{request(trip(2))}\n')
    async with TraceTuiApp([path]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReportScreen)
        page = pilot.app.screen.query_one(TextView).plain_text
        assert "otlp_json" in page
        assert "1 rejected" in page
        assert any("line        2" in line for line in page.splitlines())
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, TracesScreen)


async def test_a_missing_file_is_named_with_what_to_try(tmp_path: Path):
    async with TraceTuiApp([tmp_path / "absent.jsonl"]).run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        shown = screen_text(pilot)
        assert pilot.app.screen.query_one(Notice).display
        assert "absent.jsonl" in shown
        assert "tracetui demo" in shown
        assert "Traceback" not in shown


async def test_a_load_that_stops_early_shows_what_is_there_and_says_so(
    three: Path, monkeypatch: pytest.MonkeyPatch
):
    def stop(_: Ingest) -> None:
        raise LoadError("No space left on device")

    monkeypatch.setattr(Ingest, "_check_all_committed", stop)
    async with TraceTuiApp([three]).run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        shown = screen_text(pilot)
        assert "plan trip" in shown
        assert "3 traces" in shown
        assert "stopped early" in shown
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert "No space left on device" in screen_text(pilot)


async def test_an_input_without_spans_says_what_was_looked_for(tmp_path: Path):
    path = tmp_path / "hollow.json"
    path.write_text('{"resourceSpans": []}')
    async with TraceTuiApp([path]).run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        assert "hollow.json" in screen_text(pilot)
        assert pilot.app.screen.query_one(Notice).display


async def test_quitting_while_loading_stops_the_load_and_closes_the_store(tmp_path: Path):
    traces = [[span(n, 1, f"trace {n}", start=n)] for n in range(1, 60_001)]
    path = write(tmp_path / "many.jsonl", *traces)
    app = TraceTuiApp([path])
    async with app.run_test() as pilot:
        await pilot.press("q")
    assert app.return_code == 0
    assert app.session.store is None
    deadline = time.monotonic() + PATIENCE
    while any("ingest" in t.name or "_load" in t.name for t in threading.enumerate()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("keys", [(), ("enter",), ("question_mark",), ("ctrl+r",)])
async def test_every_screen_survives_small_and_large_terminals(three: Path, keys: tuple[str, ...]):
    async with TraceTuiApp([three]).run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        for size in ((80, 24), (20, 5), (200, 60), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        assert len(screen_text(pilot).splitlines()) == 24


async def test_at_80_columns_the_list_keeps_what_matters_and_l_shows_the_rest(three: Path):
    async with TraceTuiApp([three]).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = screen_text(pilot)
        assert all(word in first for word in ("plan trip", "duration", "tokens", "cost", "✗1"))
        await pilot.press("l")
        await pilot.pause()
        second = screen_text(pilot)
        assert "plan trip" in second
        assert "agent" in second
        assert "llm" in second


async def test_a_hostile_name_reaches_no_cell_raw(tmp_path: Path):
    hostile = "[/red]\x1b[2J\x1b]8;;http://x\x07\x9b2J\u202egnp"
    path = write(tmp_path / "hostile.jsonl", [span(1, 1, hostile)])
    async with TraceTuiApp([path]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        for key in ("slash", "2", "enter", "enter", "y"):
            await pilot.press(key)
            await settle(pilot)
            shown = screen_text(pilot)
            assert not set(shown) & set("\x1b\x07\x9b\u202e")
            assert "[/red]" in shown


async def test_choosing_columns_shows_them(three: Path):
    async with TraceTuiApp([three]).run_test(size=(200, 30)) as pilot:
        await settle(pilot)
        assert "trace id" not in screen_text(pilot)
        await pilot.press("C", "end", "space", "enter")
        await settle(pilot)
        assert "trace id" in screen_text(pilot)


async def test_the_palette_runs_a_command_of_the_list(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p", *"last row")
        await until(pilot, lambda: "Last row" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))
        await until(pilot, lambda: pilot.app.screen.query_one(TraceTable).cursor == 2)


async def test_ctrl_t_switches_between_dark_and_light(three: Path):
    async with TraceTuiApp([three]).run_test() as pilot:
        themes: list[str] = []
        for _ in range(2):
            await pilot.press("ctrl+t")
            themes.append(pilot.app.theme)
        assert themes == ["tracetui-light", "tracetui-dark"]


def test_the_first_paint_imports_nothing_heavy():
    program = (
        "import sys, tracetui.app;"
        "print([m for m in ('numpy', 'pyarrow', 'duckdb', 'tracetui_store') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert found.stdout.strip() == "[]"


def details_of(pilot: Pilot[None]) -> DetailPane:
    return pilot.app.screen.query_one(DetailPane)


@pytest.mark.parametrize(
    "opened", ["semicolon", "ctrl+g", "7", "ctrl+r", "ctrl+s", "question_mark"]
)
async def test_a_burst_of_escapes_closes_one_screen_and_no_more(three: Path, opened: str):
    app = TraceTuiApp([three], cached=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press(opened)
        await settle(pilot)
        assert len(app.screen_stack) == 2
        for _ in range(4):
            app.simulate_key("escape")
        await settle(pilot)
        assert len(app.screen_stack) == 1
        assert app.is_running


async def test_screens_open_without_parsing_all_sheets_anew(
    three: Path, monkeypatch: pytest.MonkeyPatch
):
    reparsed: list[Stylesheet] = []
    app = TraceTuiApp([three], cached=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        sheet = str(Path(screens.__file__).parent / "trace.tcss")
        await until(pilot, lambda: app.stylesheet.has_source(sheet))
        monkeypatch.setattr(Stylesheet, "reparse", reparsed.append)
        for keys in (("enter",), ("3",), ("1", "semicolon"), ("escape", "7"), ("escape", "ctrl+s")):
            await pilot.press(*keys)
            await settle(pilot)
            assert len(app.screen_stack) > 1
        assert not reparsed
