"""What conventions say beyond their vectors: traps of producers."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders.conventions.json_members import json_text, member, unix_nano
from tracetui_loaders.normalise import CONVENTIONS, normalise
from tracetui_loaders.schema import KINDS, SPANS

KEYS = sorted({row.key for convention in CONVENTIONS for row in convention.keys})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "content", "role", "output", "choices", "text", "id"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


def fields(attributes: dict[str, Any], name: str = "span", scope: str | None = None, **more: Any):
    return normalise(name, scope, attributes, **more)


@pytest.mark.parametrize(
    ("attributes", "scope", "name", "kind"),
    [
        ({"langsmith.span.kind": "prompt", "gen_ai.operation.name": "chat"}, None, "p", "prompt"),
        ({"langfuse.observation.type": "span"}, "langfuse-sdk", "x", "other"),
        (
            {"langfuse.observation.type": "span", "gen_ai.operation.name": "invoke_agent"},
            None,
            "a",
            "agent",
        ),
        ({"operation.name": "ai.streamText.doStream my fn"}, "ai", "x", "llm"),
        ({"gen_ai.operation.name": "agent_handoff"}, "any", "x", "handoff"),
        ({"all_messages_events": "[]"}, "pydantic-ai", "qa_agent run", "agent"),
        ({"ai.operationId": "ai.embedMany"}, "ai", "x", "workflow"),
        ({"mlflow.spanType": '"UNKNOWN"'}, None, "x", "other"),
        ({}, "pydantic-ai", "running tools", "workflow"),
        ({}, "pydantic-ai", "running tool: x", "tool"),
        ({}, "gcp.vertex.agent", "invocation", "workflow"),
        ({"gcp.vertex.agent.llm_request": "{}"}, "gcp.vertex.agent", "other", "other"),
        ({"gcp.vertex.agent.llm_request": '{"model": "m"}'}, None, "call_llm", "llm"),
        ({}, "agent_framework", "edge_group.process X", "workflow"),
        ({}, "agent_framework", "message.send", "messaging"),
        ({}, "livekit-agents", "llm_request", "llm"),
        ({}, "logfire.openai_agents", "Agent run: {name!r}", "agent"),
        ({"span.type": "tool.blocked_on_user"}, None, "claude_code.tool.x", "other"),
        ({"span.type": "web"}, "ddtrace", "GET /", "other"),
        ({"span.type": "agentic.tool.invocation"}, None, "x", "tool"),
        ({"mastra.span.type": "model_step", "gen_ai.operation.name": "x"}, None, "x", "workflow"),
        ({"genkit:metadata:subtype": "tool.v2"}, None, "x", "tool"),
        ({"lmnr.span.type": "CACHED"}, None, "x", "other"),
        ({"agentops.span.kind": "session"}, None, "x", "workflow"),
        ({"ai.observability.span_type": "record_root"}, None, "x", "workflow"),
        ({"mcp.method.name": "tools/call"}, None, "x", "tool"),
        ({"mcp.method.name": "tools/list"}, None, "x", "other"),
        ({"rpc.system": "grpc"}, None, "x", "rpc"),
    ],
)
def test_the_strongest_evidence_decides_the_kind(attributes, scope, name, kind):
    assert fields(attributes, name, scope)["kind"] == kind


def test_every_key_of_a_kind_names_a_kind():
    for attributes in ({"logfire.span_type": "pending_span"}, {"agentops.span.kind": "llm"}):
        assert fields(attributes)["kind"] in KINDS


def usage(details: dict[str, Any]) -> dict[str, Any]:
    found = fields(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.usage_details": json.dumps(details),
        }
    )
    return {key: value for key, value in found.items() if "tokens" in key}


def test_langfuse_input_leaves_out_cached_tokens_unless_its_total_says_otherwise():
    disjoint = usage({"input": 1000, "output": 50, "input_cached_tokens": 200})
    assert (disjoint["input_tokens"], disjoint["total_tokens"]) == (1200, 1250)
    summed = usage({"input": 1000, "output": 50, "input_cached_tokens": 200, "total": 1250})
    assert (summed["input_tokens"], summed["total_tokens"]) == (1200, 1250)
    inclusive = usage({"input": 1000, "output": 50, "input_cached_tokens": 200, "total": 1050})
    assert inclusive["input_tokens"] == 1000
    openai = usage(
        {
            "prompt_tokens": 1000,
            "completion_tokens": 50,
            "prompt_tokens_details": {"cached_tokens": 200},
        }
    )
    assert (openai["input_tokens"], openai["cache_read_tokens"]) == (1000, 200)


def test_a_cost_of_nothing_without_usage_is_unknown_and_with_usage_is_zero():
    zero = {"langfuse.observation.cost_details": '{"total": 0}'}
    assert "cost_given_usd" not in fields({"langfuse.observation.type": "generation", **zero})
    used = {"langfuse.observation.usage_details": '{"input": 3, "output": 1}'}
    found = fields({"langfuse.observation.type": "generation", **zero, **used})
    assert found["cost_given_usd"] == 0


def test_claude_codes_bare_keys_mean_nothing_on_other_spans():
    sent = {"input_tokens": 5, "output_tokens": 7, "model": "x", "tool_name": "t", "success": False}
    found = fields(sent)
    assert (found["kind"], found["usage_role"], found["error"]) == ("other", "none", False)
    assert "tool_name" not in found
    marked = fields({**sent, "span.type": "llm_request", "cache_read_tokens": 2, "error": "boom"})
    assert (marked["input_tokens"], marked["total_tokens"]) == (7, 14)
    assert (marked["request_model"], marked["error"], marked["error_message"]) == (
        "x",
        True,
        "boom",
    )


def test_the_time_to_the_first_token_is_in_seconds_but_in_strands():
    sent = {"gen_ai.operation.name": "chat", "gen_ai.server.time_to_first_token": 2}
    assert fields(sent)["ttft_ms"] == 2000
    assert fields(sent, scope="strands.telemetry.tracer")["ttft_ms"] == 2


def test_langfuse_says_when_the_completion_started():
    found = fields(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.completion_start_time": '"2026-01-01T00:00:00.250000Z"',
        },
        start_time_unix_nano=1_767_225_600_000_000_000,
    )
    assert (found["ttft_ms"], found["streaming"]) == (250.0, True)


def test_a_message_of_no_error_is_not_an_errors_message():
    warned = {"langfuse.observation.type": "agent", "langfuse.observation.status_message": "slow"}
    assert "error_message" not in fields(warned)
    failed = fields({**warned, "langfuse.observation.level": "ERROR"})
    assert (failed["error"], failed["error_message"]) == (True, "slow")


@pytest.mark.parametrize(
    ("attributes", "column", "name"),
    [
        ({"langfuse.observation.type": "tool"}, "tool_name", "span"),
        ({"mlflow.spanType": '"AGENT"'}, "agent_name", "span"),
        ({"agentops.span.kind": "agent", "operation.name": "Ada"}, "agent_name", "Ada"),
        ({"genkit:metadata:subtype": "tool", "genkit:name": "find"}, "tool_name", "find"),
        ({"openinference.span.kind": "TOOL"}, "tool_name", "span"),
        (
            {
                "span.type": "agentic.invocation",
                "monocle_apptrace.version": "1",
                "entity.1.name": "A",
            },
            "agent_name",
            "A",
        ),
    ],
)
def test_a_tools_or_agents_own_span_names_it(attributes, column, name):
    assert fields(attributes)[column] == name


def test_adk_1_names_its_agents_in_the_span():
    found = fields({}, "agent_run [helper]", "gcp.vertex.agent")
    assert (found["kind"], found["agent_name"]) == ("agent", "helper")


def test_monocle_keeps_usage_in_an_event():
    found = normalise(
        "openai.chat",
        None,
        {
            "monocle_apptrace.version": "0.7",
            "span.type": "inference",
            "entity.1.type": "inference.azure_openai",
            "entity.2.name": "gpt-4o",
        },
        [("metadata", None, {"prompt_tokens": 5, "completion_tokens": 2, "finish_reason": "stop"})],
    )
    assert (found["provider"], found["request_model"]) == ("azure", "gpt-4o")
    assert (found["usage_role"], found["total_tokens"]) == ("own", 7)


def test_genkit_keeps_usage_in_the_models_output():
    found = fields(
        {
            "genkit:metadata:subtype": "model",
            "genkit:name": "googleai/gemini-2.5-flash",
            "genkit:output": json.dumps(
                {"usage": {"inputTokens": 42, "outputTokens": 17}, "finishReason": "stop"}
            ),
        }
    )
    assert (found["input_tokens"], found["output_tokens"]) == (42, 17)
    assert (found["request_model"], found["finish_reasons"]) == ("gemini-2.5-flash", ["stop"])


def test_a_crew_sums_up_what_its_agents_used():
    found = fields(
        {
            "traceloop.span.kind": "task",
            "gen_ai.operation.name": "invoke_agent",
            "crewai.crew.id": "c",
            "crewai.crew.token_usage": "total_tokens=12 prompt_tokens=9 completion_tokens=3 x",
        }
    )
    assert (found["kind"], found["usage_role"]) == ("workflow", "rollup")
    assert (found["rollup_input_tokens"], found["rollup_output_tokens"]) == (9, 3)


def test_a_model_behind_a_gateway_is_its_makers():
    sent = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "openai/gpt-4o"}
    assert fields(sent)["provider"] == "openai"


def test_a_numbered_thread_is_no_conversation():
    assert "session_id" not in fields({"thread_id": 23})
    assert "session_id" not in fields({"thread_id": "23"})
    assert fields({"thread_id": "thread_x"})["session_id"] == "thread_x"


def test_where_a_langgraph_span_ran_is_in_its_metadata():
    found = fields({"metadata": '{"langgraph_node": "plan", "thread_id": "t1", "n": 1}'})
    assert (found["graph_node"], found["session_id"]) == ("plan", "t1")


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON | JSON.map(json.dumps), max_size=6),
    st.none() | st.sampled_from(["pydantic-ai", "strands.telemetry.tracer"]),
)
def test_any_value_under_any_key_is_read_without_a_fault(attributes, scope):
    found = fields(attributes, "invoke_agent x", scope)
    assert found["kind"] in KINDS
    assert found["usage_role"] in ("own", "rollup", "none")
    for column in ("input_tokens", "output_tokens", "rollup_input_tokens"):
        assert found.get(column, 0) >= 0
    assert isinstance(found.get("finish_reasons", []), list)


def test_a_json_member_is_read_only_where_it_is():
    read = member("a.b", "c")
    assert (read('{"a": {"b": "x"}}'), read({"c": "y"}), read("{broken"), read(5)) == (
        "x",
        "y",
        None,
        None,
    )
    assert (json_text('"AGENT"'), json_text("AGENT"), json_text('"')) == ("AGENT", "AGENT", None)
    assert unix_nano("not a time") is None


def test_every_field_of_the_tables_is_a_column_or_private():
    private = {
        *("kind", "mark", "failed", "error_note", "pending_parent_id", "resend_count"),
    }
    assert {row.field for c in CONVENTIONS for row in c.keys} <= {*SPANS.names, *private}
