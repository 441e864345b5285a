"""Folding of JSON, held against what a reader sees."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models.json_folds import JsonFolds

values = st.recursive(
    st.integers() | st.text(st.sampled_from('ab {}[]"\n\\'), max_size=6) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2)


@given(values, st.lists(st.integers(0, 400), max_size=6))
def test_what_is_folded_is_left_out_and_every_shown_character_keeps_its_place(
    value: Any, touched: list[int]
):
    text = pretty(value)
    folds = JsonFolds(text)
    for place in touched:
        folds.toggle(place % (len(folds.shown) + 1))
    shown = folds.shown
    assert shown.count("\n") <= text.count("\n")
    marks = 0
    for place, char in enumerate(shown):
        true = folds.to_text(place)
        if text[true : true + 1] == char and folds.to_shown(true) == place:
            continue
        marks += 1  # only the words of a fold stand nowhere in the text
        assert char in " ⋯0123456789,lines"
    assert marks == 0 or folds.folded
    for start in set(folds.folded):
        folds.reveal(text.find("\n", start))
    assert not folds.folded
    assert folds.shown == text


def test_a_fold_says_how_much_it_hides_and_unfolds_at_the_same_place():
    folds = JsonFolds(pretty({"a": [1, {"b": 2}], "c": "x {"}))
    assert folds.toggle(folds.text.index('"a"'))
    assert folds.shown == '{\n  "a": [ ⋯ 4 lines ],\n  "c": "x {"\n}'
    assert not folds.toggle(folds.shown.index('"c"'))
    assert folds.toggle(folds.shown.index('"a"'))
    assert folds.shown == folds.text


def test_folding_all_keeps_the_outermost_keys_and_a_match_unfolds_what_hides_it():
    folds = JsonFolds(pretty({"a": {"x": {"y": 1}}, "b": 2, "c": [3]}))
    assert folds.toggle_all()
    assert [line.split(":")[0].strip() for line in folds.shown.split("\n")] == [
        "{", '"a"', '"b"', '"c"', "}",
    ]  # fmt: skip
    assert folds.reveal(folds.text.index('"y"'))
    assert '"y": 1' in folds.shown
    assert "⋯ 1 line ]" in folds.shown
    assert folds.toggle_all()
    assert folds.shown == folds.text
