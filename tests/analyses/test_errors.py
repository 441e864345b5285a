from collections import defaultdict

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_analyses.errors import ERROR_COLUMNS, error_groups, fingerprint, root_errors

SCHEMA = pa.schema(
    [
        (name, {"start_time_unix_nano": pa.int64(), "error": pa.bool_()}.get(name, pa.string()))
        for name in ERROR_COLUMNS
    ]
)


def spans_table(rows):
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def span(span_id, parent=None, *, message=None, trace="t", start=0, error=True, error_type="E"):
    return {
        "trace_id": trace,
        "span_id": span_id,
        "parent_span_id": parent,
        "name": f"name of {span_id}",
        "kind": "tool",
        "start_time_unix_nano": start,
        "error": error,
        "error_type": error_type,
        "error_message": message,
        "status_message": None,
    }


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("409 already booked: room 17", "<n> already booked: room <n>"),
        ("no span 5b8efff7-9803-4103-a269-b633813fc60c here", "no span <uuid> here"),
        ("bad pointer 0xDEADbeef", "bad pointer <hex>"),
        ("trace 5b8efff798038103d269b633813fc60c", "trace <hex>"),
        ("cannot open /home/me/data/a.csv", "cannot open <path>"),
        ("request req_011CR9xkAb failed", "request <id> failed"),
        ("took 1,234.5 s\n\tand gave up", "took <n> s and gave up"),
        ("deadbeef facade and/or decade", "deadbeef facade and/or decade"),
        ("", ""),
    ],
)
def test_a_fingerprint_masks_what_differs_per_occurrence(message, masked):
    assert fingerprint(message) == masked


def test_a_huge_message_has_a_short_fingerprint():
    assert len(fingerprint("x" * 10_000_000)) <= 1_000


def test_an_error_that_climbs_to_its_ancestors_counts_once():
    table = spans_table(
        [
            span("root", message="boom"),
            span("agent", "root", message="boom"),
            span("tool", "agent", message="boom"),
            span("fine", "root", error=False),
        ]
    )
    assert root_errors(table)["span_id"].to_pylist() == ["tool"]


def test_a_span_that_names_itself_as_parent_is_still_a_root_error():
    assert root_errors(spans_table([span("a", "a")])).num_rows == 1


def test_groups_tell_count_traces_times_and_the_earliest_example():
    table = spans_table(
        [
            span("b", trace="t2", start=20, message="timeout after 31 s"),
            span("a", trace="t1", start=10, message="timeout after 30 s"),
            span("c", trace="t2", start=30, message="timeout after 9 s"),
            span("d", trace="t2", start=5, message="no such tool"),
        ]
    )
    first, second = error_groups(table)
    assert (first.fingerprint, first.count, first.traces) == ("timeout after <n> s", 3, 2)
    assert (first.first_seen_unix_nano, first.last_seen_unix_nano) == (10, 30)
    assert (first.trace_id, first.span_id, first.message) == ("t1", "a", "timeout after 30 s")
    assert (second.fingerprint, second.count) == ("no such tool", 1)


def test_errors_without_a_message_fall_back_to_the_status_and_then_to_nothing():
    rows = [span("a"), span("b") | {"status_message": "went wrong"}]
    assert {group.fingerprint for group in error_groups(spans_table(rows))} == {"", "went wrong"}


def test_no_spans_give_no_groups():
    assert error_groups(spans_table([])) == []


IDS = st.sampled_from(["a", "b", "c", "d", "e"])
ROWS = st.lists(
    st.builds(
        span,
        IDS,
        st.none() | IDS,
        trace=st.sampled_from(["t1", "t2"]),
        start=st.integers(0, 50),
        error=st.sampled_from([True, True, False, None]),
        error_type=st.sampled_from(["E", "F", None, ""]),
        message=st.sampled_from([None, "", "boom 1", "boom 22", "bang"]),
    ),
    max_size=14,
)


@given(ROWS)
def test_grouping_agrees_with_a_plain_loop(rows):
    errors = [row for row in rows if row["error"]]
    expected = defaultdict(list)
    for row in errors:
        has_error_child = any(
            other["trace_id"] == row["trace_id"]
            and other["parent_span_id"] == row["span_id"]
            and other["span_id"] != row["span_id"]
            for other in errors
        )
        if not has_error_child:
            message = (row["error_message"] or "").replace("22", "1").replace("1", "<n>")
            expected[row["error_type"], message].append(row)
    groups = error_groups(spans_table(rows))
    assert {
        (group.error_type, group.fingerprint): (
            group.count,
            group.traces,
            group.first_seen_unix_nano,
            group.last_seen_unix_nano,
        )
        for group in groups
    } == {
        key: (
            len(members),
            len({row["trace_id"] for row in members}),
            min(row["start_time_unix_nano"] for row in members),
            max(row["start_time_unix_nano"] for row in members),
        )
        for key, members in expected.items()
    }
    assert [group.count for group in groups] == sorted((g.count for g in groups), reverse=True)
