"""What filtering looks like, small and large."""

from typing import Any

from tui.test_snapshots import SIZES, Compare, _utc, draw, sample  # noqa: F401 - fixtures

PLAN = ("f", *"model", "colon", "down")
FAULT = ("f", *"llm", "space", *"modle", "colon", *"gpt")
ERRORS = ("f", *"status", "colon", *"error", "enter")


@SIZES
def test_values_of_the_data_are_offered_above_the_line(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *PLAN)


@SIZES
def test_a_fault_in_the_filter_is_shown_below_it(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *FAULT)


@SIZES
def test_a_list_that_is_filtered_says_to_what(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *ERRORS)


@SIZES
def test_in_a_filtered_trace_rows_above_a_match_are_dim(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("tool-agent"), size, "enter", *ERRORS)


@SIZES
def test_the_filter_as_sql(draw: Compare, sample: Any, size: Any):  # noqa: F811
    assert draw(sample("support-day"), size, *ERRORS, "ctrl+f")
