"""Copilot CLI's sessions: the corpus, and the traps of the format."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import (
    as_lines,
    attributes_of,
    mutated,
    of_kind,
    physical_lines,
    recorded,
    total,
)
from loaders.loading import load_bytes, load_file
from shared_data import shared
from store.loading import load as load_all

SMALL = "corpora/copilot-cli/copilot-small.jsonl"


def test_every_file_is_read_without_a_rejected_line():
    for entry in recorded("copilot-cli"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "copilot_cli")
        assert loaded.count() == physical_lines(path) == entry["check"]["records"]
        assert loaded.lines.rejected == 0
        assert [s["kind"] for s in loaded.spans if s["parent_span_id"] is None] == ["workflow"]


def test_turns_and_calls_are_the_messages_of_the_file():
    loaded = load_file(shared("corpora/copilot-cli/copilot-large.jsonl"))
    kinds = Counter(span["kind"] for span in loaded.spans)
    assert kinds == {"workflow": 1, "agent": 3, "llm": 4, "tool": 2}
    # The events that were blacked out share one id: three messages are one call.
    kinds = Counter(span["kind"] for span in load_file(shared(SMALL)).spans)
    assert kinds == {"workflow": 1, "agent": 3, "llm": 3, "tool": 2}


def test_the_session_s_total_is_counted_and_its_output_is_the_sum_of_its_messages():
    path = shared(SMALL)
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    (ended,) = [r["data"] for r in records if r["type"] == "session.shutdown"]
    said = [r["data"].get("outputTokens", 0) for r in records if r["type"] == "assistant.message"]
    details = {name: count["tokenCount"] for name, count in ended["tokenDetails"].items()}
    calls = [attributes_of(call).get("outputTokens", 0) for call in of_kind(load_file(path), "llm")]
    assert sum(calls) == sum(said) == details["output"] == 15
    totals = load_all(path).totals
    assert (totals.input_tokens, totals.output_tokens) == (details["input"] + 5, 15)


def event(second, kind, event_id=None, **data):
    stamp = f"2026-01-01T00:00:{second:02}.000Z"
    event_id = event_id or f"{kind}-{second}"
    return {"type": kind, "data": data, "id": event_id, "timestamp": stamp, "parentId": "before"}


def said(second, message_id, content, requests=(), **more):
    requests = [{"toolCallId": i, "name": name, "arguments": {}} for i, name in requests]
    more = {"messageId": message_id, "content": content, "toolRequests": requests, **more}
    return event(second, "assistant.message", **more)


def shut_down(second, **usage_by_model):
    metrics = {
        model: {"requests": {"count": 1, "cost": 3}, "usage": usage}
        for model, usage in usage_by_model.items()
    }
    return event(second, "session.shutdown", modelMetrics=metrics, totalPremiumRequests=3)


def used(tokens_in, tokens_out, cached=0):
    return {"inputTokens": tokens_in, "outputTokens": tokens_out, "cacheReadTokens": cached}


SESSION = [
    event(0, "session.start", sessionId="s1", selectedModel="gpt-5", copilotVersion="1.0"),
    event(1, "user.message", "u1", content="go"),
    event(2, "assistant.reasoning", reasoningId="r", content="hm"),
    said(3, "m1", "", [("c1", "task")], outputTokens=10, model="gpt-5", reasoningText="hm"),
    event(4, "tool.execution_start", toolCallId="c1", toolName="task", arguments={}),
    event(4, "subagent.started", toolCallId="c1", agentName="explore"),
    said(5, "m2", "", [("c2", "view")], outputTokens=7, parentToolCallId="c1", model="haiku"),
    event(6, "tool.execution_complete", toolCallId="c2", success=True, parentToolCallId="c1"),
    event(7, "subagent.completed", toolCallId="c1", agentName="explore", totalTokens=70),
    event(8, "tool.execution_complete", toolCallId="c1", success=True, result={"content": "x"}),
    said(9, "m3", "do", outputTokens=2),
    said(9, "m3", "done", outputTokens=5),
]


def test_what_a_sub_agent_did_stands_below_the_tool_that_started_it(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(SESSION))
    parents = {span["span_id"]: span["parent_span_id"] for span in loaded.spans}
    assert parents == {
        "s1": None,
        "u1": "s1",
        "m1": "u1",
        "c1": "u1",
        "c1:agent": "c1",
        "m2": "c1:agent",
        "c2": "c1:agent",
        "m3": "u1",
    }
    (agent,) = [span for span in of_kind(loaded, "agent") if span["agent_name"] == "explore"]
    assert agent["end_time_unix_nano"] is not None
    first = of_kind(loaded, "llm")[0]
    (output,) = attributes_of(first)["gen_ai.output.messages"]
    assert [part["type"] for part in output["parts"]] == ["reasoning", "tool_call"]


def test_without_totals_each_message_counts_what_it_said_last(tmp_path):
    calls = of_kind(load_bytes(tmp_path, as_lines(SESSION)), "llm")
    assert [call["output_tokens"] for call in calls] == [10, 7, 5]
    assert [call["input_tokens"] for call in calls] == [None, None, None]


def test_totals_of_a_resumed_session_add_up_and_units_are_no_dollars(tmp_path):
    records = [
        *SESSION,
        shut_down(20, **{"gpt-5": used(100, 15, 40), "haiku": used(50, 7)}),
        event(30, "session.resume"),
        event(31, "user.message", "u2", content="more"),
        said(32, "m4", "yes", outputTokens=3),
        shut_down(40, **{"gpt-5": used(200, 3, 90)}),
        event(50, "user.message", "u3", content="and"),
        said(52, "m5", "no", outputTokens=2),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text(as_lines(records))
    totals = load_all(path).totals
    assert (totals.input_tokens, totals.output_tokens) == (350, 15 + 7 + 3 + 2)
    loaded = load_file(path)
    assert loaded.spans[0]["rollup_cache_read_tokens"] == 130
    assert {span["cost_given_usd"] for span in loaded.spans} == {None}
    assert total(of_kind(loaded, "llm"), "output_tokens") is None


def test_calls_that_say_all_of_their_usage_are_counted_themselves(tmp_path):
    usage = event(3, "assistant.usage", apiCallId="m1", **used(100, 10, 60))
    path = tmp_path / "events.jsonl"
    path.write_text(as_lines([*SESSION[:4], usage, shut_down(9, **{"gpt-5": used(100, 10, 60)})]))
    totals = load_all(path).totals
    assert (totals.input_tokens, totals.output_tokens) == (100, 10)
    (call,) = of_kind(load_file(path), "llm")
    assert (call["input_tokens"], call["cache_read_tokens"]) == (100, 60)


def test_an_error_of_the_api_is_a_failed_call(tmp_path):
    error = event(2, "session.error", errorType="query", message="bad", statusCode=400)
    (call,) = of_kind(load_bytes(tmp_path, as_lines([*SESSION[:2], error])), "llm")
    assert (call["error_type"], call["http_status"]) == ("query", 400)


def test_a_tool_that_the_user_refused_says_so(tmp_path):
    refused = event(
        8, "tool.execution_complete", toolCallId="c1", success=False, error={"code": "rejected"}
    )
    (tool,) = of_kind(load_bytes(tmp_path, as_lines([*SESSION[:5], refused])), "tool")
    assert tool["error_type"] == "user_rejected"


@given(st.lists(mutated([*SESSION, shut_down(20, m=used(1, 2))]), max_size=5))
def test_an_event_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*SESSION[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
