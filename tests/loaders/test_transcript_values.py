"""Times and usage as transcripts write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders.transcripts import Meter, Usage, counted, unix_nano

SECOND = 1_000_000_000
T0 = 1_735_689_600 * SECOND


@pytest.mark.parametrize(
    ("value", "nano"),
    [
        ("2025-01-01T00:00:00Z", T0),
        ("2025-01-01T01:00:00.000+01:00", T0),
        ("2025-01-01T00:00:00.123456789Z", T0 + 123_456_789),
        ("2025-01-01 00:00:00", T0),
        (1735689600, T0),
        (1735689600.25, T0 + SECOND // 4),
        (1735689600000, T0),
        (1735689600000000, T0),
        (T0, T0),
        ("1735689600000", T0),
        (0, None),
        (-5, None),
        (True, None),
        (float("nan"), None),
        ("[trimmed]", None),
        ("", None),
        (10**40, None),
        ({}, None),
    ],
)
def test_times_are_read_in_any_unit_and_anything_else_is_unknown(value, nano):
    assert unix_nano(value) == nano


@given(st.integers(min_value=10**9, max_value=4 * 10**9), st.integers(0, 999_999))
def test_seconds_milliseconds_and_text_of_one_moment_agree(second, micro):
    nano = second * SECOND + micro * 1_000
    assert unix_nano(second * 1_000_000 + micro) == nano
    assert unix_nano(nano) == nano
    assert unix_nano(second * 1_000 + micro // 1_000) == second * SECOND + micro // 1_000 * 10**6


def test_input_and_output_are_made_inclusive():
    usage = counted(
        input_tokens=10,
        output_tokens=5,
        cache_read=100,
        cache_write=7,
        reasoning=3,
        total=125,
        input_excludes_cache=True,
        output_excludes_reasoning=True,
    )
    assert usage == Usage(117, 8, 100, 7, None, 3)


def test_what_is_no_count_is_unknown_and_nothing_known_is_no_usage():
    assert counted(input_tokens="x", output_tokens=-1, total=None, cost_usd=True) is None


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=20))
def test_running_totals_add_up_to_the_last_one(steps):
    meter, given_input, given_output = Meter(), 0, 0
    seen: list[Usage] = []
    for tokens_in, tokens_out in steps:
        given_input, given_output = given_input + tokens_in, given_output + tokens_out
        added = meter.added(Usage(given_input, given_output))
        seen += [added] if added is not None else []
    assert sum(usage.input_tokens or 0 for usage in seen) == given_input
    assert sum(usage.output_tokens or 0 for usage in seen) == given_output


def test_a_total_that_goes_down_begins_anew():
    meter = Meter()
    assert meter.added(Usage(100, 10)) == Usage(100, 10)
    assert meter.added(Usage(100, 10)) is None
    assert meter.added(Usage(30, 3)) == Usage(30, 3)
    assert meter.added(Usage(40, 5)) == Usage(10, 2)


def test_a_total_of_which_one_count_goes_down_begins_anew():
    meter = Meter()
    meter.added(Usage(980, 640))
    assert meter.added(Usage(1620, 240)) == Usage(1620, 240)
