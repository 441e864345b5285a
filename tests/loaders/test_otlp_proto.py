"""OTLP protobuf: one request, or requests with their lengths, told apart by content."""

import pytest
from loaders.loading import NotReadError, load_bytes
from loaders.otlp_encoding import any_value, key_values, message
from otlp_files import otlp_span
from tracetui_loaders.source import HEAD_BYTES

SPAN = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}


def traces(*names, **fields):
    spans = [otlp_span(number, name=name, trace=7) | fields for number, name in enumerate(names, 1)]
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": key_values({"service.name": "travel"})},
                "scopeSpans": [{"scope": {"name": "tests", "version": "1"}, "spans": spans}],
            }
        ]
    }


def logs():
    record = {"timeUnixNano": "5", "body": any_value("hi"), "severityNumber": 9, **SPAN}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def metrics():
    from google.protobuf import json_format
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
        ExportMetricsServiceRequest,
    )

    point = {"asInt": "3", "timeUnixNano": "5"}
    body = {
        "resourceMetrics": [
            {"scopeMetrics": [{"metrics": [{"name": "m", "gauge": {"dataPoints": [point]}}]}]}
        ]
    }
    return json_format.ParseDict(body, ExportMetricsServiceRequest()).SerializeToString()


def frame(*names, **fields):
    return message(traces(*names, **fields)).SerializeToString()


def varint(number):
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def big_endian(number):
    return number.to_bytes(4, "big")


LENGTHS = [big_endian, varint]


def delimited(length, *frames):
    return b"".join(length(len(item)) + item for item in frames)


@pytest.mark.parametrize("name", ["traces.pb", "traces.jsonl", "traces.json", "traces"])
def test_a_single_request_is_read_whatever_its_name(tmp_path, name):
    loaded = load_bytes(tmp_path, frame("a", "b"), name)
    assert (loaded.format, loaded.names) == ("otlp_proto", ["a", "b"])
    span = loaded.spans[0]
    assert (span["service_name"], span["scope_name"], span["scope_version"]) == (
        "travel",
        "tests",
        "1",
    )
    assert (span["trace_id"], span["span_id"]) == (f"{7:032x}", f"{1:016x}")


@pytest.mark.parametrize("length", LENGTHS)
def test_requests_with_their_lengths_are_read_in_order(tmp_path, length):
    data = delimited(length, frame("a"), b"", frame("b", "c"), frame("d" * 400))
    loaded = load_bytes(tmp_path, data)
    assert loaded.names == ["a", "b", "c", "d" * 400]
    assert loaded.problems == []
    offsets = sorted({span["byte_offset"] for span in loaded.spans})
    assert offsets[0] == len(length(len(frame("a"))))
    assert len(offsets) == 3


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("cut", [1, 9, 60])
def test_a_torn_last_message_is_a_tail(tmp_path, length, cut):
    data = delimited(length, frame("a"), frame("b"))
    loaded = load_bytes(tmp_path, data[:-cut])
    assert loaded.names == ["a"]
    (problem,) = loaded.problems
    assert problem["kind"] == "tail"
    assert problem["byte_offset"] == len(delimited(length, frame("a")))


@pytest.mark.parametrize("length", LENGTHS)
def test_a_broken_message_in_the_middle_is_rejected_alone(tmp_path, length):
    broken = b"\x0a\xff\xff\xff" * 20
    good = [frame(f"s{number}") for number in range(9)]
    loaded = load_bytes(tmp_path, delimited(length, *good, broken, frame("z")))
    assert loaded.names == [*(f"s{number}" for number in range(9)), "z"]
    assert loaded.kinds() == ["rejected"]


@pytest.mark.parametrize("length", [bytes, *LENGTHS])
def test_a_first_message_larger_than_the_head_is_recognised(tmp_path, length):
    long = [{"key": "x", "value": {"stringValue": "y" * (2 * HEAD_BYTES)}}]
    data = frame("big", attributes=long)
    rest = frame("small")
    whole = data if length is bytes else delimited(length, data, rest)
    loaded = load_bytes(tmp_path, whole)
    assert loaded.names == (["big"] if length is bytes else ["big", "small"])


def test_logs_and_metrics_are_not_mistaken_for_traces(tmp_path):
    loaded = load_bytes(tmp_path, message(logs()).SerializeToString())
    assert (loaded.spans, len(loaded.logs), loaded.metric_points) == ([], 1, 0)
    assert loaded.logs[0]["trace_id"] == SPAN["traceId"]
    loaded = load_bytes(tmp_path, metrics())
    assert (loaded.spans, loaded.logs, loaded.metric_points) == ([], [], 1)


def test_all_three_signals_may_share_a_file(tmp_path):
    frames = (frame("a"), message(logs()).SerializeToString(), metrics(), frame("b"))
    loaded = load_bytes(tmp_path, delimited(big_endian, *frames))
    assert (loaded.names, len(loaded.logs), loaded.metric_points) == (["a", "b"], 1, 1)


def test_zero_and_absent_ids_are_absent(tmp_path):
    loaded = load_bytes(
        tmp_path, frame("a", "b", traceId="0" * 32, spanId="", parentSpanId="0" * 16)
    )
    assert len({span["trace_id"] for span in loaded.spans}) == 2
    assert {span["parent_span_id"] for span in loaded.spans} == {None}
    assert loaded.kinds() == ["note", "note"]


def test_values_are_as_in_the_json_encoding(tmp_path):
    sent = {"s": "x", "i": -(1 << 63), "d": 1.5, "b": False, "l": [1, None, "x"], "m": {"k": 2}}
    attributes = [
        *key_values(sent),
        {"key": "nan", "value": {"doubleValue": "NaN"}},
        {"key": "raw", "value": {"bytesValue": "AAE="}},
        {"key": "none", "value": {}},
    ]
    loaded = load_bytes(tmp_path, frame("a", attributes=attributes))
    assert loaded.attributes == {**sent, "nan": "NaN", "raw": {"bytesValue": "AAE="}, "none": None}


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a\x0a" + b"\x00" * 10,
        b"\x0a" + b"\xff" * 30,
        frame("a")[:-5],
        b"\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x01\x02\x03",
        b"\x0ahello, this begins with a newline\n",
    ],
)
def test_what_only_begins_like_protobuf_is_refused(tmp_path, data):
    with pytest.raises(NotReadError):
        load_bytes(tmp_path, data)


def test_no_change_of_bytes_raises(tmp_path):
    data = delimited(big_endian, frame("a"), frame("b"))
    for place in range(0, len(data), 3):
        changed = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        try:
            loaded = load_bytes(tmp_path, changed)
        except NotReadError:
            continue
        assert len(loaded.spans) + len(loaded.problems) >= 1
