"""DuckDB files with span columns are read like Parquet, and can do nothing but be read."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from store.loading import load
from tracetui_loaders.base import LoadError

TRACE, ROOT, CHILD = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
START = 1_732_147_200_000_000_001
COLUMNS = """
CREATE TABLE otel_traces (
    "Timestamp" TIMESTAMP_NS, TraceId VARCHAR, SpanId VARCHAR, ParentSpanId VARCHAR,
    SpanName VARCHAR, SpanKind VARCHAR, ServiceName VARCHAR,
    ResourceAttributes MAP(VARCHAR, VARCHAR), ScopeName VARCHAR,
    SpanAttributes MAP(VARCHAR, VARCHAR), Duration BIGINT, StatusCode VARCHAR,
    StatusMessage VARCHAR, "Events.Timestamp" TIMESTAMP_NS[], "Events.Name" VARCHAR[],
    "Events.Attributes" MAP(VARCHAR, VARCHAR)[]
);
INSERT INTO otel_traces VALUES
    (make_timestamp_ns(1732147200000000001), '0af7651916cd43dd8448eb211c80319c',
     'b7ad6b7169203331', '', 'invoke_agent', 'Internal', 'shop',
     MAP {'deployment': 'test'}, 'my.scope', MAP {'gen_ai.operation.name': 'invoke_agent'},
     2000000000, 'Unset', '', [], [], []),
    (make_timestamp_ns(1732147200000000002), '0af7651916cd43dd8448eb211c80319c',
     '00f067aa0ba902b7', 'b7ad6b7169203331', 'chat', 'Client', 'shop', MAP {}, 'my.scope',
     MAP {'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': '12',
          'gen_ai.usage.output_tokens': '3', 'gen_ai.request.model': 'gpt-4o'},
     1000000000, 'Error', 'quota', [make_timestamp_ns(1732147200000000007)], ['exception'],
     [MAP {'exception.type': 'RateLimit'}]);
"""


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "traces.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER)")
        connection.execute(COLUMNS)
        connection.execute("CREATE VIEW passwords AS SELECT * FROM read_text('/etc/hostname')")
    return path


def checked(answers):
    root, chat = sorted(answers.spans, key=lambda span: span["start_time_unix_nano"])
    assert (root["span_id"], root["parent_span_id"], root["kind"]) == (ROOT, None, "agent")
    assert (root["start_time_unix_nano"], root["end_time_unix_nano"]) == (
        START,
        START + 2_000_000_000,
    )
    assert (chat["parent_span_id"], chat["kind"], chat["otel_kind"]) == (ROOT, "llm", "CLIENT")
    assert (chat["input_tokens"], chat["output_tokens"], chat["service_name"]) == (12, 3, "shop")
    assert (chat["status"], chat["error_type"], chat["event_count"]) == ("ERROR", "RateLimit", 1)
    assert chat["trace_id"] == TRACE


def test_a_duckdb_file_of_an_exporter_loads(database):
    answers = load(database)
    assert answers.files[0].format == "duckdb_file"
    checked(answers)


def test_the_same_table_as_parquet_gives_the_same_spans(database, tmp_path):
    with duckdb.connect(str(database), read_only=True) as connection:
        table = connection.sql("SELECT * FROM otel_traces").to_arrow_table()
    pq.write_table(table, tmp_path / "traces.parquet")
    checked(load(tmp_path / "traces.parquet"))


def test_reading_leaves_the_file_as_it_is(database):
    before = database.read_bytes()
    load(database)
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_duckdb_file_without_spans_says_what_it_has(tmp_path):
    path = tmp_path / "notes.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER, remark VARCHAR)")
    with pytest.raises(LoadError, match=r"no span columns.*id, remark"):
        load(path)


def test_a_damaged_duckdb_file_is_refused_with_a_reason(database):
    data = database.read_bytes()
    database.write_bytes(data[: len(data) // 2])
    with pytest.raises(LoadError, match="cannot be read"):
        load(database)


def test_an_openinference_dataframe_loads_from_parquet(tmp_path):
    row = {
        "name": "ChatCompletion",
        "span_kind": "LLM",
        "parent_id": None,
        "start_time": pa.scalar(START, pa.timestamp("ns", "UTC")),
        "end_time": pa.scalar(START + 5, pa.timestamp("ns", "UTC")),
        "status_code": "OK",
        "context.span_id": CHILD,
        "context.trace_id": TRACE,
        "attributes.llm.model_name": "gpt-4o",
        "attributes.llm.token_count.prompt": 8.0,
        "attributes.llm.input_messages": [
            {"message.role": "user", "message.content": "hello", "message.name": None}
        ],
    }
    table = pa.table({name: pa.array([value]) for name, value in row.items()})
    pq.write_table(table, tmp_path / "phoenix.parquet")
    (span,) = load(tmp_path / "phoenix.parquet").spans
    assert (span["kind"], span["input_tokens"]) == ("llm", 8)
    assert (span["start_time_unix_nano"], span["end_time_unix_nano"]) == (START, START + 5)


def test_a_parquet_file_that_is_cut_off_or_has_no_spans_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(LoadError, match=r"no span columns.*its columns: a"):
        load(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(LoadError, match="cannot be read"):
        load(path)
