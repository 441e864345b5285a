"""Protobuf requests written as OTLP JSON say exactly what they said."""

import base64
import json
import math

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tracetui.receiver.bodies import NO_IDS, SIGNALS, read_json, read_protobuf
from tracetui.receiver.refusals import Refusal

_IDS = {"traceId", "spanId", "parentSpanId"}
_FIXED = 1_790_000_000_123_456_789


def fill(message, depth=0):
    """Set every field of a message to something that is not its default."""
    for field in message.DESCRIPTOR.fields:
        # A field of a choice would take the place of the one before: they are set by hand.
        if field.containing_oneof and not field.has_presence:
            continue
        if field.message_type is None:
            value = {
                "TYPE_STRING": f"{field.name} é\n\u2028",
                "TYPE_BYTES": bytes(range(1, 9 if field.name.endswith("span_id") else 17)),
                "TYPE_DOUBLE": -1.5,
                "TYPE_FIXED64": _FIXED,
                "TYPE_UINT64": 2**63 + 1,
                "TYPE_SFIXED64": -(2**62),
                "TYPE_INT64": -(2**62),
                "TYPE_SINT32": -3,
                "TYPE_ENUM": 2,
                "TYPE_BOOL": True,
            }.get(_type_name(field), 7)
            if field.is_repeated:
                getattr(message, field.name).extend([value, value])
            elif not _in_choice(field):
                setattr(message, field.name, value)
        elif field.message_type.name == "AnyValue":
            _fill_value(getattr(message, field.name))
        elif field.message_type.name == "KeyValue":
            _fill_attributes(getattr(message, field.name))
        elif not _in_choice(field) and field.name not in _NOT_KEPT:
            part = getattr(message, field.name)
            fill(part.add() if field.is_repeated else part, depth + 1)
    return message


_NOT_KEPT = {"entity_refs"}
"""Of resources: nothing reads them, and they are still in development."""


def _type_name(field):
    return next(name for name in dir(field) if name.startswith("TYPE_") and _is(field, name))


def _is(field, name):
    return getattr(field, name) == field.type


def _in_choice(field):
    choice = field.containing_oneof
    return choice is not None and not choice.name.startswith("_")


def _fill_value(value):
    values = value.kvlist_value.values
    values.add(key="text").value.string_value = ""
    values.add(key="whole").value.int_value = -(2**63)
    values.add(key="false").value.bool_value = False
    values.add(key="zero").value.double_value = 0.0
    values.add(key="nan").value.double_value = math.inf
    values.add(key="bytes").value.bytes_value = b"\xff\x00"
    values.add(key="list").value.array_value.values.add().string_value = "x"
    values.add(key="unset").value.SetInParent()


def _fill_attributes(attributes):
    _fill_value(attributes.add(key="all").value)
    attributes.add(key="text").value.string_value = "said"


def as_protobuf_json(value):
    """Return OTLP JSON as protobuf's own mapping writes it: ids as base64."""
    if isinstance(value, list):
        return [as_protobuf_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode()
        if key in _IDS
        else as_protobuf_json(item)
        for key, item in value.items()
    }


def metrics_of_every_kind():
    message = fill(ExportMetricsServiceRequest())
    metric = message.resource_metrics[0].scope_metrics[0].metrics[0]
    metrics = message.resource_metrics[0].scope_metrics[0].metrics
    for kind in ("gauge", "sum", "histogram", "exponential_histogram", "summary"):
        copy = metrics.add()
        copy.CopyFrom(metric)
        fill(getattr(copy, kind))
        point = getattr(copy, kind).data_points[0]
        if kind in ("gauge", "sum"):
            point.as_int = 0
        if kind == "histogram":
            point.exemplars[0].as_double = 0.5
    return message


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        ("traces", fill(ExportTraceServiceRequest())),
        ("logs", fill(ExportLogsServiceRequest())),
        ("metrics", metrics_of_every_kind()),
    ],
    ids=["traces", "logs", "metrics"],
)
def test_nothing_is_lost_or_changed_on_the_way_from_protobuf(signal, message):
    content = read_protobuf(SIGNALS[signal], message.SerializeToString())
    assert b"\n" not in content.line
    back = json_format.ParseDict(as_protobuf_json(json.loads(content.line)), type(message)())
    assert back == message
    # And it is a request like any that is sent as JSON.
    again = read_json(SIGNALS[signal], content.line)
    assert again == content


def test_ids_are_hex_and_whole_numbers_are_text():
    message = fill(ExportTraceServiceRequest())
    line = read_protobuf(SIGNALS["traces"], message.SerializeToString()).line
    span = json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert span["traceId"] == "0102030405060708090a0b0c0d0e0f10"
    assert span["spanId"] == "0102030405060708"
    assert span["startTimeUnixNano"] == str(_FIXED)
    assert span["kind"] == 2


def spans_some_without_ids():
    message = ExportTraceServiceRequest()
    spans = message.resource_spans.add().scope_spans.add().spans
    spans.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, name="whole")
    spans.add(trace_id=b"\x00" * 16, span_id=b"\x02" * 8, name="zeros")
    spans.add(trace_id=b"\x01" * 16, name="no span id")
    spans.add(trace_id=b"\x01" * 15, span_id=b"\x02" * 8, name="short")
    return message


def test_spans_without_ids_are_left_out_and_counted():
    content = read_protobuf(SIGNALS["traces"], spans_some_without_ids().SerializeToString())
    assert (content.records, content.refused_spans) == ({"spans": 1}, {NO_IDS: 3})
    assert [name for name in ("whole", "zeros", "short") if name.encode() in content.line] == [
        "whole"
    ]


def test_a_json_request_keeps_what_nobody_here_knows():
    sent = (
        b'{ "resourceSpans": [{"scopeSpans": [{"spans": [ {"traceId": "'
        + b"ab" * 16
        + b'", "spanId": "'
        + b"cd" * 8
        + b'", "novel": [1.50, 12345678901234567890]}, {"name": "no ids"}]}]}]}'
    )
    content = read_json(SIGNALS["traces"], sent)
    assert (content.records, content.refused_spans) == ({"spans": 1}, {NO_IDS: 1})
    whole = read_json(SIGNALS["traces"], sent.replace(b', {"name": "no ids"}', b""))
    assert b'"novel":[1.50,12345678901234567890]' in whole.line


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"resourceLogs": []}', "belongs to /v1/logs"),
        (b'{"resource_spans": []}', "there is no resourceSpans"),
        (b'{"resourceSpans": 7}', "resourceSpans"),
        (b"[]", "not an OTLP JSON request"),
        (b'{"resourceSpans": [', "not an OTLP JSON request"),
        (b'{"x":' * 5_000, "not an OTLP JSON request"),
        (b"", "not an OTLP JSON request"),
    ],
    ids=["logs", "snake", "number", "list", "cut off", "deep", "nothing"],
)
def test_what_is_no_request_is_refused_in_words(body, said):
    with pytest.raises(Refusal, match=said) as refusal:
        read_json(SIGNALS["traces"], body)
    assert (refusal.value.status, refusal.value.reason) == (400, "malformed")
