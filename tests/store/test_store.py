"""The store: one writer, readers that never wait, SQL in files, and nothing left behind."""

import re
import stat
import threading
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import tracetui_store
from otlp_files import agent_trace, otlp_span, request
from store.loading import load, loaded_store
from tracetui_loaders.base import Batch, LoadError
from tracetui_loaders.formats.otlp_json import OtlpJsonLoader
from tracetui_loaders.source import Source
from tracetui_store.ingest import Ingest
from tracetui_store.pricing.book import PriceBook
from tracetui_store.sql import SETTLED, names, statement
from tracetui_store.store import Store

PACKAGE = Path(tracetui_store.__file__).parent
TOPICS = (
    "schema",
    "pricing",
    "settle",
    "ingest",
    "queries",
    "selected",
    "drop",
    "summaries",
    "reach",
    "compact",
    "console",
)


@pytest.fixture
def store():
    store = Store.temporary()
    yield store
    store.close()


def batches_of(path, source_id=0) -> list[Batch]:
    source = Source(str(path))
    try:
        return list(OtlpJsonLoader().load(source, source_id))
    finally:
        source.close()


@pytest.fixture
def three_batches(tmp_path, monkeypatch):
    """Batches of 1,024, then 4,096, then what is left."""
    monkeypatch.setattr("tracetui_loaders.batch.BATCH_SPANS", 4_096)
    path = tmp_path / "many.jsonl"
    lines = [request(otlp_span(number, trace=number % 50 + 1)) for number in range(1, 9_001)]
    path.write_text("\n".join(lines) + "\n")
    return batches_of(path)


def spans_and_progress(reader):
    """Return, in one transaction, how many spans there are and how far progress says it is."""
    totals = reader.totals()
    (file,) = reader.files()
    return totals.spans, file.spans, file.ok


def test_readers_see_whole_batches_and_nothing_of_one_that_fails(store, three_batches):
    store.add_source(0, "many", "otlp_json", "", None)
    sizes, seen = [batch.spans.num_rows for batch in three_batches], 0
    assert len(sizes) >= 3
    with store.reader() as reader:
        for batch in three_batches:
            broken = Batch(
                **{name: getattr(batch, name) for name in Batch.__slots__} | {"links": None}
            )
            with pytest.raises(AttributeError):
                store.add_batch(broken)
            assert reader.totals().spans == seen
            store.add_batch(batch)
            seen += batch.spans.num_rows
            assert spans_and_progress(reader) == (seen, seen, seen)
    assert store.count_spans() == 9_000


def test_reading_goes_on_while_a_load_writes(store, three_batches):
    store.add_source(0, "many", "otlp_json", "", None)
    boundaries = {0}
    total = 0
    for batch in three_batches:
        total += batch.spans.num_rows
        boundaries.add(total)
    seen: list[tuple[int, int]] = []
    started, finished = threading.Event(), threading.Event()

    def read():
        with store.reader() as reader:
            while not finished.is_set() or len(seen) < 3:
                counted = sum(reader.traces()["span_count"].to_pylist())
                seen.append((counted, reader.totals().spans))
                started.set()

    reading = threading.Thread(target=read)
    reading.start()
    assert started.wait(60)
    for batch in three_batches:
        store.add_batch(batch)
        store.settle()
    finished.set()
    reading.join(60)
    assert not reading.is_alive()
    assert {count for pair in seen for count in pair} <= boundaries
    assert seen == sorted(seen)


def test_a_reader_inside_a_transaction_blocks_no_writer(store, three_batches):
    store.add_source(0, "many", "otlp_json", "", None)
    store.add_batch(three_batches[0])
    with store.reader() as reader:
        reader._cursor.execute("BEGIN TRANSACTION")
        before = reader.totals().spans
        for batch in three_batches[1:]:
            store.add_batch(batch)
            store.settle()
        assert reader.totals().spans == before
        reader._cursor.execute("COMMIT")
        assert reader.totals().spans == 9_000


def test_loading_reports_progress_and_can_be_cancelled(tmp_path):
    path = tmp_path / "many.jsonl"
    lines = [request(otlp_span(number)) for number in range(1, 3_001)]
    path.write_text("\n".join(lines) + "\n")
    store = Store.temporary()
    reports = []

    def on_progress(progress):
        reports.append(progress)
        ingest.cancel()

    ingest = Ingest(store, [str(path)], on_progress)
    ingest.run()
    try:
        assert 0 < store.count_spans() < 3_000
        assert reports[0].spans == store.count_spans()
        assert reports[0].bytes_total == path.stat().st_size
    finally:
        store.close()


END = 1_760_000_000_500_000_000


def sent(number, name, end, **more):
    return otlp_span(number, name=name, **more) | {"endTimeUnixNano": str(end) if end else "0"}


@pytest.mark.parametrize(
    ("versions", "kept"),
    [
        ([("first", END), ("second", END)], "second"),
        ([("running", None), ("done", END)], "done"),
        ([("done", END), ("running", None)], "done"),
        ([("running", None), ("still running", None)], "still running"),
        ([("a", None), ("b", END), ("c", None), ("d", END), ("e", None)], "d"),
    ],
)
@pytest.mark.parametrize("in_files", [1, 2])
def test_of_a_span_sent_again_the_last_with_an_end_is_kept(tmp_path, versions, kept, in_files):
    usage = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 10}
    lines = [request(sent(1, name, end, attributes=usage)) for name, end in versions]
    lines.append(request(sent(2, "other", END)))
    if in_files == 1:
        paths = [tmp_path / "a"]
        paths[0].write_text("\n".join(lines))
    else:
        paths = [tmp_path / f"{place}" for place in range(len(lines))]
        for path, line in zip(paths, lines, strict=True):
            path.write_text(line)
    answers = load(*paths)
    assert sorted(span["name"] for span in answers.spans) == sorted([kept, "other"])
    assert (answers.totals.spans, answers.totals.input_tokens) == (2, 10)
    assert sum(file.duplicates for file in answers.files) == len(versions) - 1
    assert sum(file.spans for file in answers.files) == len(lines)


def test_one_file_given_twice_counts_once(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(request(*agent_trace(1)))
    (tmp_path / "copy.jsonl").write_text(path.read_text())
    once = load(path).totals
    assert load(path, path, str(tmp_path / "*.jsonl")).totals == once
    assert once.spans == 3


def test_one_span_id_in_two_traces_is_two_spans(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(request(otlp_span(1, trace=1), otlp_span(1, trace=2)))
    assert load(path).totals.spans == 2


def test_files_that_cannot_be_read_do_not_stop_those_that_can(tmp_path):
    (tmp_path / "good.jsonl").write_text(request(*agent_trace(1)))
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "empty").write_bytes(b"")
    answers = load(tmp_path)
    assert answers.totals.spans == 3
    states = {Path(file.path).name: (file.state, file.reason) for file in answers.files}
    assert states["good.jsonl"][0] == "done"
    assert states["bad.png"][0] == states["empty"][0] == "failed"
    assert "PNG" in states["bad.png"][1]


def test_nothing_outside_the_store_can_be_read_or_written(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    store = Store.temporary()
    try:
        with store.reader() as reader:
            for query in (
                f"SELECT * FROM read_csv('{secret}')",
                f"SELECT * FROM '{secret}'",
                f"SELECT * FROM read_text('{secret}')",
                f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
                f"ATTACH '{tmp_path / 'other.duckdb'}'",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET enable_external_access = true",
                "SET lock_configuration = false",
            ):
                with pytest.raises(duckdb.Error):
                    reader._cursor.execute(query)
    finally:
        store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_the_files_of_the_store_are_private_and_go_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store = Store.temporary()
    (directory,) = tmp_path.iterdir()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert any(directory.iterdir())
    with store.reader() as reader:
        assert reader.totals().spans == 0
        assert reader.traces().num_rows == 0
    store.close()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_text_from_traces_is_data_and_never_a_statement(tmp_path):
    hostile = "'; DROP TABLE span_rows; --"
    path = tmp_path / "a"
    path.write_text(
        request(otlp_span(1, name=hostile) | {"traceId": hostile}, otlp_span(2, name="$trace_id"))
    )
    with loaded_store(path) as store, store.reader() as reader:
        assert reader.trace_spans(hostile)["name"].to_pylist() == [hostile]
        assert reader.totals().spans == 2


def parameters(text):
    return set(re.findall(r"\$([a-z_]+)", text))


@pytest.mark.parametrize("name", [name for topic in TOPICS[1:] for name in names(topic)])
def test_every_statement_binds(store, tmp_path, name):
    path = tmp_path / "a"
    path.write_text(request(*agent_trace(1)))
    (batch,) = batches_of(path)
    cursor = store._writer
    for table in ("spans", "events", "links", "logs", "resources", "problems", "metrics"):
        cursor.register(f"batch_{table}", getattr(batch, table))
    cursor.register("wanted", pa.table({"trace_id": pa.array([], pa.string())}))
    if name != "reach/everything":
        cursor.execute(statement("reach/everything"))
    for table in SETTLED:
        found = cursor.sql(f"SELECT * EXCLUDE (settled) FROM {table}").to_arrow_table()
        cursor.register(f"found_{table}", found)
    cursor.register("priced", PriceBook().table([]))
    cursor.register("touched", cursor.sql("SELECT trace_id FROM traces").to_arrow_table())
    text = statement(name)
    if name.startswith("selected/"):
        chosen = "SELECT *, name AS value FROM " + (
            "traces" if name == "selected/trace_totals" else "spans"
        )
        text = f"WITH chosen AS ({chosen}) FROM ({text.strip().removesuffix(';')})"
    plan = cursor.execute(f"EXPLAIN {text}", dict.fromkeys(parameters(text)) or None).fetchall()
    assert plan


def test_every_statement_is_one_statement_and_is_used():
    source = "".join(path.read_text("utf-8") for path in PACKAGE.glob("*.py"))
    tables = re.search(r"_TABLES = \(([^)]*)\)", source)
    assert tables is not None
    composed = {f"selected/{name}" for name in re.findall(r"_selected\('(\w+)'\)", source)}
    by_table = {f"ingest/{table}" for table in re.findall(r'"(\w+)"', tables[1])}
    by_table |= {
        f"{of}{table}"
        for table in SETTLED
        for of in ("settle/outdate_", "settle/insert_", "settle/found_", "compact/")
    }
    for topic in TOPICS:
        for name in names(topic):
            code = re.sub(r"--[^\n]*", "", statement(name)).strip()
            assert code.count(";") == 1, name
            assert code.endswith(";"), name
            assert (
                topic == "schema" or name in by_table or name in composed or f'"{name}"' in source
            ), name
    folders = {path.name for path in (PACKAGE / "sql").iterdir()}
    assert folders == set(TOPICS)


def test_the_schema_has_the_columns_that_loaders_fill(store):
    from tracetui_loaders import schema

    for table, expected in (
        ("span_rows", schema.SPANS),
        ("events", schema.EVENTS),
        ("links", schema.LINKS),
        ("logs", schema.LOGS),
        ("resources", schema.RESOURCES),
        ("problems", schema.PROBLEMS),
        ("metrics", schema.METRICS),
    ):
        with store.reader() as reader:
            columns = [row[0] for row in reader._cursor.execute(f"DESCRIBE {table}").fetchall()]
        added = ["step"] if table == "problems" else []
        assert columns == [n for n in expected.names if n not in ("attributes", "extra")] or (
            columns == expected.names + added
        )


@pytest.mark.parametrize(("magic", "name"), [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")])
def test_compressed_data_that_cannot_be_read_at_all_is_not_called_empty(
    store, tmp_path, magic, name
):
    path = tmp_path / "broken"
    path.write_bytes(magic + b"\xff" * 100)
    with pytest.raises(LoadError, match=f"{name} data that is damaged"):
        Ingest(store, [str(path)]).run()
