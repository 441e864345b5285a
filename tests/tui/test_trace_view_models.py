"""Breaks, lanes, what is hidden, columns: the arithmetic behind the trace view's toggles."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracetui.filter.quantities import QuantityError
from tracetui.view_models.lanes import MOST, LaneRows, Lanes
from tracetui.view_models.narrowing import Narrowing, Threshold
from tracetui.view_models.ruler import BREAK, break_cells, ticks
from tracetui.view_models.span_columns import COLUMNS, DEFAULT_KEYS, Columns
from tracetui.view_models.time_axis import TimeAxis
from tracetui.view_models.time_breaks import Breaks
from tracetui_analyses.span_tree import SpanTree

SECOND = 1_000_000_000
pieces = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3)).map(lambda p: (p[0], p[0] + p[1])),
    min_size=1,
    max_size=12,
)


def breaks_of(work: list[tuple[int, int]], last: int, unit: int = SECOND) -> Breaks | None:
    start, end = np.array(work, dtype=np.int64).T * unit
    return Breaks.of(start, end, last * unit)


@settings(deadline=None)
@given(pieces, st.integers(0, 20))
def test_breaks_leave_out_idle_time_alone(work: list[tuple[int, int]], more: int):
    last = max(end for _, end in work) + more
    breaks = breaks_of(work, last)
    if breaks is None:
        return
    for begin, stop in zip(breaks.start.tolist(), breaks.stop.tolist(), strict=True):
        for start, end in work:
            assert end * SECOND <= begin or start * SECOND >= stop
        assert begin < stop
    # What is left keeps its length, what is left out becomes a break, and nothing goes backwards.
    edges = sorted({0, last * SECOND, *breaks.start.tolist(), *breaks.stop.tolist()})
    shown = breaks.shown(np.array(edges)).tolist()
    for (begin, stop), (low, high) in zip(pairwise(edges), pairwise(shown), strict=True):
        is_break = begin in breaks.start.tolist()
        assert high - low == (breaks.length if is_break else stop - begin)
    assert shown[-1] == breaks.shown_last
    assert breaks.real(np.array(shown)).tolist() == edges


def test_a_night_is_left_out_and_short_pauses_are_not():
    night = breaks_of([(0, 40), (42, 60), (36_000, 36_050)], 36_052)

    assert night is not None
    assert (night.start.tolist(), night.stop.tolist()) == ([60 * SECOND], [36_000 * SECOND])
    assert breaks_of([(0, 40), (42, 60)], 60) is None
    assert breaks_of([(0, 0)], 0) is None


def test_the_ruler_says_how_long_a_break_is_and_keeps_its_ticks_clear_of_it():
    breaks = breaks_of([(0, 40), (42, 60), (36_000, 36_050)], 36_052)
    axis = TimeAxis.whole(36_052 * SECOND, breaks)
    found = ticks(axis, 60)

    assert [(tick.mark, tick.label) for tick in found if tick.mark == BREAK] == [(BREAK, "9h 59m")]
    assert [tick.label for tick in found if tick.mark != BREAK] == ["0", "30s", "10h30s"]
    assert break_cells(axis, 60) == [tick.cell for tick in found if tick.mark == BREAK]
    for tick, following in pairwise(found):
        assert tick.cell + len(tick.label) < following.cell


@settings(deadline=None)
@given(pieces, st.integers(8, 120), st.floats(0, 0.9), st.floats(0.01, 1), st.booleans())
def test_ticks_and_breaks_never_overlap(
    work: list[tuple[int, int]], width: int, at: float, share: float, clock: bool
):
    last = max(end for _, end in work) + 1
    axis = TimeAxis.whole(last * SECOND, breaks_of(work, last))
    axis = axis.moved_to(int(axis.last * at), int(axis.last * (at + share)))
    found = ticks(axis, width, origin=1_750_000_000 * SECOND if clock else None)

    assert all(0 <= tick.cell < width for tick in found)
    for tick, following in pairwise(found):
        assert tick.cell + len(tick.label) < following.cell or not tick.label
        assert tick.cell < following.cell


def test_the_window_stays_when_idle_time_is_left_out_and_comes_back():
    breaks = breaks_of([(0, 40), (36_000, 36_050)], 36_052)
    last = 36_052 * SECOND
    axis = TimeAxis.whole(last).moved_to(36_000 * SECOND, 36_050 * SECOND)

    without = axis.with_breaks(breaks, last)
    assert without.window == (36_000 * SECOND, 36_050 * SECOND)
    assert without.with_breaks(None, last) == axis
    assert TimeAxis.whole(last).with_breaks(breaks, last).is_whole


spans = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=40
)


@settings(deadline=None)
@given(spans, st.data())
def test_no_two_spans_of_a_lane_overlap_and_lanes_follow_the_depth(
    given_spans: list[tuple[int, int, int]], data: st.DataObject
):
    depth = np.array([span[0] for span in given_spans], np.int32)
    start = np.array([span[1] for span in given_spans], np.int64)
    end = start + np.array([span[2] for span in given_spans])
    lanes = Lanes.of(depth, start, end)
    by_lane: dict[int, list[int]] = {}
    for row in lanes.order.tolist():
        by_lane.setdefault(int(lanes.lane[row]), []).append(row)

    assert sorted(by_lane) == list(range(len(by_lane)))
    depths = [{int(depth[row]) for row in rows} for _, rows in sorted(by_lane.items())]
    assert all(len(one) == 1 for one in depths)
    flat = [one.pop() for one in depths]
    assert flat == sorted(flat)
    for lane, rows in by_lane.items():
        shared = flat.count(flat[lane]) == MOST and lane == MOST - 1 + flat.index(flat[lane])
        for row, following in pairwise(rows):
            assert start[row] <= start[following]
            assert shared or end[row] <= start[following]

    visible = np.array(
        sorted(data.draw(st.sets(st.integers(0, len(given_spans) - 1), min_size=1))), np.int32
    )
    shown = LaneRows.of(lanes, visible, start, end)
    assert sorted(shown.rows.tolist()) == visible.tolist()
    for place in range(len(shown)):
        inside = shown.rows[shown.lane_slice(place)]
        assert set(lanes.lane[inside].tolist()) == {shown.lanes[place]}
        for row in inside.tolist():
            assert shown.place_of(int(lanes.lane[row])) == place


def test_a_crowd_shares_its_last_lane():
    count = MOST + 5
    crowd = Lanes.of(
        np.zeros(count, np.int32), np.zeros(count, np.int64), np.full(count, 9, np.int64)
    )

    assert np.bincount(crowd.lane).tolist() == [1] * (MOST - 1) + [6]


def tree_of(rows: list[dict[str, Any]]) -> SpanTree:
    return SpanTree.from_table(
        pa.Table.from_pylist(
            [
                {
                    "span_id": str(i),
                    "parent_span_id": row.get("parent"),
                    "start_time_unix_nano": 0,
                    "end_time_unix_nano": row["took"],
                    "usage_role": "own" if "cost" in row else "none",
                    "total_tokens": 1 if "cost" in row else None,
                    "cost_usd": row.get("cost"),
                    "is_model_call": "cost" in row,
                    "usage_unknown": False,
                }
                for i, row in enumerate(rows)
            ]
        )
    )


def test_a_threshold_keeps_what_reaches_it_what_is_above_and_what_is_not_known():
    tree = tree_of(
        [
            {"took": 5 * SECOND},
            {"took": SECOND, "parent": "0"},
            {"took": 3 * SECOND, "parent": "1", "cost": 0.02},
            {"took": None, "parent": "1", "cost": None},
            {"took": SECOND, "parent": "0", "cost": 0.001},
        ]
    )

    def left(text: str) -> list[int]:
        narrowing = Narrowing.of(tree, Threshold.read(text).reached(tree))
        assert narrowing is not None
        assert narrowing.hidden == 5 - np.count_nonzero(narrowing.kept)
        return tree.source_row[narrowing.kept].tolist()

    assert left(">2s") == [0, 1, 2, 3]
    assert left("3s") == [0, 1, 2, 3]
    assert left("> $0.01") == [0, 1, 2, 3]
    assert left(">4s") == [0, 1, 3]
    assert Narrowing.of(tree, None, None) is None


@pytest.mark.parametrize("text", ["", ">", "2", ">x", ">-2s", ">0s", "$", ">$0", "2 parsecs"])
def test_what_is_no_threshold_is_refused_with_examples(text: str):
    with pytest.raises(QuantityError, match=r">2s.*>\$0\.01"):
        Threshold.read(text)


@given(st.integers(4, 300), st.sets(st.sampled_from([c.key for c in COLUMNS])))
def test_columns_never_take_the_place_of_names(width: int, keys: set[str]):
    columns = Columns.for_width(width, keys)
    taken = columns.bar_at + columns.bar + columns.numbers_width + 1

    assert {column.key for column in columns.numbers} <= keys
    assert columns.tree >= min(26, max(width - 3, 0)) or width < 40
    assert taken == width + (0 if columns.bar else 1)


def test_the_columns_of_the_first_look_are_those_of_the_design():
    assert [c.key for c in Columns.for_width(120, DEFAULT_KEYS).numbers] == [
        "duration",
        "tokens",
        "cost",
    ]
    assert [c.key for c in Columns.for_width(80, DEFAULT_KEYS).numbers] == ["duration", "tokens"]
    assert [c.key for c in Columns.for_width(80, {"cost", "self"}).numbers] == ["self", "cost"]
