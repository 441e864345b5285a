"""The waterfall by what people do with it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from textual.app import App, ComposeResult
from tracetui import themes
from tracetui.view_models.derived import Derived
from tracetui.widgets.waterfall import Waterfall
from tracetui_analyses.span_tree import SpanTree

SECOND = 1_000_000_000
ORIGIN = 1_750_000_000 * SECOND
HOSTILE = "a\x1b[31mred\x1b]8;;http://x\x07\x9b2J\u202egnp\u2066[/red][@click=app.quit]b\r\nc\x00"


def span(span_id: str, parent: str | None, name: str, kind: str, at: float, to: float | None):
    return {
        "span_id": span_id,
        "parent_span_id": parent,
        "name": name,
        "kind": kind,
        "start_time_unix_nano": ORIGIN + int(at * SECOND),
        "end_time_unix_nano": None if to is None else ORIGIN + int(to * SECOND),
        "error": False,
        "usage_role": "none",
        "is_model_call": kind == "llm",
        "usage_unknown": kind == "llm",
        "total_tokens": None,
        "cost_usd": None,
        "error_message": None,
    }


def trip() -> list[dict[str, Any]]:
    rows = [
        span("r", None, "travel agent", "agent", 0, 100),
        span("c", "r", "chat sonnet", "llm", 1, 5),
        span("t", "r", "search_flights", "tool", 5, 40),
        span("h1", "t", "GET flights", "http", 6, 20),
        span("h2", "t", "GET hotels", "http", 21, 39),
        span("b", "r", "book_room", "tool", 50, 51),
        span("d", "r", "chat haiku", "llm", 60, None),
        span("o", "gone", "lost and found", "tool", 70, 80),
    ]
    rows[1] |= {
        "usage_role": "own",
        "usage_unknown": False,
        "total_tokens": 12_000,
        "cost_usd": 0.05,
    }
    rows[5] |= {"error": True, "error_message": "409 booked"}
    return rows


def as_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{"row_id": i, **row} for i, row in enumerate(rows)])


class Host(App[None]):
    """Holds one waterfall and remembers what it says."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        self.table = table
        self.said: list[Waterfall.CursorMoved | Waterfall.Opened | Waterfall.Note] = []
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes.DARK.variables)

    def compose(self) -> ComposeResult:
        yield Waterfall()

    def on_mount(self) -> None:
        tree = SpanTree.from_table(self.table)
        self.waterfall.show(tree, self.table, derived=Derived.of(tree))
        self.waterfall.focus()

    @property
    def waterfall(self) -> Waterfall:
        return self.query_one(Waterfall)

    def on_waterfall_cursor_moved(self, message: Waterfall.CursorMoved) -> None:
        self.said.append(message)

    def on_waterfall_opened(self, message: Waterfall.Opened) -> None:
        self.said.append(message)

    def on_waterfall_note(self, message: Waterfall.Note) -> None:
        self.said.append(message)

    @property
    def lines(self) -> list[str]:
        """What the widget draws, line by line."""
        return [
            self.waterfall.render_line(y).text.rstrip() for y in range(self.waterfall.size.height)
        ]

    @property
    def names(self) -> list[str]:
        """The tree part of each row."""
        return [line[2:35].rstrip() for line in self.lines[2:] if line]

    def row_of(self, name: str) -> str:
        return next(line for line in self.lines if name in line)

    @property
    def cursor_name(self) -> str | None:
        row_id = self.waterfall.cursor_row_id
        return None if row_id is None else self.table["name"][row_id].as_py()


async def test_a_trace_is_a_tree_with_guides_glyphs_and_numbers():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)):
        assert app.names == [
            "▾◆ travel agent",
            "├╴ ● chat sonnet",
            "├╴▾■ search_flights",
            "│ ├╴ ∘ GET flights",
            "│ ╰╴ ∘ GET hotels",
            "├╴ ■ book_room  409 booked",
            "╰╴ ● chat haiku",
            "▾· missing parent gone",
            "╰╴ ■ lost and found",
        ]
        assert app.lines[1].split()[-3:] == ["duration", "tokens", "cost"]
        assert app.row_of("chat sonnet").split()[-3:] == ["4.0s", "12.0k", "$0.050"]
        assert app.row_of("search_flights").split()[-2:] == ["·", "·"]


async def test_sums_are_a_lower_bound_while_a_model_call_reports_nothing():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)):
        assert app.row_of("travel agent").split()[-2:] == ["≥12.0k", "≥$0.050"]
        assert app.row_of("chat haiku").split()[-2:] == ["?", "?"]


async def test_errors_and_running_spans_are_marked_in_the_gutter():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)):
        assert app.row_of("book_room").startswith("✗ ")
        assert app.row_of("chat haiku").startswith("… ")
        assert "…40.0s" in app.row_of("chat haiku")


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (80, ["duration", "tokens"]),
        (60, ["duration"]),
        (40, []),
        (160, ["duration", "tokens", "cost"]),
    ],
)
async def test_numbers_give_way_to_names_on_a_narrow_screen(width: int, titles: list[str]):
    app = Host(as_table(trip()))
    async with app.run_test(size=(width, 14)):
        shown = [word for word in ("duration", "tokens", "cost") if word in app.lines[1]]
        assert shown == titles
        assert "travel agent" in app.lines[2]


async def test_folding_keeps_the_cursor_and_says_what_is_hidden():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "j", "j", "h", "h")
        assert app.cursor_name == "search_flights"
        assert "├╴▸■ search_flights +2" in app.names
        await pilot.press("l", "l")
        assert app.cursor_name == "GET flights"


async def test_folding_everything_takes_the_cursor_to_the_nearest_row_that_holds_it():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "j", "j", "underscore")
        assert app.names == ["▸◆ travel agent +6", "▸· missing parent gone +1"]
        assert app.cursor_name == "travel agent"
        await pilot.press("plus")
        assert len(app.names) == 7
        await pilot.press("minus", "underscore")
        assert len(app.names) == 9


async def test_a_folded_row_shows_the_error_inside_it():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("space")
        assert app.lines[2].startswith("✗ ▸◆ travel agent +6")


async def test_jumps_go_to_errors_the_costliest_call_and_the_slowest_leaf():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("space", "e")
        assert app.cursor_name == "book_room"
        await pilot.press("e")
        assert isinstance(app.said[-1], Waterfall.Note)
        assert app.said[-1].text == "no more errors below"
        await pilot.press("dollar_sign")
        assert app.cursor_name == "chat sonnet"
        await pilot.press("exclamation_mark")
        assert app.cursor_name == "GET hotels"


async def test_siblings_are_next_to_each_other_whatever_lies_between():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "J", "J")
        assert app.cursor_name == "book_room"
        await pilot.press("K")
        assert app.cursor_name == "search_flights"


async def test_search_unfolds_what_it_finds_and_steps_round():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("underscore")
        assert app.waterfall.search("get") == 2
        assert app.cursor_name == "GET flights"
        app.waterfall.next_match(1)
        assert (app.cursor_name, app.waterfall.match_status) == ("GET hotels", "2/2")
        app.waterfall.next_match(1)
        assert (app.cursor_name, app.waterfall.match_status) == ("GET flights", "1/2")
        assert app.waterfall.search("nowhere") == 0
        assert app.waterfall.match_status == "no match"


async def test_zoom_shows_the_time_of_one_span_and_marks_the_others_outside():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "j", "z")
        assert "36.8s of 1m 40s" in app.lines[0]
        assert "›" in app.row_of("book_room")  # noqa: RUF001
        await pilot.press("greater_than_sign", "Z")
        assert "36.8s of" not in app.lines[0]


async def test_the_ruler_can_show_the_time_of_day():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        before = app.lines[1]
        await pilot.press("T")
        assert "│0" in before
        assert ":" in app.lines[1]
        assert "│0 " not in app.lines[1]


async def test_enter_and_the_cursor_speak_in_row_ids():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("j", "enter")
        await pilot.pause()
        assert [(type(m), m.row_id) for m in app.said] == [
            (Waterfall.CursorMoved, 0),
            (Waterfall.CursorMoved, 1),
            (Waterfall.Opened, 1),
        ]
        assert app.waterfall.move_to_row(4)
        assert app.cursor_name == "GET hotels"


async def test_a_placeholder_has_no_row_id_and_opens_nothing():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.press("G", "k", "enter")
        await pilot.pause()
        assert app.waterfall.cursor_row_id is None
        assert not any(isinstance(m, Waterfall.Opened) for m in app.said)


async def test_a_trace_that_grows_keeps_cursor_folds_and_window():
    rows = trip()
    app = Host(as_table(rows))
    async with app.run_test(size=(110, 16)) as pilot:
        await pilot.press("j", "j", "space", "j", "z")
        window = app.lines[0].split()[-3]
        assert app.cursor_name == "book_room"
        grown = [*rows, span("n", "r", "early bird", "tool", 0.5, 0.9)]
        app.table = as_table(grown)
        app.waterfall.show(SpanTree.from_table(app.table), app.table, keep_cursor=True)
        await pilot.pause()
        assert app.cursor_name == "book_room"
        assert "├╴▸■ search_flights +2" in app.names
        assert "├╴ ■ early bird" in app.names
        assert window in app.lines[0]


async def test_a_click_selects_and_a_click_on_the_marker_folds():
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.click(Waterfall, offset=(20, 5))
        assert app.cursor_name == "GET flights"
        await pilot.click(Waterfall, offset=(4, 4))
        assert app.cursor_name == "search_flights"
        assert "├╴▸■ search_flights +2" in app.names


async def test_a_page_keeps_the_cursors_place_on_the_screen():
    rows = [span(f"s{i}", None, f"row {i}", "tool", i, i + 1) for i in range(100)]
    app = Host(as_table(rows))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("j", "pagedown")
        assert app.cursor_name == "row 11"
        assert "row 10" in app.lines[2]
        await pilot.press("G")
        assert app.cursor_name == "row 99"
        assert "row 99" in app.lines[-1]
        await pilot.press("g")
        assert "row 0" in app.lines[2]


async def test_nothing_a_terminal_would_obey_is_drawn():
    rows = trip()
    for row in rows:
        row["name"], row["error_message"], row["error"] = HOSTILE, HOSTILE, True
    rows[-1]["parent_span_id"] = HOSTILE
    app = Host(as_table(rows))
    async with app.run_test(size=(200, 14)) as pilot:
        drawn = "".join(app.lines)
        await pilot.press("I")
        drawn += "".join(app.lines)
        assert "red" in drawn
        assert "[/red]" in drawn
        assert not [c for c in drawn if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0]
        assert not set(drawn) & set("\u202e\u2066")


async def test_every_line_is_exactly_as_wide_as_the_screen():
    rows = trip()
    rows[3]["name"] = "検索" * 80
    rows[4]["name"] = "é" * 300
    for width in (20, 41, 66, 97, 180):
        app = Host(as_table(rows))
        async with app.run_test(size=(width, 14)) as pilot:
            await pilot.press("j", "z")
            lines = app.waterfall.render_lines(app.waterfall.size.region)
            assert {line.cell_length for line in lines} <= {width - 1, width}


async def test_a_chain_of_ten_thousand_opens_and_shows_its_nearest_guides():
    count = 10_000
    ids = [f"{i:x}" for i in range(count)]
    table = pa.table(
        {
            "row_id": np.arange(count),
            "span_id": ids,
            "parent_span_id": pa.array([None, *ids[:-1]]),
            "name": [f"step {i}" for i in range(count)],
            "start_time_unix_nano": np.arange(count) + ORIGIN,
            "end_time_unix_nano": np.full(count, ORIGIN + count),
        }
    )
    app = Host(table)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("underscore", "G")
        assert app.cursor_name == "step 9999"
        assert app.lines[-1].lstrip("… ").startswith("╰╴ · step 9999")


async def test_a_trace_without_spans_says_so():
    app = Host(as_table(trip()).slice(0, 0))
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("j", "space", "e", "z", "enter", "underscore", "dollar_sign")
        assert "No spans." in app.lines[3]
        assert app.waterfall.cursor_row_id is None


@pytest.mark.parametrize("theme", ["tracetui-light", "tracetui-contrast", "ansi-dark"])
async def test_other_themes_draw_the_same_text(theme: str):
    app = Host(as_table(trip()))
    async with app.run_test(size=(110, 14)) as pilot:
        app.theme = theme
        await pilot.pause()
        assert "travel agent" in app.lines[2]
        assert ("█" in app.lines[2]) == (theme == "ansi-dark")
