"""The detail pane and its text view, driven by keys and mouse."""

from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from tracetui.view_models.text_document import Source, TextDocument
from tracetui.view_models.text_finder import Place
from tracetui.widgets.detail_pane import EMPTY, DetailPane
from tracetui.widgets.reading_view import ReadingView
from tracetui.widgets.text_view import TextView
from tracetui_store.rows import EventRow, SpanDetail
from tui.settle import screen_text

HOSTILE = "\x1b]0;owned\x07\x9b31m\u202etxt\x00"
UNSAFE = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e"}


def span(name: str = "chat", events: int = 0, **attributes: Any) -> SpanDetail:
    fields = {"name": name, "kind": "tool", "start_time_unix_nano": 0, "end_time_unix_nano": 9}
    return SpanDetail(
        fields, attributes, {}, {}, {}, [EventRow(f"event {i}", i, {}) for i in range(events)]
    )


class PaneApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.backs = 0

    def compose(self) -> ComposeResult:
        yield DetailPane()

    def on_mount(self) -> None:
        self.query_one(DetailPane).focus()

    def on_detail_pane_back(self) -> None:
        self.backs += 1

    @property
    def pane(self) -> DetailPane:
        return self.query_one(DetailPane)

    @property
    def text(self) -> ReadingView:
        return self.query_one(ReadingView)


async def laid_out(pilot: Pilot[None], view: TextView) -> None:
    await pilot.pause()
    while view.laying_out:
        await pilot.pause(0.01)
    await pilot.pause()


async def scroll_to_a_line(pilot: Pilot[None], view: TextView, row: int) -> list[str]:
    """Put the first line that begins at or after `row` at the top; return its first words."""
    while True:
        view.scroll_to(y=row, animate=False)
        await pilot.pause()
        words = screen_text(pilot).split("\n")[0].split()[:2]
        if words[0] == "row":
            return words
        row += 1


async def test_an_empty_pane_says_what_to_do():
    app = PaneApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert EMPTY in screen_text(pilot)
        assert "Overview" not in screen_text(pilot)


async def test_keys_go_round_the_tabs():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(events=2, a=1), {})
        await pilot.press("l")
        assert app.pane.tab_title == "Attributes 1"
        await pilot.press("right")
        assert app.pane.tab_title == "Events 2"
        await pilot.press("h", "left", "h")
        assert app.pane.tab_title == "Raw"


async def test_a_click_chooses_a_tab():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(events=2, a=1), {})
        await pilot.pause()
        await pilot.click("TabStrip", offset=(14, 0))
        assert app.pane.tab_title == "Attributes 1"


async def test_the_chosen_tab_is_kept_where_a_span_has_it():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(events=2), {})
        await pilot.press("l")
        app.pane.show(span(), {})
        assert app.pane.tab_title == "Overview"
        app.pane.show(span(events=5), {})
        assert app.pane.tab_title == "Events 5"


async def test_the_active_tab_stays_in_sight_in_a_narrow_pane():
    app = PaneApp()
    async with app.run_test(size=(24, 10)) as pilot:
        app.pane.show(span(events=2, a=1), {"tool_arguments": {}, "tool_result": "x"})
        await pilot.press("h")
        await pilot.pause()
        assert " Raw " in screen_text(pilot).split("\n")[0]


async def test_raw_shows_a_value_as_it_came():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(), {"tool_result": '{"a":1}'})
        await pilot.press("l")
        assert app.pane.plain_text == 'Result\n{\n  "a": 1\n}'
        await pilot.press("r")
        assert app.pane.plain_text == 'Result\n{"a":1}'


async def test_escape_asks_to_go_back():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(), {})
        await pilot.press("escape")
        await pilot.pause()
        assert app.backs == 1


async def test_loading_and_errors_are_said_and_tabs_do_nothing_then():
    app = PaneApp()
    async with app.run_test() as pilot:
        app.pane.show(span(), {})
        app.pane.show_loading()
        await pilot.press("l")
        assert "Loading" in screen_text(pilot)
        app.pane.show_error("the store is gone [b]" + HOSTILE)
        await pilot.pause()
        assert "the store is gone [b]" in screen_text(pilot)
        assert not UNSAFE & set(screen_text(pilot).replace("\n", ""))


async def test_no_control_reaches_the_screen_from_any_tab():
    app = PaneApp()
    detail = SpanDetail(
        {"name": HOSTILE, "kind": HOSTILE, "error": True, "error_message": HOSTILE},
        {HOSTILE: HOSTILE},
        {HOSTILE: [HOSTILE]},
        {},
        {},
        [EventRow(HOSTILE, 1, {"exception.stacktrace": HOSTILE})],
    )
    message = {"role": HOSTILE, "parts": [{"type": HOSTILE}, {"type": "text", "content": HOSTILE}]}
    folded = {"input_messages": [message], "documents": [{"id": HOSTILE, "content": HOSTILE}]}
    async with app.run_test(size=(100, 60)) as pilot:
        app.pane.show(detail, folded)
        for key in ["l"] * 8 + ["r"] + ["l"] * 8:
            await pilot.pause()
            assert not UNSAFE & set(screen_text(pilot).replace("\n", ""))
            await pilot.press(key)


async def test_the_copy_is_the_real_text():
    app = PaneApp()
    async with app.run_test():
        app.text.show(TextDocument((Source(HOSTILE),)))
        assert app.text.plain_text == HOSTILE


async def test_paging_and_jumping_move_through_a_text():
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        view = app.text
        view.show(TextDocument((Source("\n".join(f"row {i}" for i in range(1_000))),)))
        await laid_out(pilot, view)
        await pilot.press("j", "j", "k")
        assert view.place == Place((0,), len("row 0\n"))
        assert view.scroll_offset.y == 0
        await pilot.press("pagedown")
        assert view.scroll_offset.y == 19
        assert view.place.offset == view._rows.leaves(20)[0].offset
        await pilot.press("G")
        await pilot.pause()
        assert "row 999" in screen_text(pilot)
        await pilot.press("g")
        assert view.scroll_offset.y == 0


async def test_the_end_is_reached_although_the_text_is_still_being_laid_out():
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        view = app.text
        view.show(TextDocument((Source("日本語 words " * 200_000 + "finis"),)))
        await pilot.press("G")
        await laid_out(pilot, view)
        assert "finis" in screen_text(pilot)


async def test_the_text_at_the_top_stays_there_when_wrapping_is_switched():
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        view = app.text
        view.show(TextDocument((Source("\n".join(f"row {i} " + "x" * 100 for i in range(99))),)))
        await laid_out(pilot, view)
        top = await scroll_to_a_line(pilot, view, 120)
        await pilot.press("w")
        await laid_out(pilot, view)
        assert screen_text(pilot).split("\n")[0].split()[:2] == top
        await pilot.press("w")
        await laid_out(pilot, view)
        assert screen_text(pilot).split("\n")[0].split()[:2] == top


async def test_the_text_at_the_top_stays_there_when_the_width_changes():
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.text
        view.show(TextDocument((Source("\n".join(f"row {i} " + "x" * 100 for i in range(99))),)))
        await laid_out(pilot, view)
        top = await scroll_to_a_line(pilot, view, 100)
        await pilot.resize_terminal(35, 20)
        await laid_out(pilot, view)
        assert screen_text(pilot).split("\n")[0].split()[:2] == top
