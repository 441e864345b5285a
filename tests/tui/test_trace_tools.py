"""The trace view by what people ask of it: the path, pauses, an icicle, less to look at, links."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList
from tracetui.app import TraceTuiApp
from tracetui.screens.links import LinkChooser
from tracetui.screens.trace import TraceScreen
from tracetui.view_models.derived import Derived
from tracetui.view_models.kinds import PATH_MARK
from tracetui.view_models.ruler import BREAK
from tracetui.widgets.threshold_line import ThresholdLine
from tracetui.widgets.title_line import TitleLine
from tracetui.widgets.waterfall import Waterfall
from tracetui_analyses.span_tree import SpanTree
from tui.otlp_lines import link, session, span, trip, write
from tui.settle import rest, settle
from tui.test_waterfall import Host, as_table
from tui.test_waterfall import span as row
from tui.test_waterfall import trip as rows_of_trip


def night() -> pa.Table:
    return as_table(
        [
            row("r", None, "session", "workflow", 0, 36_060),
            row("a", "r", "evening", "tool", 0, 60),
            row("b", "r", "morning", "tool", 36_000, 36_058),
        ]
    )


async def test_idle_time_is_left_out_with_a_mark_and_comes_back():
    app = Host(night())
    async with app.run_test(size=(120, 12)) as pilot:
        before = app.lines[:5]
        await pilot.press("i")
        assert f"{BREAK} 9h 59m idle" in app.lines[0]
        assert f"{BREAK}9h 59m" in app.lines[1]
        assert BREAK in app.row_of("session")
        assert app.lines[1].index(BREAK) == app.row_of("session").index(BREAK)
        assert "10h 01m" in app.lines[0]
        await pilot.press("G", "z")
        assert "1m 01s of 10h 01m" in app.lines[0]
        await pilot.press("i")
        assert "59.5s of 10h 01m" in app.lines[0]  # the edge in the pause is where it ends
        await pilot.press("Z")
        assert app.lines[:2] == before[:2]


async def test_without_idle_time_there_is_nothing_to_leave_out():
    app = Host(as_table(rows_of_trip()).slice(0, 2))
    async with app.run_test(size=(120, 12)) as pilot:
        await pilot.press("G", "c")
        await pilot.pause()
        before = app.lines
        app.table = as_table([row("r", None, "one", "tool", 0, 9)])
        app.waterfall.show(SpanTree.from_table(app.table), app.table)
        await pilot.press("i")
        await pilot.pause()
        assert app.lines != before
        assert BREAK not in "".join(app.lines)
        assert [m.text for m in app.said if isinstance(m, Waterfall.Note)] == [
            "no idle time worth leaving out"
        ]


async def test_the_critical_path_is_marked_beside_its_rows():
    app = Host(as_table(rows_of_trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        assert not any(line[1:2] == PATH_MARK for line in app.lines)
        await pilot.press("c")
        marked = {line[2:].split("  ")[0].strip("├╰╴│▾ ") for line in app.lines if line[1:2] == "┃"}
        assert marked == {
            "◆ travel agent",
            "● chat sonnet",
            "■ search_flights",
            "∘ GET flights",
            "∘ GET hotels",
            "■ book_room",
            "● chat haiku",
        }
        await pilot.press("c")
        assert not any(line[1:2] == PATH_MARK for line in app.lines)


async def test_an_icicle_has_the_cursor_the_folds_and_the_window_of_the_tree():
    app = Host(as_table(rows_of_trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "j", "I")
        assert "search_flights" in app.lines[0]
        assert "35.0s" in app.lines[0]
        assert ["travel agent" in app.lines[3], "missin" in app.lines[4]] == [True, True]
        assert ["search_flights" in app.lines[5], "GET flights" in app.lines[7]] == [True, True]
        await pilot.press("l")
        assert app.cursor_name == "GET flights"
        await pilot.press("h", "space")
        assert app.cursor_name == "search_flights"
        assert "▸■ search_flights" in app.lines[5]
        assert "GET flights" not in "".join(app.lines)
        await pilot.press("z")
        assert "36.8s of 1m 40s" in app.lines[0]
        assert "book_room" not in "".join(app.lines[3:])
        await pilot.press("J")  # outside the window, which follows
        assert app.cursor_name == "book_room"
        assert "book_room" in app.lines[0]
        assert "▏■" in app.lines[5]
        await pilot.press("Z", "enter")
        await pilot.pause()
        assert app.said[-1] == Waterfall.Opened(5)
        await pilot.click(Waterfall, offset=(30, 5))
        assert app.cursor_name == "search_flights"
        grown = [*rows_of_trip(), row("n", "r", "late bird", "tool", 90, 99)]
        app.table = as_table(grown)
        tree = SpanTree.from_table(app.table)
        app.waterfall.show(tree, app.table, keep_cursor=True)
        app.waterfall.show_derived(Derived.of(tree))
        assert app.cursor_name == "search_flights"
        assert "late" in "".join(app.lines[3:])
        await pilot.press("I")
        assert "├╴▸■ search_flights +2" in app.names


async def test_every_line_of_an_icicle_is_as_wide_as_the_screen():
    rows = rows_of_trip()
    rows[3]["name"] = "検索" * 80
    for width in (20, 41, 97, 180):
        app = Host(as_table(rows))
        async with app.run_test(size=(width, 14)) as pilot:
            for keys in ("I", "jjj", "z", "i", "c"):
                await pilot.press(*keys)
                lines = app.waterfall.render_lines(app.waterfall.size.region)
                assert {line.cell_length for line in lines} <= {width - 1, width}


async def test_what_is_odd_about_a_span_is_said_beside_its_name():
    rows = rows_of_trip()
    rows[3]["start_time_unix_nano"] -= 3_000_000_000
    rows[2] |= {"usage_role": "rollup", "usage_gap_tokens": 120}
    rows[0] |= {"usage_gap_tokens": None}
    rows[1] |= {"usage_role": "duplicate"}
    rows[5]["end_time_unix_nano"] = rows[5]["start_time_unix_nano"] - 1
    rows[5]["error"] = False
    app = Host(as_table(rows))
    async with app.run_test(size=(190, 14)):
        assert "begins 2.0s before its parent: clock skew" in app.row_of("GET flights")
        assert app.row_of("GET flights").startswith("±")
        assert "120 tokens that no call below accounts for" in app.row_of("search_flights")
        assert "counted elsewhere" in app.row_of("chat sonnet")
        assert "ends before it begins" in app.row_of("book_room")


# In the app


def lines_of(pilot: Pilot[None]) -> list[str]:
    waterfall = pilot.app.screen.query_one(Waterfall)
    return [waterfall.render_line(y).text.rstrip() for y in range(waterfall.size.height)]


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)
        await rest(pilot)


def status(pilot: Pilot[None]) -> str:
    line = pilot.app.screen.query_one("#hidden-status", TitleLine)
    return line.plain_text if line.display else ""


async def test_short_spans_and_those_without_a_match_are_hidden_and_counted(tmp_path: Path):
    path = write(tmp_path / "session.jsonl", session())
    async with TraceTuiApp([path]).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("H", "x", "enter")
        prompt = pilot.app.screen.query_one(ThresholdLine)
        assert prompt.display
        await pilot.press("backspace", *"10s", "enter")
        await until(pilot, lambda: "spans hidden" in status(pilot))
        assert status(pilot) == "9 spans hidden  below 10.0s, H shows them"
        assert not prompt.display
        assert isinstance(pilot.app.focused, Waterfall)
        assert "find_order" in "\n".join(lines_of(pilot))
        assert "chat large" not in "\n".join(lines_of(pilot))
        await pilot.press("slash", *"refund", "enter", "ampersand")
        await until(pilot, lambda: "refund" in status(pilot))
        shown = [line[2:34] for line in lines_of(pilot)[2:] if line]
        assert [name.strip("├╰╴│▾ ").rstrip() for name in shown] == [
            "· support session",
            "◆ turn two: refund please",
            "■ refund_order",
        ]
        await pilot.press("H", "ampersand")
        await until(pilot, lambda: not status(pilot))
        assert "17 rows" in lines_of(pilot)[0]
        title = pilot.app.screen.query_one(TitleLine).plain_text
        assert "path: user wait 99%" in title


async def test_chosen_columns_stay_for_the_next_trace(tmp_path: Path):
    path = write(tmp_path / "two.jsonl", trip(1), trip(2, start=60))
    async with TraceTuiApp([path]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("C", "down", "space", "down", "down", "space", "enter")
        await settle(pilot)
        assert lines_of(pilot)[1].split()[-3:] == ["self", "duration", "cost"]
        assert lines_of(pilot)[2].split()[-3] == "4.0s"
        await pilot.press("escape", "j", "enter")
        await settle(pilot)
        assert lines_of(pilot)[1].split()[-3:] == ["self", "duration", "cost"]


async def test_a_link_leads_to_its_span_in_another_trace_and_back(tmp_path: Path):
    intake, other = trip(1), trip(2, start=60)
    lost = span(7, 1, "never sent")
    other[1] = link(other[1], intake[2])
    other[2] = link(other[2], intake[0], other[3], lost)
    other[3] = link(other[3], lost)
    path = write(tmp_path / "linked.jsonl", intake, other)
    async with TraceTuiApp([path]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        first = pilot.app.screen
        assert isinstance(first, TraceScreen)
        row_id = first.waterfall.cursor_row_id
        await pilot.press("L")
        await rest(pilot)
        assert first.waterfall.cursor_row_id == row_id  # the root has no links

        await pilot.press("j", "L")
        await until(pilot, lambda: pilot.app.screen is not first)
        there = pilot.app.screen
        assert isinstance(there, TraceScreen)
        await until(pilot, lambda: (there.row_under_cursor() or {}).get("name") == "book_room")
        assert there.trace_id == f"{1:032x}"
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is first)

        await pilot.press("j", "L")
        await until(pilot, lambda: isinstance(pilot.app.screen, LinkChooser))
        options = pilot.app.screen.query_one(OptionList)
        words = [str(options.get_option_at_index(at).prompt) for at in range(3)]
        assert [("plan trip" in words[0], "chat large" in words[1], "not loaded" in words[2])]
        assert options.get_option_at_index(2).disabled
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app.screen is first)
        await until(pilot, lambda: (first.row_under_cursor() or {}).get("name") == "chat large")
        await pilot.press("L")
        await rest(pilot)
        assert pilot.app.screen is first


@pytest.mark.parametrize("key", ["c", "I"])
async def test_a_large_trace_is_shown_before_its_path_and_lanes_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
):
    monkeypatch.setattr("tracetui.screens.fetch.DERIVED_AT_ONCE", 1)
    path = write(tmp_path / "one.jsonl", trip(1))
    async with TraceTuiApp([path]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press(key)
        screen = pilot.app.screen
        await until(pilot, lambda: "path: " in screen.query_one(TitleLine).plain_text)
        drawn = lines_of(pilot)
        assert drawn[2][1] == PATH_MARK if key == "c" else "plan trip" in drawn[3]
