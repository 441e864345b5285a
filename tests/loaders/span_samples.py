"""One small trace in each span format, of made-up values; tests vary and damage them."""

TRACE = "0af7651916cd43dd8448eb211c80319c"
ROOT = "b7ad6b7169203331"
CHILD = "00f067aa0ba902b7"
START = 1_732_147_200_000_000_000

JAEGER = {
    "data": [
        {
            "traceID": TRACE,
            "spans": [
                {
                    "traceID": TRACE,
                    "spanID": ROOT,
                    "operationName": "invoke_agent",
                    "references": [],
                    "startTime": START // 1000,
                    "duration": 5_000_000,
                    "tags": [{"key": "gen_ai.operation.name", "value": "invoke_agent"}],
                    "logs": [
                        {
                            "timestamp": START // 1000 + 1,
                            "fields": [{"key": "event", "type": "string", "value": "began"}],
                        }
                    ],
                    "processID": "p1",
                },
                {
                    "traceID": TRACE,
                    "spanID": CHILD,
                    "operationName": "chat",
                    "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": ROOT}],
                    "startTime": START // 1000,
                    "duration": 1_500,
                    "tags": [
                        {"key": "gen_ai.operation.name", "type": "string", "value": "chat"},
                        {"key": "gen_ai.usage.input_tokens", "type": "int64", "value": "12"},
                        {"key": "error", "type": "bool", "value": "true"},
                        {"key": "span.kind", "type": "string", "value": "client"},
                    ],
                    "logs": [],
                    "processID": "p1",
                },
            ],
            "processes": {"p1": {"serviceName": "shop", "tags": []}},
        }
    ]
}

ZIPKIN = [
    {
        "traceId": TRACE,
        "id": ROOT,
        "kind": "CLIENT",
        "name": "get",
        "timestamp": START // 1000,
        "duration": 3000,
        "localEndpoint": {"serviceName": "front"},
        "remoteEndpoint": {"serviceName": "back", "ipv4": "10.0.0.1", "port": 80},
        "tags": {"http.method": "GET"},
        "annotations": [{"timestamp": START // 1000, "value": "sent"}],
    },
    {
        "traceId": TRACE,
        "id": ROOT,
        "kind": "SERVER",
        "name": "get /",
        "timestamp": START // 1000 - 50,
        "localEndpoint": {"serviceName": "back"},
        "shared": True,
    },
    {
        "traceId": TRACE,
        "id": CHILD,
        "parentId": ROOT,
        "name": "query",
        "timestamp": START // 1000,
        "duration": 7,
        "localEndpoint": {"serviceName": "back"},
        "tags": {"error": "timed out"},
    },
]

CONSOLE = {
    "name": "chat",
    "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{CHILD}", "trace_state": "[]"},
    "kind": "SpanKind.CLIENT",
    "parent_id": f"0x{ROOT}",
    "start_time": "2024-11-21T00:00:00.000001Z",
    "end_time": "2024-11-21T00:00:01.5Z",
    "status": {"status_code": "ERROR", "description": "timed out"},
    "attributes": {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 12},
    "events": [{"name": "exception", "timestamp": "2024-11-21T00:00:01Z", "attributes": {"a": 1}}],
    "links": [
        {"context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{ROOT}"}, "attributes": {"why": "x"}}
    ],
    "resource": {"attributes": {"service.name": "shop"}, "schema_url": ""},
}

FLAT = {
    "trace_id": TRACE,
    "span_id": CHILD,
    "parent_span_id": ROOT,
    "name": "chat gpt-4o",
    "start_time": START,
    "end_time": START + 1,
    "attributes": {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 3},
    "scope": {"name": "my.scope", "version": "1.0"},
    "status": {"code": "OK"},
    "span_events": [{"event_name": "e", "timestamp": START, "attributes": {}, "body": {"q": 1}}],
}
WRAPPED = {"session_id": "s-1", "span_count": 1, "spans": [FLAT]}

READABLE = {
    "name": "ai.generateText.doGenerate",
    "spanContext": {"traceId": TRACE, "spanId": CHILD},
    "parentSpanId": ROOT,
    "kind": 2,
    "startTime": [START // 1_000_000_000, 242_000_001],
    "endTime": [START // 1_000_000_000 + 2, 21_415_667],
    "status": {"code": 2, "message": "quota"},
    "attributes": {"gen_ai.usage.input_tokens": 14},
    "events": [],
}

PHOENIX = {
    "id": "U3Bhbjox",
    "name": "ChatCompletion",
    "context": {"trace_id": TRACE, "span_id": CHILD},
    "span_kind": "LLM",
    "parent_id": ROOT,
    "start_time": "2024-11-21T00:00:00+00:00",
    "end_time": "2024-11-21T00:00:02+00:00",
    "status_code": "OK",
    "status_message": "",
    "attributes": {
        "llm": {
            "model_name": "gpt-4o",
            "token_count": {"prompt": 8, "completion": 5},
            "input_messages": [{"message": {"role": "user", "content": "hello"}}],
        },
        "metadata": {"session_id": "s-7"},
    },
    "events": [],
}

TRULENS = {
    "event_id": "12203920175536650289",
    "record": {"kind": 1, "name": "rag.query", "parent_span_id": "", "status": "STATUS_CODE_UNSET"},
    "record_attributes": {"ai.observability.span_type": "record_root"},
    "record_type": "SPAN",
    "resource_attributes": {"service.name": "trulens"},
    "start_timestamp": "2025-04-11 10:19:55.993955",
    "timestamp": "2025-04-11 10:19:58.166175",
    "trace": {
        "parent_id": "",
        "span_id": "12203920175536650289",
        "trace_id": "38285552113882235753580066402372722435",
    },
}


def guard(kind, phase, name, ts, **fields):
    """Return a line of AgentGuard's."""
    line = {"service": "shop", "kind": kind, "phase": phase, "trace_id": TRACE, "span_id": ROOT}
    rest = {"parent_id": None, "name": name, "ts": ts, "duration_ms": None, "data": {}}
    return line | rest | {"error": None} | fields


AGENTGUARD = [
    {"kind": "meta", "name": "watermark", "message": "made by", "service": "shop", "ts": 1.5},
    guard("span", "start", "agent.turn", 1775880079.5),
    guard(
        "event",
        "emit",
        "llm.result",
        1775880079.6,
        data={"model": "gpt-4o", "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
    ),
    guard("span", "end", "agent.turn", 1775880080.25, error={"type": "Loop", "message": "again"}),
]

LANGCHAIN = [
    {"event": "on_chain_start", "name": "AgentExecutor", "run_id": "r1", "timestamp": 1732147200},
    {
        "event": "on_chat_model_start",
        "name": "ChatOpenAI",
        "run_id": "r2",
        "parent_ids": ["r1"],
        "metadata": {"ls_model_name": "gpt-4o", "ls_provider": "openai", "thread_id": "t-1"},
        "data": {"input": {"messages": [["hello"]]}},
    },
    {"event": "on_chat_model_stream", "run_id": "r2", "data": {"chunk": "h"}},
    {
        "event": "on_chat_model_end",
        "run_id": "r2",
        "data": {
            "output": {
                "generations": [
                    [
                        {
                            "message": {
                                "kwargs": {
                                    "usage_metadata": {"input_tokens": 9, "output_tokens": 1}
                                }
                            }
                        }
                    ]
                ]
            }
        },
    },
    {"event": "on_tool_start", "name": "search", "run_id": "r3", "parent_run_id": "r1"},
    {"event": "on_tool_error", "name": "search", "run_id": "r3", "error": "no network"},
]

CONVERSE = {
    "system_prompt": [{"text": "Be brief."}],
    "messages": [
        {"role": "user", "content": [{"text": "Where is my order?"}]},
        {
            "role": "assistant",
            "content": [
                {"text": "I look."},
                {"toolUse": {"toolUseId": "t-1", "name": "find", "input": {"order": 7}}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "toolResult": {
                        "toolUseId": "t-1",
                        "status": "error",
                        "content": [{"text": "no such order"}],
                    }
                }
            ],
        },
        {"role": "assistant", "content": [{"text": "There is none."}]},
    ],
}

SAMPLES = {
    "jaeger": [JAEGER],
    "zipkin": ZIPKIN,
    "otel_console": [CONSOLE],
    "otel_flat": [FLAT, WRAPPED],
    "readable_span_js": [READABLE],
    "phoenix": [PHOENIX],
    "trulens": [TRULENS],
    "agentguard_jsonl": AGENTGUARD,
    "langchain_events": LANGCHAIN,
    "converse_messages": [CONVERSE],
}
"""Values, by the name of the format that takes them, one a line."""
