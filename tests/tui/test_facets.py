"""Facets: choosing a value edits the filter's text, and its count is what the list then shows."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import REPOSITORY
from store.loading import loaded_store
from tracetui.filter.facets import FACETS, Dimension, chosen, toggled, without
from tracetui.filter.language import read
from tracetui.screens.facets_fetch import Question, facets
from tracetui_store.protocol import TraceReader

BY_TITLE = {one.title: one for one in FACETS}
FILTERS = (
    "",
    "spans>1",
    "kind:llm or tool",
    '(llm or tool) "say \\"or\\""',
    "tool >> llm",
    "not kind:tool and cost>0.01",
    'model:gpt* -model="x"',
    "any(llm model:gpt*) count(tool)>=1",
)


@pytest.mark.parametrize(
    ("text", "title", "value", "after"),
    [
        ("", "model", "small", 'model="small"'),
        ('model="small"', "model", "small", ""),
        ('model="small"', "model", "big", 'model="small","big"'),
        ("started>-15m", "service", "web", 'started>-15m any(service="web")'),
        ("llm or tool", "status", "error", "(llm or tool) status:error"),
        ("status:error spans>2", "status", "running", "status:error,running spans>2"),
        ("status:ok", "status", "ok", ""),
        ('session="s"', "session", "s", 'session="s" any(session="s")'),
        ("", "kind of error", 'a "b"', 'error_type="a \\"b\\""'),
    ],
)
def test_a_value_is_written_into_the_filter_and_out_of_it(
    text: str, title: str, value: str, after: str
):
    assert toggled(text, BY_TITLE[title], value) == after


@given(
    st.sampled_from(FILTERS),
    st.lists(st.tuples(st.sampled_from(FACETS), st.text(min_size=1, max_size=5)), max_size=6),
)
def test_what_is_chosen_is_what_was_toggled_and_the_rest_of_the_filter_means_the_same(
    text: str, choices: list[tuple[Dimension, str]]
):
    before, wanted = text, {one: list[str]() for one in FACETS}
    for dimension, typed in choices:
        value = "error" if dimension.column == "outcome" else typed
        text = toggled(text, dimension, value)
        now = wanted[dimension]
        now.remove(value) if value in now else now.append(value)
    for dimension in FACETS:
        assert sorted(chosen(text, dimension)) == sorted(wanted[dimension])
        text = without(text, dimension)
    assert read(text, "traces") == read(before, "traces")


@pytest.fixture(scope="module")
def reader() -> Iterator[TraceReader]:
    with (
        loaded_store(REPOSITORY / "sample_traces" / "support-day.otlp.jsonl") as store,
        store.reader() as reader,
    ):
        yield reader


@pytest.mark.parametrize(
    "text", ["", "spans>4", 'model="gpt-5","absent" status:error,ok', 'any(session="cust-2021")']
)
def test_a_count_is_how_many_traces_the_value_alone_would_leave(reader: TraceReader, text: str):
    questions = [
        Question(one, read(without(text, one), "traces"), chosen(text, one)) for one in FACETS
    ]
    found = facets(reader, questions)
    assert [facet.dimension for facet in found] == list(FACETS)
    assert sum(len(facet.values) for facet in found) > 10
    for facet in found:
        shown = [value for value, _ in facet.values]
        assert set(chosen(text, facet.dimension)) <= set(shown)
        assert facet.different >= len(shown)
        for value, count in facet.values:
            others = without(text, facet.dimension)
            alone = read(toggled(others, facet.dimension, value), "traces")
            assert reader.trace_count(alone) == count, value
