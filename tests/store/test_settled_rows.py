"""What follows from several records: pending spans and the real ones, costs that logs say."""

import json

import pytest
from otlp_files import T0, attributes, otlp_span, request
from store.loading import load

REAL = otlp_span(
    2,
    1,
    "chat gpt-5",
    attributes={
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 1,
    },
)
PENDING = otlp_span(
    9,
    2,
    "chat gpt-5",
    length=0,
    attributes={
        "logfire.span_type": "pending_span",
        "logfire.pending_parent_id": f"{1:016x}",
        "gen_ai.operation.name": "chat",
    },
)
ROOT = otlp_span(1, name="root")
CHILD = otlp_span(3, 2, "x", attributes={"gen_ai.operation.name": "execute_tool"})


def log(event_name, values):
    record = {
        "timeUnixNano": str(T0),
        "eventName": event_name,
        "attributes": attributes(values),
    }
    scope_logs = [{"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": [record]}]
    return json.dumps({"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": scope_logs}]})


def test_a_pending_span_stands_for_a_span_that_has_not_ended(tmp_path):
    path = tmp_path / "live.jsonl"
    path.write_text(request(PENDING, CHILD, ROOT) + "\n")
    answers = load(path)
    (pending,) = (span for span in answers.spans if span["kind"] == "partial")
    assert (pending["span_id"], pending["parent_span_id"]) == (f"{2:016x}", f"{1:016x}")
    assert (pending["pending_of"], pending["real_parent"]) == (f"{2:016x}", f"{1:016x}")
    assert pending["end_time_unix_nano"] is None
    assert (answers.totals.running, answers.orphans, answers.totals.input_tokens) == (1, 0, None)


@pytest.mark.parametrize("spans", [(PENDING, REAL), (REAL, PENDING)], ids=["before", "after"])
def test_the_real_span_replaces_a_pending_one(tmp_path, spans):
    path = tmp_path / "done.jsonl"
    path.write_text("".join(request(span) + "\n" for span in (*spans, CHILD, ROOT)))
    answers = load(path)
    assert sorted(span["kind"] for span in answers.spans) == ["llm", "other", "tool"]
    assert (answers.totals.spans, answers.totals.running, answers.orphans) == (3, 0, 0)
    assert answers.totals.input_tokens == 5


CALL = otlp_span(
    2,
    1,
    "claude_code.llm_request",
    attributes={
        "span.type": "llm_request",
        "input_tokens": 2,
        "output_tokens": 3,
        "request_id": "req_1",
    },
)


@pytest.mark.parametrize("event_name", ["claude_code.api_request", "api_request"])
def test_a_log_says_what_a_call_of_claude_code_cost(tmp_path, event_name):
    path = tmp_path / "claude.jsonl"
    lines = [
        log(event_name, {"request_id": "req_1", "cost_usd": 0.25}),
        request(ROOT, CALL),
        log(event_name, {"request_id": "req_1", "cost_usd": "much"}),
    ]
    path.write_text("".join(line + "\n" for line in lines))
    answers = load(path)
    assert answers.totals.cost_usd == 0.25
    (call,) = (span for span in answers.spans if span["name"] == "claude_code.llm_request")
    assert call["cost_given_usd"] == 0.25


def test_what_a_span_says_of_its_cost_stands_against_a_log(tmp_path):
    own = json.loads(json.dumps(CALL))
    own["attributes"] += attributes({"gen_ai.usage.cost": 0.5})
    path = tmp_path / "both.jsonl"
    record = log("claude_code.api_request", {"request_id": "req_1", "cost_usd": 0.25})
    path.write_text(record + "\n" + request(own) + "\n")
    (call,) = (s for s in load(path).spans if s["name"] == "claude_code.llm_request")
    assert call["cost_given_usd"] == 0.5
