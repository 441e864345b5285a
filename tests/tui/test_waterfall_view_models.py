"""Folds, time axis and search: the arithmetic behind the waterfall."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models import tree_summary
from tracetui.view_models.fold import FoldState
from tracetui.view_models.ruler import clock_label, duration_label, ticks
from tracetui.view_models.search import Matches
from tracetui.view_models.time_axis import EIGHTHS, TimeAxis, density
from tracetui_analyses.span_tree import SpanTree

SECOND = 1_000_000_000


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Depths and sizes of a random forest in pre-order."""
    depth: list[int] = []
    for _ in range(draw(st.integers(1, 16))):
        depth.append(draw(st.integers(0, depth[-1] + 1)) if depth else 0)
    size = []
    for row, own in enumerate(depth):
        stop = row + 1
        while stop < len(depth) and depth[stop] > own:
            stop += 1
        size.append(stop - row)
    return depth, size


def shown_by_walk(size: list[int], folded: list[bool]) -> list[int]:
    shown, row = [], 0
    while row < len(size):
        shown.append(row)
        row += size[row] if folded[row] else 1
    return shown


@given(forests(), st.data())
def test_after_any_folds_the_visible_rows_are_those_of_a_walk(
    forest: tuple[list[int], list[int]], data: st.DataObject
):
    depth, size = forest
    state = FoldState(np.array(depth, np.int32), np.array(size, np.int32))
    for _ in range(data.draw(st.integers(1, 8))):
        row = int(data.draw(st.sampled_from(state.visible.tolist())))
        deed = data.draw(st.sampled_from(["fold", "unfold", "subtree", "below", "level", "reveal"]))
        if deed in ("fold", "unfold"):
            state.set_folded(row, deed == "fold")
        elif deed == "subtree":
            state.unfold_subtree(row)
        elif deed == "below":
            state.fold_below(row)
        elif deed == "level":
            state.fold_to(data.draw(st.integers(0, 4)))
        else:
            hidden = data.draw(st.integers(0, len(size) - 1))
            state.reveal(hidden)
            assert hidden in state.visible
        assert state.visible.tolist() == shown_by_walk(size, state.folded.tolist())


@given(forests(), st.integers(0, 3))
def test_a_hidden_row_stands_at_its_nearest_visible_ancestor(
    forest: tuple[list[int], list[int]], level: int
):
    depth, size = forest
    state = FoldState(np.array(depth, np.int32), np.array(size, np.int32))
    state.fold_to(level)
    for row in range(len(size)):
        ancestor = row
        while ancestor not in state.visible:
            ancestor = max(r for r in range(ancestor) if depth[r] < depth[ancestor])
        assert state.visible[state.place_of(row)] == ancestor


def test_the_first_level_of_a_big_trace_fits_the_page_but_shows_more_than_the_root():
    depth = np.array([0] + [1, 2, 2, 2] * 10, np.int32)
    size = np.array([41] + [4, 1, 1, 1] * 10, np.int32)

    assert FoldState(depth, size).level_for(20) == 1
    assert FoldState(depth, size).level_for(5) == 1
    assert FoldState(depth, size).level_for(60) == 2


@pytest.mark.parametrize(
    ("last", "width", "expected"),
    [
        (100, 40, ["0", "20ns", "40ns", "60ns", "80ns"]),
        (3_000_000, 40, ["0", "1ms", "2ms"]),
        (100 * SECOND, 50, ["0", "30s", "1m", "1m30s"]),
        (26 * 3600 * SECOND, 60, ["0", "6h", "12h", "18h", "1d"]),
    ],
)
def test_ticks_stand_at_round_times(last: int, width: int, expected: list[str]):
    found = ticks(TimeAxis.whole(last), width)

    assert [tick.label for tick in found] == expected
    for tick, following in pairwise(found):
        assert tick.cell + len(tick.label) < following.cell


@given(
    st.integers(1, 10**17),
    st.floats(0, 0.99),
    st.floats(1e-9, 1),
    st.integers(10, 200),
    st.booleans(),
)
def test_tick_labels_never_overlap(last: int, at: float, share: float, width: int, absolute: bool):
    axis = TimeAxis.whole(last)
    axis = axis.moved_to(int(last * at), int(last * (at + share)))

    found = ticks(axis, width, origin=1_750_000_000 * SECOND if absolute else None)

    assert all(0 <= tick.cell < width for tick in found)
    for tick, following in pairwise(found):
        assert tick.cell + len(tick.label) < following.cell


def test_labels_have_the_decimals_of_the_step():
    assert duration_label(1_500_000, 500_000) == "1.5ms"
    assert duration_label(90_250_000_000, 250_000_000) == "1m30.25s"
    assert clock_label(45_667_250_000_000, 250_000_000) == "12:41:07.25"
    assert clock_label(45_660_000_000_000, 60 * SECOND) == "12:41"


@given(
    st.integers(1, 10**15),
    st.lists(st.sampled_from(["in", "out", "left", "right"]), max_size=30),
)
def test_zoom_and_pan_stay_inside_the_trace(last: int, moves: list[str]):
    axis = TimeAxis.whole(last)
    for move in moves:
        if move in ("in", "out"):
            axis = axis.zoomed(0.5 if move == "in" else 2)
        else:
            axis = axis.panned(-0.25 if move == "left" else 0.25)
        assert 0 <= axis.start < axis.stop <= last


def test_times_map_to_eighths_of_cells():
    axis = TimeAxis.whole(80)

    assert axis.parts(np.array([0, 1, 40, 80]), 10).tolist() == [0, 1, 40, 10 * EIGHTHS]


def test_the_minimap_is_highest_where_most_spans_are_under_way():
    axis = TimeAxis.whole(100)

    line = density(axis, np.array([0, 50, 50, 50]), np.array([100, 69, 69, 69]), 10)

    assert line == "▄▄▄▄▄██▄▄▄"


def test_search_ignores_case_and_steps_round_the_matches():
    table = pa.table({"name": ["Chat", None, "web_search", "chatter"]})
    matches = Matches.of("CHAT", table, np.array([3, -1, 0, 1, 2], np.int32))

    assert matches.rows.tolist() == [0, 2]
    assert [matches.step(0, 1), matches.step(2, 1), matches.step(0, -1)] == [2, 0, 2]
    assert matches.step(2, 1, stay=True) == 2
    assert matches.status == "2/2"


def test_an_empty_search_finds_nothing():
    matches = Matches.of("", pa.table({"name": ["a"]}), np.array([0], np.int32))

    assert len(matches) == 0
    assert matches.step(0, 1) is None
    assert matches.status == ""


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(None, None, "?"), (None, SECOND, "?"), (SECOND, None, "?"), (SECOND, 3 * SECOND, "2.0s")],
)
def test_a_trace_without_a_start_or_an_end_has_an_unknown_duration(
    start: int | None, end: int | None, said: str
):
    columns = {
        "span_id": pa.array(["a"]),
        "start_time_unix_nano": pa.array([start], pa.int64()),
        "end_time_unix_nano": pa.array([end], pa.int64()),
    }
    (text, _), *_ = tree_summary.words(SpanTree.from_table(pa.table(columns)))
    assert text == said
