"""The SQL console only reads what is loaded: whatever is asked, nothing is written or reached."""

import threading
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from otlp_files import agent_trace, request
from store.loading import loaded_store
from tracetui_store import console
from tracetui_store.console import examples, first_rows
from tracetui_store.console_check import LONGEST_SQL, place
from tracetui_store.protocol import QueryInterruptedError, SqlError, TraceReader
from tracetui_store.store import Store

WRITES = (
    "DELETE FROM own.span_rows",
    "DROP VIEW spans",
    "DROP TABLE own.span_rows",
    "UPDATE own.span_rows SET name = 'x'",
    "INSERT INTO own.meta VALUES ('a', 'b')",
    "CREATE TABLE own.mine (a INTEGER)",
    "CREATE TEMP TABLE mine (a INTEGER)",
    "CREATE MACRO mine(a) AS a",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SECRET mine (TYPE s3)",
    "ALTER TABLE own.span_rows ADD COLUMN x INTEGER",
    "TRUNCATE own.span_rows",
    "VACUUM",
    "CHECKPOINT store",
    "FORCE CHECKPOINT",
    "WITH gone AS (DELETE FROM own.span_rows RETURNING *) SELECT * FROM gone",
    "WITH put AS (INSERT INTO own.meta VALUES ('a', 'b') RETURNING *) SELECT * FROM put",
    "EXPLAIN DELETE FROM own.span_rows",
    "EXPLAIN ANALYZE DELETE FROM own.span_rows",
    "explain /* x */ analyze delete from own.span_rows",
    "EXPLAIN ANALYZE CREATE TABLE own.mine AS SELECT 1",
    "EXPLAIN ANALYZE WITH gone AS (DELETE FROM own.span_rows RETURNING *) SELECT * FROM gone",
    "SELECT * FROM checkpoint('store')",
    "SELECT * FROM force_checkpoint('store')",
    "SELECT nextval('x')",
    "SELECT write_log('x')",
    "SELECT 1; DELETE FROM own.span_rows",
    "SELECT 1; SELECT 2",
    "BEGIN",
    "COMMIT",
    "COMMIT; DELETE FROM own.span_rows",
    "PREPARE p AS DELETE FROM own.span_rows",
    "EXECUTE p",
    "CALL checkpoint('store')",
    "PRAGMA force_checkpoint",
    "SET VARIABLE a = 1",
    "USE memory",
)
REACHES = (
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "ATTACH '/tmp/other.duckdb'",
    "ATTACH ':memory:' AS other",
    "DETACH store",
    "INSTALL httpfs",
    "LOAD httpfs",
    "COPY (SELECT 1) TO '{out}'",
    "COPY own.meta FROM '/etc/passwd'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}'",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '{out}'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT content FROM read_blob('{own}')",
    "SELECT * FROM read_parquet('https://example.org/a.parquet')",
    "SELECT * FROM read_json_auto('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM system.main.glob('/etc/*')",
    "FROM \"GLOB\"('/etc/*')",
    "FROM '/etc/passwd'",
    "SELECT * FROM '/tmp/x.parquet'",
    "FROM '{own}'",
    "DESCRIBE FROM glob('/etc/*')",
    "SUMMARIZE FROM glob('/etc/*')",
    "SELECT (SELECT count(*) FROM glob('/etc/*'))",
    "SELECT * FROM traces WHERE trace_id IN (FROM glob('/etc/*'))",
    "SELECT * FROM traces ORDER BY (SELECT min(file) FROM glob('/etc/*'))",
    "SELECT * FROM traces LIMIT (SELECT count(*) FROM glob('/etc/*'))",
    "FROM traces, LATERAL (FROM glob('/etc/*'))",
    "VALUES ((SELECT count(*) FROM glob('/etc/*')))",
    "SELECT * FROM query('FROM glob(''/etc/*'')')",
    "SELECT * FROM query_table('/etc/passwd')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM enable_logging()",
    "SELECT * FROM enable_profiling()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)",
    "SELECT * FROM pandas_scan(1::POINTER)",
    "SELECT * FROM python_map_function()",
    "SELECT * FROM local_table",
    "SELECT $name",
    "SELECT ?",
)
WRONG = (
    ("SELEC 1", "syntax error", "SELEC"),
    ("SELECT 1 +", "syntax error", "+"),
    ("SELECT nope FROM spans", "nope", "nope"),
    ("EXPLAIN ANALYZE SELECT *\nFROM glob('x')", "glob", "glob"),
    ("SELECT * FROM spanz", "Did you mean", "spanz"),
    ("SELECT 'é', frobnicate(1)", "frobnicate", "frobnicate"),
    ("SELECT name,\n 'abc'::INT + 1\nFROM spans", "Could not convert", "::INT"),
    ("PIVOT spans ON kind USING count(*)", "PIVOT needs its values", None),
    ("", "there is no statement", None),
    ("-- nothing", "there is no statement", None),
    ("SELECT " + "(" * 3_000 + "1" + ")" * 3_000, "nested too deeply", None),
    ("FROM (" * 1_000 + "SELECT 1" + ")" * 1_000, "nested too deeply", None),
    ("SELECT '" + "x" * LONGEST_SQL + "'", "at most 20,000 characters", None),
    ("SELECT '\udcff' FROM spanz", "spanz", "spanz"),
)

ENDLESS = "SELECT count(*) FROM range(90000000) a, range(900000) b WHERE a.range * b.range = 7"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("console") / "a.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n" + request(*agent_trace(2, start=9_000)) + "\n")
    with loaded_store(path) as made:
        yield made


def contents(store: Store) -> list[tuple[object, ...]]:
    """Return how many rows and relations there are, and what databases."""
    return store._writer.execute(
        "SELECT (SELECT count(*) FROM own.span_rows), (SELECT count(*) FROM own.meta), "
        "(SELECT count(*) FROM duckdb_tables()), (SELECT count(*) FROM duckdb_views()), "
        "(SELECT count(*) FROM duckdb_functions()), "
        "(SELECT list(database_name ORDER BY database_name) FROM duckdb_databases()), "
        "current_setting('enable_external_access'), "
        "current_setting('lock_configuration')"
    ).fetchall()


def test_nothing_hostile_is_run_and_the_console_goes_on(store: Store, tmp_path: Path):
    local_table = pa.table({"a": [1]})
    before = contents(store)
    out = tmp_path / "out"
    with store.reader() as reader:
        for text in WRITES + REACHES:
            given = text.replace("{out}", str(out)).replace("{own}", str(store._file))
            with pytest.raises(SqlError) as refused:
                first_rows(reader.sql(given), 10)
            said = str(refused.value)
            assert 0 < len(said) < 400, text
            assert "Error" not in said, text
            assert "\n" not in said, text
            assert "/etc/passwd" not in said or "FROM '" in text, text
        assert first_rows(reader.sql("SELECT count(*) AS n FROM traces"), 10).table.to_pylist() == [
            {"n": 2}
        ]
    assert contents(store) == before
    assert not out.exists()
    assert local_table.num_rows == 1


def test_what_slips_past_the_parser_still_cannot_write_or_read_files(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(console, "checked", lambda _, text: text)
    before = contents(store)
    with store.reader() as reader:
        for text in (
            "DELETE FROM own.span_rows",
            "CREATE TABLE memory.main.mine (a INTEGER)",
            "COPY (SELECT 1) TO '/tmp/tracetui-never.csv'",
            "FROM read_text('/etc/passwd')",
            "SET enable_external_access = true",
        ):
            with pytest.raises(SqlError, match=r"only reads|reads what is loaded"):
                first_rows(reader.sql(text), 10)
    assert contents(store) == before


def test_whatever_reads_is_answered(store: Store):
    with store.reader() as reader:
        for text in (
            "FROM traces",
            "  select 1 as a ; -- done",
            "WITH t AS (SELECT kind FROM spans) SELECT kind, count(*) FROM t GROUP BY ALL",
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) FROM n",
            "VALUES (1), (2)",
            "DESCRIBE spans",
            "SHOW TABLES",
            "SUMMARIZE SELECT input_tokens FROM spans",
            "EXPLAIN SELECT * FROM spans",
            "EXPLAIN ANALYZE SELECT * FROM spans",
            "EXPLAIN (FORMAT json) SELECT 1",
            "PIVOT spans ON kind IN ('llm', 'tool') USING count(*)",
            "SELECT 'a' GLOB '*', x FROM range(3) r(x), unnest([1, 2])",
            "SELECT key FROM payloads, json_each(attributes)",
            "SELECT table_name FROM information_schema.tables",
        ):
            assert first_rows(reader.sql(text), 10).table.num_rows > 0, text
        for example in examples():
            assert first_rows(reader.sql(example.text), 10).table.num_columns > 1, example.title


def test_what_is_wrong_is_said_in_words_and_at_its_place(store: Store):
    with store.reader() as reader:
        for text, said, at in WRONG:
            with pytest.raises(SqlError, match=said) as wrong:
                first_rows(reader.sql(text), 10)
            start, length = wrong.value.start, wrong.value.length
            assert (None if start is None else text[start : start + length]) == at, text


def test_only_the_rows_that_are_wanted_are_fetched_and_the_rest_is_told(store: Store):
    with store.reader() as reader:
        endless = "SELECT a.range, b.range AS b FROM range(1000000) a, range(1000000) b"
        some = first_rows(reader.sql(endless), 3_000)
        assert (some.table.num_rows, some.truncated) == (3_000, True)
        exact = first_rows(reader.sql("FROM range(5)"), 5)
        assert (exact.table.num_rows, exact.truncated) == (5, False)
        none = first_rows(reader.sql("SELECT 1 AS a, 'x' AS b WHERE false"), 5)
        assert (none.table.column_names, none.table.num_rows) == (["a", "b"], 0)
        assert first_rows(reader.sql("FROM range(5)"), None).table.num_rows == 5


def test_a_result_that_would_not_fit_is_cut_and_one_that_grows_out_of_bounds_is_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    with store.reader() as reader:
        monkeypatch.setattr(console, "MOST_RESULT", 1 << 20)
        some = first_rows(reader.sql("SELECT repeat('x', 100) FROM range(100000)"), None)
        assert some.truncated
        assert 0 < some.table.num_rows < 100_000
        monkeypatch.setattr(console, "MOST_MEMORY", 1 << 20)
        with pytest.raises(SqlError, match="1 GiB of memory"):
            first_rows(reader.sql("SELECT list(range) FROM range(400000000)"), 1)
        assert first_rows(reader.sql("SELECT 1"), 1).table.num_rows == 1


def test_an_endless_query_is_cancelled_and_the_reader_goes_on(store: Store):
    with store.reader() as reader:
        timer = threading.Timer(0.3, reader.interrupt)
        timer.start()
        with pytest.raises(QueryInterruptedError):
            first_rows(reader.sql(ENDLESS), 1)
        assert first_rows(reader.sql("SELECT 1"), 1).table.num_rows == 1


def test_what_can_be_completed_are_the_relations_their_columns_and_functions(store: Store):
    with store.reader() as reader:
        names = reader.sql_names()
    assert ("trace_id", "varchar") in names.columns["spans"]
    assert ("cost_usd", "double") in names.columns["traces"]
    assert {"count", "quantile_cont", "json_extract"} <= set(names.functions)
    assert "read_csv" not in names.functions


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_is_answered_or_refused_in_words(store: Store, text: str):
    with store.reader() as reader:
        said = answer(reader, text)
    assert said is None or (str(said) and (said.start or 0) <= len(text) + 8)


def answer(reader: TraceReader, text: str) -> SqlError | None:
    """Return what is wrong with a query; None if it was answered."""
    try:
        first_rows(reader.sql(text), 5)
    except SqlError as error:
        return error
    return None


def test_a_place_is_a_word_of_its_own():
    assert place("FROM globe, glob('x')", "glob") == (12, 4)
    assert place("FROM globe", "glob") == (None, 0)
