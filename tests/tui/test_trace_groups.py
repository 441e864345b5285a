"""Groups of traces, the lines they make, and the window of time: against plain loops of Python."""

import time
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models import time_window
from tracetui.view_models.arrangement import GROUP_COLUMNS, Arrangement, GroupBy
from tracetui.view_models.time_window import TimeWindow
from tracetui.view_models.trace_columns import Sort
from tracetui.view_models.trace_lines import GroupLine, TraceLines, arrange
from tracetui.view_models.trace_rows import Histogram, TraceRows
from tracetui_store.predicates import And, Compare
from tui.test_trace_rows import SECOND, row, table

names = st.sampled_from([None, "a", "B", "c"])
amounts = st.none() | st.integers(0, 9)
traces = st.lists(
    st.fixed_dictionaries(
        {
            "session_id": names,
            "agent_name": names,
            "service_name": names,
            "span_count": st.integers(1, 9),
            "error_count": st.integers(0, 2),
            "total_tokens": amounts,
            "cost_usd": st.none() | st.sampled_from([0.0, 0.25, 1.5]),
            "lower_bound": st.integers(0, 1),
            "start_time_unix_nano": st.none() | st.integers(0, 50).map(lambda n: n * SECOND),
        }
    ),
    max_size=12,
).map(lambda given: [row(number, **one) for number, one in enumerate(given)])
groupings = st.sampled_from(list(GROUP_COLUMNS)[:3])
sorts = st.builds(
    Sort, st.sampled_from(["start_time_unix_nano", "cost_usd", "span_count", "name"]), st.booleans()
)


def added_up(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def grouped(rows: list[dict[str, Any]], by: GroupBy, sort: Sort) -> dict[Any, list[dict[str, Any]]]:
    """Return the groups of `rows`, which are in order, by what they share, in order."""
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in rows:
        groups[one[GROUP_COLUMNS[by]]].append(one)
    if sort.column not in ("cost_usd", "span_count"):
        return groups
    sums = {key: added_up([one[sort.column] for one in members]) for key, members in groups.items()}
    sign = -1 if sort.descending else 1
    order = sorted(groups, key=lambda key: (sums[key] is None, sign * (sums[key] or 0)))
    return {key: groups[key] for key in order}


@given(traces, groupings, sorts)
def test_groups_hold_their_traces_in_order_and_add_up_what_is_known(
    given_rows: list[dict[str, Any]], by: GroupBy, sort: Sort
):
    everything = TraceRows(table(given_rows))
    arranged = arrange(everything, Arrangement(sort, by))
    by_id = {one["trace_id"]: one for one in given_rows}
    in_order = [by_id[one.trace_id] for one in arranged.rows.summaries(0, 99)]
    expected = grouped(in_order, by, sort)
    lines = TraceLines(arranged.rows, arranged.groups)
    drawn = lines.drawn(0, len(lines))
    at = 0
    for key, members in expected.items():
        header = drawn[at]
        assert isinstance(header, GroupLine)
        found = header.summary
        assert (found.name, header.count) == (key or f"(no {by})", len(members))
        assert found.span_count == sum(one["span_count"] for one in members)
        assert found.error_count == sum(one["error_count"] for one in members)
        assert found.total_tokens == added_up([one["total_tokens"] for one in members])
        assert found.cost_usd == added_up([one["cost_usd"] for one in members])
        assert found.lower_bound == any(one["lower_bound"] for one in members)
        below = drawn[at + 1 : at + 1 + len(members)]
        assert [getattr(one, "trace_id", None) for one in below] == [o["trace_id"] for o in members]
        at += 1 + len(members)
    assert at == len(lines)


@given(traces, groupings, st.sets(names))
def test_every_trace_is_found_on_its_line_or_at_the_header_that_hides_it(
    given_rows: list[dict[str, Any]], by: GroupBy, folded: set[str | None]
):
    arranged = arrange(TraceRows(table(given_rows)), Arrangement(group_by=by))
    lines = TraceLines(arranged.rows, arranged.groups).folding(folded)
    shown = [one for one in given_rows if one[GROUP_COLUMNS[by]] not in folded]
    keys = {one[GROUP_COLUMNS[by]] for one in given_rows}
    assert len(lines) == len(shown) + len(keys)
    assert lines.folded_keys == folded & keys
    for one in given_rows:
        key = one[GROUP_COLUMNS[by]]
        line = lines.line_of(one["trace_id"])
        assert line is not None
        group = lines.group_of_key(key)
        assert group is not None
        assert lines.group(line) == group
        assert one["trace_id"] in lines.members(group)
        if key in folded:
            header = lines.header(line)
            assert header is not None
            assert header.folded
        else:
            assert lines.trace_id(line) == one["trace_id"]
    failed = {lines.line_of(one["trace_id"]) for one in given_rows if one["error_count"]}
    assert lines.lines_of(arranged.rows.with_errors()).tolist() == sorted(
        map(int, filter_none(failed))
    )


def filter_none(values: set[int | None]) -> list[int]:
    return [value for value in values if value is not None]


@given(st.lists(st.integers(1_600_000_000, 1_800_000_000), max_size=30))
def test_days_are_those_of_the_local_calendar(seconds: list[int]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/St_Johns")  # half an hour off, and it changes its clocks
        time.tzset()
        rows = [row(n, start_time_unix_nano=s * SECOND) for n, s in enumerate(seconds)]
        groups = arrange(TraceRows(table(rows)), Arrangement(group_by="day")).groups
        local = {datetime.fromtimestamp(s, UTC).astimezone().date().isoformat() for s in seconds}
    time.tzset()
    assert groups is not None
    assert groups.keys == sorted(local, reverse=True)


windows = st.tuples(st.integers(-5, 60), st.integers(1, 40)).map(
    lambda pair: TimeWindow(pair[0] * SECOND, (pair[0] + pair[1]) * SECOND)
)


@given(traces, windows, st.sets(st.integers(0, 12)), sorts)
def test_a_window_and_marks_leave_what_a_plain_loop_leaves(
    given_rows: list[dict[str, Any]], window: TimeWindow, marked: set[int], sort: Sort
):
    only = frozenset(f"{number:032x}" for number in marked)
    everything = TraceRows(table(given_rows), sort)
    found = arrange(everything, Arrangement(sort, None, window, only)).rows
    assert [one.trace_id for one in found.summaries(0, 99)] == [
        one.trace_id
        for one in everything.summaries(0, 99)
        if one.trace_id in only
        and one.start_time_unix_nano is not None
        and window.start_unix_nano <= one.start_time_unix_nano < window.stop_unix_nano
    ]
    hidden = {one["trace_id"] for one in given_rows} - only
    assert all(found.row_of(trace_id) is None for trace_id in hidden)


def test_a_window_is_a_filter_like_any_other():
    column = "start_time_unix_nano"
    assert time_window.predicate(TimeWindow(3, 9)) == And(
        (Compare(column, ">=", 3), Compare(column, "<", 9))
    )


def histogram(bars: int) -> Histogram:
    return Histogram((1,) * bars, "10 s", 1_000, 1_000 + bars * 10 - 1, 10)


@given(st.integers(1, 60), st.lists(st.sampled_from("[]z"), max_size=12), st.integers(0, 700))
def test_a_window_moves_by_its_width_stays_inside_and_narrows_around_the_cursor(
    count: int, keys: list[str], around: int
):
    found, window = histogram(count), None
    for key in keys:
        before = range(count) if window is None else time_window.bars(window, found)
        if key == "z":
            window = time_window.narrowed(window, found, 1_000 + around)
        else:
            window = time_window.moved(window, found, 1 if key == "]" else -1)
        after = time_window.bars(window, found)
        assert 0 <= after.start < after.stop <= count
        assert window == time_window.of_bars(after.stop - 1, after.start, found)
        if key == "z":
            assert len(after) == max(len(before) // 2, 1)
            assert after.start >= before.start
            assert after.stop <= before.stop
            assert around // 10 not in before or around // 10 in after
        elif before != range(count):
            assert len(after) == len(before)
            aim = before.start + (len(before) if key == "]" else -len(before))
            assert after.start == min(max(aim, 0), count - len(before))


def test_the_first_window_lies_at_the_end_it_is_moved_from():
    assert time_window.bars(time_window.moved(None, histogram(40), -1), histogram(40)) == range(
        30, 40
    )
    assert time_window.bars(time_window.moved(None, histogram(40), 1), histogram(40)) == range(10)
