"""OTLP metrics: every kind of data point, the same from JSON and from protobuf."""

import json

import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st
from loaders.loading import load_bytes
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

_TIMES = {"startTimeUnixNano": "1700000000000000000", "timeUnixNano": "1700000060000000000"}
_MODEL = [{"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5"}}]
_TOKENS = {
    "name": "gen_ai.client.token.usage",
    "description": "Tokens used",
    "unit": "{token}",
    "histogram": {
        "aggregationTemporality": 1,
        "dataPoints": [
            {
                **_TIMES,
                "attributes": _MODEL,
                "count": "3",
                "sum": 420.0,
                "min": 20.0,
                "max": 300.0,
                "explicitBounds": [64.0, 256.0],
                "bucketCounts": ["1", "1", "1"],
                "exemplars": [
                    {
                        "timeUnixNano": "1700000050000000000",
                        "asDouble": 300.0,
                        "traceId": "5b8efff798038103d269b633813fc60c",
                        "spanId": "eee19b7ec3c1b174",
                    }
                ],
            }
        ],
    },
}
_COST = {
    "name": "claude_code.cost.usage",
    "unit": "USD",
    "sum": {
        "aggregationTemporality": 2,
        "isMonotonic": True,
        "dataPoints": [{**_TIMES, "asDouble": 0.25}, {**_TIMES, "asInt": "7"}],
    },
}
_GAUGE = {"name": "queue", "gauge": {"dataPoints": [{**_TIMES, "asInt": "4"}]}}
_EXPONENTIAL = {
    "name": "latency",
    "exponentialHistogram": {
        "aggregationTemporality": 2,
        "dataPoints": [
            {
                **_TIMES,
                "count": "6",
                "sum": 12.5,
                "scale": 3,
                "zeroCount": "1",
                "positive": {"offset": 2, "bucketCounts": ["2", "3"]},
            }
        ],
    },
}
_SUMMARY = {
    "name": "old",
    "summary": {
        "dataPoints": [
            {
                **_TIMES,
                "count": "2",
                "sum": 3.0,
                "quantileValues": [{"quantile": 0.5, "value": 1.0}],
            }
        ]
    },
}


def export(*metrics):
    """Return a request with `metrics` of one resource and scope."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    scope = {"scope": {"name": "meter"}, "metrics": list(metrics)}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scope]}]}


def as_protobuf(request):
    # The JSON mapping of protobuf itself writes ids in base64.
    text = json.dumps(request)
    text = text.replace("5b8efff798038103d269b633813fc60c", "W47/95gDgQPSabYzgT/GDA==")
    text = text.replace("eee19b7ec3c1b174", "7uGbfsPBsXQ=")
    return ParseDict(json.loads(text), ExportMetricsServiceRequest()).SerializeToString()


@pytest.fixture(params=["json", "protobuf"])
def points(request, tmp_path):
    """Return the points of metrics, read from one of the encodings."""

    def read(*metrics):
        sent = export(*metrics)
        data = json.dumps(sent) if request.param == "json" else as_protobuf(sent)
        return load_bytes(tmp_path, data).metrics

    return read


def test_a_histogram_keeps_its_buckets_and_the_span_of_an_exemplar(points):
    (point,) = points(_TOKENS)
    assert point["name"] == "gen_ai.client.token.usage"
    assert (point["unit"], point["description"]) == ("{token}", "Tokens used")
    assert (point["kind"], point["temporality"]) == ("histogram", "delta")
    assert point["start_time_unix_nano"] == 1_700_000_000_000_000_000
    assert point["time_unix_nano"] == 1_700_000_060_000_000_000
    assert json.loads(point["attributes"]) == {"gen_ai.request.model": "gpt-5"}
    assert (point["count"], point["sum"], point["min"], point["max"]) == (3, 420, 20, 300)
    assert json.loads(point["distribution"]) == {"bounds": [64, 256], "buckets": [1, 1, 1]}
    (example,) = json.loads(point["exemplars"])
    assert example["trace_id"] == "5b8efff798038103d269b633813fc60c"
    assert (example["span_id"], example["value"]) == ("eee19b7ec3c1b174", 300)
    assert (point["scope_name"], point["value"], point["monotonic"]) == ("meter", None, None)


def test_a_sum_has_a_point_per_data_point(points):
    first, second = points(_COST)
    assert (first["value"], second["value"]) == (0.25, 7)
    assert (first["kind"], first["temporality"], first["monotonic"]) == ("sum", "cumulative", True)
    assert (first["count"], first["distribution"]) == (None, None)


def test_a_gauge_has_no_temporality(points):
    (point,) = points(_GAUGE)
    assert (point["kind"], point["value"], point["temporality"]) == ("gauge", 4, None)


def test_an_exponential_histogram_keeps_scale_and_offsets(points):
    (point,) = points(_EXPONENTIAL)
    assert (point["kind"], point["count"], point["sum"]) == ("exponential_histogram", 6, 12.5)
    assert (point["min"], point["max"]) == (None, None)
    assert json.loads(point["distribution"]) == {
        "scale": 3,
        "zero_count": 1,
        "positive": {"offset": 2, "buckets": [2, 3]},
        "negative": {"offset": 0, "buckets": []},
    }


def test_a_summary_keeps_its_quantiles(points):
    (point,) = points(_SUMMARY)
    assert (point["kind"], point["count"], point["sum"]) == ("summary", 2, 3)
    assert json.loads(point["distribution"]) == {"quantiles": [[0.5, 1.0]]}


def test_both_encodings_give_the_same_rows(tmp_path):
    sent = export(_TOKENS, _COST, _GAUGE, _EXPONENTIAL, _SUMMARY)
    texts = load_bytes(tmp_path, json.dumps(sent), "a").metrics
    binary = load_bytes(tmp_path, as_protobuf(sent), "b").metrics
    strip = [{k: v for k, v in row.items() if k != "line"} for row in texts]
    assert strip == [{k: v for k, v in row.items() if k != "line"} for row in binary]


def test_a_bad_metric_does_not_take_its_neighbours_with_it(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(export({"name": 5, "sum": []}, _GAUGE)))
    assert [point["name"] for point in loaded.metrics] == ["queue"]
    assert loaded.kinds() == ["rejected"]


_any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["dataPoints", "asInt", "count", "positive", "exemplars", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "sum", "histogram", "summary"]), _any_json))
def test_any_json_below_a_metric_is_survived(tmp_path_factory, metric):
    folder = tmp_path_factory.mktemp("any")
    loaded = load_bytes(folder, json.dumps(export(metric, _GAUGE)))
    assert "queue" in [point["name"] for point in loaded.metrics]
    assert loaded.count() == 1
