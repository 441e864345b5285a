"""Totals and the list of traces against a plain computation over the decoded JSON."""

import json

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from otlp_files import T0, otlp_span
from store.loading import load
from store.loading import loaded_store as open_store

SERVICES = ("shop", "bank")
KINDS = {"invoke_agent": "agent", "chat": "llm", "execute_tool": "tool", None: "other"}


@st.composite
def exports(draw):
    """Return OTLP spans with a service each: trees with holes, errors, running and silent calls."""
    found = []
    for trace in range(1, draw(st.integers(1, 3)) + 1):
        for _ in range(draw(st.integers(1, 7))):
            operation = draw(st.sampled_from(list(KINDS)))
            attributes = {"gen_ai.operation.name": operation} if operation else {}
            if operation == "chat" and draw(st.booleans()):
                attributes["gen_ai.usage.input_tokens"] = draw(st.integers(0, 5))
                if draw(st.booleans()):
                    attributes["gen_ai.usage.output_tokens"] = draw(st.integers(0, 5))
                if draw(st.booleans()):
                    attributes["gen_ai.usage.cost"] = draw(st.sampled_from([0.5, 0.25, 0.0]))
            # Model calls are leaves: what stands between calls is the business of usage roles.
            parents = [
                place
                for place, (span, _) in enumerate(found, 1)
                if span["traceId"] == f"{trace:032x}" and "chat" not in json.dumps(span)
            ]
            parent = draw(st.sampled_from([None, None, 999, *parents]))
            span = otlp_span(
                len(found) + 1,
                parent,
                f"s{len(found) + 1}",
                trace=trace,
                # No two begin together, so that "the first" is one.
                start=len(found) * 1_000 + draw(st.integers(0, 900)),
                length=draw(st.integers(0, 5_000)),
                attributes=attributes,
                status=draw(st.sampled_from([{}, {}, {"code": 1}, {"code": 2}])),
            )
            if draw(st.sampled_from([False, False, False, True])):
                span["endTimeUnixNano"] = "0"
            found.append((span, draw(st.sampled_from(SERVICES))))
    return draw(st.permutations(found))


def attribute(span, key):
    for item in span["attributes"]:
        if item["key"] == key:
            (value,) = item["value"].values()
            return int(value) if key.endswith("tokens") else value
    return None


def total(values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def root_errors(spans):
    failed = [span for span in spans if span["status"].get("code") == 2]
    causes = {(span["traceId"], span["parentSpanId"]) for span in failed}
    return [span for span in failed if (span["traceId"], span["spanId"]) not in causes]


def summed(spans):
    """Return what holds of any set of spans."""
    calls = [span for span in spans if attribute(span, "gen_ai.operation.name") == "chat"]
    reporting = [s for s in calls if attribute(s, "gen_ai.usage.input_tokens") is not None]
    silent = [s for s in calls if s not in reporting and s["status"].get("code") != 2]
    costs = [attribute(span, "gen_ai.usage.cost") for span in reporting]
    return {
        "calls": len(calls),
        "input": total(attribute(s, "gen_ai.usage.input_tokens") for s in calls),
        "output": total(attribute(s, "gen_ai.usage.output_tokens") for s in calls),
        "unknown": len(silent),
        "cost": total(costs),
        "unpriced": len(silent) + costs.count(None),
        "errors": len(root_errors(spans)),
        "running": sum(span["endTimeUnixNano"] == "0" for span in spans),
    }


def expected_trace(rows):
    spans = [span for span, _ in rows]
    by_start = sorted(rows, key=lambda row: int(row[0]["startTimeUnixNano"]))
    roots = [row for row in by_start if not row[0]["parentSpanId"]]
    ids = {span["spanId"] for span in spans}
    start = int(by_start[0][0]["startTimeUnixNano"])
    ends = [int(s["endTimeUnixNano"]) for s in spans if s["endTimeUnixNano"] != "0"]
    operation = attribute((roots or by_start)[0][0], "gen_ai.operation.name")
    operations = [attribute(span, "gen_ai.operation.name") for span in spans]
    sums = summed(spans)
    return {
        "trace_id": spans[0]["traceId"],
        "name": (roots or by_start)[0][0]["name"],
        "kind": KINDS[operation],
        "service_name": by_start[0][1],
        "start_time_unix_nano": start,
        "end_time_unix_nano": None
        if not ends or any(root["endTimeUnixNano"] == "0" for root, _ in roots)
        else max(ends),
        "duration_nano": max(0, max(ends) - start) if ends else None,
        "span_count": len(spans),
        "llm_count": sums["calls"],
        "tool_count": operations.count("execute_tool"),
        "error_count": sums["errors"],
        "running_count": sums["running"],
        "orphan_count": sum(
            bool(s["parentSpanId"]) and s["parentSpanId"] not in ids for s in spans
        ),
        "total_tokens": total([sums["input"], sums["output"]]),
        "input_tokens": sums["input"],
        "output_tokens": sums["output"],
        "unknown_usage_count": sums["unknown"],
        "cost_usd": sums["cost"],
        "unpriced_count": sums["unpriced"],
    }


def write(path, rows):
    requests = (
        {
            "resourceSpans": [
                {
                    "resource": {
                        "attributes": [{"key": "service.name", "value": {"stringValue": service}}]
                    },
                    "scopeSpans": [{"spans": [span]}],
                }
            ]
        }
        for span, service in rows
    )
    path.write_text("".join(json.dumps(item) + "\n" for item in requests))


@examples(8)
@given(rows=exports())
def test_the_store_says_what_a_plain_computation_says(tmp_path, rows):
    path = tmp_path / "export.jsonl"
    write(path, rows)
    answers = load(path)
    traces = {}
    for row in rows:
        traces.setdefault(row[0]["traceId"], []).append(row)
    expected = sorted(
        (expected_trace(part) for part in traces.values()),
        key=lambda trace: -trace["start_time_unix_nano"],
    )
    names = list(expected[0])
    assert [{name: trace[name] for name in names} for trace in answers.traces] == expected
    sums = summed([span for span, _ in rows])
    totals = answers.totals
    assert (totals.traces, totals.spans) == (len(traces), len(rows))
    assert {
        "calls": totals.model_calls,
        "input": totals.input_tokens,
        "output": totals.output_tokens,
        "unknown": totals.unknown_usage_calls,
        "cost": totals.cost_usd,
        "unpriced": totals.unpriced_calls,
        "errors": totals.errors,
        "running": totals.running,
    } == sums


def test_a_failed_span_that_names_itself_as_parent_is_one_error(tmp_path):
    path = tmp_path / "export.jsonl"
    write(path, [(otlp_span(1, 1, status={"code": 2}), "shop")])
    answers = load(path)
    assert answers.totals.errors == 1
    assert answers.traces[0]["error_count"] == 1


def test_the_spans_of_a_trace_come_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "export.jsonl"
    numbers = [5, 3, 9, 1]
    write(path, [(otlp_span(number, start=number), "shop") for number in numbers])
    with open_store(path) as store, store.reader() as reader:
        table = reader.trace_spans(f"{1:032x}")
    assert [int(span_id, 16) for span_id in table["span_id"].to_pylist()] == numbers
    assert table["start_time_unix_nano"].to_pylist() == [T0 + n * 1_000_000 for n in numbers]
