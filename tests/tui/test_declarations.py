"""How tools were declared, in the forms that emitters send."""

import json
from typing import Any

import pytest
from tracetui.view_models.declarations import Declaration, declaration, own_declaration
from tracetui.view_models.detail import tabs
from tracetui_store.rows import EventRow, SpanDetail

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Which"}, "days": {"type": "integer"}},
    "required": ["city"],
}
FUNCTION = {"name": "weather", "description": "Tells it", "parameters": SCHEMA}
BEDROCK = {
    "toolSpec": {"name": "weather", "description": "Tells it", "inputSchema": {"json": SCHEMA}}
}


def call(attributes: dict[str, Any], events: list[EventRow] | None = None) -> SpanDetail:
    return SpanDetail({"kind": "llm"}, attributes, {}, {}, {}, events or [])


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.tool.definitions": json.dumps([{"name": "other"}, FUNCTION])},
        {"gen_ai.tool.definitions": [{"type": "function", "function": FUNCTION}]},
        {"llm.tools.0.tool.json_schema": json.dumps({"type": "function", "function": FUNCTION})},
        {
            "llm.request.functions.1.name": "weather",
            "llm.request.functions.1.description": "Tells it",
            "llm.request.functions.1.parameters": json.dumps(SCHEMA),
        },
        {"ai.prompt.tools": [json.dumps({**FUNCTION, "parameters": None, "inputSchema": SCHEMA})]},
        {"request_body": json.dumps({"tools": [{"functionDeclarations": [FUNCTION]}]})},
        {"toolConfig": BEDROCK},
    ],
)
def test_a_declaration_is_found_in_every_form(attributes: dict[str, Any]):
    for detail in (call(attributes), call({}, [EventRow("details", None, attributes)])):
        found = declaration("weather", detail)
        assert found is not None
        assert found.description == "Tells it"
        assert found.parameters in (SCHEMA, None)
        assert declaration("elsewhere", detail) is None


def test_a_call_in_the_messages_is_no_declaration():
    messages = json.dumps(
        [
            {
                "role": "assistant",
                "tool_calls": [{"function": {"name": "weather", "arguments": "{}"}}],
            }
        ]
    )
    assert declaration("weather", call({"request.messages": messages})) is None


def test_broken_and_bottomless_payloads_declare_nothing():
    deep = json.dumps({"a": "weather"})
    for _ in range(12):
        deep = json.dumps({"tools": deep})
    assert declaration("weather", call({"tools": "[{weather", "tool.x": deep})) is None


def test_a_tools_own_span_may_say_what_it_is():
    own = own_declaration(call({"tool.description": "Tells it", "tool.parameters": '{"a": 1}'}))
    assert own == Declaration("Tells it", {"a": 1})
    assert own_declaration(call({})) is None


def test_a_call_shows_its_parameters_and_what_does_not_fit_them():
    fields = {"kind": "tool", "tool_name": "weather", "start_time_unix_nano": 0}
    fields |= {"end_time_unix_nano": 2_000_000, "error": True, "error_type": "timeout"}
    detail = SpanDetail({**fields, "tool_call_id": "c1"}, {}, {}, {}, {})
    told = Declaration("Tells it", SCHEMA, ("t", "s"), asked=True)
    found = {tab.id: tab for tab in tabs(detail, {"tool_arguments": {"town": "X"}}, told)}
    text = found["call"].build(False).plain_text()
    rows = [" ".join(row.split()) for row in text.split("\n")]
    assert rows[0] == "■ weather c1"
    assert "Result after 2.0ms" in rows
    assert "✗ timeout" in rows
    assert "Declared by the model call that asked for it, Enter goes there" in rows
    assert "city string required not given Which" in rows
    assert "days integer" in rows
    assert "town not declared" in rows
