"""Agents that tell of themselves in logs alone: their events are spans, and count once."""

import json

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from otlp_files import T0, attributes, otlp_span, request
from store.loading import load, loaded_store
from tracetui_store.content import folded
from tracetui_store.ingest import Ingest
from tracetui_store.store import Store

SECOND = 1_000_000_000
CLAUDE = "com.anthropic.claude_code.events"


def record(at, name, *, body=None, trace=None, **sent):
    """Return a log record `at` seconds after `T0`; `__` in a name stands for a dot."""
    named = {key.replace("__", "."): value for key, value in sent.items()}
    found = {
        "timeUnixNano": str(T0 + round(at * SECOND)),
        "attributes": attributes({"event.name": name, **named}),
    }
    if body is not None:
        found["body"] = {"stringValue": body}
    if trace is not None:
        found |= {"traceId": f"{trace:032x}", "spanId": f"{trace:016x}"}
    return found


def export(*records, scope="events", service="agent"):
    """Return a request with log records, as one line."""
    resource = {"attributes": attributes({"service.name": service})}
    scope_logs = [{"scope": {"name": scope}, "logRecords": list(records)}]
    return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": scope_logs}]}) + "\n"


def claude(at, name, **sent):
    """Return an event of Claude Code as it is exported: its full name is the body."""
    common = {"session__id": "ses-1", "prompt__id": "p-1"}
    return record(at, name, body=f"claude_code.{name}", **{**common, **sent})


def api_request(at=5.0, request_id="req_1", **sent):
    counts = {
        "input_tokens": "10",
        "output_tokens": "200",
        "cache_read_tokens": "1000",
        "cache_creation_tokens": "90",
    }
    more = {"model": "claude-sonnet-4-5", "cost_usd": "0.05", "duration_ms": "3000"}
    return claude(at, "api_request", request_id=request_id, **counts, **more, **sent)


CLAUDE_SESSION = (
    claude(1, "user_prompt", prompt="Fix the bug", prompt_length=11),
    api_request(),
    claude(5.5, "tool_decision", tool_name="Bash", decision="accept", tool_use_id="toolu_1"),
    claude(
        8,
        "tool_result",
        tool_name="Bash",
        tool_use_id="toolu_1",
        success="false",
        duration_ms="2000",
        error="exit 1",
        tool_parameters='{"command": "ls"}',
    ),
    claude(9, "api_error", model="claude-sonnet-4-5", error="Overloaded", status_code="529"),
    claude(20, "user_prompt", prompt__id="p-2", prompt="Thanks"),
)


def write(path, *lines):
    path.write_text("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))
    return path


def by_name(answers):
    return {span["name"]: span for span in answers.spans}


def test_claude_code_s_events_are_a_session_with_prompts_and_calls(tmp_path):
    answers = load(write(tmp_path / "a", export(*CLAUDE_SESSION, scope=CLAUDE)))
    assert (answers.totals.traces, answers.totals.model_calls) == (1, 2)
    spans = by_name(answers)
    session = spans["claude-code session"]
    turns = [span for span in answers.spans if span["kind"] == "agent"]
    assert (session["kind"], session["session_id"]) == ("workflow", "ses-1")
    assert session["start_time_unix_nano"] == T0 + SECOND
    assert session["end_time_unix_nano"] == T0 + 20 * SECOND
    assert [turn["parent_span_id"] for turn in turns] == [session["span_id"]] * 2
    assert turns[0]["end_time_unix_nano"] == T0 + 9 * SECOND
    tool = spans["execute_tool Bash"]
    assert tool["parent_span_id"] == turns[0]["span_id"]
    assert tool["start_time_unix_nano"] == T0 + 6 * SECOND
    assert (tool["error"], tool["error_message"]) == (True, "exit 1")


def test_claude_code_s_tokens_include_cached_ones_and_cost_is_as_given(tmp_path):
    answers = load(write(tmp_path / "a", export(*CLAUDE_SESSION, scope=CLAUDE)))
    call = next(span for span in answers.spans if span["response_id"] == "req_1")
    assert (call["input_tokens"], call["output_tokens"]) == (1100, 200)
    assert (call["cache_read_tokens"], call["cache_write_tokens"]) == (1000, 90)
    assert call["start_time_unix_nano"] == T0 + 2 * SECOND
    assert (answers.totals.input_tokens, answers.totals.cost_usd) == (1100, 0.05)
    failed = next(span for span in answers.spans if span["kind"] == "llm" and span["error"])
    assert (failed["error_message"], failed["http_status"]) == ("Overloaded", 529)
    assert failed["rate_limited"] is True


def test_what_a_log_says_of_content_is_shown_with_its_span(tmp_path):
    path = write(tmp_path / "a", export(*CLAUDE_SESSION, scope=CLAUDE))
    with loaded_store(path) as store, store.reader() as rows, store.reader() as reader:
        details = {}
        for row in rows.spans():
            details.setdefault(row["name"], reader.span(row["row_id"]))
        tool = details["execute_tool Bash"]
        assert folded(tool)["tool_arguments"] == {"command": "ls"}
        assert [log.event_name for log in tool.logs] == ["tool_decision", "tool_result"]
        turn = folded(details["invoke_agent claude-code"])
        assert turn["input_messages"][0]["parts"][0]["content"] == "Fix the bug"


def test_a_log_that_is_loaded_twice_counts_once(tmp_path):
    line = export(*CLAUDE_SESSION, scope=CLAUDE)
    once = load(write(tmp_path / "a", line))
    twice = load(tmp_path / "a", write(tmp_path / "b", line))
    assert twice.totals.input_tokens == once.totals.input_tokens == 1100
    assert twice.totals.spans == once.totals.spans


def llm_request():
    """Return Claude Code's own span of the call that `api_request` logs."""
    sent = {
        "span.type": "llm_request",
        "session.id": "ses-1",
        "request_id": "req_1",
        "model": "claude-sonnet-4-5",
        "input_tokens": 10,
        "output_tokens": 200,
        "cache_read_tokens": 1000,
        "cache_creation_tokens": 90,
    }
    return otlp_span(7, name="claude_code.llm_request", start=2_000, length=3_000, attributes=sent)


@pytest.mark.parametrize("order", [("logs", "spans"), ("spans", "logs")])
def test_a_call_that_has_a_span_in_another_file_counts_once(tmp_path, order):
    files = {
        "logs": write(tmp_path / "logs", export(CLAUDE_SESSION[0], api_request(), scope=CLAUDE)),
        "spans": write(tmp_path / "spans", request(llm_request())),
    }
    answers = load(*(files[name] for name in order))
    assert [span["name"] for span in answers.spans] == ["claude_code.llm_request"]
    assert (answers.totals.traces, answers.totals.model_calls) == (1, 1)
    assert answers.totals.input_tokens == 1100
    assert answers.totals.cost_usd == 0.05  # only the log has it


def test_a_call_that_has_no_span_beside_one_that_has_is_not_lost(tmp_path):
    logs = export(api_request(), api_request(50, "req_2"), scope=CLAUDE)
    answers = load(
        write(tmp_path / "logs", logs), write(tmp_path / "spans", request(llm_request()))
    )
    assert answers.totals.model_calls == 2
    assert answers.totals.input_tokens == 2200
    assert by_name(answers).keys() >= {"claude-code session", "invoke_agent claude-code"}


def test_a_utility_call_stands_below_the_session(tmp_path):
    aside = api_request(query_source="generate_session_title")
    answers = load(write(tmp_path / "a", export(aside, scope=CLAUDE)))
    (call,) = (span for span in answers.spans if span["kind"] == "llm")
    assert call["parent_span_id"] == by_name(answers)["claude-code session"]["span_id"]


CODEX = (
    record(0, "codex.conversation_starts", conversation__id="c", provider_name="OpenAI"),
    record(1, "codex.user_prompt", conversation__id="c", prompt="hi"),
    record(3, "codex.api_request", conversation__id="c", model="gpt-5-codex", duration_ms=1000),
    record(
        6,
        "codex.sse_event",
        conversation__id="c",
        model="gpt-5-codex",
        event__kind="response.completed",
        input_token_count="500",
        cached_token_count="400",
        output_token_count="50",
        reasoning_token_count="20",
    ),
    record(
        9,
        "codex.tool_result",
        conversation__id="c",
        tool_name="shell",
        call_id="call_1",
        arguments='{"command":["ls"]}',
        duration_ms="500",
        success="true",
        output="a.txt",
    ),
    record(
        10,
        "codex.api_request",
        conversation__id="c",
        model="gpt-5-codex",
        http__response__status_code=429,
        error__message="rate limit",
    ),
)


def test_codex_s_call_lasts_from_the_request_to_the_completed_response(tmp_path):
    answers = load(write(tmp_path / "a", export(*CODEX)))
    done, failed = (span for span in answers.spans if span["kind"] == "llm")
    assert done["start_time_unix_nano"] == T0 + 2 * SECOND
    assert done["end_time_unix_nano"] == T0 + 6 * SECOND
    assert (done["input_tokens"], done["cache_read_tokens"]) == (500, 400)
    assert (done["output_tokens"], done["reasoning_tokens"]) == (50, 20)
    assert (failed["error"], failed["rate_limited"]) == (True, True)
    spans = by_name(answers)
    turn = spans["invoke_agent codex"]
    assert spans["execute_tool shell"]["parent_span_id"] == turn["span_id"]
    assert turn["parent_span_id"] == spans["codex session"]["span_id"]


GEMINI = (
    record(0, "gemini_cli.user_prompt", session__id="g", prompt_id="g#0", prompt="hi"),
    record(
        4,
        "gemini_cli.api_response",
        session__id="g",
        prompt_id="g#0",
        model="gemini-2.5-pro",
        duration_ms=2000,
        input_token_count=100,
        output_token_count=20,
        thoughts_token_count=30,
        tool_token_count=5,
        cached_content_token_count=40,
    ),
    record(
        5,
        "gemini_cli.tool_call",
        session__id="g",
        prompt_id="g#0",
        function_name="read_file",
        function_args='{"path": "x"}',
        duration_ms=300,
        success=True,
    ),
)


def test_gemini_s_output_includes_thoughts_and_its_input_what_tools_gave(tmp_path):
    answers = load(write(tmp_path / "a", export(*GEMINI)))
    (call,) = (span for span in answers.spans if span["kind"] == "llm")
    assert (call["input_tokens"], call["output_tokens"]) == (105, 50)
    assert (call["reasoning_tokens"], call["cache_read_tokens"]) == (30, 40)
    assert call["provider"] == "google"
    tool = by_name(answers)["execute_tool read_file"]
    assert tool["end_time_unix_nano"] - tool["start_time_unix_nano"] == 300_000_000


def test_gemini_s_calls_that_have_spans_of_the_session_count_once(tmp_path):
    call = {
        "gen_ai.operation.name": "llm_call",
        "gen_ai.conversation.id": "g",
        "gen_ai.usage.input_tokens": 105,
        "gen_ai.usage.output_tokens": 50,
    }
    span = otlp_span(3, name="llm_call", start=2_000, length=2_000, attributes=call)
    answers = load(
        write(tmp_path / "logs", export(*GEMINI)), write(tmp_path / "spans", request(span))
    )
    assert (answers.totals.model_calls, answers.totals.input_tokens) == (1, 105)


def test_copilot_s_details_are_calls_and_its_turns_do_not_repeat_them(tmp_path):
    usage = {"gen_ai__usage__input_tokens": 70, "gen_ai__usage__output_tokens": 7}
    common = {"gen_ai__conversation__id": "v", "gen_ai__request__model": "gpt-5"}
    lines = export(
        record(1, "gen_ai.client.inference.operation.details", **usage, **common),
        record(2, "copilot_chat.tool.call", gen_ai__tool__name="readFile", success=True, **common),
        record(3, "copilot_chat.agent.turn", **usage, **common),
        scope="copilot-chat",
    )
    answers = load(write(tmp_path / "a", lines))
    assert (answers.totals.model_calls, answers.totals.input_tokens) == (1, 70)
    assert "execute_tool readFile" in by_name(answers)


def test_a_session_that_grows_in_a_followed_file_keeps_its_beginning(tmp_path):
    path = write(tmp_path / "a", export(*CLAUDE_SESSION[:2], scope=CLAUDE))
    store = Store.temporary()
    try:
        ingest = Ingest(store, [str(path)])
        ingest.run()
        with path.open("a") as file:
            file.write(export(*CLAUDE_SESSION[2:5], scope=CLAUDE))
        ingest._catch_up([str(path)])
        with store.reader() as reader:
            spans = list(reader.spans())
    finally:
        store.close()
    session, turn = (
        next(span for span in spans if span["kind"] == kind) for kind in ("workflow", "agent")
    )
    for holder in (session, turn):
        assert holder["start_time_unix_nano"] == T0 + SECOND
        assert holder["end_time_unix_nano"] == T0 + 9 * SECOND
    assert len([span for span in spans if span["kind"] == "agent"]) == 1


def test_logs_of_other_programs_make_no_spans(tmp_path):
    lines = export(record(1, "user.login", body="codexify.started"), record(2, "codex", body="x"))
    answers = load(write(tmp_path / "a", lines))
    assert (answers.totals.spans, answers.totals.logs) == (0, 2)


_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_names = st.sampled_from(
    [
        *("claude_code.api_request", "claude_code.tool_result", "claude_code.api_error"),
        *("codex.sse_event", "codex.api_request", "codex.tool_result", "gemini_cli.api_response"),
        *("gemini_cli.tool_call", "copilot_chat.tool.call", "claude_code.", "codex.user_prompt"),
    ]
)
_keys = st.sampled_from(
    [
        *("session.id", "prompt.id", "duration_ms", "input_tokens", "cost_usd", "success"),
        *("tool_name", "tool_parameters", "event.kind", "event.timestamp", "conversation.id"),
        *("input_token_count", "status_code", "error", "model", "tool_use_id"),
    ]
)


@examples(20)
@given(events=st.lists(st.tuples(_names, st.dictionaries(_keys, _values)), max_size=4))
def test_any_attributes_are_survived_and_every_record_kept(tmp_path, events):
    records = []
    for name, sent in events:
        pairs = [
            {"key": key, "value": {"stringValue": str(value)} if value is not None else {}}
            for key, value in sent.items()
        ]
        body = {"stringValue": name}
        records.append({"timeUnixNano": str(T0), "body": body, "attributes": pairs})
    answers = load(write(tmp_path / "any", export(*records)))
    assert answers.totals.logs == len(records)
    assert answers.files[0].rejected == 0
