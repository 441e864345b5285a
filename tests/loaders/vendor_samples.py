"""One small export of each vendor, as its own documentation or recordings show it; ours."""

from typing import Any

LANGFUSE: dict[str, Any] = {
    "trace": {
        "id": "0af7651916cd43dd8448eb211c80319c",
        "name": "answer",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "projectId": "p",
        "sessionId": "chat-1",
        "userId": "ada",
        "input": '"\\"Where is Lima?\\""',
        "metadata": '{"tenant":"t1"}',
        "scores": [
            {
                "id": "s1",
                "traceId": "0af7651916cd43dd8448eb211c80319c",
                "observationId": None,
                "name": "helpful",
                "value": 0.5,
                "stringValue": None,
                "dataType": "NUMERIC",
                "source": "EVAL",
                "comment": "half",
                "timestamp": "2026-01-01T00:00:09.000Z",
            },
            {
                "id": "s2",
                "traceId": "0af7651916cd43dd8448eb211c80319c",
                "observationId": "b7ad6b7169203332",
                "name": "tone",
                "value": 1,
                "stringValue": "kind",
                "dataType": "CATEGORICAL",
                "source": "ANNOTATION",
                "comment": None,
                "timestamp": "2026-01-01T00:00:09.000Z",
            },
        ],
        "observations": [
            {
                "id": "b7ad6b7169203332",
                "type": "GENERATION",
                "traceId": "0af7651916cd43dd8448eb211c80319c",
                "startTime": "2026-01-01T00:00:01.000Z",
                "input": None,
            }
        ],
    },
    "observations": [
        {
            "id": "b7ad6b7169203331",
            "traceId": "0af7651916cd43dd8448eb211c80319c",
            "parentObservationId": None,
            "type": "SPAN",
            "name": "root",
            "startTime": "2026-01-01T00:00:00.000Z",
            "endTime": "2026-01-01T00:00:03.500Z",
            "latency": 3500,
            "level": "DEFAULT",
        },
        {
            "id": "b7ad6b7169203332",
            "traceId": "0af7651916cd43dd8448eb211c80319c",
            "parentObservationId": "b7ad6b7169203331",
            "type": "GENERATION",
            "name": "ask",
            "startTime": "2026-01-01T00:00:01.000Z",
            "endTime": "2026-01-01T00:00:03.000Z",
            "model": "gpt-5-mini",
            "modelParameters": {"temperature": 0},
            "usageDetails": {"input": 10, "output": 4, "output_reasoning": 6, "total": 20},
            "costDetails": {"total": 0.25},
            "input": '"[{\\"role\\": \\"user\\", \\"content\\": \\"Where is Lima?\\"}]"',
            "output": '{"role": "assistant", "content": "In Peru."}',
            "metadata": {"resourceAttributes": {"service.name": "demo"}},
            "level": "ERROR",
            "statusMessage": "Error code: 429 - slow down",
        },
    ],
}

LANGSMITH: dict[str, Any] = {
    "post": [
        {
            "id": "11111111-1111-4111-8111-111111111111",
            "trace_id": "11111111-1111-4111-8111-111111111111",
            "name": "chain",
            "run_type": "chain",
            "start_time": "2026-01-01T00:00:00",
            "inputs": {"question": "Where?"},
            "dotted_order": "20260101T000000000000Z11111111-1111-4111-8111-111111111111",
        },
        {
            "id": "22222222-2222-4222-8222-222222222222",
            "name": "ChatOpenAI",
            "run_type": "llm",
            "start_time": 1767225601000,
            "extra": {"metadata": {"ls_model_name": "gpt-5", "thread_id": "th-1"}},
            "inputs": {"messages": [{"role": "user", "content": "Where?"}]},
            "dotted_order": "20260101T000000000000Z11111111-1111-4111-8111-111111111111"
            ".20260101T000001000000Z22222222-2222-4222-8222-222222222222",
        },
    ],
    "patch": [
        {
            "dotted_order": "20260101T000000000000Z11111111-1111-4111-8111-111111111111"
            ".20260101T000001000000Z22222222-2222-4222-8222-222222222222",
            "end_time": 1767225602000,
            "outputs": {
                "choices": [
                    {
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": "In Peru."},
                    }
                ],
                "usage_metadata": {
                    "input_tokens": 12,
                    "output_tokens": 3,
                    "total_tokens": 15,
                    "input_token_details": {"cache_read": 4},
                },
            },
        },
        {
            "id": "11111111-1111-4111-8111-111111111111",
            "end_time": "2026-01-01T00:00:03",
            "error": "ValueError('no')",
            "dotted_order": "20260101T000000000000Z11111111-1111-4111-8111-111111111111",
        },
    ],
}

OPENAI_AGENTS: dict[str, Any] = {
    "data": [
        {
            "object": "trace.span",
            "id": "span_1",
            "trace_id": "trace_1",
            "parent_id": None,
            "started_at": "2026-01-01T00:00:00+00:00",
            "ended_at": "2026-01-01T00:00:01.000001+00:00",
            "span_data": {
                "type": "custom",
                "name": "turn",
                "data": {
                    "sdk_span_type": "turn",
                    "turn": 1,
                    "agent_name": "triage",
                    "usage": {"input_tokens": 120, "output_tokens": 30},
                },
            },
            "error": None,
        },
        {
            "object": "trace.span",
            "id": "span_2",
            "trace_id": "trace_1",
            "parent_id": "span_1",
            "started_at": "2026-01-01T00:00:00+00:00",
            "ended_at": "2026-01-01T00:00:01+00:00",
            "span_data": {
                "type": "response",
                "response_id": "resp_1",
                "usage": {"input_tokens": 120, "output_tokens": 30, "total_tokens": 150},
            },
            "error": {"message": "Error getting response", "data": {"error": "boom"}},
        },
        {"object": "trace", "id": "trace_1", "workflow_name": "w", "group_id": "thread-1"},
    ]
}

BRAINTRUST: list[dict[str, Any]] = [
    {
        "id": "r1",
        "span_id": "a",
        "root_span_id": "a",
        "span_attributes": {"name": "root", "type": "task"},
        "metrics": {"start": 1767225600.25},
        "_is_merge": False,
    },
    {
        "id": "r2",
        "span_id": "b",
        "root_span_id": "a",
        "span_parents": ["a"],
        "span_attributes": {"name": "Chat Completion", "type": "llm"},
        "input": [{"role": "user", "content": "Where?"}],
        "metadata": {"model": "gpt-5"},
        "metrics": {"start": 1767225600.5},
    },
    {
        "id": "r2",
        "span_id": "b",
        "root_span_id": "a",
        "output": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Peru"}}],
        "metrics": {"end": 1767225601.5, "prompt_tokens": 7, "completion_tokens": 2},
        "scores": {"exact": 1},
        "_is_merge": True,
    },
    {
        "id": "r1",
        "span_id": "a",
        "root_span_id": "a",
        "metrics": {"end": 1767225602},
        "error": "Timeout: too slow",
        "_is_merge": True,
    },
]

DEEPEVAL: dict[str, Any] = {
    "uuid": "t-1",
    "threadId": "th-1",
    "name": "weather",
    "startTime": "2026-01-01T00:00:00.000Z",
    "endTime": "2026-01-01T00:00:02.000Z",
    "metricsData": [
        {"name": "Answer Relevancy", "score": 0.75, "success": True, "reason": "fits"},
    ],
    "baseSpans": [],
    "agentSpans": [
        {
            "uuid": "a",
            "name": "meteorologist",
            "type": "agent",
            "status": "SUCCESS",
            "startTime": "2026-01-01T00:00:00.000Z",
            "endTime": "2026-01-01T00:00:02.000Z",
            "availableTools": ["get_weather"],
        }
    ],
    "llmSpans": [
        {
            "uuid": "b",
            "parentUuid": "a",
            "name": "call",
            "type": "llm",
            "status": "ERRORED",
            "error": "Error code: 500",
            "startTime": "2026-01-01T00:00:00.500Z",
            "endTime": "2026-01-01T00:00:01.000Z",
            "model": "gpt-5-mini",
            "inputTokenCount": 30.0,
            "outputTokenCount": 5,
            "input": [{"role": "user", "content": "Weather?"}],
            "output": "Rain.",
        }
    ],
    "retrieverSpans": [],
    "toolSpans": [
        {
            "uuid": "c",
            "parentUuid": "a",
            "name": "get_weather",
            "type": "tool",
            "status": "SUCCESS",
            "startTime": "2026-01-01T00:00:01.000Z",
            "endTime": "2026-01-01T00:00:01.500Z",
            "input": {"city": "Lima"},
            "output": "Rain",
        }
    ],
}

INVARIANT: list[dict[str, Any]] = [
    {"metadata": {"description": "a data set"}},
    {
        "index": 7,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Weather?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": "{x"}}],
            },
            {"role": "tool", "content": "rain"},
            {"role": "assistant", "content": "Rain."},
        ],
        "annotations": [
            {"content": "asks too much", "address": "messages[2].tool_calls[0].function:0-3"}
        ],
        "metadata": {"model": "gpt-4-0125-preview"},
    },
]

ATIF: dict[str, Any] = {
    "schema_version": "ATIF-v1.7",
    "session_id": "run-1",
    "agent": {"name": "planner", "version": "1.0", "model_name": "gpt-5"},
    "steps": [
        {"step_id": 1, "source": "system", "message": "Plan."},
        {"step_id": 2, "source": "user", "timestamp": "2026-01-01T00:00:00Z", "message": "Go"},
        {
            "step_id": 3,
            "source": "agent",
            "timestamp": "2026-01-01T00:00:02Z",
            "message": "Asking a helper.",
            "reasoning_content": "hard",
            "tool_calls": [
                {"tool_call_id": "c1", "function_name": "delegate", "arguments": {"to": "helper"}}
            ],
            "observation": {
                "results": [
                    {
                        "source_call_id": "c1",
                        "content": "done",
                        "subagent_trajectory_ref": [{"trajectory_id": "sub-1"}],
                    }
                ]
            },
            "metrics": {
                "prompt_tokens": 100,
                "completion_tokens": 10,
                "cached_tokens": 40,
                "cost_usd": 0.5,
            },
        },
        {"step_id": 4, "source": "agent", "message": "Before.", "is_copied_context": True},
    ],
    "final_metrics": {"total_prompt_tokens": 105, "total_completion_tokens": 12},
    "subagent_trajectories": [
        {
            "schema_version": "ATIF-v1.7",
            "trajectory_id": "sub-1",
            "agent": {"name": "helper", "version": "1"},
            "steps": [
                {"step_id": 1, "source": "user", "message": "Help"},
                {
                    "step_id": 2,
                    "source": "agent",
                    "message": "Helped.",
                    "model_name": "gpt-5-mini",
                    "metrics": {"prompt_tokens": 5, "completion_tokens": 2},
                },
            ],
        }
    ],
}

MLFLOW: dict[str, Any] = {
    "info": {
        "trace_id": "tr-0af7651916cd43dd8448eb211c80319c",
        "state": "OK",
        "request_time": "2026-01-01T00:00:00Z",
        "trace_metadata": {
            "mlflow.trace.session": "chat-1",
            "mlflow.trace.tokenUsage": '{"input_tokens": 120, "output_tokens": 30}',
        },
        "tags": {"mlflow.traceName": "predict"},
        "assessments": [
            {
                "assessment_name": "correct",
                "source": {"source_type": "LLM_JUDGE"},
                "feedback": {"value": False},
                "rationale": "no capital",
                "span_id": "b7ad6b7169203332",
            }
        ],
    },
    "data": {
        "spans": [
            {
                "trace_id": "CvdlGRbNQ92ESOshHIAxnA==",
                "span_id": "t61rcWkgMzE=",
                "parent_span_id": None,
                "name": "predict",
                "start_time_unix_nano": 1767225600000000001,
                "end_time_unix_nano": 1767225603000000000,
                "events": [],
                "status": {"code": "STATUS_CODE_OK", "message": ""},
                "attributes": {"mlflow.spanType": '"CHAIN"', "mlflow.spanInputs": '{"q": "?"}'},
            },
            {
                "trace_id": "CvdlGRbNQ92ESOshHIAxnA==",
                "span_id": "t61rcWkgMzI=",
                "parent_span_id": "t61rcWkgMzE=",
                "name": "Completions",
                "start_time_unix_nano": 1767225601000000000,
                "end_time_unix_nano": 1767225602000000000,
                "status": {"code": "STATUS_CODE_ERROR", "message": "Error code: 500 - boom"},
                "events": [
                    {
                        "name": "exception",
                        "time_unix_nano": 1767225602000000000,
                        "attributes": {"exception.type": "ServerError"},
                    }
                ],
                "attributes": {
                    "mlflow.spanType": '"CHAT_MODEL"',
                    "mlflow.chat.tokenUsage": '{"input_tokens": 120, "output_tokens": 30}',
                },
            },
        ]
    },
}

WEAVE: list[dict[str, Any]] = [
    {
        "id": "c-1",
        "op_name": "weave:///team/project/op/answer:abc123",
        "trace_id": "t-1",
        "parent_id": None,
        "thread_id": "th-1",
        "started_at": "2026-01-01T00:00:00.000000Z",
        "ended_at": "2026-01-01T00:00:02.000000Z",
        "inputs": {"question": "Where?"},
        "output": "Peru",
        "summary": {
            "usage": {"gpt-5": {"requests": 1, "prompt_tokens": 9, "completion_tokens": 1}}
        },
    },
    {
        "id": "c-2",
        "op_name": "weave:///team/project/op/openai.chat.completions.create:def456",
        "trace_id": "t-1",
        "parent_id": "c-1",
        "started_at": "2026-01-01T00:00:00.500000Z",
        "ended_at": "2026-01-01T00:00:01.500000Z",
        "inputs": {"model": "gpt-5", "messages": [{"role": "user", "content": "Where?"}]},
        "output": {
            "id": "chatcmpl-1",
            "model": "gpt-5-2025-08-07",
            "choices": [{"message": {"role": "assistant", "content": "Peru"}}],
        },
        "exception": "Error code: 429",
        "summary": {
            "usage": {"gpt-5": {"requests": 1, "prompt_tokens": 9, "completion_tokens": 1}},
            "weave": {
                "costs": {"gpt-5": {"prompt_tokens_total_cost": 0.5}},
                "feedback": [{"feedback_type": "wandb.reaction.1", "payload": {"emoji": "👍"}}],
            },
        },
    },
]

AGENTOPS: dict[str, Any] = {
    "trace": {"freeplan_truncated": False, "trace_id": "0af7651916cd43dd8448eb211c80319c"},
    "spans": [
        {
            "span_id": "3a5b01c520ec0171",
            "parent_span_id": "",
            "span_name": "crewai.workflow",
            "span_kind": "Internal",
            "span_type": "agent",
            "start_time": "2026-01-01T00:00:00.400849+00:00",
            "end_time": "2026-01-01T00:00:09+00:00",
            "status_code": "OK",
            "attributes": {},
            "resource_attributes": {"service": {"name": "writer"}},
            "span_attributes": {
                "agentops": {"span": {"kind": "workflow"}},
                "gen_ai": {"usage": {"prompt_tokens": "481", "completion_tokens": "496"}},
            },
            "event_names": [],
            "metrics": None,
        },
        {
            "span_id": "27ef04df3fea3e34",
            "parent_span_id": "3a5b01c520ec0171",
            "span_name": "llama3.llm",
            "span_kind": "Client",
            "span_type": "request",
            "start_time": "2026-01-01T00:00:01+00:00",
            "end_time": "2026-01-01T00:00:08+00:00",
            "status_code": "ERROR",
            "status_message": "no answer",
            "attributes": {},
            "resource_attributes": {"service": {"name": "writer"}},
            "span_attributes": {
                "agentops": {"span": {"kind": "llm"}},
                "gen_ai": {
                    "request": {"model": "llama3"},
                    "prompt": [{"role": "user", "content": "Sing"}],
                    "completion": [{"role": "assistant", "content": "La"}],
                },
            },
            "event_names": ["exception"],
            "event_timestamps": ["2026-01-01T00:00:08+00:00"],
            "event_attributes": [{"exception": {"type": "Timeout"}}],
            "metrics": {
                "prompt_tokens": 481,
                "completion_tokens": 496,
                "total_tokens": 977,
                "total_cost": "0.0100000",
            },
        },
    ],
}

SAMPLES: dict[str, Any] = {
    "langfuse": LANGFUSE,
    "langsmith": LANGSMITH,
    "openai_agents": OPENAI_AGENTS,
    "braintrust": BRAINTRUST,
    "deepeval": DEEPEVAL,
    "invariant": INVARIANT,
    "atif": ATIF,
    "mlflow": MLFLOW,
    "weave": WEAVE,
    "agentops": AGENTOPS,
}
