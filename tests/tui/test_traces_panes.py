"""The list of traces by what people do: choose facets, group, brush, preview, mark, sort."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from shared_data import REPOSITORY
from textual.pilot import Pilot
from tracetui.app import TraceTuiApp
from tracetui.screens.filter_sql import FilterSqlScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.widgets.facet_pane import FacetPane
from tracetui.widgets.histogram_line import HistogramLine
from tracetui.widgets.text_view import TextView
from tracetui.widgets.title_line import TitleLine
from tracetui.widgets.trace_preview import TracePreview
from tui.otlp_lines import three_traces
from tui.settle import settle
from tui.test_shell import names, screen_text, table_of

DAY = REPOSITORY / "sample_traces" / "support-day.otlp.jsonl"
SPLIT = "\n"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return three_traces(tmp_path)


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until `holds`, by looking again and again."""
    for _ in range(2_000):
        if holds():
            return
        await asyncio.sleep(0.005)
        await pilot.pause()
    raise AssertionError(f"it never came:\n{screen_text(pilot)}")


def screen_of(pilot: Pilot[None]) -> TracesScreen:
    screen = pilot.app.screen
    assert isinstance(screen, TracesScreen)
    return screen


def shown(pilot: Pilot[None]) -> int:
    rows = screen_of(pilot).table.rows
    return -1 if rows is None else len(rows)


def line_with(pilot: Pilot[None], text: str) -> str:
    return next((line for line in screen_text(pilot).split(SPLIT) if text in line), "")


def facet_line(pilot: Pilot[None], value: str) -> list[str]:
    """Return box and count of a facet's value, as they stand on the screen."""
    line = line_with(pilot, f"] {value}").partition("│")[0].split()
    return [*line[: line.index(value)], *line[line.index(value) + 1 :]] if line else []


async def test_a_facet_is_chosen_by_key_or_click_and_the_other_counts_follow():
    async with TraceTuiApp([DAY]).run_test(size=(130, 45)) as pilot:
        await settle(pilot)
        screen = screen_of(pilot)
        await pilot.press("backslash")
        await until(pilot, lambda: facet_line(pilot, "support-chat") == ["[", "]", "10"])
        assert isinstance(pilot.app.focused, FacetPane)
        await pilot.press("j", "space")
        await until(pilot, lambda: shown(pilot) == 10)
        assert screen.filter_text == 'any(service="support-email")'
        await until(pilot, lambda: facet_line(pilot, "advice-agent") == ["[", "]", "4"])
        assert facet_line(pilot, "support-email") == ["[x]", "10"]
        assert facet_line(pilot, "support-chat") == ["[", "]", "10"]

        text = screen_text(pilot).split(SPLIT)
        at = next(y for y, line in enumerate(text) if "] advice-agent" in line)
        await pilot.click(offset=(8, at))
        await until(pilot, lambda: shown(pilot) == 4)
        assert screen.filter_text == 'any(service="support-email") any(agent="advice-agent")'
        await until(pilot, lambda: facet_line(pilot, "support-chat") == ["[", "]", "2"])

        await pilot.press("tab")
        assert pilot.app.focused is screen.table
        await pilot.press("f", "backspace", "enter")
        await until(pilot, lambda: shown(pilot) == 38)
        await until(pilot, lambda: facet_line(pilot, "advice-agent") == ["[", "]", "12"])
        await pilot.press("backslash")
        await until(pilot, lambda: "support-chat" not in screen_text(pilot))


async def test_at_80_columns_the_facets_cover_the_list_until_escape():
    async with TraceTuiApp([DAY]).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = screen_of(pilot)
        await pilot.press("backslash")
        await until(pilot, lambda: facet_line(pilot, "support-chat") == ["[", "]", "10"])
        assert "duration" not in screen_text(pilot)
        await pilot.press("enter", "f", "escape")
        assert isinstance(pilot.app.focused, FacetPane)
        await until(pilot, lambda: "10 of 38 traces" in screen_text(pilot))
        await pilot.press("escape")
        assert pilot.app.focused is screen.table
        await until(pilot, lambda: "duration" in screen_text(pilot))
        assert shown(pilot) == 10


async def test_groups_fold_and_add_up_and_brackets_in_a_trace_pass_over_them():
    async with TraceTuiApp([DAY]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        table = table_of(pilot)
        await pilot.press("B", "B")
        await until(pilot, lambda: "5 groups by agent" in screen_text(pilot))
        assert table.rows is not None
        every = table.rows.summaries(0, 38)
        own = [one for one in every if one.agent_name == "workshop-agent"]
        sums = [sum(one.span_count for one in own), sum(one.total_tokens or 0 for one in own)]
        await until(pilot, lambda: "▾ workshop-agent" in screen_text(pilot))
        header = line_with(pilot, "▾ workshop-agent").split()
        assert header[2:5] == ["workshop-agent", "3", "traces"]
        assert {str(number) for number in sums} <= set(header[5:])
        assert table.row_count == 38 + 5
        await pilot.press("g", "h")
        await until(pilot, lambda: table.row_count == 35 + 5)
        assert "▸ workshop-agent" in screen_text(pilot)
        await pilot.press("j", "j", "space")
        await until(pilot, lambda: table.row_count == 23 + 5)
        await pilot.press("underscore")
        await until(pilot, lambda: table.row_count == 5)
        await pilot.press("G", "enter")
        await until(pilot, lambda: table.row_count > 5)

        await pilot.press("underscore", "underscore", "g", "j")
        await until(pilot, lambda: table.row_count == 43 and table.trace_id is not None)
        seen = {table.trace_id}
        await pilot.press("enter")
        await settle(pilot)
        for _ in range(3):
            await pilot.press("right_square_bracket")
            await settle(pilot)
            assert isinstance(pilot.app.screen, TraceScreen)
            seen.add(pilot.app.screen.trace_id)
        assert len(seen) == 4
        await pilot.press("escape", "F")
        await until(pilot, lambda: bool(screen_of(pilot).filter_line.offers))
        await pilot.press("escape", "B", "B", "B")
        await until(pilot, lambda: table.row_count == 38)


async def test_a_window_moves_over_the_histogram_and_is_a_filter_until_escape():
    async with TraceTuiApp([DAY]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        screen = screen_of(pilot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: shown(pilot) == 6)
        assert "6 of 38 traces" in screen_text(pilot)
        newest = names(screen.table)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: shown(pilot) not in (6, 38))
        before = shown(pilot)
        await pilot.press("z")
        await until(pilot, lambda: 0 < shown(pilot) < before)
        await pilot.press("ctrl+f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterSqlScreen))
        assert "start_time_unix_nano" in screen_text(pilot)
        await pilot.press("escape", "Z")
        await until(pilot, lambda: shown(pilot) == 38)

        line = screen.query_one(HistogramLine)
        assert line.histogram is not None
        bars = len(line.histogram.counts)
        await pilot.mouse_down(HistogramLine, offset=(bars, 0))
        await pilot.hover(HistogramLine, offset=(bars - 6, 0))
        await pilot.mouse_up(HistogramLine, offset=(bars - 6, 0))
        await until(pilot, lambda: names(screen.table) == newest)
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot) == 38)
        assert isinstance(pilot.app.screen, TracesScreen)


async def test_the_preview_follows_the_cursor_and_a_late_answer_is_dropped(three: Path):
    async with TraceTuiApp([three]).run_test(size=(150, 30)) as pilot:
        await settle(pilot)
        screen = screen_of(pilot)
        await pilot.press("P")
        await until(pilot, lambda: bool(screen.query(TracePreview)))
        preview = screen.query_one(TracePreview)
        await until(pilot, lambda: "plan trip" in preview.plain_text)
        for words in ("409 already booked", "├─ ● chat small", "small", "not recorded"):
            assert words in preview.plain_text
        late = screen.PreviewFetched(f"{1:032x}", None)
        await pilot.press("j")
        await until(pilot, lambda: "summarise ticket" in preview.plain_text)
        screen.post_message(late)
        await pilot.pause()
        assert "summarise ticket" in preview.plain_text
        await pilot.press("tab")
        assert isinstance(pilot.app.focused, TextView)
        await pilot.press("escape")
        assert pilot.app.focused is screen.table
        await pilot.press("B")
        await until(pilot, lambda: screen.table.row_count == 4)
        await pilot.press("g")
        await until(pilot, lambda: "A group" in preview.plain_text)
        await pilot.press("P")
        await until(pilot, lambda: not preview.display)


async def test_marks_survive_sorting_and_filtering_and_can_be_all_that_is_shown(three: Path):
    async with TraceTuiApp([three]).run_test(size=(120, 30), notifications=True) as pilot:
        await settle(pilot)
        screen, table = screen_of(pilot), table_of(pilot)
        await pilot.press("M")
        await until(pilot, lambda: "Nothing is marked" in screen_text(pilot))
        await pilot.press("m", "j")
        await pilot.click(type(table), offset=(0, 3))
        assert table.marks == {f"{1:032x}", f"{2:032x}"}
        assert "2 marked" in screen.query_one(TitleLine).plain_text
        await pilot.press("s", "M")
        await until(pilot, lambda: names(table) == ["answer mail", "plan trip"])
        assert "only marked" in screen_text(pilot)
        assert line_with(pilot, "◆ plan trip").startswith("▌")
        await pilot.press("f", *"errors", "colon", "1", "enter")
        await until(pilot, lambda: names(table) == ["plan trip"])
        await pilot.press("escape", "f", "backspace", "enter")
        await until(pilot, lambda: len(names(table)) == 3)
        assert len(table.marks) == 2
        await pilot.press("M")
        await until(pilot, lambda: shown(pilot) == 2)
        await pilot.press("g", "m")
        await until(pilot, lambda: names(table) == ["plan trip"])
        await pilot.press("m")
        await until(pilot, lambda: shown(pilot) == 3)


async def test_the_menu_sorts_by_a_column_that_is_not_on_screen(three: Path):
    async with TraceTuiApp([three]).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        table = table_of(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "▼ started" in screen_text(pilot))
        await pilot.press("end", "enter")
        by_id = ["plan trip", "answer mail", "summarise ticket"]
        await until(pilot, lambda: names(table) == by_id)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "▲ trace id" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: names(table) == by_id[::-1])
