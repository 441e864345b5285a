"""Queries end when they are interrupted, and a newer one takes the place of an older."""

import threading

import pytest
from store.made_spans import both
from tracetui_store.latest import LatestQuery, SupersededError
from tracetui_store.protocol import QueryInterruptedError, TraceReader, TraceStore
from tracetui_store.store import Store

ENDLESS = (
    "SELECT count(*) AS n FROM range(100000000) a, range(100000) b WHERE a.range * b.range = 7"
)


@pytest.fixture
def store():
    store = Store.temporary()
    yield store
    store.close()


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.composed_table(ENDLESS, {}),
        lambda reader: list(reader.composed_batches(ENDLESS, {}, 100)),
    ],
    ids=["table", "batches"],
)
def test_a_long_query_stops_when_it_is_interrupted_and_the_reader_goes_on(store, ask):
    with store.reader() as reader:
        timer = threading.Timer(0.2, reader.interrupt)
        timer.start()
        with pytest.raises(QueryInterruptedError):
            ask(reader)
        assert reader.totals().spans == 0


def test_an_interrupt_between_two_statements_of_a_search_ends_it():
    one = {
        "trace_id": "t",
        "span_id": "s",
        "name": "found",
        "kind": "other",
        "error": False,
        "usage_role": "none",
        "attributes": {},
        "events": [],
    }
    log = {"trace_id": "t", "span_id": "s", "event_name": "found", "body": "found"}
    with both([one], [log]) as (reader, _):
        parts = reader.search("found")
        assert next(parts).hits.num_rows == 1
        reader.interrupt()
        with pytest.raises(QueryInterruptedError):
            next(parts)
        assert sum(part.hits.num_rows for part in reader.search("found")) == 3


def test_a_newer_query_ends_the_one_under_way_and_its_answer_is_dropped(store):
    latest: LatestQuery[int] = LatestQuery()
    begun, ended = threading.Event(), []

    def slow(reader):
        begun.set()
        return reader.composed_table(ENDLESS, {}).num_rows

    def run_slow():
        try:
            latest.run(store, slow)
        except SupersededError:
            ended.append("superseded")

    thread = threading.Thread(target=run_slow)
    thread.start()
    assert begun.wait(60)
    assert latest.run(store, lambda reader: reader.totals().spans) == 0
    thread.join(60)
    assert ended == ["superseded"]


def test_an_answer_that_comes_after_a_newer_question_is_dropped(store):
    latest: LatestQuery[str] = LatestQuery()

    def overtaken(reader):
        latest.run(store, lambda _: "newer")
        return "older"

    with pytest.raises(SupersededError):
        latest.run(store, overtaken)


def test_a_cancelled_query_says_so_and_the_next_one_runs(store):
    latest: LatestQuery[int] = LatestQuery()

    def cancelled(reader):
        latest.cancel()
        return reader.totals().spans

    with pytest.raises(SupersededError):
        latest.run(store, cancelled)
    assert latest.run(store, lambda reader: reader.totals().spans) == 0


def test_the_embedded_store_fits_the_protocol(store):
    held: TraceStore = store
    with store.reader() as reader:
        asked: TraceReader = reader
        assert isinstance(asked, TraceReader)
    assert isinstance(held, TraceStore)
