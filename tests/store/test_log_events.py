"""GenAI log events belong to the span they name, in whatever file of the load it is."""

import json

from otlp_files import T0, attributes, otlp_span, request
from store.loading import loaded_store
from tracetui_store.content import folded


def any_value(value):
    """Return a value of strings, dicts and lists as OTLP has it."""
    if isinstance(value, dict):
        pairs = [{"key": key, "value": any_value(item)} for key, item in value.items()]
        return {"kvlistValue": {"values": pairs}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    return {"stringValue": value}


def event(name, body=None, **sent):
    return {
        "timeUnixNano": str(T0),
        "eventName": name,
        "traceId": f"{1:032X}",  # upper case: ids are joined in one form
        "spanId": f"{5:016X}",
        "body": any_value(body) if body is not None else {},
        "attributes": attributes({key.replace("__", "."): value for key, value in sent.items()}),
    }


def opened(tmp_path, *events):
    """Return what is folded of a model call whose events are in another file."""
    span = otlp_span(5, name="chat gpt", attributes={"gen_ai.operation.name": "chat"})
    (tmp_path / "spans.json").write_text(request(span))
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": list(events)}]}]}
    (tmp_path / "logs.json").write_text(json.dumps(logs))
    with loaded_store(tmp_path) as store, store.reader() as reader:
        rows = reader.trace_spans(f"{1:032x}").to_pylist()
        assert len(rows) == 1
        return folded(reader.span(rows[0]["row_id"]))


def test_one_event_per_message_is_a_conversation(tmp_path):
    said = opened(
        tmp_path,
        event("gen_ai.system.message", {"content": "Be brief."}),
        event("gen_ai.user.message", {"content": "Weather?"}),
        event("gen_ai.choice", {"finish_reason": "stop", "message": {"content": "Wet."}}),
    )
    assert said["system_instructions"] == "Be brief."
    (question,) = said["input_messages"]
    assert (question["role"], question["parts"][0]["content"]) == ("user", "Weather?")
    (answer,) = said["output_messages"]
    assert (answer["parts"][0]["content"], answer["finish_reason"]) == ("Wet.", "stop")


def test_operation_details_are_the_messages_of_the_call(tmp_path):
    parts = [{"role": "user", "parts": [{"type": "text", "content": "Weather?"}]}]
    sent = {"gen_ai__input__messages": json.dumps(parts)}
    said = opened(tmp_path, event("gen_ai.client.inference.operation.details", **sent))
    assert said["input_messages"][0]["parts"][0]["content"] == "Weather?"


def test_an_evaluation_result_is_shown_with_the_call(tmp_path):
    sent = {"gen_ai__evaluation__name": "relevance", "gen_ai__evaluation__score__value": 0.9}
    (result,) = opened(tmp_path, event("gen_ai.evaluation.result", **sent))["evaluations"]
    assert (result["name"], result["score"]) == ("relevance", 0.9)
