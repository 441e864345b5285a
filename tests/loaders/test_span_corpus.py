"""Every recorded file of a span format, against what the manifest counted in it independently."""

import json
from collections import Counter

import pytest
from loaders.loading import load_file
from shared_data import shared

FORMATS = {
    "jaeger-json": {"jaeger"},
    "zipkin-json": {"zipkin"},
    "otel-console": {"otel_console", "otel_flat"},
    "otel-flat": {"otel_flat", "converse_messages"},
    "openinference-vercel": {"readable_span_js"},
    "trulens": {"trulens"},
    "agentguard-jsonl": {"agentguard_jsonl"},
    "langchain-events": {"langchain_events"},
    "otel-parquet": {"otel_parquet"},
}
TWICE = "every span stands in the file twice, and is shown once"
EVENTS = "a span is told by several lines; what tells of a model call is a span too"
TIMELESS = "a span of which neither times nor ids were recorded"
DIFFERENT = {
    "monocle-test_anthropic_finish_reason_integration": (
        TWICE,
        {"records": 10, "roots": 5, "events": 15},
    ),
    "monocle-test_azure_ai_inference_finish_reason_integration": (
        TWICE,
        {"records": 6, "orphans": 6, "errors": 2, "events": 20},
    ),
    "monocle-test_bedrock_finish_reason_integratio": (
        TWICE,
        {"records": 6, "orphans": 6, "errors": 1, "events": 19},
    ),
    "monocle-test_gemini_finish_reason_integration": (
        TWICE,
        {"records": 6, "orphans": 6, "events": 18},
    ),
    "jaeger-ui_01": (
        "the manifest counts FOLLOWS_FROM; the second CHILD_OF of a span is a link too",
        {"links": 2},
    ),
    "langwatch-codex-B.session_task_turn": (TIMELESS, {"no_end": 1}),
    "langwatch-opencode-B.doStream": (TIMELESS, {"no_end": 1}),
    "strands-strands_agent_skills": (
        "six conversations by name, without times: no spans were recorded",
        {"records": 36, "traces": 6, "roots": 6, "no_end": 36},
    ),
    "agentguard-budget_aware_escalation_traces": (EVENTS, {"records": 4}),
    "agentguard-per_token_budget_spike_traces": (EVENTS, {"records": 6}),
    "agentxray-langchain_trace": (EVENTS, {"records": 7}),
}


def entries():
    try:
        listed = json.loads(shared("corpora/manifest.json").read_text())
    except pytest.skip.Exception:
        return [pytest.param(None, id="no manifest")]
    return [pytest.param(entry, id=entry["file"]) for entry in listed if entry["fmt"] in FORMATS]


def measured(loaded):
    """Return what the manifest counts, of the spans that were loaded."""
    spans = loaded.spans
    ids = {(span["trace_id"], span["span_id"]) for span in spans}
    parents = [(span["trace_id"], span["parent_span_id"]) for span in spans]
    return {
        "records": len(spans) or len(loaded.logs) or loaded.metric_points,
        "traces": len({span["trace_id"] for span in spans}),
        "roots": sum(parent is None for _, parent in parents),
        "orphans": sum(parent[1] is not None and parent not in ids for parent in parents),
        "errors": sum(span["error"] for span in spans),
        "events": len(loaded.events),
        "links": len(loaded.links),
        "services": len({span["service_name"] for span in spans} - {None}),
        "no_end": sum(span["end_time_unix_nano"] is None for span in spans),
    }


@pytest.mark.parametrize("entry", entries())
def test_a_file_loads_with_the_spans_that_the_manifest_counts(entry):
    if entry is None:
        pytest.skip("shared data absent (set TRACETUI_SHARED)")
    loaded = load_file(shared(f"corpora/{entry['file']}"))
    assert loaded.format in FORMATS[entry["fmt"]]
    stem = entry["file"].split("/")[1].rsplit(".", 1)[0]
    _, different = DIFFERENT.get(stem, ("", {}))
    found = measured(loaded)
    checked = entry["check"]
    expected = {name: checked[name] for name in found.keys() & checked.keys()} | different
    if "roots" in checked:
        expected = {"orphans": 0, "no_end": 0} | expected
    assert {name: found[name] for name in expected} == expected
    assert loaded.lines.rejected == loaded.lines.repaired == loaded.lines.tail == 0
    assert Counter(loaded.kinds()).keys() <= {"note"}


def told(loaded):
    """Return what spans say, whatever carried them."""
    return {
        span["span_id"]: {
            name: span[name]
            for name in (
                *("trace_id", "parent_span_id", "name", "kind", "otel_kind", "status"),
                *("input_tokens", "output_tokens", "request_model", "provider", "service_name"),
                *("event_count", "link_count", "error_type", "tool_name", "agent_name"),
            )
        }
        for span in loaded.spans
    }


@pytest.mark.parametrize("name", ["console_exporter.json", "readablespan_to_json.jsonl"])
def test_the_sdks_own_json_says_what_its_otlp_says(name):
    folder = "emitted/file-formats"
    otlp = load_file(shared(f"{folder}/otlp_json_file_exporter_simple.jsonl"))
    loaded = load_file(shared(f"{folder}/{name}"))
    assert loaded.format == "otel_console"
    assert told(loaded) == told(otlp)
    starts = {span["span_id"]: span["start_time_unix_nano"] for span in otlp.spans}
    # OTLP keeps nanoseconds, the SDK's JSON microseconds.
    for span in loaded.spans:
        assert abs(span["start_time_unix_nano"] - starts[span["span_id"]]) <= 1_000
    assert len(loaded.spans) == 18
    # The SDK's JSON has a bare NaN on two spans, which JSON has not.
    assert (loaded.lines.rejected, loaded.kinds()) == (0, ["repaired", "repaired"])
