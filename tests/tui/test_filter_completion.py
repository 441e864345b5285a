"""Completion of filters: what is proposed where."""

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tracetui.filter.completion import complete
from tracetui.filter.errors import FilterError
from tracetui.filter.language import read

DATA = {
    "model": [("gpt-5", 12), ("claude sonnet", 3), ("gpt-5-mini", 1)],
    "tool_name": [("search_flights", 4), ("a,b", 2)],
    "kind": [("llm", 12), ("tool", 4)],
}


def proposed(text, level="spans"):
    return [one.text for one in complete(text, len(text), level, DATA).proposals]


def taken(text, level="spans"):
    """Return the line after the first proposal is taken."""
    found = complete(text, len(text), level, DATA)
    return text[: found.start] + found.proposals[0].text + text[found.stop :]


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("mo", "model:"),
        ("model:g", "model:gpt-5"),
        ("model:gpt-5-", "model:gpt-5-mini"),
        ("model:", "model:gpt-5"),
        ("model:c", 'model:"claude sonnet"'),
        ('model:"c', 'model:"claude sonnet"'),
        ("tool=s", 'tool="search_flights"'),
        ("tool:a", 'tool:"a,b"'),
        ("kind:", "kind:llm"),
        ("kind:llm,t", "kind:llm,tool"),
        ("kind:re", "kind:retriever"),
        ("-mod", "-model:"),
        ("-model:g", "-model:gpt-5"),
        ("llm (sta", "llm (status:"),
        ("status:e", "status:error"),
        ("dur", "duration>"),
        ("duration>", "duration>100ms"),
        ("missing:co", "missing:cost"),
        ("any(mod", "any(model:"),
        ("cou", "count("),
        ("count(llm)", "count(llm)>"),
        ("llm o", "llm output>"),
    ],
)
def test_the_first_proposal_is_what_was_begun(typed, after):
    assert taken(typed) == after


def test_values_come_with_how_often_the_data_has_them():
    about = {one.text: one.about for one in complete("model:", 6, "spans", DATA).proposals}
    assert about == {"gpt-5": "12 spans", '"claude sonnet"': "3 spans", "gpt-5-mini": "1 span"}


def test_fields_of_a_trace_are_proposed_where_traces_are_filtered():
    assert "errors>" in proposed("", "traces")
    assert "errors>" not in proposed("")
    assert "model:" in proposed("", "traces")


def test_inside_a_text_to_look_for_nothing_is_proposed():
    assert proposed('"mod') == []
    assert proposed('llm "a" "mod') == []
    assert "model:" in proposed('"a" mod')


def test_a_bracket_is_closed_only_where_one_is_open():
    assert ")" in proposed("(llm ")
    assert ")" not in proposed("llm ")


def test_in_the_middle_only_what_is_before_the_cursor_is_completed():
    found = complete("mo cost>1", 2, "spans", DATA)
    assert (found.start, found.stop, found.proposals[0].text) == (0, 2, "model:")


@given(st.text(max_size=20), st.integers(0, 20), st.sampled_from(["spans", "traces"]))
@examples(80)
def test_any_line_can_be_completed_anywhere(text, cursor, level):
    cursor = min(cursor, len(text))
    found = complete(text, cursor, level, DATA)
    assert 0 <= found.start <= found.stop == cursor


@given(st.text(max_size=12))
@examples(80)
def test_whatever_value_the_data_has_what_is_proposed_is_a_filter(value):
    found = complete("model:", 6, "spans", {"model": [(value, 1)]})
    for one in found.proposals:
        try:
            read(f"model:{one.text}", "spans")
        except FilterError as wrong:
            pytest.fail(str(wrong))
