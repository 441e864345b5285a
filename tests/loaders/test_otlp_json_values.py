"""Ids, enums, numbers and attribute values as producers of OTLP JSON write them (FORMATS §1)."""

import base64
import json

import pytest
from loaders.loading import load_bytes
from otlp_files import otlp_span, request

TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "ab" * 8


def with_fields(**fields):
    span = otlp_span(1, name="s") | fields
    return {key: value for key, value in span.items() if value is not Ellipsis}


def load_span(folder, **fields):
    loaded = load_bytes(folder, request(with_fields(**fields)))
    (span,) = loaded.spans
    return span


def load_value(folder, value):
    loaded = load_bytes(folder, request(with_fields(attributes=[{"key": "x", "value": value}])))
    assert loaded.lines.ok == 1
    return loaded.attributes["x"]


def as_base64(hexadecimal):
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


@pytest.mark.parametrize(
    "form", [str, str.upper, "0x{}".format, as_base64], ids=["hex", "upper", "0x", "base64"]
)
def test_ids_are_lower_case_hex_however_they_were_sent(tmp_path, form):
    span = load_span(tmp_path, traceId=form(TRACE), spanId=form(SPAN), parentSpanId=form(PARENT))
    assert (span["trace_id"], span["span_id"], span["parent_span_id"]) == (TRACE, SPAN, PARENT)


def test_ids_of_wrong_length_stay_as_they_are(tmp_path):
    span = load_span(tmp_path, traceId="trace-1", spanId="abc", parentSpanId="Root")
    assert (span["trace_id"], span["span_id"], span["parent_span_id"]) == ("trace-1", "abc", "Root")


def test_ids_that_are_numbers_are_kept_as_text(tmp_path):
    span = load_span(tmp_path, traceId=123, spanId=-7, parentSpanId=9)
    assert (span["trace_id"], span["span_id"], span["parent_span_id"]) == ("123", "-7", "9")


@pytest.mark.parametrize("zero", ["0" * 32, "A" * 22 + "==", "", None])
def test_spans_without_a_trace_id_get_a_trace_each(tmp_path, zero):
    spans = [otlp_span(number) | {"traceId": zero} for number in (1, 2)]
    loaded = load_bytes(tmp_path, request(*spans))
    assert len({span["trace_id"] for span in loaded.spans}) == 2
    assert loaded.kinds() == ["note", "note"]


@pytest.mark.parametrize("parent", ["", None, "0" * 16, ..., as_base64("00" * 8)])
def test_an_empty_or_zero_parent_is_a_root(tmp_path, parent):
    assert load_span(tmp_path, parentSpanId=parent)["parent_span_id"] is None


def test_a_parent_that_is_not_in_the_file_is_kept(tmp_path):
    assert load_span(tmp_path, parentSpanId=PARENT)["parent_span_id"] == PARENT


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (3, "CLIENT"),
        ("SPAN_KIND_CLIENT", "CLIENT"),
        ("3", "CLIENT"),
        ("client", "CLIENT"),
        (0, None),
        ("SPAN_KIND_UNSPECIFIED", None),
        (..., None),
        (None, None),
        (77, None),
        ("SPAN_KIND_NEW", None),
    ],
)
def test_the_kind_may_be_a_number_a_name_or_missing(tmp_path, kind, expected):
    assert load_span(tmp_path, kind=kind)["otel_kind"] == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"code": 2}, "ERROR"),
        ({"code": "STATUS_CODE_ERROR"}, "ERROR"),
        ({"code": 1}, "OK"),
        ({"code": "STATUS_CODE_UNSET"}, "UNSET"),
        ({}, "UNSET"),
        (None, "UNSET"),
        (..., "UNSET"),
        ({"code": 9}, "UNSET"),
    ],
)
def test_the_status_may_be_a_number_a_name_or_missing(tmp_path, status, expected):
    span = load_span(tmp_path, status=status)
    assert (span["status"], span["error"]) == (expected, expected == "ERROR")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("1760000000123456789", 1760000000123456789),
        (1760000000123456789, 1760000000123456789),
        (1.76e18, 1760000000000000000),
        ("1.76e18", 1760000000000000000),
        ("0", None),
        (0, None),
        (..., None),
        (None, None),
        ("", None),
        ("soon", None),
        (-5, None),
        (1 << 70, None),
        ("9" * 5_000, None),
    ],
)
def test_times_are_nanoseconds_or_unknown(tmp_path, sent, expected):
    span = load_span(tmp_path, endTimeUnixNano=sent)
    assert span["end_time_unix_nano"] == expected
    assert span["start_time_unix_nano"] is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "a"}, "a"),
        ({"stringValue": ""}, ""),
        ({"intValue": "12"}, 12),
        ({"intValue": 12}, 12),
        ({"intValue": "-12"}, -12),
        ({"intValue": str((1 << 63) - 1)}, (1 << 63) - 1),
        ({"intValue": 12.0}, 12),
        ({"doubleValue": 1.5}, 1.5),
        ({"doubleValue": 2}, 2.0),
        ({"doubleValue": "2.5"}, 2.5),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "Infinity"}, "Infinity"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"boolValue": False}, False),
        ({}, None),
        (None, None),
        ({"arrayValue": {}}, []),
        ({"arrayValue": {"values": [{"intValue": "1"}, {}]}}, [1, None]),
        ({"kvlistValue": {}}, {}),
        ({"kvlistValue": {"values": [{"key": "k", "value": {"boolValue": True}}]}}, {"k": True}),
        ({"bytesValue": "AAE="}, {"bytesValue": "AAE="}),
    ],
)
def test_an_attribute_value_of_each_type_is_kept(tmp_path, value, expected):
    assert load_value(tmp_path, value) == expected


@pytest.mark.parametrize("sent", [1 << 63, str(1 << 63), str(-(1 << 80)), 10**30])
def test_an_integer_past_64_bits_stays_text(tmp_path, sent):
    assert load_value(tmp_path, {"intValue": sent}) == str(sent)


def test_an_integer_of_five_thousand_digits_does_no_harm(tmp_path):
    assert load_value(tmp_path, {"intValue": "9" * 5_000}) == "9" * 5_000


def test_a_key_without_a_value_is_null(tmp_path):
    loaded = load_bytes(tmp_path, request(with_fields(attributes=[{"key": "x"}])))
    assert loaded.attributes == {"x": None}


def test_unicode_line_separators_do_not_end_a_line(tmp_path):
    text = "a\u2028b\u2029c\u0085d"
    loaded = load_bytes(
        tmp_path, json.dumps(json.loads(request(with_fields(name=text))), ensure_ascii=False)
    )
    assert loaded.names == [text]
    assert loaded.lines.ok == 1


def test_uint32_fields_may_be_text(tmp_path):
    span = load_span(tmp_path, flags="257", droppedAttributesCount="3")
    assert span["dropped_attributes_count"] == 3
    assert json.loads(span["extra"]) == {"flags": 257}


def test_events_and_links_keep_their_order_times_and_attributes(tmp_path):
    events = [
        {"name": "b", "timeUnixNano": "7", "attributes": [{"key": "k", "value": {"intValue": 1}}]},
        {"name": "a", "timeUnixNano": 5},
        {},
    ]
    links = [{"traceId": TRACE.upper(), "spanId": as_base64(SPAN)}, {"traceId": "", "spanId": ""}]
    loaded = load_bytes(tmp_path, request(with_fields(events=events, links=links)))
    assert [(e["name"], e["time_unix_nano"], e["attributes"]) for e in loaded.events] == [
        ("b", 7, '{"k":1}'),
        ("a", 5, "{}"),
        ("", None, "{}"),
    ]
    assert [(link["trace_id"], link["span_id"]) for link in loaded.links] == [
        (TRACE, SPAN),
        ("", ""),
    ]
    assert (loaded.spans[0]["event_count"], loaded.spans[0]["link_count"]) == (3, 2)


def test_null_lists_are_empty(tmp_path):
    span = load_span(tmp_path, events=None, links=None, attributes=None, name=None)
    assert (span["event_count"], span["link_count"], span["name"]) == (0, 0, "")
