"""The list keeps its place while traces come in."""

from textual.app import App, ComposeResult
from tracetui.view_models.trace_rows import TraceRows
from tracetui.widgets.trace_table import TraceTable
from tui.test_trace_rows import row, table


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield TraceTable()


def newest(count: int) -> TraceRows:
    return TraceRows(table([row(number, name=f"trace {number}") for number in range(count)]))


async def test_the_cursor_stays_on_its_trace_and_line_when_newer_traces_come_in():
    async with Host().run_test(size=(100, 12)) as pilot:
        shown = pilot.app.query_one(TraceTable)
        shown.show(newest(50))
        await pilot.press(*["down"] * 20, *["up"] * 4)
        before, line = shown.trace_id, shown.cursor - shown.scroll_offset.y
        shown.show(newest(70))
        await pilot.pause()
        assert shown.trace_id == before
        assert shown.cursor - shown.scroll_offset.y == line


async def test_until_it_is_moved_the_cursor_waits_on_the_newest_trace():
    async with Host().run_test(size=(100, 12)) as pilot:
        shown = pilot.app.query_one(TraceTable)
        shown.show(newest(5))
        await pilot.pause()
        shown.show(newest(50))
        await pilot.pause()
        assert shown.cursor == 0
        assert shown.scroll_offset.y == 0


async def test_pages_and_ends_move_the_cursor_within_the_list():
    async with Host().run_test(size=(100, 12)) as pilot:
        shown = pilot.app.query_one(TraceTable)
        shown.show(newest(50))
        seen: list[int] = []
        for key in ("pagedown", "pagedown", "pageup", "ctrl+d", "G", "pagedown", "g", "up"):
            await pilot.press(key)
            seen.append(shown.cursor)
        assert seen == [11, 22, 11, 16, 49, 49, 0, 0]


async def test_e_walks_the_traces_with_errors_round_the_end():
    rows = TraceRows(table([row(n, error_count=int(n in (1, 3))) for n in range(5)]))
    async with Host().run_test(size=(100, 12)) as pilot:
        shown = pilot.app.query_one(TraceTable)
        shown.show(rows)
        seen: list[int] = []
        for key in ("e", "e", "e", "E"):
            await pilot.press(key)
            seen.append(shown.cursor)
        assert seen == [1, 3, 1, 3]


async def test_a_second_click_opens_the_trace():
    opened: set[str] = set()
    async with Host().run_test(
        size=(100, 12),
        message_hook=lambda m: opened.add(m.trace_id) if isinstance(m, TraceTable.Opened) else None,
    ) as pilot:
        shown = pilot.app.query_one(TraceTable)
        shown.show(newest(5))
        await pilot.pause()
        await pilot.click(TraceTable, offset=(30, 3), times=2)
        await pilot.pause()
        assert opened == {f"{2:032x}"}
