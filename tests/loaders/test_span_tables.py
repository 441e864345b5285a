"""Tables of any columns and any damage: spans, or a reason; never an exception."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from loaders.loading import load_bytes, load_with
from loaders.span_samples import CHILD, ROOT, START, TRACE
from tracetui_loaders.base import LoadError
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.table_rows import add_row, field_of, table_kind

COLUMNS = {
    "Timestamp": pa.array([START, START + 5], pa.timestamp("ns", "UTC")),
    "TraceId": pa.array([bytes.fromhex(TRACE)] * 2, pa.binary()),
    "SpanId": pa.array([bytes.fromhex(ROOT), bytes.fromhex(CHILD)], pa.binary(8)),
    "ParentSpanId": pa.array([None, bytes.fromhex(ROOT)], pa.binary()),
    "SpanName": pa.array(["invoke_agent", "chat"]).dictionary_encode(),
    "SpanKind": ["SPAN_KIND_SERVER", "Client"],
    "ServiceName": ["shop", "shop"],
    "SpanAttributes": ['{"gen_ai.operation.name":"invoke_agent"}', "not JSON"],
    "Duration": pa.array([3_000, 2_000], pa.duration("us")),
    "StatusCode": ["STATUS_CODE_OK", "Error"],
    "Events": pa.array(
        [[], [{"Timestamp": START + 1, "Name": "e", "Attributes": [("k", "v")]}]],
        pa.list_(
            pa.struct(
                [
                    ("Timestamp", pa.timestamp("ns")),
                    ("Name", pa.string()),
                    ("Attributes", pa.map_(pa.string(), pa.string())),
                ]
            )
        ),
    ),
    "Links": [[{"TraceId": TRACE, "SpanId": CHILD, "Attributes": "{}"}], []],
}
VALUES = (
    st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.text(max_size=3) | st.integers(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)
    | st.sampled_from(["{", "[", '{"a": 1}', "[1]", b"\x00", "0", "1e400", True])
)
FIELDS = (
    *("trace_id", "span_id", "parent_id", "name", "kind", "start_time", "timestamp", "end_time"),
    *("duration_ns", "duration_ms", "status_code", "status", "attributes", "attributes.llm"),
    *("resource_attributes", "service.name", "scope_name", "events", "events.name", "links"),
    *("events.timestamp", "events.attributes", "links.span_id", "body", "severity_number"),
    *("metric_name", "value", "count", "bounds", "buckets", "monotonic", "temporality"),
)


def parquet(columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_the_columns_of_an_exporter_become_spans_whatever_their_types(tmp_path):
    loaded = load_bytes(tmp_path, parquet(COLUMNS), "x.parquet")
    agent, chat = loaded.spans
    assert (agent["trace_id"], agent["span_id"], agent["parent_span_id"]) == (TRACE, ROOT, None)
    assert (agent["kind"], agent["otel_kind"], agent["status"]) == ("agent", "SERVER", "OK")
    assert agent["end_time_unix_nano"] - agent["start_time_unix_nano"] == 3_000_000
    assert (chat["start_time_unix_nano"], chat["parent_span_id"]) == (START + 5, ROOT)
    assert (chat["status"], chat["service_name"], chat["otel_kind"]) == ("ERROR", "shop", "CLIENT")
    (event,) = loaded.events
    assert (event["name"], event["time_unix_nano"]) == ("e", START + 1)
    assert json.loads(event["attributes"]) == {"k": "v"}
    assert loaded.links[0]["span_id"] == CHILD


def test_rows_without_ids_are_rejected_and_counted(tmp_path):
    columns = {
        "TraceId": [TRACE, None, None],
        "SpanId": [CHILD, None, None],
        "SpanName": list("abc"),
    }
    loaded = load_bytes(tmp_path, parquet(columns))
    assert loaded.names == ["a"]
    assert [problem["message"][:6] for problem in loaded.problems] == ["2 rows"]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("TraceId", "trace_id"),
        ("context.trace_id", "trace_id"),
        ("PARENT_SPAN_ID", "parent_id"),
        ("Events.Timestamp", "events.timestamp"),
        ("EventsTimestamp", "events.timestamp"),
        ("start_time_unix_nano", "start_time"),
        ("attributes.llm.model_name", "attributes.llm.model_name"),
        ("shoe_size", None),
    ],
)
def test_a_column_is_known_whatever_its_case_and_separators(column, field):
    assert field_of(column) == field


@examples(100)
@given(
    st.dictionaries(st.sampled_from(FIELDS), VALUES), st.sampled_from(["spans", "logs", "metrics"])
)
def test_any_row_is_read_or_refused(row, kind):
    builder = BatchBuilder(0)
    added = add_row(kind, row, builder)
    batch = builder.flush(0)
    assert batch.spans.num_rows + batch.logs.num_rows + batch.metrics.num_rows == added
    assert table_kind(row) in (None, "spans", "logs", "metrics")


@given(st.data())
def test_damaged_parquet_is_read_or_refused_with_a_reason(tmp_path_factory, data):
    whole = bytearray(parquet(COLUMNS))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(4, len(whole) - 1))
        whole[at : at + 2] = data.draw(st.binary(max_size=3))
    try:
        loaded = load_with("otel_parquet", tmp_path_factory.getbasetemp(), bytes(whole))
    except LoadError as error:
        assert "Parquet" in str(error)  # noqa: PT017 - either is right
    else:
        assert len(loaded.spans) <= 2
