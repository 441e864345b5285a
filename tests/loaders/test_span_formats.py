"""What each span format's own traps come to: units, ids, parents, halves, pairs, outcomes."""

import json

import pytest
from loaders.loading import load_bytes
from loaders.span_samples import (
    AGENTGUARD,
    CHILD,
    CONSOLE,
    CONVERSE,
    FLAT,
    JAEGER,
    LANGCHAIN,
    PHOENIX,
    READABLE,
    ROOT,
    SAMPLES,
    START,
    TRACE,
    TRULENS,
    WRAPPED,
    ZIPKIN,
    guard,
)
from tracetui_loaders.registry import loader_named
from tracetui_loaders.source import Source


def lines(values):
    return "".join(json.dumps(value) + "\n" for value in values)


def only(loaded):
    """Return the only span, with its attributes decoded."""
    (span,) = loaded.spans
    return span | {"attributes": json.loads(span["attributes"])}


def named(loaded, name):
    (span,) = [span for span in loaded.spans if span["name"] == name]
    return span


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("shape", ["lines", "array", "indented", "one after the other"])
def test_a_format_is_found_by_content_in_every_container(tmp_path, name, shape):
    values = SAMPLES[name]
    text = {
        "lines": lines(values),
        "array": json.dumps(values),
        "indented": json.dumps(values, indent=2),
        "one after the other": "\n".join(json.dumps(value, indent=2) for value in values),
    }[shape]
    loaded = load_bytes(tmp_path, text)
    assert loaded.format == name
    assert loaded.names == load_bytes(tmp_path, lines(values)).names
    assert (loaded.lines.rejected, loaded.lines.repaired, loaded.lines.tail) == (0, 0, 0)


@pytest.mark.parametrize(
    "name", ["otel_console", "otel_flat", "readable_span_js", "phoenix", "trulens", "jaeger"]
)
def test_a_file_that_grew_is_read_on_from_where_it_ended(tmp_path, name):
    path = tmp_path / "grows"
    value = SAMPLES[name][0]
    path.write_text(lines([value, value]))
    loader = loader_named(name)
    source = Source(str(path))
    first = list(loader.load(source, 0))
    source.close()
    with path.open("a") as file:
        file.write(json.dumps(value))
    source = Source(str(path), first[-1].resume)
    (grown,) = loader.load(source, 0)
    source.close()
    assert grown.spans.num_rows == first[0].spans.num_rows / (1 if name == "otel_console" else 2)
    assert grown.spans["line"].to_pylist()[0] == 3
    assert (grown.lines.ok, grown.lines.tail) == (1, 0)


def test_jaeger_times_are_microseconds_and_the_first_child_of_is_the_parent(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(JAEGER))
    chat = named(loaded, "chat")
    assert (chat["start_time_unix_nano"], chat["end_time_unix_nano"]) == (START, START + 1_500_000)
    assert (chat["parent_span_id"], chat["otel_kind"], chat["service_name"]) == (
        ROOT,
        "CLIENT",
        "shop",
    )
    assert (chat["kind"], chat["input_tokens"], chat["status"]) == ("llm", 12, "ERROR")
    (event,) = loaded.events
    assert (event["name"], event["time_unix_nano"]) == ("began", START + 1_000)


def test_jaeger_ids_without_their_leading_zeros_join(tmp_path):
    text = json.dumps(JAEGER).replace(TRACE, TRACE[1:]).replace(f'"{CHILD}"', f'"{CHILD[2:]}"')
    loaded = load_bytes(tmp_path, text)
    assert {span["trace_id"] for span in loaded.spans} == {TRACE}
    assert named(loaded, "chat")["span_id"] == CHILD


def test_other_jaeger_references_are_links(tmp_path):
    span = {"traceID": TRACE, "spanID": CHILD, "operationName": "x", "startTime": 1, "duration": 1}
    other = {"traceID": TRACE, "spanID": "00000000000000aa"}
    references = [
        other | {"refType": "FOLLOWS_FROM"},
        {"refType": "CHILD_OF", "traceID": TRACE, "spanID": ROOT},
        other | {"refType": "CHILD_OF"},
    ]
    loaded = load_bytes(tmp_path, json.dumps(span | {"references": references}))
    assert loaded.spans[0]["parent_span_id"] == ROOT
    assert [(link["span_id"], json.loads(link["attributes"])) for link in loaded.links] == [
        ("00000000000000aa", {"opentracing.ref_type": "follows_from"}),
        ("00000000000000aa", {"opentracing.ref_type": "child_of"}),
    ]


def test_jaeger_tags_have_their_declared_types(tmp_path):
    tags = [
        {"key": "i", "type": "int64", "value": "9223372036854775222"},
        {"key": "big", "type": "int64", "value": "9223372036854775808"},
        {"key": "f", "type": "float64", "value": "0.5"},
        {"key": "b", "type": "bool", "value": "false"},
        {"key": "raw", "type": "binary", "value": "AAAwOQ=="},
        {"key": "s", "type": "string", "value": "12"},
    ]
    span = {"traceID": TRACE, "spanID": CHILD, "operationName": "x", "tags": tags}
    assert load_bytes(tmp_path, json.dumps(span)).attributes == {
        "i": 9223372036854775222,
        "big": "9223372036854775808",
        "f": 0.5,
        "b": False,
        "raw": {"bytesValue": "AAAwOQ=="},
        "s": "12",
    }


def test_a_jaeger_trace_keeps_its_good_spans_and_tells_of_the_others(tmp_path):
    trace = {"traceID": TRACE, "spans": [1, *JAEGER["data"][0]["spans"], {}], "processes": None}
    loaded = load_bytes(tmp_path, json.dumps(trace) + "\n")
    assert loaded.names == ["invoke_agent", "chat"]
    assert (loaded.kinds(), loaded.lines.repaired) == (["rejected"], 1)
    assert loaded.problems[0]["message"] == "2 of 4 spans have no spanID"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_zipkins_halves_are_two_spans_and_the_servers_work_is_below_its_half(tmp_path, order):
    loaded = load_bytes(tmp_path, lines([ZIPKIN[number] for number in order]))
    client, server, query = (named(loaded, name) for name in ("get", "get /", "query"))
    assert (client["span_id"], client["otel_kind"]) == (ROOT, "CLIENT")
    assert (server["parent_span_id"], server["otel_kind"]) == (ROOT, "SERVER")
    assert server["span_id"] != ROOT
    assert query["parent_span_id"] == server["span_id"]
    assert server["end_time_unix_nano"] is None
    assert server["start_time_unix_nano"] < client["start_time_unix_nano"]


def test_what_the_client_does_under_a_shared_id_stays_with_the_client(tmp_path):
    local = ZIPKIN[2] | {"localEndpoint": {"serviceName": "front"}}
    loaded = load_bytes(tmp_path, json.dumps([*ZIPKIN[:2], local]))
    assert named(loaded, "query")["parent_span_id"] == ROOT


def test_a_half_alone_keeps_its_id(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(ZIPKIN[1:]))
    assert named(loaded, "get /")["span_id"] == ROOT
    assert named(loaded, "query")["parent_span_id"] == ROOT


def test_a_zipkin_error_tag_fails_its_span(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(ZIPKIN))
    query = named(loaded, "query")
    assert (query["status"], query["status_message"]) == ("ERROR", "timed out")
    attributes = json.loads(named(loaded, "get")["attributes"])
    assert attributes["network.peer.address"] == "10.0.0.1"
    assert attributes["peer.service"] == "back"
    assert loaded.events[0]["name"] == "sent"


def test_a_console_span_keeps_its_microseconds_links_and_events(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(CONSOLE, indent=4) + "\n")
    span = only(loaded)
    assert (span["trace_id"], span["span_id"], span["parent_span_id"]) == (TRACE, CHILD, ROOT)
    assert span["start_time_unix_nano"] == START + 1_000
    assert span["end_time_unix_nano"] == START + 1_500_000_000
    assert (span["otel_kind"], span["status_message"]) == ("CLIENT", "timed out")
    assert (span["service_name"], span["input_tokens"]) == ("shop", 12)
    assert loaded.links[0]["span_id"] == ROOT
    assert loaded.events[0]["time_unix_nano"] == START + 1_000_000_000


def test_a_console_span_printed_twice_is_shown_once_with_a_note(tmp_path):
    other = CONSOLE | {"end_time": None}
    loaded = load_bytes(tmp_path, lines([CONSOLE, CONSOLE, other]))
    assert len(loaded.spans) == 2
    assert (loaded.kinds(), loaded.lines.ok) == (["note"], 3)
    assert CHILD in loaded.problems[0]["message"]


def test_a_flat_span_has_its_scope_and_the_body_of_its_events(tmp_path):
    loaded = load_bytes(tmp_path, lines([FLAT]))
    span = only(loaded)
    assert (span["scope_name"], span["scope_version"], span["status"]) == ("my.scope", "1.0", "OK")
    assert (span["kind"], span["output_tokens"]) == ("llm", 3)
    assert json.loads(loaded.events[0]["attributes"]) == {"body": {"q": 1}}


@pytest.mark.parametrize(
    ("start", "nanos"),
    [
        (START, START),
        (START // 1_000, START),
        (START // 1_000_000, START),
        (START // 1_000_000_000, START),
        (1732147200.25, START + 250_000_000),
        ("2024-11-21T00:00:00.123456789Z", START + 123_456_789),
        ("2024-11-21 02:00:00+02:00", START),
        ([1732147200, 5], START + 5),
        (0, None),
        ("yesterday", None),
        (True, None),
    ],
)
def test_a_time_of_any_notation_is_unix_nanoseconds(tmp_path, start, nanos):
    span = only(load_bytes(tmp_path, lines([FLAT | {"start_time": start}])))
    assert span["start_time_unix_nano"] == nanos


def test_the_session_of_a_wrapper_is_its_spans(tmp_path):
    assert only(load_bytes(tmp_path, json.dumps(WRAPPED)))["session_id"] == "s-1"


def test_monocle_entities_sent_as_an_array_are_attributes_again(tmp_path):
    entities = [{"type": "inference.openai"}, {"name": "gpt-4o", "type": "model.llm.gpt-4o"}]
    span = FLAT | {"attributes": {"entity": entities, "span.type": "inference"}}
    assert only(load_bytes(tmp_path, lines([span])))["attributes"] == {
        "entity.1.type": "inference.openai",
        "entity.2.name": "gpt-4o",
        "entity.2.type": "model.llm.gpt-4o",
        "span.type": "inference",
    }


def test_a_js_span_counts_kinds_from_zero_and_times_in_pairs(tmp_path):
    span = only(load_bytes(tmp_path, json.dumps([READABLE])))
    assert (span["otel_kind"], span["status"]) == ("CLIENT", "ERROR")
    assert span["start_time_unix_nano"] == START + 242_000_001
    assert span["end_time_unix_nano"] == START + 2_021_415_667


def test_a_js_span_as_the_console_shows_it_is_read_too(tmp_path):
    printed = {
        "resource": {"attributes": {"service.name": "shop"}},
        "traceId": TRACE,
        "id": CHILD,
        "parentSpanContext": {"traceId": TRACE, "spanId": ROOT},
        "name": "x",
        "kind": 0,
        "timestamp": START // 1000,
        "duration": 2.5,
        "attributes": {},
        "status": {"code": 0},
    }
    span = only(load_bytes(tmp_path, json.dumps(printed)))
    assert (span["parent_span_id"], span["otel_kind"], span["service_name"]) == (
        ROOT,
        "INTERNAL",
        "shop",
    )
    assert span["end_time_unix_nano"] == START + 2_500


@pytest.mark.parametrize("form", ["nested", "flat", "api", "dataframe"])
def test_phoenix_attributes_are_the_same_however_they_are_sent(tmp_path, form):
    flat = {
        "llm.model_name": "gpt-4o",
        "llm.token_count.prompt": 8,
        "llm.token_count.completion": 5,
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "hello",
        "metadata": {"session_id": "s-7"},
    }
    row = {
        "context.trace_id": TRACE,
        "context.span_id": CHILD,
        "parent_id": ROOT,
        "name": "ChatCompletion",
        "span_kind": "LLM",
        "status_code": "OK",
        "events": [],
        "start_time": 1732147200000,
        "end_time": 1732147202000,
        **{f"attributes.{key}": item for key, item in flat.items()},
    }
    value = {
        "nested": PHOENIX,
        "flat": PHOENIX | {"attributes": flat},
        "api": {"data": [PHOENIX], "next_cursor": None},
        "dataframe": row,
    }[form]
    loaded = load_bytes(tmp_path, json.dumps(value) + "\n")
    span = only(loaded)
    assert loaded.format == "phoenix"
    assert span["attributes"] == flat | {"openinference.span.kind": "LLM"}
    assert (span["kind"], span["input_tokens"], span["output_tokens"]) == ("llm", 8, 5)
    assert (span["start_time_unix_nano"], span["status"]) == (START, "OK")
    assert (span["trace_id"], span["span_id"], span["parent_span_id"]) == (TRACE, CHILD, ROOT)


def test_a_trulens_row_keeps_its_decimal_ids_and_its_times_are_utc(tmp_path):
    span = only(load_bytes(tmp_path, json.dumps(TRULENS)))
    assert span["span_id"] == "12203920175536650289"
    assert span["trace_id"] == "38285552113882235753580066402372722435"
    assert span["parent_span_id"] is None
    assert span["start_time_unix_nano"] == 1_744_366_795_993_955_000
    assert span["otel_kind"] == "INTERNAL"


def test_a_trulens_row_read_back_from_a_database_is_the_same(tmp_path):
    row = {
        key.upper(): json.dumps(value) if isinstance(value, dict) else value
        for key, value in TRULENS.items()
    }
    assert only(load_bytes(tmp_path, lines([row]))) == only(load_bytes(tmp_path, lines([TRULENS])))


def test_an_agentguard_result_is_a_model_call_below_its_span(tmp_path):
    loaded = load_bytes(tmp_path, lines(AGENTGUARD))
    turn, call = loaded.spans
    assert (turn["kind"], turn["status"], turn["error_type"]) == ("agent", "ERROR", "Loop")
    assert turn["end_time_unix_nano"] - turn["start_time_unix_nano"] == 750_000_000
    assert (call["kind"], call["parent_span_id"]) == ("llm", turn["span_id"])
    assert (call["input_tokens"], call["output_tokens"]) == (5, 2)
    assert loaded.lines.ok == 4


def test_an_agentguard_call_with_a_span_of_its_own_is_one_span(tmp_path):
    values = [
        guard("span", "start", "llm.openai", 10.0),
        guard("event", "emit", "llm.result", 11.0, data={"model": "m", "token_count": 7}),
    ]
    span = only(load_bytes(tmp_path, lines(values)))
    assert (span["kind"], span["total_tokens"], span["end_time_unix_nano"]) == ("llm", 7, None)


def test_langchain_runs_are_put_together_from_their_events(tmp_path):
    loaded = load_bytes(tmp_path, lines(LANGCHAIN))
    agent, model, tool = loaded.spans
    assert (agent["kind"], agent["status"], agent["end_time_unix_nano"]) == ("agent", "UNSET", None)
    assert (model["kind"], model["input_tokens"], model["output_tokens"]) == ("llm", 9, 1)
    assert (model["request_model"], model["provider"], model["session_id"]) == (
        "gpt-4o",
        "openai",
        "t-1",
    )
    assert (tool["kind"], tool["tool_name"], tool["status_message"]) == (
        "tool",
        "search",
        "no network",
    )
    assert {span["trace_id"] for span in loaded.spans} == {"r1"}
    assert {span["parent_span_id"] for span in (model, tool)} == {"r1"}


def test_langchain_parents_that_go_in_a_circle_end_somewhere(tmp_path):
    values = [
        {"event": "on_chain_start", "run_id": run, "parent_run_id": parent}
        for run, parent in (("a", "b"), ("b", "a"), ("c", "c"))
    ]
    loaded = load_bytes(tmp_path, lines(values))
    assert [span["parent_span_id"] for span in loaded.spans] == ["b", "a", None]
    assert len({span["trace_id"] for span in loaded.spans[:2]}) == 1


def test_a_converse_conversation_is_a_turn_with_its_calls_and_tools(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps({"refused": CONVERSE, "again": CONVERSE}, indent=1))
    spans = [span for span in loaded.spans if span["trace_id"].endswith("/refused")]
    assert [span["kind"] for span in spans] == ["workflow", "agent", "llm", "tool", "llm"]
    tool = spans[3]
    assert (tool["tool_name"], tool["status"], tool["status_message"]) == (
        "find",
        "ERROR",
        "no such order",
    )
    assert len(loaded.spans) == 2 * len(spans)
    assert {span["start_time_unix_nano"] for span in loaded.spans} == {None}
