import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders.actions import (
    action_digest,
    canonical,
    masked,
    numbers_digest,
    result_digest,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("job 123e4567-e89b-12d3-a456-426614174000 done", "job <uuid> done"),
        ("at 2026-01-02T10:00:00.123Z", "at <timestamp>"),
        ("took 61.9 ms", "took <duration>"),
        ("since 1700543411", "since <epoch>"),
        ("commit 40d7355b2e700d6e", "commit <hex>"),
        ("<object at 0x7f3a2c1d>", "<object at <address>>"),
        ("wrote /tmp/run-17/out.json", "wrote <temporary>"),
        ("killed pid 4711", "killed <number>"),
        ("reset (request 385524)", "reset (<number>)"),
        ("Step 3 of 12: read", "<step>: read"),
        ("two  words\n here", "two words here"),
        ("page 7, 42 rows, file2.py", "page 7, 42 rows, file2.py"),
    ],
)
def test_what_changes_from_call_to_call_is_masked(text, expected):
    assert masked(text) == expected


def test_arguments_are_the_same_whatever_the_order_of_keys_and_the_ids():
    one = canonical({"q": "x", "n": 1, "request_id": "a"})
    assert one == canonical(json.dumps({"tool_call_id": "b", "n": 1, "q": "x"}))
    assert one == '{"n":1,"q":"x"}'


def test_an_id_that_says_what_is_meant_stays():
    assert canonical({"order_id": "W1"}) != canonical({"order_id": "W2"})


@pytest.mark.parametrize("key", ["cursor", "page", "offset", "start_line", "range", "next_page"])
def test_places_are_never_masked(key):
    assert canonical({key: "ac579af50a0ab0cf"}) != canonical({key: "c3d0d01df4570b36"})


def test_a_result_that_was_not_captured_has_no_digest_and_an_empty_one_has():
    assert result_digest(None) is None
    assert numbers_digest(None) is None
    assert result_digest("") is not None


def test_numbers_of_results_tell_progress_from_repetition():
    assert numbers_digest("running, 7 percent") != numbers_digest("running, 14 percent")
    assert numbers_digest("took 3 ms: 7") == numbers_digest("took 9 ms: 7")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_arguments_have_a_digest_that_is_the_same_again(arguments):
    digest = action_digest("tool", "t", arguments)
    assert digest == action_digest("tool", "t", arguments)
    assert -(2**63) <= digest < 2**63
    assert digest


@given(st.text())
def test_masking_twice_is_masking_once_at_most_in_length(text):
    assert len(masked(masked(text))) <= len(masked(text)) + 64


def test_arguments_of_any_depth_have_a_digest():
    deep = {}
    for _ in range(100_000):
        deep = {"inner": deep}
    assert action_digest("tool", "t", deep)
    assert action_digest("tool", "t", '{"a":' * 100_000)
