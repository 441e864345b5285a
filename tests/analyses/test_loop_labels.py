import pytest
from shared_data import shared

from benchmarks import loops


@pytest.fixture(scope="module")
def measured():
    """The table and the bars on the labelled runs."""
    return loops.measure(shared("corpora/loop-labels"))


def test_detection_holds_the_bars_of_every_label_set(measured):
    _, bars = measured
    assert len(bars) == 4
    assert [bar.what for bar in bars if not bar.passed] == []


def test_plain_rules_stand_beside_in_the_table(measured):
    table, _ = measured
    for rule in ("tracetui", "3 identical in a row", "length >= 30"):
        assert table.count(f"| {rule} |") == 3
