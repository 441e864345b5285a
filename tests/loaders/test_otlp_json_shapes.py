"""The containers and shapes that OTLP JSON comes in (FORMATS §0 and §1), told by content."""

import json

import pytest
from loaders.loading import NotReadError, load_bytes
from otlp_files import otlp_span, request


def spans(*numbers):
    return [otlp_span(number, name=f"s{number}") for number in numbers]


def document(*numbers):
    return json.loads(request(*spans(*numbers)))


def snake(value):
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(item)
        for key, item in value.items()
    }


def older(name):
    """Return a request in the naming of OTLP before 0.15."""
    text = json.dumps(document(1, 2)).replace("scopeSpans", "instrumentationLibrarySpans")
    return text.replace('"scope"', '"instrumentationLibrary"').replace("resourceSpans", name)


BARE = document(1, 2)["resourceSpans"][0]
SHAPES = {
    "one request": json.dumps(document(1, 2)),
    "one request, indented": json.dumps(document(1, 2), indent=2),
    "one request, indented by nothing": json.dumps(document(1, 2), indent=0),
    "one request, with newlines before": "\n\n" + json.dumps(document(1, 2)),
    "an array of requests": json.dumps([document(1), document(2)]),
    "an indented array of requests": json.dumps([document(1), document(2)], indent=1),
    "arrays in arrays": json.dumps([[document(1)], [[document(2)]]]),
    "lines": "\n".join(json.dumps(document(n)) for n in (1, 2)) + "\n",
    "lines with CRLF": "\r\n".join(json.dumps(document(n)) for n in (1, 2)) + "\r\n",
    "lines of arrays": "\n".join(json.dumps([document(n)]) for n in (1, 2)) + "\n",
    "lines between blank ones": "\n".join(
        ["", json.dumps(document(1)), "", json.dumps(document(2))]
    ),
    "indented values": "\n".join(json.dumps(document(n), indent=2) for n in (1, 2)),
    "indented values with CRLF": "\r\n".join(
        json.dumps(document(n), indent=2).replace("\n", "\r\n") for n in (1, 2)
    ),
    "indented values without newline between": "".join(
        json.dumps(document(n), indent=2) for n in (1, 2)
    ),
    "a line before an indented value": json.dumps(document(1))
    + "\n"
    + json.dumps(document(2), indent=2),
    "an indented value before a line": json.dumps(document(1), indent=2)
    + "\n"
    + json.dumps(document(2)),
    "values on one line": json.dumps(document(1)) + json.dumps(document(2)),
    "values on one line, spaced": json.dumps(document(1)) + " " + json.dumps(document(2)),
    "a bare ResourceSpans": json.dumps(BARE),
    "bare ResourceSpans, indented": json.dumps(BARE, indent=2),
    "an array of bare ResourceSpans": json.dumps([BARE]),
    "a bare ScopeSpans": json.dumps(BARE["scopeSpans"][0]),
    "bare spans as lines": "\n".join(json.dumps(span) for span in spans(1, 2)),
    "an array of bare spans": json.dumps(spans(1, 2)),
    "bare spans in snake_case": "\n".join(json.dumps(snake(span)) for span in spans(1, 2)),
    "snake_case": json.dumps(snake(document(1, 2))),
    "instrumentationLibrarySpans": older("resourceSpans"),
    "batches": older("batches"),
    "batches with scopeSpans": json.dumps({"batches": document(1, 2)["resourceSpans"]}),
    "Tempo's trace": json.dumps({"trace": document(1, 2)}),
    "Tempo's trace with batches": json.dumps(
        {"trace": {"batches": document(1, 2)["resourceSpans"]}}
    ),
    "indented values between blank lines": "\n \n".join(
        ["", *(json.dumps(document(n), indent=2) for n in (1, 2)), "", " "]
    ),
    "a byte order mark": "\ufeff" + json.dumps(document(1, 2)),
    "a byte order mark and indented": "\ufeff" + json.dumps(document(1, 2), indent=2),
    "NUL bytes around": "\x00\x00" + json.dumps(document(1, 2)) + "\n\x00\x00",
    "unknown fields": json.dumps(document(1, 2) | {"partialSuccess": {}}),
}


@pytest.mark.parametrize("name", ["traces.jsonl", "traces.json", "traces.csv", "traces.pb", "t"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_read_whatever_its_name(tmp_path, shape, name):
    loaded = load_bytes(tmp_path, SHAPES[shape], name)
    assert loaded.format == "otlp_json"
    assert loaded.names == ["s1", "s2"]
    assert {span["trace_id"] for span in loaded.spans} == {f"{1:032x}"}
    assert loaded.lines.rejected == loaded.lines.tail == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_accounts_for_every_physical_line(tmp_path, shape):
    text = SHAPES[shape]
    physical = text.count("\n") + (not text.endswith("\n"))
    assert load_bytes(tmp_path, text).count() == physical


@pytest.mark.parametrize("shape", SHAPES)
def test_most_shapes_keep_resource_and_scope(tmp_path, shape):
    if "bare span" in shape:
        pytest.skip("bare spans have neither")
    loaded = load_bytes(tmp_path, SHAPES[shape])
    assert {span["scope_name"] for span in loaded.spans} == {"tests"}
    if "ScopeSpans" not in shape:
        assert {span["service_name"] for span in loaded.spans} == {"travel"}


def test_lines_and_offsets_are_exact(tmp_path):
    lines = ["", request(*spans(1)), "{oops", "", request(*spans(2, 3))]
    loaded = load_bytes(tmp_path, "\n".join(lines) + "\n")
    assert [(span["line"], span["byte_offset"]) for span in loaded.spans] == [
        (2, 1),
        *[(5, 1 + len(lines[1]) + 1 + len(lines[2]) + 2)] * 2,
    ]
    (problem,) = loaded.problems
    assert (problem["kind"], problem["line"]) == ("rejected", 3)
    assert problem["byte_offset"] == 1 + len(lines[1]) + 1


def test_lines_and_offsets_of_indented_values_are_exact(tmp_path):
    values = [json.dumps(document(n), indent=2) for n in (1, 2)]
    text = "\n" + values[0] + "\n\n" + values[1] + "\n"
    loaded = load_bytes(tmp_path, text)
    data = text.encode()
    for span, value in zip(loaded.spans, values, strict=True):
        assert data[span["byte_offset"] :].startswith(value.encode())
        assert data[: span["byte_offset"]].count(b"\n") + 1 == span["line"]


def test_logs_and_metrics_are_kept_and_counted(tmp_path):
    record = {
        "timeUnixNano": "0",
        "observedTimeUnixNano": "9",
        "severityNumber": "SEVERITY_NUMBER_INFO",
    }
    record |= {"body": {"stringValue": "hi"}, "traceId": "ab" * 16, "spanId": "cd" * 8}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    metric = {"name": "m", "sum": {"dataPoints": [{"timeUnixNano": "7", "asInt": "4"}]}}
    metrics = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric] * 3}]}]}
    for encode in (lambda value: value, snake):
        text = "\n".join(json.dumps(encode(value)) for value in (logs, metrics, document(1)))
        loaded = load_bytes(tmp_path, text)
        (log,) = loaded.logs
        assert (log["time_unix_nano"], log["severity_text"], log["body"]) == (9, "INFO", '"hi"')
        assert log["trace_id"] == "ab" * 16
        assert (loaded.metric_points, loaded.names) == (3, ["s1"])


def test_what_is_not_otlp_in_an_array_is_reported(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps([document(1), {"other": 1}, 5]))
    assert loaded.names == ["s1"]
    assert loaded.lines.repaired == 1
    assert loaded.kinds() == ["rejected"]


def test_one_bad_span_does_not_take_its_request_with_it(tmp_path):
    bad = otlp_span(2) | {"attributes": "none"}
    loaded = load_bytes(tmp_path, request(*spans(1), bad, *spans(3), 7))
    assert loaded.names == ["s1", "s3"]
    assert loaded.kinds() == ["rejected", "rejected"]
    assert "1 of 4 items" in loaded.problems[0]["message"]
    assert "Span" in loaded.problems[1]["message"]
    assert loaded.lines.repaired == 1


NOT_TRACES = {
    "text": (b"hello\nworld\n", "text, not JSON"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG picture"),
    "CSV": (b"trace_id,span_id\n1,2\n", "text, not JSON"),
    "other JSON": (b'{"data": [{"traceID": "1", "spans": []}]}', "no known trace format"),
    "a chat that quotes OTLP": (
        json.dumps({"messages": ['{"resourceSpans": []}']}).encode(),
        "no known trace format",
    ),
    "JSON of batches of something else": (b'{"batches": [1, 2], "epoch": 3}', "no known trace"),
    "an archive": (b"PK\x03\x04" + bytes(100), "zip"),
    "UTF-16": ("{}".encode("utf-16"), "UTF-16"),
    "nothing": (b"", "empty"),
    "white space": (b" \n\n\t\r\n", "no text"),
    "an empty array": (b"[]\n", "no known trace format"),
    "an empty object": (b"{}\n", "no known trace format"),
    "a number": (b"5\n", "text"),
    "zeros before anything": (bytes(8) + b"\n" + bytes(90) + b"\xff\xfe\xfd" * 9, "known format"),
    "random bytes": (bytes((i * 7919 + 13) % 251 for i in range(4_000)), "no known format"),
}


@pytest.mark.parametrize("name", ["x.jsonl", "x.pb"])
@pytest.mark.parametrize("what", NOT_TRACES)
def test_what_is_not_a_trace_is_refused_by_what_it_looks_like(tmp_path, what, name):
    data, expected = NOT_TRACES[what]
    with pytest.raises(NotReadError, match=expected):
        load_bytes(tmp_path, data, name)
