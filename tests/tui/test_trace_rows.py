"""The list of traces as columns: order, search, histogram, layout, and the pulse of updates."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui.session import Pulse
from tracetui.view_models.text_cells import bar, levels
from tracetui.view_models.trace_columns import BY_KEY, COLUMNS, DEFAULT_KEYS, GUTTER, Sort, lay_out
from tracetui.view_models.trace_rows import TraceRows
from tracetui.view_models.trace_summary import FIELDS, TraceSummary, cost_cell, token_cell

SECOND = 1_000_000_000
TEXTS = ("trace_id", "name", "kind", "agent_name", "service_name", "session_id")
SCHEMA = pa.schema(
    (
        name,
        pa.string() if name in TEXTS else pa.float64() if name == "cost_usd" else pa.int64(),
    )
    for name in FIELDS
)


def row(number: int, **given: Any) -> dict[str, Any]:
    plain: dict[str, Any] = dict.fromkeys(FIELDS)
    plain |= {name: 0 for name in FIELDS if name.endswith("_count")}
    return plain | {"trace_id": f"{number:032x}", "start_time_unix_nano": number} | given


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def summary(**given: Any) -> TraceSummary:
    return TraceSummary(**row(1, **given))


@given(
    st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=30),
    st.booleans(),
)
def test_order_is_that_of_a_plain_sort_with_unknown_values_last(
    values: list[int | None], descending: bool
):
    rows = [row(number, duration_nano=value) for number, value in enumerate(values)]
    shown = TraceRows(table(rows), Sort("duration_nano", descending)).summaries(0, len(rows))
    newest_first = sorted(rows, key=lambda r: -r["start_time_unix_nano"])
    known = [r for r in newest_first if r["duration_nano"] is not None]
    known.sort(key=lambda r: r["duration_nano"] * (-1 if descending else 1))
    unknown = [r for r in newest_first if r["duration_nano"] is None]
    assert [s.trace_id for s in shown] == [r["trace_id"] for r in known + unknown]


@given(st.lists(st.none() | st.text(max_size=4), max_size=20), st.booleans())
def test_names_sort_whatever_their_case_with_nameless_ones_last(
    names: list[str | None], descending: bool
):
    rows = [row(number, name=name) for number, name in enumerate(names)]
    shown = [s.name for s in TraceRows(table(rows), Sort("name", descending)).summaries(0, 99)]
    count = sum(name is not None for name in names)
    assert all(name is None for name in shown[count:])
    assert sorted(map(str, shown[:count])) == sorted(n for n in names if n is not None)


def test_a_trace_is_found_by_its_id_in_any_order():
    rows = TraceRows(table([row(n, duration_nano=-n) for n in range(5)]))
    for sort in (Sort(), Sort("duration_nano", descending=True), Sort("trace_id", False)):
        ordered = rows.sorted_by(sort)
        assert [ordered.row_of(ordered.trace_id(at)) for at in range(5)] == list(range(5))
    assert rows.row_of("absent") is None
    assert rows.row_of(None) is None


def test_matching_ignores_case_and_treats_the_needle_as_text():
    rows = TraceRows(table([row(n, name=name) for n, name in enumerate(["Ab.c", "abxc", None])]))
    assert [rows.summaries(at, at + 1)[0].name for at in rows.matching("B.C").tolist()] == ["Ab.c"]
    assert rows.matching("").tolist() == []


def test_the_histogram_counts_every_trace_in_buckets_people_name():
    starts = [0, 1, 59, 60, 61, 179]
    rows = TraceRows(table([row(n, start_time_unix_nano=s * SECOND) for n, s in enumerate(starts)]))
    found = rows.histogram(4)
    assert found is not None
    assert (found.bucket, found.counts) == ("minute", (3, 2, 1))
    assert TraceRows(table([])).histogram(4) is None


@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=20), st.integers(1, 60))
def test_no_range_of_time_makes_more_bars_than_there_is_room_for(starts: list[int], most: int):
    rows = TraceRows(table([row(n, start_time_unix_nano=s) for n, s in enumerate(starts)]))
    found = rows.histogram(most)
    assert found is not None
    assert sum(found.counts) == len(starts)
    assert len(found.counts) <= most


@given(st.integers(1, 400), st.sets(st.sampled_from([c.key for c in COLUMNS])), st.integers(0, 9))
def test_columns_never_overlap_and_every_chosen_one_is_on_some_page(
    width: int, keys: set[str], page: int
):
    layout = lay_out(width, keys, page)
    end = GUTTER
    for placed in layout.placed:
        assert placed.x >= end
        assert placed.width >= placed.column.width
        end = placed.x + placed.width
    pages = [lay_out(width, keys, at) for at in range(layout.pages)]
    assert keys <= {placed.column.key for one in pages for placed in one.placed}


@pytest.mark.parametrize("width", [80, 120, 200])
def test_common_widths_are_used_and_not_exceeded(width: int):
    last = lay_out(width - 1, DEFAULT_KEYS).placed[-1]
    assert last.x + last.width <= width - 1


@given(st.integers(0, 999_000_000), st.sampled_from(["spans", "llm", "tool"]))
def test_a_count_is_shortened_to_its_column_and_never_cut(number: int, key: str):
    column = BY_KEY[key]
    text = column.text(summary(span_count=number, llm_count=number, tool_count=number))
    assert len(text) <= column.width
    if len(f"{number:,}") <= column.width:
        assert text == (f"{number:,}" if number or key == "spans" else "·")


def test_tokens_and_cost_say_what_is_not_known():
    assert token_cell(None, summary()) == "·"
    assert token_cell(None, summary(llm_count=2, unknown_usage_count=2)) == "?"
    assert token_cell(1_000, summary(llm_count=2, lower_bound=True)) == "≥1.0k"
    assert token_cell(None, summary(agent_count=1)) == "?"
    assert cost_cell(summary(llm_count=2, cost_usd=1.5, lower_bound=True)) == "≥$1.50"
    assert cost_cell(summary()) == "·"
    assert cost_cell(summary(llm_count=1, unpriced_count=1)) == "?"
    assert cost_cell(summary(llm_count=2, unpriced_count=1, cost_usd=1.5)) == "≥$1.50"
    assert cost_cell(summary(llm_count=2, cost_usd=0.0)) == "$0.00"


def test_a_bar_is_never_longer_than_its_room_nor_invisible():
    assert bar(0.0, 4) == "▏"
    assert bar(1.0, 4) == "████"
    assert bar(7.0, 4) == "████"
    assert levels((0, 1, 8)) == " ▁█"


def test_a_costly_update_is_followed_by_ten_times_its_cost_in_peace():
    now = 100.0
    pulse = Pulse(clock=lambda: now)
    assert pulse.wait() == 0
    pulse.beat()
    assert pulse.wait() == pytest.approx(0.1)
    pulse.took(fetching=0.0, showing=0.5)
    assert pulse.wait() == pytest.approx(5.0)
    now = 104.0
    assert pulse.wait() == pytest.approx(1.0)


def test_a_query_on_a_thread_delays_the_next_update_less_than_what_blocks_keys():
    pulse = Pulse(clock=lambda: 100.0)
    pulse.beat()
    pulse.took(fetching=0.5, showing=0.01)
    assert pulse.wait() == pytest.approx(1.5)
