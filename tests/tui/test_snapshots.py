"""What each view looks like, small and large: pictures to look at before they are committed."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shared_data import REPOSITORY
from textual.pilot import Pilot
from textual.widgets import Input
from tracetui.app import TraceTuiApp
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui_store.ingest import Ingest, Progress
from tui.otlp_lines import request, span, trip, write
from tui.settle import settle, until

SMALL, LARGE = (80, 24), (160, 45)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])
Compare = Callable[..., bool]
DAY = 86_400


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch):
    """Show every time in UTC, whatever the machine's zone."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Copy a sample into an empty directory that is the current one; return its bare name."""
    monkeypatch.chdir(tmp_path)

    def copied(name: str) -> str:
        found = REPOSITORY / "sample_traces" / f"{name}.otlp.jsonl"
        return Path(shutil.copy(found, tmp_path)).name

    return copied


@pytest.fixture
def draw(snap_compare: Any) -> Compare:
    """Compare the screen after `keys` with its picture."""

    def drawn(path: str, size: tuple[int, int], *keys: str, wait: Any = None) -> bool:
        async def press(pilot: Pilot[None]) -> None:
            pilot.app.animation_level = "none"
            await (wait or at_rest)(pilot)
            for key in keys:
                await pilot.press(key)
                await (wait or at_rest)(pilot)
            for prompt in pilot.app.screen.query(Input):
                prompt.cursor_blink = False

        return bool(snap_compare(TraceTuiApp([path]), terminal_size=size, run_before=press))

    return drawn


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until the load has ended and the details show the span under the cursor."""
    await settle(pilot)
    if not details_follow(pilot):
        # The cursor must rest a moment before its span is fetched.
        await until(pilot, lambda: details_follow(pilot))
        await settle(pilot)


def details_follow(pilot: Pilot[None]) -> bool:
    screen = pilot.app.screen
    if not isinstance(screen, TraceScreen):
        return True
    shown = None if screen._span is None else screen._span.row_id
    return screen._trace is not None and shown == screen.waterfall.cursor_row_id


# The list of traces


@SIZES
def test_a_day_of_traces_with_errors_and_unknown_costs(draw: Compare, sample: Any, size: Any):
    assert draw(sample("support-day"), size)


@SIZES
def test_traces_of_several_days_show_their_date(
    draw: Compare, tmp_path: Path, sample: Any, size: Any
):
    write(
        tmp_path / "week.jsonl",
        [span(2, 1, "answer mail", start=10, seconds=5)],
        trip(1, start=2 * DAY),
        [span(3, 1, "summarise ticket", start=6 * DAY, seconds=None)],
    )
    assert draw("week.jsonl", size, "j")


@SIZES
def test_the_second_page_of_columns(draw: Compare, sample: Any, size: Any):
    assert draw(sample("support-day"), size, "l")


@SIZES
def test_a_search_marks_its_matches_in_the_list(draw: Compare, sample: Any, size: Any):
    assert draw(sample("support-day"), size, "slash", *"refund")


def test_the_list_in_the_light_theme(draw: Compare, sample: Any):
    assert draw(sample("support-day"), SMALL, "ctrl+t")


@SIZES
def test_the_list_fills_while_the_file_loads(
    draw: Compare, sample: Any, size: Any, monkeypatch: pytest.MonkeyPatch
):
    load = Ingest.run

    def half(self: Ingest) -> None:
        """Load the file, say that as much again is to come, and wait to be cancelled."""
        tell, heard = self._on_progress, []
        self._on_progress = heard.append
        load(self)
        done = heard[-1].bytes_done
        tell(Progress(done, 2 * done, heard[-1].spans, False, "tool-agent.otlp.jsonl", 1))
        self._cancelled.wait()

    async def rows_shown(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, TracesScreen)
        session = pilot.app.session
        await until(
            pilot,
            lambda: bool(screen.table.row_count and session.state.share) and screen.up_to_date,
        )
        await pilot.pause()

    monkeypatch.setattr(Ingest, "run", half)
    assert draw(sample("tool-agent"), size, wait=rows_shown)


@SIZES
def test_a_load_that_has_found_nothing_yet_says_that_it_reads(
    draw: Compare, sample: Any, size: Any, monkeypatch: pytest.MonkeyPatch
):
    began = threading.Event()

    def hang(self: Ingest) -> None:
        began.set()
        self._cancelled.wait()

    async def opened(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, TracesScreen)
        await until(pilot, lambda: began.is_set() and screen.up_to_date)
        await pilot.pause()

    monkeypatch.setattr(Ingest, "run", hang)
    assert draw(sample("tool-agent"), size, wait=opened)


@SIZES
def test_an_input_without_spans_says_what_was_looked_for(
    draw: Compare, tmp_path: Path, sample: Any, size: Any
):
    (tmp_path / "hollow.json").write_text('{"resourceSpans": []}')
    assert draw("hollow.json", size)


@SIZES
def test_a_file_that_is_not_there_says_what_to_try(draw: Compare, sample: Any, size: Any):
    assert draw("absent.jsonl", size)


@SIZES
def test_the_columns_to_choose_from(draw: Compare, sample: Any, size: Any):
    assert draw(sample("support-day"), size, "C", "down")


# One trace


@SIZES
def test_a_trace_as_a_tree_beside_its_bars(draw: Compare, sample: Any, size: Any):
    assert draw(sample("supervisor"), size, "enter")


@SIZES
def test_a_trace_in_the_light_theme(draw: Compare, sample: Any, size: Any):
    assert draw(sample("supervisor"), size, "enter", "j", "ctrl+t")


@SIZES
def test_an_error_is_selected_and_explained(draw: Compare, sample: Any, size: Any):
    assert draw(sample("retry-storm"), size, "enter", "e")


@SIZES
def test_folded_spans_say_how_many_they_hold(draw: Compare, sample: Any, size: Any):
    assert draw(sample("retry-storm"), size, "enter", "j", "space", "J", "space")


@SIZES
def test_the_bars_are_zoomed_to_a_span(draw: Compare, sample: Any, size: Any):
    assert draw(sample("supervisor"), size, "enter", *"jjjjz")


@SIZES
def test_a_search_marks_its_matches_in_the_tree(draw: Compare, sample: Any, size: Any):
    assert draw(sample("supervisor"), size, "enter", "slash", *"chat")


@SIZES
def test_an_unfinished_trace_shows_its_missing_parents(draw: Compare, sample: Any, size: Any):
    assert draw(sample("unfinished"), size, "enter")


def test_between_80_and_140_columns_the_details_stand_below(draw: Compare, sample: Any):
    assert draw(sample("tool-agent"), (120, 35), "enter", "j")


@SIZES
def test_the_clock_time_on_the_ruler(draw: Compare, sample: Any, size: Any):
    assert draw(sample("queue"), size, "enter", "T")


# One span in detail


TABS = ("Overview", "Input", "Output", "Messages", "Attributes", "Events", "Raw")


@SIZES
@pytest.mark.parametrize("tab", TABS)
def test_each_tab_of_a_model_call(draw: Compare, sample: Any, size: Any, tab: str):
    assert draw(sample("rag"), size, "enter", *"jjjj", "enter", *"l" * TABS.index(tab))


@SIZES
def test_the_links_of_a_span(draw: Compare, sample: Any, size: Any):
    assert draw(sample("queue"), size, "enter", "enter", *"ll")


@SIZES
def test_raw_attributes_as_the_file_has_them(draw: Compare, sample: Any, size: Any):
    assert draw(sample("rag"), size, "enter", *"jjjj", "enter", *"llll", "r")


# The rest


@SIZES
def test_the_report_names_what_was_rejected(draw: Compare, tmp_path: Path, sample: Any, size: Any):
    lines = [request(trip()), '{"resourceSpans": 7, ]', "", request(trip(2)), '{"resourceSp']
    (tmp_path / "torn.otlp.jsonl").write_text("\n".join(lines))
    assert draw("torn.otlp.jsonl", size, "ctrl+r")


@SIZES
def test_the_keys(draw: Compare, sample: Any, size: Any):
    assert draw(sample("tool-agent"), size, "question_mark")
