"""SQLite databases: Phoenix's tables and dataframes; damage is a reason, and nothing is written."""

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.loading import load_file, load_with
from loaders.span_samples import CHILD, PHOENIX, ROOT, START, TRACE
from tracetui_loaders.base import LoadError


def phoenix(path):
    """Write a database with Phoenix's tables, of one trace."""
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            CREATE TABLE traces (id INTEGER PRIMARY KEY, project_rowid INTEGER, trace_id TEXT);
            CREATE TABLE spans (
                id INTEGER PRIMARY KEY, trace_rowid INTEGER, span_id TEXT, parent_id TEXT,
                name TEXT, span_kind TEXT, start_time TIMESTAMP, end_time TIMESTAMP,
                attributes JSON, events JSON, status_code TEXT, status_message TEXT
            );
            CREATE VIEW shown AS SELECT span_id, name FROM spans;
            """
        )
        connection.execute("INSERT INTO traces VALUES (7, 1, ?)", (TRACE,))
        times = ("2024-11-21 00:00:00.000000", "2024-11-21 00:00:02.000000")
        attributes = json.dumps(PHOENIX["attributes"])
        connection.execute(
            "INSERT INTO spans VALUES (1, 7, ?, ?, 'ChatCompletion', 'LLM', ?, ?, ?, ?, 'OK', '')",
            (CHILD, ROOT, *times, attributes, "[]"),
        )
    connection.close()
    return path


def test_a_phoenix_database_says_what_its_json_export_says(tmp_path):
    path = phoenix(tmp_path / "phoenix.db")
    before = path.read_bytes()
    loaded = load_file(path)
    exported = load_with("phoenix", tmp_path, json.dumps(PHOENIX).encode())
    assert loaded.format == "sqlite_spans"
    (span,), (other,) = loaded.spans, exported.spans
    same = ("trace_id", "span_id", "parent_span_id", "name", "kind", "input_tokens", "session_id")
    assert {name: span[name] for name in same} == {name: other[name] for name in same}
    assert json.loads(span["attributes"]) == json.loads(other["attributes"])
    assert span["start_time_unix_nano"] == START
    assert path.read_bytes() == before
    assert {item.name for item in tmp_path.iterdir()} == {"phoenix.db", "traces"}


def test_a_dataframe_saved_as_a_table_has_pythons_lists_read(tmp_path):
    path = tmp_path / "frame.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            'CREATE TABLE t ("context.trace_id" TEXT, "context.span_id" TEXT, name TEXT, '
            'start_time TEXT, span_kind TEXT, "attributes.llm.input_messages" TEXT, '
            '"attributes.llm.token_count.prompt" REAL)'
        )
        messages = str([{"message.role": "user", "message.content": "it's"}])
        connection.execute(
            "INSERT INTO t VALUES (?, ?, 'x', '2024-11-21', 'llm', ?, 8.0)",
            (TRACE, CHILD, messages),
        )
    connection.close()
    (span,) = load_file(path).spans
    assert json.loads(span["attributes"]) == {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "it's",
        "llm.token_count.prompt": 8.0,
        "openinference.span.kind": "LLM",
    }
    assert (span["kind"], span["input_tokens"]) == ("llm", 8)


def test_a_database_without_spans_names_its_tables(tmp_path):
    path = tmp_path / "notes.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER)")
    connection.close()
    with pytest.raises(LoadError, match=r"no table with span columns.*its tables: notes"):
        load_file(path)


@given(st.data())
def test_a_damaged_database_is_read_or_refused_with_a_reason(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(phoenix(folder / "phoenix.db").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(16, len(whole) - 1))
        whole[at : at + 3] = data.draw(st.binary(max_size=4))
    try:
        loaded = load_with("sqlite_spans", folder, bytes(whole))
    except LoadError as error:
        assert "SQLite" in str(error)  # noqa: PT017 - either is right
    else:
        assert len(loaded.spans) <= 1
