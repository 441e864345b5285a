"""The named queries of the embedded store against a plain second engine, on made-up spans."""

import re

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from store.made_spans import (
    both,
    logs,
    needles,
    selections,
    span,
    span_predicates,
    spans,
    trace_predicates,
)
from tracetui_store.columns import DIMENSIONS, SPANS, TRACES
from tracetui_store.predicates import PredicateError, Selection, Sort

some_examples = examples(8)
span_sorts = st.builds(Sort, st.sampled_from(sorted(SPANS)), st.booleans())
trace_sorts = st.builds(Sort, st.sampled_from(sorted(TRACES)), st.booleans())
limits = st.none() | st.integers(0, 4)


def several(*of):
    """Return questions: making a store costs more than asking it."""
    return st.lists(st.tuples(*of), min_size=2, max_size=4)


def rows(table):
    return table.to_pylist()


@some_examples
@given(spans, several(trace_predicates, trace_sorts, limits, st.integers(0, 3)))
def test_traces_are_filtered_sorted_and_paged_as_a_plain_loop_does(made, questions):
    with both(made) as (reader, memory):
        for where, sort, limit, offset in questions:
            wanted = rows(memory.traces(where, sort, limit=limit, offset=offset))
            assert rows(reader.traces(where, sort, limit=limit, offset=offset)) == wanted
            assert reader.trace_count(where) == memory.trace_count(where)


@some_examples
@given(spans, logs, several(selections, span_sorts, limits, st.integers(0, 3)))
def test_spans_are_selected_sorted_and_paged_as_a_plain_loop_does(made, made_logs, questions):
    with both(made, made_logs) as (reader, memory):
        for selection, sort, limit, offset in questions:
            columns = ("row_id", "name", "duration_nano", "outcome", "finish_reason", sort.column)
            answers = [
                rows(store.span_list(selection, columns, sort, limit=limit, offset=offset))
                for store in (reader, memory)
            ]
            assert answers[0] == answers[1]
            assert reader.totals(selection) == memory.totals(selection)


@some_examples
@given(spans, span_predicates)
def test_pages_of_spans_make_the_whole_list(made, predicate):
    selection = Selection(spans=predicate)
    with both(made) as (reader, _):
        whole = rows(reader.span_list(selection))
        pages = [
            row
            for offset in range(0, len(whole) + 1, 2)
            for row in rows(reader.span_list(selection, limit=2, offset=offset))
        ]
        assert pages == whole


@some_examples
@given(spans, several(selections, st.integers(1, 20), st.none() | st.sampled_from(DIMENSIONS)))
def test_a_series_counts_and_adds_as_a_plain_loop_does(made, questions):
    with both(made) as (reader, memory):
        for selection, bucket, by in questions:
            wanted = rows(memory.series(bucket, selection, by))
            assert rows(reader.series(bucket, selection, by)) == wanted


@some_examples
@given(
    spans,
    several(selections, st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=3), limits),
)
def test_facets_count_as_a_plain_loop_does(made, questions):
    with both(made) as (reader, memory):
        for selection, dimensions, limit in questions:
            wanted = rows(memory.facets(dimensions, selection, limit))
            assert rows(reader.facets(dimensions, selection, limit)) == wanted


@some_examples
@given(spans, logs, several(needles, st.none() | st.sampled_from(["t1", "t2"])))
def test_search_finds_what_a_plain_loop_finds(made, made_logs, questions):
    def places(store, needle, trace_id):
        found = [hit for part in store.search(needle, trace_id) for hit in rows(part.hits)]
        for hit in found:
            hit.pop("snippet")
        return sorted(found, key=str)

    with both(made, made_logs) as (reader, memory):
        for question in questions:
            assert places(reader, *question) == places(memory, *question)


@some_examples
@given(spans, needles)
def test_a_snippet_shows_what_was_found(made, needle):
    with both(made) as (reader, _):
        for part in reader.search(needle):
            for hit in rows(part.hits):
                if not hit["is_json"]:
                    assert re.search(re.escape(needle), hit["snippet"], re.IGNORECASE)
                assert hit["snippet"]


@some_examples
@given(st.lists(span(), max_size=12))
def test_of_spans_sent_again_only_the_last_with_an_end_is_listed(made):
    kept = {}
    for number, one in enumerate(made):
        key = one["trace_id"], one["span_id"]
        before = kept.get(key)
        ended = one["end_time_unix_nano"] is not None
        if before is None or ended or made[before]["end_time_unix_nano"] is None:
            kept[key] = number
    with both(made) as (reader, _):
        assert sorted(reader.span_list()["row_id"].to_pylist()) == sorted(kept.values())


@pytest.mark.parametrize("column", ["no_such", "name; DROP TABLE spans", "call_role", ""])
def test_columns_that_are_not_canonical_are_refused(column):
    with both([]) as (reader, _):
        for ask in (
            lambda: reader.traces(sort=Sort(column)),
            lambda: reader.span_list(sort=Sort(column)),
            lambda: reader.span_list(columns=(column,)),
            lambda: reader.series(1, by=column),
            lambda: reader.facets([column]),
        ):
            with pytest.raises(PredicateError):
                ask()
