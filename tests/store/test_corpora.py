"""Every OTLP file of the corpora gives the spans and traces that were counted when it was found."""

import pytest
from shared_data import shared
from store.loading import load

# file -> spans, traces, log records, metrics (by name); from corpora/manifest.json, and for what
# it leaves out from the files themselves.
CORPORA = {
    "otlp-json/agentprism-quo_tav_agent.json": (29, 1, 0, 0),
    "otlp-json/agentprism-rag_earnings_agent.json": (18, 1, 0, 0),
    "otlp-json/otel-demo-traces.jsonl": (19, 19, 0, 0),
    "otlp-json/robot-diverse_trace.json": (1632, 1, 0, 0),
    "otlp-json/agento-test-traces.json": (2, 2, 0, 0),
    "otlp-json/otelproto-trace.json": (1, 1, 0, 0),
    "otlp-json/otelgui-sample-trace-ecommerce-part1.json": (5, 1, 0, 0),
    "otlp-json/otelgui-sample-trace-ecommerce-part2.json": (6, 1, 0, 0),
    "otlp-json/otelgui-sample-trace-orphan-span.json": (3, 1, 0, 0),
    "otlp-json/otelgui-sample-trace-links.json": (1, 1, 0, 0),
    "otlp-json/tokenjam-otlp_sample.json": (3, 2, 0, 0),
    "otlp-json/langwatch-claude_code.json": (1, 1, 0, 0),
    "otlp-json/langwatch-cursor.json": (1, 1, 0, 0),
    "otlp-json/langwatch-provenance.json": (1, 1, 0, 0),
    "otlp-json/ottl-traces.json": (2, 1, 0, 0),
    "otlp-json-snake/agento11y-anthropic_stream.span.json": (1, 1, 0, 0),
    "otlp-json-snake/agento11y-openai_sync.span.json": (1, 1, 0, 0),
    "otlp-logs/otel-demo-logs.jsonl": (0, 0, 81, 0),
    "otlp-logs/otelproto-logs.json": (0, 0, 1, 0),
    "otlp-logs/otelgui-sample-log-ecommerce-part1.json": (0, 0, 4, 0),
    "otlp-metrics/otelproto-metrics.json": (0, 0, 0, 4),
    "otlp-metrics/otlp2parquet-metrics_exponential_histogram.json": (0, 0, 0, 1),
    "otlp-metrics/otlp2parquet-metrics_exponential_histogram.jsonl": (0, 0, 0, 1),
    "otlp-metrics/otlp2parquet-metrics_histogram.json": (0, 0, 0, 2),
    "otlp-metrics/otlp2parquet-metrics_histogram.jsonl": (0, 0, 0, 2),
    "otlp-metrics/otlp2parquet-metrics_sum.json": (0, 0, 0, 2),
    "otlp-metrics/otlp2parquet-metrics_sum.jsonl": (0, 0, 0, 2),
    "otlp-proto/otlp2parquet-logs.pb": (0, 0, 81, 0),
    "otlp-proto/otlp2parquet-metrics_gauge.pb": (0, 0, 0, 2),
    "otlp-proto/otlp2parquet-metrics_mixed.pb": (0, 0, 0, 3),
    "otlp-proto/otlp2parquet-metrics_summary.pb": (0, 0, 0, 1),
    "otlp-proto/otlp2parquet-traces.pb": (19, 19, 0, 0),
}

# file -> metric data points, counted in the files themselves.
POINTS = {
    "otlp-metrics/otelproto-metrics.json": 4,
    "otlp-metrics/otlp2parquet-metrics_exponential_histogram.json": 2,
    "otlp-metrics/otlp2parquet-metrics_exponential_histogram.jsonl": 2,
    "otlp-metrics/otlp2parquet-metrics_histogram.json": 3,
    "otlp-metrics/otlp2parquet-metrics_histogram.jsonl": 3,
    "otlp-metrics/otlp2parquet-metrics_sum.json": 4,
    "otlp-metrics/otlp2parquet-metrics_sum.jsonl": 4,
    "otlp-proto/otlp2parquet-metrics_gauge.pb": 3,
    "otlp-proto/otlp2parquet-metrics_mixed.pb": 3,
    "otlp-proto/otlp2parquet-metrics_summary.pb": 2,
}

ORPHANS = {
    "otlp-json/otel-demo-traces.jsonl": 13,
    "otlp-json/robot-diverse_trace.json": 20,
    "otlp-json/otelproto-trace.json": 1,
    "otlp-json/otelgui-sample-trace-ecommerce-part2.json": 4,
    "otlp-json/otelgui-sample-trace-orphan-span.json": 1,
}


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_file_opens_whole(name):
    answers = load(shared(f"corpora/{name}"))
    (file,) = answers.files
    metrics = len({point["name"] for point in answers.metrics})
    assert (file.spans, file.traces, file.logs, metrics) == CORPORA[name]
    assert file.metric_points == len(answers.metrics) == POINTS.get(name, 0)
    assert (file.rejected, file.tail, file.state) == (0, 0, "done")
    assert answers.orphans == ORPHANS.get(name, answers.orphans)
    assert len(answers.spans) == file.spans
    assert answers.totals.logs == file.logs


def test_every_otlp_file_of_the_corpora_is_tested():
    folder = shared("corpora")
    found = {
        str(path.relative_to(folder))
        for pattern in ("otlp-*/*", "tempo-json/*")
        for path in folder.glob(pattern)
    }
    assert found == set(CORPORA)


def test_parts_of_one_trace_in_several_files_are_one_trace():
    parts = [
        shared(f"corpora/otlp-json/otelgui-sample-trace-ecommerce-part{part}.json")
        for part in (1, 2)
    ]
    answers = load(*parts)
    assert answers.totals.spans == 11
    assert answers.totals.traces == 1
    assert answers.orphans == 0


# Each was written by another writer of the SDK or protobuf: file -> spans, traces, input tokens.
FILE_FORMATS = {
    "messagetojson_base64_ids.jsonl": (30, 3, 5436),
    "messagetojson_pretty.json": (20, 2, 3633),
    "messagetojson_snake_case.jsonl": (30, 3, 5436),
    "otlp_json_file_exporter.jsonl": (18, 2, 2366),
    "otlp_json_file_exporter_bytes_attr.jsonl": (18, 2, 2366),
    "otlp_json_file_exporter_bytes_attr_simple.jsonl": (18, 2, 2366),
    "otlp_json_file_exporter_simple.jsonl": (18, 2, 2366),
    "raw_delimited.pb": (30, 3, 5436),
}
OTHER_FORMATS = ("console_exporter.json", "readablespan_to_json.jsonl")


@pytest.mark.parametrize("name", FILE_FORMATS)
def test_every_writer_of_otlp_is_read(name):
    path = shared(f"emitted/file-formats/{name}")
    answers = load(path)
    assert (
        answers.totals.spans,
        answers.totals.traces,
        answers.totals.input_tokens,
    ) == FILE_FORMATS[name]
    assert answers.problems == []
    assert all(len(span["span_id"]) == 16 for span in answers.spans)
    if path.suffix != ".pb":
        text = path.read_text("utf-8")
        span_starts = text.count('"startTimeUnixNano"') + text.count('"start_time_unix_nano"')
        assert answers.totals.spans == span_starts


def test_writers_of_the_same_spans_agree():
    read = [
        load(shared(f"emitted/file-formats/{name}"))
        for name in ("messagetojson_base64_ids.jsonl", "raw_delimited.pb")
    ]
    first, second = (
        [
            {k: v for k, v in span.items() if k not in ("line", "byte_offset")}
            for span in answers.spans
        ]
        for answers in read
    )
    assert first == second


def test_every_file_of_the_writers_is_tested():
    found = {path.name for path in shared("emitted/file-formats").iterdir()}
    assert found == {*FILE_FORMATS, *OTHER_FORMATS}
