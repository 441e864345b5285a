"""Every recorded export of a vendor loads as the corpora's manifest says, or is refused by name."""

import json
import os
from pathlib import Path

import pytest
from loaders.loading import load_file
from shared_data import REPOSITORY, shared
from tracetui_loaders.base import LoadError

FORMATS = {
    "langfuse": "langfuse",
    "langsmith": "langsmith",
    "openai-agents": "openai_agents",
    "braintrust": "braintrust",
    "deepeval": "deepeval",
    "invariant": "invariant",
    "atif": "atif",
}
"""The manifest's names of the formats, and ours."""


def manifest():
    """Return the entries of these formats; none where the corpora are not there."""
    base = Path(os.environ.get("TRACETUI_SHARED", REPOSITORY.parent / "shared"))
    path = base / "corpora" / "manifest.json"
    entries = json.loads(path.read_text("utf-8")) if path.exists() else []
    return [entry for entry in entries if entry["fmt"] in FORMATS]


ENTRIES = manifest()


def physical_lines(path):
    lines = path.read_bytes().split(b"\n")
    return len(lines) - (lines[-1] == b"")


def whole_values(path):
    """Return the JSON values of a file, decoded by the plainest means."""
    text = path.read_text("utf-8")
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"].split("/")[-1])
def test_a_recorded_export_loads_as_the_manifest_says(entry):
    path = shared("corpora/" + entry["file"])
    if entry["check"].get("top") == "list" and entry["fmt"] == "langsmith":
        # Recordings [method, payload] of API calls: no runs, and named so.
        with pytest.raises(LoadError, match=r"recording of calls.*list_runs"):
            load_file(path)
        return
    loaded = load_file(path)
    assert loaded.format == FORMATS[entry["fmt"]]
    assert loaded.count() == physical_lines(path)
    assert loaded.lines.rejected == loaded.lines.repaired == loaded.lines.tail == 0
    CHECKS[entry["fmt"]](loaded, entry["check"], whole_values(path))


def traces(loaded):
    return {span["trace_id"] for span in loaded.spans}


def check_langfuse(loaded, check, values):
    """Records are observations: each one span, those nested in the trace not again."""
    spans = loaded.spans
    ids = {span["span_id"] for span in spans}
    assert len(spans) == check["records"]
    assert len(traces(loaded)) == check["traces"]
    roots = [span for span in spans if span["parent_span_id"] is None]
    orphans = [s for s in spans if s["parent_span_id"] and s["parent_span_id"] not in ids]
    assert len(roots) == check["roots"]
    assert len(orphans) == check.get("orphans", 0)
    assert sum(span["end_time_unix_nano"] is None for span in spans) == check.get("no_end", 0)
    assert len(loaded.events) == check.get("scores", 0)
    types: dict[str, int] = {}
    for span in spans:
        kind = json.loads(span["attributes"])["langfuse.observation.type"].upper()
        types[kind] = types.get(kind, 0) + 1
    assert types == check["types"]
    # The manifest counts every observation with a usage object, also one whose counts are all 0;
    # those say nothing of tokens. Rollups on agents are among them. What else has usage has it from
    # the attributes that its observation was sent with.
    observations = [o for v in values for o in v.get("observations") or v.get("data")]
    counted = [o for o in observations if any(_numbers(o.get("usageDetails") or o.get("usage")))]
    told = {span["span_id"] for span in spans if span["usage_role"] != "none"}
    sent = {o["id"] for o in observations if "usage.input" in str(o.get("metadata"))}
    assert {o["id"] for o in counted} <= told <= {o["id"] for o in counted} | sent
    assert len(counted) <= check["usage"]
    priced = [o for o in observations if o.get("totalCost") or o.get("calculatedTotalCost")]
    assert sum(span["cost_given_usd"] is not None for span in spans) == len(priced)


def _numbers(counts):
    return [v for v in (counts or {}).values() if isinstance(v, int | float) and v]


def check_langsmith(loaded, check, _values):
    """Records are halves of runs: a post and a patch make one span."""
    assert check["post"] + check["patch"] == check["records"]
    (span,) = loaded.spans
    assert check["post"] == 1
    assert span["kind"] == "llm"
    assert (span["input_tokens"], span["output_tokens"]) == (9, 9)
    assert span["start_time_unix_nano"] < span["end_time_unix_nano"]


def check_openai_agents(loaded, check, _values):
    """Records are trace objects and spans; only spans become spans.

    The manifest counts traces by their trace objects: spans of traces that a file has no object
    of (and one object without spans) make the difference.
    """
    assert len(loaded.spans) == sum(check["span_types"].values())
    trace_objects = check["records"] - len(loaded.spans)
    empty = sum("has no spans" in problem["message"] for problem in loaded.problems)
    without_object = bool(check["spans_without_trace_obj"])
    assert len(traces(loaded)) == trace_objects - empty + without_object
    kinds = {"response": "llm", "function": "tool", "agent": "agent", "handoff": "handoff"}
    found = dict.fromkeys(kinds.values(), 0)
    for span in loaded.spans:
        found[span["kind"]] += 1
    expected = {kinds[kind]: count for kind, count in check["span_types"].items()}
    assert {kind: count for kind, count in found.items() if count} == expected
    ids = {span["span_id"] for span in loaded.spans}
    orphans = [s for s in loaded.spans if s["parent_span_id"] and s["parent_span_id"] not in ids]
    assert len(orphans) == check["orphans"]


def check_braintrust(loaded, check, values):
    """Records are rows: those with one id are one span, snapshots without ids one span each."""
    rows = values[0]
    assert len(rows) == check["records"]
    ids = {row["span_id"] for row in rows if "span_id" in row}
    assert len(loaded.spans) == (len(ids) or len(rows))
    assert len(traces(loaded)) == (1 if ids else len(rows))


def check_deepeval(loaded, check, values):
    """The record is a trace; its spans are in lists by type."""
    (trace,) = values
    lists = [key for key in check["keys"] if key.endswith("Spans")]
    assert len(loaded.spans) == sum(len(trace[key]) for key in lists)
    assert len(traces(loaded)) == check["records"]
    tokens = sum(span.get("inputTokenCount") or 0 for span in trace["llmSpans"])
    assert sum(span["input_tokens"] or 0 for span in loaded.spans) == tokens


def check_invariant(loaded, check, values):
    """Records are lines, or the messages of a file that is one array: a trace each.

    Rows of metadata alone are of the data set, and no trace.
    """
    container_is_one_trace = check["container"] == "json"
    assert check["records"] == len(values[0] if container_is_one_trace else values)
    found = [v for v in values if not (isinstance(v, dict) and v.keys() == {"metadata"})]
    assert len(traces(loaded)) == len(found)
    messages = [m for v in found for m in (v["messages"] if isinstance(v, dict) else v)]
    calls = [m for m in messages if m["role"] == "assistant"]
    assert sum(span["kind"] == "llm" for span in loaded.spans) == len(calls)
    tools = [call for m in calls for call in m.get("tool_calls") or ()]
    assert sum(span["kind"] == "tool" for span in loaded.spans) == len(tools)
    notes = [a for v in found if isinstance(v, dict) for a in v.get("annotations") or ()]
    assert len(loaded.events) == len(notes)


def check_atif(loaded, check, values):
    """Records are steps: a user's begins a turn, an agent's is a model call and its tools."""
    (trajectory,) = values
    steps = trajectory[check["list"]]
    assert len(steps) == check["records"]
    sources = [step["source"] for step in steps]
    kinds = [span["kind"] for span in loaded.spans]
    assert kinds.count("workflow") == 1  # the session
    assert kinds.count("agent") == sources.count("user")
    assert kinds.count("llm") == sources.count("agent")
    assert kinds.count("tool") == sum(len(step.get("tool_calls", ())) for step in steps)


CHECKS = {
    "langfuse": check_langfuse,
    "langsmith": check_langsmith,
    "openai-agents": check_openai_agents,
    "braintrust": check_braintrust,
    "deepeval": check_deepeval,
    "invariant": check_invariant,
    "atif": check_atif,
}


EMITTED = (
    "agents_as_tools",
    "error",
    "group_session",
    "guardrail",
    "handoff",
    "loop_max_turns",
    "pingpong",
    "stream",
    "tools",
    "tools_chat",
)


@pytest.mark.parametrize("scenario", EMITTED)
def test_the_agents_sdks_own_export_is_billed_once(scenario):
    path = shared(f"emitted/openai-agents-native/{scenario}.native.jsonl")
    loaded = load_file(path)
    assert loaded.format == "openai_agents"
    spans = [
        item["span_data"]
        for value in whole_values(path)
        for item in value["data"]
        if item["object"] == "trace.span"
    ]
    assert len(loaded.spans) == len(spans)
    calls = [d["usage"] for d in spans if d["type"] in ("response", "generation") and d["usage"]]
    for column, key in (("input_tokens", "input_tokens"), ("output_tokens", "output_tokens")):
        bill = sum(usage[key] for usage in calls)
        assert sum(span[column] or 0 for span in loaded.spans) == bill
    # The task's own sum is the bill that the SDK reckons; tools that are agents have tasks too.
    tasks = [d["data"]["usage"]["input_tokens"] for d in spans if _is_task(d)]
    outer = max(tasks, default=0) if scenario != "group_session" else sum(tasks)
    assert sum(usage["input_tokens"] for usage in calls) == outer


def _is_task(data):
    custom = data["data"] if data["type"] == "custom" else {}
    return custom.get("sdk_span_type") == "task" and "usage" in custom
