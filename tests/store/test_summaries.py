"""What is kept of every trace, against the same summed up from the spans."""

import pytest
from otlp_files import agent_trace, write
from store.test_store import batches_of
from tracetui_store import predicates as p
from tracetui_store.pricing.book import PriceBook
from tracetui_store.pricing.price_file import load_price_file
from tracetui_store.rows import TRACE_COLUMNS
from tracetui_store.store import Store
from tracetui_store.summaries import kept_traces

FAILED = p.Compare("error_count", ">", 0)
ALL_SPANS = p.Not(p.Or())
"""Holds of every span, and is no reason to read anything but spans."""


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setattr("tracetui_store.summaries.SMALLEST_SPANS", 1)
    monkeypatch.setattr("tracetui_store.summaries._MOST_STALE", 0.5)
    store = Store.temporary()
    yield store
    store.close()


@pytest.fixture
def added(store, tmp_path):
    """Return what adds traces as a source of their own."""

    def add(source_id, *traces, settled):
        path = write(tmp_path / f"{source_id}.jsonl", *(s for t in traces for s in agent_trace(t)))
        store.add_source(source_id, str(path), "otlp_json", "", None)
        (batch,) = batches_of(path, source_id)
        store.add_batch(batch, settled=settled)

    return add


def is_kept(store):
    """Return whether traces are kept and hold: all, some or none.

    Raises:
        AssertionError: If the list or totals differ from what the spans say.
    """
    with store.reader() as reader:
        columns = ", ".join(TRACE_COLUMNS)
        summed = reader.composed_table(f"SELECT {columns} FROM traces ORDER BY trace_id", {})
        assert reader.traces(sort=p.Sort("trace_id", descending=False)).equals(summed)
        assert reader.trace_count(FAILED) == sum(map(bool, summed["error_count"].to_pylist()))
        for traces in (p.EVERYTHING, FAILED):
            assert reader.totals(p.Selection(traces)) == reader.totals(
                p.Selection(traces, ALL_SPANS)
            )
        relation = kept_traces(reader)
        return "none" if relation is None else "all" if relation == "kept_traces" else "some"


def test_what_is_kept_is_right_whatever_changes_it(store, added, tmp_path):
    added(0, 1, 2, 3, 4, settled=False)
    assert is_kept(store) == "none"
    store.settle()
    store.summarise()
    assert is_kept(store) == "all"
    # A trace that is kept goes on and one is new: one in four stale is not worth summing up all.
    added(1, 4, settled=False)
    store.summarise()
    assert is_kept(store) == "some"
    added(2, 5, 6, settled=False)
    store.summarise()
    assert is_kept(store) == "all"
    store.settle()
    assert is_kept(store) == "some", "only traces that rows came to are settled anew"
    store.summarise()
    assert store.price(PriceBook())
    assert is_kept(store) == "none"
    store.summarise()
    (tmp_path / "prices.toml").write_text(
        '[[price]]\nprovider = "openai"\nmodel = "*"\ninput = 100\noutput = 200\n'
    )
    with store.reader() as reader:
        listed = reader.totals().cost_usd
        assert store.price(PriceBook(load_price_file(str(tmp_path / "prices.toml"))))
        store.summarise()
        assert is_kept(store) == "all"
        assert reader.totals().cost_usd > listed
    store.drop_sources([1, 2])
    store.summarise()
    assert is_kept(store) == "all"
    store.drop_sources([0])
    assert is_kept(store) == "none"


def test_what_is_kept_travels_with_a_cache_and_goes_when_it_is_read_on(store, added, tmp_path):
    added(0, 1, 2, 3, settled=True)
    store.summarise()
    store.publish(tmp_path / "cache", ".duckdb", {})
    (published,) = tmp_path.glob("cache-*")
    above = Store.temporary(published)
    try:
        assert is_kept(above) == "all"
        (batch,) = batches_of(write(tmp_path / "more.jsonl", *agent_trace(9)), 7)
        above.add_batch(batch)
        assert is_kept(above) == "some"
        above.drop_sources([0])
        assert is_kept(above) == "none"
        above.summarise()
        assert is_kept(above) == "all"
    finally:
        above.close()


def test_a_reader_in_between_is_told_what_held_before(store, added):
    added(0, 1, 2, settled=True)
    store.summarise()
    with store.reader() as reader:
        relation = kept_traces(reader)
        before = reader.composed_table(f"SELECT * FROM {relation} ORDER BY trace_id", {})
        added(1, 3, settled=True)
        after = reader.composed_table(f"SELECT * FROM {relation} ORDER BY trace_id", {})
        assert after.equals(before)
        assert is_kept(store) == "some"
        anew = reader.composed_table(f"SELECT * FROM {kept_traces(reader)}", {})
        assert anew.num_rows == 3


def test_nothing_is_kept_of_a_small_load(tmp_path):
    store = Store.temporary()
    try:
        (batch,) = batches_of(write(tmp_path / "small.jsonl", *agent_trace()))
        store.add_batch(batch, settled=True)
        store.summarise()
        assert is_kept(store) == "none"
    finally:
        store.close()
