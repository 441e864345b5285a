"""What vendors' exports say becomes spans: one small export of each, spelled out."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from loaders.loading import load_bytes, load_file
from shared_data import shared
from tracetui import cli
from typer.testing import CliRunner

SAMPLES = Path(__file__).parent / "vendor_samples"


def sample(name):
    """Return what the loader makes of the format's sample, and its spans by name."""
    (path,) = SAMPLES.glob(f"{name}.json*")
    loaded = load_file(path)
    assert loaded.format == name
    assert loaded.lines.rejected == loaded.lines.repaired == 0
    return loaded, {span["name"]: span for span in loaded.spans}


def printed(path):
    """Return the spans of a file as the program prints them, payloads folded, by name."""
    result = CliRunner().invoke(cli.app, ["spans", str(path), "--payloads", "--json"])
    assert result.exit_code == 0, result.output
    return {span["name"]: span for span in map(json.loads, result.stdout.splitlines())}


def test_a_langfuse_observation_has_its_usage_inclusive_and_its_times_from_times():
    loaded, spans = sample("langfuse")
    assert len(loaded.spans) == 2
    call, root = spans["ask"], spans["root"]
    # 10 + 4 + 6 is the total: reasoning stands beside output.
    assert (call["input_tokens"], call["output_tokens"], call["reasoning_tokens"]) == (10, 10, 6)
    assert (call["cost_given_usd"], call["error"], call["http_status"]) == (0.25, True, 429)
    assert call["parent_span_id"] == root["span_id"]
    assert call["service_name"] == "demo"
    assert {span["session_id"] for span in loaded.spans} == {"chat-1"}
    assert {span["user_id"] for span in loaded.spans} == {"ada"}
    # `latency` says 3500, in whatever unit.
    assert root["end_time_unix_nano"] - root["start_time_unix_nano"] == 3_500_000_000
    assert json.loads(root["attributes"])["langfuse.trace.metadata"] == {"tenant": "t1"}


def test_a_langfuse_observation_that_came_as_an_otel_span_has_its_attributes(tmp_path):
    sent = {
        "agent_name": "qa",
        "all_messages_events": "[]",
        "gen_ai.usage.input_tokens": "31",
        "session.id": "s1",
    }
    observation = {
        "id": "b1",
        "traceId": "t1",
        "type": "SPAN",
        "name": "qa run",
        "level": "DEFAULT",
        "startTime": "2026-01-01T00:00:00Z",
        "endTime": "2026-01-01T00:00:01Z",
        "metadata": json.dumps({"attributes": sent, "scope": {"name": "pydantic-ai"}, "mine": 1}),
    }
    (span,) = load_bytes(tmp_path, json.dumps({"observations": [observation]})).spans
    assert (span["kind"], span["agent_name"], span["session_id"]) == ("agent", "qa", "s1")
    assert span["usage_role"] == "rollup"
    kept = json.loads(span["attributes"])
    assert kept["langfuse.observation.metadata"] == {"mine": 1}
    assert sent.items() <= kept.items()
    # Metadata of a user's own is not taken for attributes.
    own = observation | {"metadata": {"attributes": {"agent_name": "qa"}}}
    (span,) = load_bytes(tmp_path, json.dumps({"observations": [own]})).spans
    assert span["agent_name"] is None


def test_langfuse_scores_are_evaluations_of_their_observation_or_of_the_root():
    spans = printed(SAMPLES / "langfuse.json")
    (of_trace,), (of_call,) = spans["root"]["evaluations"], spans["ask"]["evaluations"]
    assert (of_trace["name"], of_trace["score"], of_trace["explanation"]) == (
        "helpful",
        0.5,
        "half",
    )
    assert (of_call["name"], of_call["label"], of_call["score"]) == ("tone", "kind", None)
    parts = [{"type": "text", "content": "Where is Lima?"}]
    assert spans["ask"]["input_messages"] == [{"role": "user", "parts": parts}]


def _usage(details, **more):
    observation = {
        "id": "o",
        "traceId": "t",
        "type": "GENERATION",
        "startTime": "2026-01-01T00:00:00Z",
        "usageDetails": details,
        **more,
    }
    return json.dumps({"data": [observation], "meta": {}})


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"input": 5, "output": 7, "total": 12, "input_cache_read": 3}, (5, 7, 12, 3)),
        ({"input": 5, "output": 7, "total": 15, "input_cache_read": 3}, (8, 7, 15, 3)),
        ({"input": 5, "output": 7, "input_cached_tokens": 3}, (8, 7, 15, 3)),
        ({"input": 5, "output": 7, "prompt_details.cache_read": 3}, (5, 7, 12, 3)),
        ({"input": 5, "output": 845, "total": 2023}, (5, 845, 2023, None)),
        ({"input": 0, "output": 0, "total": 0}, (None, None, None, None)),
        ({}, (None, None, None, None)),
    ],
)
def test_langfuse_counts_are_parts_or_beside_as_their_total_says(tmp_path, details, expected):
    (span,) = load_bytes(tmp_path, _usage(details)).spans
    columns = ("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens")
    assert tuple(span[column] for column in columns) == expected


def test_a_langfuse_list_of_traces_without_content_says_what_is_missing(tmp_path):
    trace = {"id": "t", "timestamp": "2026-01-01T00:00:00Z", "observations": ["o1"]}
    loaded = load_bytes(tmp_path, json.dumps({"data": [trace], "meta": {}}))
    assert loaded.spans == []
    assert loaded.lines.rejected == 1
    assert "o1 is only named: export the trace" in loaded.problems[0]["message"]


def test_both_halves_of_a_langsmith_run_are_one_span_also_without_an_id():
    loaded, spans = sample("langsmith")
    assert len(loaded.spans) == 2
    call, chain = spans["ChatOpenAI"], spans["chain"]
    assert call["parent_span_id"] == chain["span_id"]
    assert call["trace_id"] == chain["trace_id"] == chain["span_id"]
    assert (call["kind"], chain["kind"]) == ("llm", "workflow")
    assert (call["input_tokens"], call["output_tokens"], call["cache_read_tokens"]) == (12, 3, 4)
    assert call["end_time_unix_nano"] - call["start_time_unix_nano"] == 1_000_000_000
    assert (call["request_model"], call["session_id"]) == ("gpt-5", "th-1")
    assert (chain["error"], chain["status_message"]) == (True, "ValueError('no')")
    answer = printed(SAMPLES / "langsmith.json")["ChatOpenAI"]["output_messages"]
    assert [message["parts"][0]["content"] for message in answer] == ["In Peru."]


def test_an_exported_langsmith_tree_has_its_children_below_it(tmp_path):
    child = {"id": "c", "name": "tool", "run_type": "tool", "start_time": "2026-01-01T00:00:01Z"}
    tree = {
        "id": "r",
        "name": "root",
        "run_type": "chain",
        "start_time": "2026-01-01T00:00:00Z",
        "session_id": "a-project",
        "total_tokens": 9,
        "feedback_stats": {"correct": {"n": 2, "avg": 0.5}},
        "child_runs": [child],
    }
    loaded = load_bytes(tmp_path, json.dumps(tree))
    root, tool = loaded.spans
    assert (tool["parent_span_id"], tool["trace_id"], root["trace_id"]) == ("r", "r", "r")
    assert (tool["kind"], root["kind"]) == ("tool", "workflow")
    assert root["session_id"] is None  # a run's session_id is its project
    assert (root["usage_role"], root["rollup_total_tokens"]) == ("rollup", 9)
    (event,) = loaded.events
    assert json.loads(event["attributes"])["gen_ai.evaluation.score.value"] == 0.5


def test_turns_and_tasks_of_the_agents_sdk_are_rollups_and_the_group_is_the_session():
    loaded, spans = sample("openai_agents")
    turn, call = spans["turn 1"], spans["response"]
    assert (turn["kind"], turn["operation"], turn["agent_name"]) == ("workflow", "turn", "triage")
    assert (turn["usage_role"], turn["rollup_input_tokens"]) == ("rollup", 120)
    assert (call["usage_role"], call["input_tokens"], call["response_id"]) == ("own", 120, "resp_1")
    assert {span["session_id"] for span in loaded.spans} == {"thread-1"}
    assert {span["workflow_name"] for span in loaded.spans} == {"w"}
    assert call["error_message"] == "Error getting response: boom"
    assert turn["end_time_unix_nano"] - turn["start_time_unix_nano"] == 1_000_001_000


NATIVE = (
    "57-openai-agents-generation",
    "58-openai-agents-response-no-model",
    "59-openai-agents-turn-rollup",
)


@pytest.mark.parametrize("name", NATIVE)
def test_the_program_prints_what_the_native_vectors_expect(name, tmp_path):
    vector = json.loads(shared(f"reference/vectors/{name}.input.json").read_text("utf-8"))
    expected = json.loads(shared(f"reference/vectors/{name}.expected.json").read_text("utf-8"))
    path = tmp_path / "native.jsonl"
    path.write_text(f"{json.dumps(vector['native'])}\n{json.dumps({'data': [vector['trace']]})}\n")
    (span,) = printed(path).values()
    assert {key: span[key] for key in expected} == expected


def test_braintrust_rows_of_one_id_are_merged_at_all_depths():
    loaded, spans = sample("braintrust")
    assert len(loaded.spans) == 2
    call, root = spans["Chat Completion"], spans["root"]
    assert (call["parent_span_id"], call["trace_id"]) == ("a", "a")
    assert (call["kind"], call["input_tokens"], call["output_tokens"]) == ("llm", 7, 2)
    assert call["start_time_unix_nano"] == 1_767_225_600_500_000_000
    assert call["end_time_unix_nano"] == 1_767_225_601_500_000_000
    assert (root["error"], root["status_message"]) == (True, "Timeout: too slow")
    folded = printed(SAMPLES / "braintrust.jsonl")["Chat Completion"]
    assert folded["evaluations"][0]["score"] == 1
    assert folded["output_messages"][0]["parts"] == [{"type": "text", "content": "Peru"}]


def test_deepeval_lists_give_kinds_and_metrics_of_the_trace_stand_on_its_root():
    loaded, spans = sample("deepeval")
    assert {name: span["kind"] for name, span in spans.items()} == {
        "meteorologist": "agent",
        "call": "llm",
        "get_weather": "tool",
    }
    assert {span["session_id"] for span in loaded.spans} == {"th-1"}
    assert (spans["call"]["input_tokens"], spans["call"]["error"]) == (30, True)
    assert spans["call"]["parent_span_id"] == spans["meteorologist"]["span_id"]
    folded = printed(SAMPLES / "deepeval.json")
    (metric,) = folded["meteorologist"]["evaluations"]
    assert (metric["name"], metric["score"], metric["label"]) == ("Answer Relevancy", 0.75, "pass")
    assert folded["get_weather"]["tool_arguments"] == {"city": "Lima"}


def test_an_invariant_answer_without_an_id_is_of_the_call_before_it():
    loaded, spans = sample("invariant")
    assert [span["kind"] for span in loaded.spans] == ["workflow", "agent", "llm", "tool", "llm"]
    tool = spans["execute_tool f"]
    assert json.loads(tool["attributes"])["gen_ai.tool.call.result"] == "rain"
    assert json.loads(tool["attributes"])["gen_ai.tool.call.arguments"] == "{x"
    assert {span["start_time_unix_nano"] for span in loaded.spans} == {None}
    (event,) = loaded.events
    assert event["row_id"] == tool["row_id"]
    assert json.loads(event["attributes"])["gen_ai.evaluation.explanation"] == "asks too much"


def test_an_atif_sub_agent_stands_below_the_tool_that_started_it():
    loaded, spans = sample("atif")
    tool, helper = spans["execute_tool delegate"], spans["invoke_agent helper"]
    assert helper["parent_span_id"] == tool["span_id"]
    assert {span["trace_id"] for span in loaded.spans} == {"run-1"}
    # A step copied from elsewhere is no call; cached tokens are in the prompt's.
    calls = [span for span in loaded.spans if span["kind"] == "llm"]
    assert [call["input_tokens"] for call in calls] == [100, 5]
    assert calls[0]["cache_read_tokens"] == 40
    assert calls[0]["cost_given_usd"] == 0.5
    (session,) = [span for span in loaded.spans if span["kind"] == "workflow"]
    assert (session["usage_role"], session["rollup_input_tokens"]) == ("rollup", 105)


def test_copilots_atif_gives_no_dollars(tmp_path):
    step = {"source": "agent", "message": "x", "metrics": {"prompt_tokens": 1, "cost_usd": 6}}
    trajectory = {
        "schema_version": "ATIF-v1.5",
        "session_id": "s",
        "agent": {"name": "copilot-cli"},
        "steps": [step],
        "final_metrics": {"total_cost_usd": 360},
    }
    loaded = load_bytes(tmp_path, json.dumps(trajectory))
    assert {span["cost_given_usd"] for span in loaded.spans} == {None}


def test_an_mlflow_trace_has_its_assessments_and_session_on_its_spans():
    loaded, spans = sample("mlflow")
    call, root = spans["Completions"], spans["predict"]
    assert call["parent_span_id"] == root["span_id"] == "b7ad6b7169203331"
    assert root["start_time_unix_nano"] == 1_767_225_600_000_000_001
    assert {span["session_id"] for span in loaded.spans} == {"chat-1"}
    assert (call["kind"], call["input_tokens"], call["error_type"]) == ("llm", 120, "ServerError")
    assert root["usage_role"] == "rollup"
    (judged,) = printed(SAMPLES / "mlflow.json")["Completions"]["evaluations"]
    assert (judged["name"], judged["score"], judged["explanation"]) == ("correct", 0, "no capital")


def test_only_a_weave_call_without_usage_below_it_is_a_model_call():
    loaded, spans = sample("weave")
    root, call = spans["answer"], spans["openai.chat.completions.create"]
    assert (root["usage_role"], root["kind"]) == ("rollup", "workflow")
    assert (call["usage_role"], call["kind"], call["input_tokens"]) == ("own", "llm", 9)
    assert (call["cost_given_usd"], call["response_id"], call["http_status"]) == (
        0.5,
        "chatcmpl-1",
        429,
    )
    assert len(loaded.events) == 1
    folded = printed(SAMPLES / "weave.jsonl")["openai.chat.completions.create"]
    assert folded["output_messages"][0]["parts"] == [{"type": "text", "content": "Peru"}]


def test_agentops_attributes_are_brought_back_to_dotted_keys():
    loaded, spans = sample("agentops")
    call, root = spans["llama3.llm"], spans["crewai.workflow"]
    assert (root["kind"], root["usage_role"], root["service_name"]) == (
        "workflow",
        "rollup",
        "writer",
    )
    assert (call["kind"], call["input_tokens"], call["otel_kind"]) == ("llm", 481, "CLIENT")
    assert (call["cost_given_usd"], call["error_type"]) == (0.01, "Timeout")
    assert {span["trace_id"] for span in loaded.spans} == {"0af7651916cd43dd8448eb211c80319c"}


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.iterdir()))
def test_the_summary_of_a_sample_adds_up(name):
    (path,) = SAMPLES.glob(f"{name}.json*")
    result = CliRunner().invoke(cli.app, ["summary", str(path), "--json"])
    assert result.exit_code == 0, result.output
    totals = json.loads(result.stdout)
    loaded, _ = sample(name)
    own = [span for span in loaded.spans if span["usage_role"] == "own"]
    assert totals["spans"] == len(loaded.spans)
    assert (totals["input_tokens"] or 0) == sum(span["input_tokens"] for span in own)
    starts = [span["row_id"] for span in loaded.spans]
    assert all(before < after for before, after in pairwise(starts))


_TIME = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        (
            "langfuse",  # a row of the blob-storage export
            {
                "id": "o1",
                "trace_id": "t1",
                "type": "TOOL",
                "parent_observation_id": None,
                "start_time": "2026-01-01 00:00:00.000000",
                "name": "look up",
            },
            ("look up", "tool", "t1"),
        ),
        (
            "langsmith",  # a page of the API
            {"runs": [{"id": "a", "run_type": "llm", "name": "x", "start_time": _TIME}]},
            ("x", "llm", "a"),
        ),
        (
            "openai_agents",  # a span alone
            {"object": "trace.span", "id": "s", "trace_id": "t", "span_data": {"type": "agent"}},
            ("agent", "agent", "t"),
        ),
        (
            "weave",  # what the SDK sends
            {
                "batch": [
                    {"req": {"start": {"id": "c", "op_name": "f", "trace_id": "t"}}},
                    {"req": {"end": {"id": "c", "ended_at": _TIME, "summary": {}}}},
                ]
            },
            ("f", "other", "t"),
        ),
        (
            "mlflow",  # version 2 of the schema
            {
                "info": {"request_id": "tr-1", "tags": {}},
                "data": {
                    "spans": [
                        {
                            "name": "p",
                            "context": {"span_id": "0x1", "trace_id": "0xabc"},
                            "parent_id": None,
                            "start_time": 1767225600000000000,
                            "attributes": {"mlflow.spanType": '"AGENT"'},
                        }
                    ]
                },
            },
            ("p", "agent", "abc"),
        ),
        (
            "braintrust",  # a page of the API
            {"events": [{"span_id": "s", "root_span_id": "r", "span_attributes": {"name": "n"}}]},
            ("n", "other", "r"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_shape_of_the_same_export_loads(tmp_path, form, value, expected):
    loaded = load_bytes(tmp_path, json.dumps(value))
    assert loaded.format == form
    (span,) = loaded.spans
    assert (span["name"], span["kind"], span["trace_id"]) == expected
