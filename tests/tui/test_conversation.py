"""The conversation by what people do with it: read, jump, unfold, search, copy, go to the span."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from shared_data import REPOSITORY
from textual.pilot import Pilot
from tracetui.app import TraceTuiApp
from tracetui.screens.conversation import ConversationScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.tab_strip import TabStrip
from tui.otlp_lines import span, write
from tui.settle import rest, screen_text, settle

HOSTILE = "\x1b]0;owned\x07\x9b31m\u202etxt\x00"
UNSAFE = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e"}


def sample(name: str) -> TraceTuiApp:
    return TraceTuiApp([str(REPOSITORY / "sample_traces" / f"{name}.otlp.jsonl")])


def conversation(pilot: Pilot[None]) -> ConversationScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ConversationScreen)
    return screen


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until all turns are read and laid out."""
    await rest(pilot)
    screen = pilot.app.screen
    while isinstance(screen, ConversationScreen) and not screen.settled:
        await asyncio.sleep(0.005)  # rows are found in slices by a timer
        await rest(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await at_rest(pilot)


async def opened(pilot: Pilot[None], *keys: str) -> ConversationScreen:
    await settle(pilot)
    await press(pilot, *(keys or ("3",)))
    return conversation(pilot)


def messages(*texts: str) -> str:
    parts = [f'{{"role":"user","parts":[{{"type":"text","content":"{t}"}}]}}' for t in texts]
    return f"[{','.join(parts)}]"


def call(number: int, *said: str, parent: int | None = None, **more: Any) -> dict[str, Any]:
    return span(
        1,
        number,
        "chat",
        parent=parent,
        start=number,
        gen_ai__operation__name="chat",
        gen_ai__request__model="m",
        gen_ai__input__messages=messages(*said),
        **more,
    )


async def test_three_opens_the_conversation_from_the_list_and_escape_leaves_it():
    async with sample("tool-agent").run_test() as pilot:
        await opened(pilot)
        assert "rebooking-agent" in screen_text(pilot)
        assert "Jonas Weber" in screen_text(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, TracesScreen)


async def test_braces_go_from_turn_to_turn():
    async with sample("tool-agent").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await press(pilot, "right_curly_bracket", "right_curly_bracket")
        assert "turn 3 of 6" in screen_text(pilot)
        await press(pilot, "j", "left_curly_bracket")
        assert "turn 3 of 6" in screen_text(pilot)
        await press(pilot, "left_curly_bracket")
        assert "turn 2 of 6" in screen_text(pilot)
        assert screen.chat.item is not None
        assert screen.chat.item.is_head


async def test_from_a_span_of_the_tree_to_its_turn_and_back():
    async with sample("tool-agent").run_test() as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        tree = pilot.app.screen
        assert isinstance(tree, TraceScreen)
        await press(pilot, *"jjj")
        row_id = tree.waterfall.cursor_row_id
        await press(pilot, "3")
        item = conversation(pilot).chat.item
        assert item is not None
        assert item.target is not None
        assert item.target[1] == row_id
        await press(pilot, "right_curly_bracket")
        target = conversation(pilot).chat.item
        await press(pilot, "enter")
        assert pilot.app.screen is tree
        assert target is not None
        assert target.target == (tree.trace_id, tree.waterfall.cursor_row_id)


async def test_enter_without_a_tree_opens_one_and_three_comes_back():
    async with sample("tool-agent").run_test() as pilot:
        screen = await opened(pilot)
        await press(pilot, "right_curly_bracket", "enter")
        tree = pilot.app.screen
        assert isinstance(tree, TraceScreen)
        await press(pilot, "3")
        assert pilot.app.screen is screen
        assert "turn 2 of 6" in screen_text(pilot)


async def test_x_unfolds_what_was_said_earlier_and_folds_it_again():
    async with sample("tool-agent").run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await press(pilot, *["right_curly_bracket"] * 5, "j")
        assert "Jonas Weber" not in screen_text(pilot)
        await press(pilot, "x")
        assert "Jonas Weber" in screen_text(pilot)
        assert screen.chat.item is not None
        assert "+11 earlier" in screen.chat.item.text
        await press(pilot, "x")
        assert "Jonas Weber" not in screen_text(pilot)


async def test_d_shows_all_that_the_model_was_sent():
    async with sample("tool-agent").run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await press(pilot, *["right_curly_bracket"] * 3, "d")
        assert "all that was sent" in screen_text(pilot)
        assert "Jonas Weber" in screen_text(pilot)
        await press(pilot, "right_curly_bracket")
        assert "turn 5 of 6" in screen_text(pilot)
        await press(pilot, "d")
        assert "turn 5 of 6" in screen_text(pilot)
        assert "all that was sent" not in screen_text(pilot)


async def test_agents_are_switched_and_sub_agents_unfold_where_they_were_started():
    async with sample("supervisor").run_test(size=(120, 60)) as pilot:
        screen = await opened(pilot)
        assert len(screen.query_one(TabStrip).titles) == 4
        assert "query_freight_volumes" not in screen_text(pilot)
        heads = [item for item in screen.chat.items if item.thread]
        screen.chat.go_to(heads[0].key)
        await press(pilot, "x")
        assert "query_freight_volumes" in screen_text(pilot)
        await press(pilot, "l")
        assert "◆ market_analyst" in screen_text(pilot)
        await press(pilot, "h", "h")
        assert "◆ writer" in screen_text(pilot)


async def test_a_search_unfolds_what_hides_the_match():
    async with sample("tool-agent").run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        hidden = next(item for item in screen.chat.items if item.folded and "BER" in item.text)
        shown = "".join(block.plain_text() for block in hidden.blocks)
        needle = "17:25"
        assert needle in hidden.text
        assert needle not in shown
        await press(pilot, "slash", *needle, "enter")
        assert screen.chat.item is not None
        assert screen.chat.item.key == hidden.key
        assert needle in screen_text(pilot)
        await press(pilot, "slash", *"zzz")
        assert "0 matches" in screen_text(pilot)
        await press(pilot, "escape")
        assert not pilot.app.screen.query_one(SearchLine).is_open


async def test_y_copies_the_turn_as_markdown():
    async with sample("tool-agent").run_test() as pilot:
        await opened(pilot)
        await press(pilot, "right_curly_bracket", "y")
        text = pilot.app.clipboard
        assert text.startswith("## Turn 2 · claude-sonnet-4-5")
        assert "**call** `search_flights`" in text
        assert text.index("search_flights") < text.index("MA 1532")
        assert "*+2 earlier*" in text


async def test_e_goes_to_the_tool_that_failed():
    async with sample("tool-agent").run_test() as pilot:
        screen = await opened(pilot)
        await press(pilot, "e")
        assert screen.chat.item is not None
        assert "get_seat_map" in screen.chat.item.text


async def test_a_trace_without_model_calls_says_what_is_missing(tmp_path: Path):
    path = write(tmp_path / "a.jsonl", [span(1, 1, "GET /")])
    async with TraceTuiApp([str(path)]).run_test() as pilot:
        await opened(pilot)
        assert "No model calls in this trace of 1 span" in screen_text(pilot)
        await press(pilot, "right_curly_bracket", "x", "d", "l", "y", "n", "e", "enter")


async def test_calls_without_content_say_that_it_was_not_captured(tmp_path: Path):
    made = span(1, 1, "chat", gen_ai__operation__name="chat", gen_ai__request__model="m")
    async with TraceTuiApp([str(write(tmp_path / "a.jsonl", [made]))]).run_test() as pilot:
        await opened(pilot)
        assert "no messages recorded" in screen_text(pilot)
        assert "? in ? out" in screen_text(pilot)
        assert "context ?" in screen_text(pilot)


async def test_compaction_is_said_and_marked_on_the_ruler(tmp_path: Path):
    spans = [
        call(1, "a", "b", "c", "d", gen_ai__usage__input_tokens=900),
        call(2, "a", "summary", gen_ai__usage__input_tokens=100),
    ]
    async with TraceTuiApp([str(write(tmp_path / "a.jsonl", spans))]).run_test() as pilot:
        await opened(pilot)
        assert "compaction: 3 messages of the history gone" in screen_text(pilot)
        assert "↓ compacted" in screen_text(pilot)


async def test_nothing_that_a_terminal_obeys_gets_through(tmp_path: Path):
    spans = [
        span(1, 1, HOSTILE, gen_ai__operation__name="invoke_agent", gen_ai__agent__name=HOSTILE),
        span(
            1,
            2,
            "chat",
            parent=1,
            error=HOSTILE,
            gen_ai__operation__name="chat",
            gen_ai__request__model=HOSTILE,
            gen_ai__prompt__0__role="user",
            gen_ai__prompt__0__content=HOSTILE,
            gen_ai__completion__0__content=HOSTILE,
        ),
        span(2, 3, "other agent", parent=1),
        call(4, "x"),
    ]
    async with TraceTuiApp([str(write(tmp_path / "a.jsonl", spans))]).run_test() as pilot:
        await opened(pilot, "enter", "3")
        assert "owned" in screen_text(pilot)
        for keys in ("x", "d"):
            await press(pilot, keys)
            assert not UNSAFE & set(screen_text(pilot).replace("\n", ""))


@pytest.mark.parametrize("count", [300])
async def test_a_long_chat_is_read_in_ranges_and_the_last_turn_is_reached(
    tmp_path: Path, count: int
):
    said = [f"message {n}" for n in range(count)]
    spans = [call(n + 1, *said[: n + 1]) for n in range(count)]
    async with TraceTuiApp([str(write(tmp_path / "a.jsonl", spans))]).run_test() as pilot:
        screen = await opened(pilot)
        await press(pilot, "G")
        assert f"turn {count} of {count}" in screen_text(pilot)
        assert screen.chat.item is not None
        assert f"message {count - 1}" in screen_text(pilot)
        assert screen_text(pilot).count("+299 earlier") == 1
