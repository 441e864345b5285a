"""Google ADK's sessions: the corpus, both spellings, several agents, calls without ids."""

import json

import pytest
from hypothesis import given
from loaders.corpus import attributes_of, entries, mutations, of_kind, physical_lines
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared


@pytest.mark.parametrize("entry", entries("adk-session"), ids=lambda entry: entry["file"])
def test_prompts_are_turns_agents_events_calls_and_functions_tools(entry):
    path = shared(f"corpora/{entry['file']}")
    loaded, session = load_file(path), json.loads(path.read_text("utf-8"))
    assert loaded.format == "adk_session"
    assert loaded.count() == loaded.lines.ok == physical_lines(path)
    events = session["events"]
    assert len(events) == entry["check"]["records"]
    parts = [[set(p) for p in event.get("content", {}).get("parts", [])] for event in events]
    prompts = sum(event["author"] == "user" for event in events)
    calls = sum(
        event["author"] != "user" and any("function_response" not in keys for keys in held)
        for event, held in zip(events, parts, strict=True)
    )
    functions = sum("function_call" in keys for held in parts for keys in held)
    tools = of_kind(loaded, "tool")
    assert len(of_kind(loaded, "agent")) == prompts
    assert len(of_kind(loaded, "llm")) == calls
    assert len(tools) == functions
    assert all("gen_ai.tool.call.result" in attributes_of(tool) for tool in tools)
    assert {span["trace_id"] for span in loaded.spans} == {session["id"]}


def test_the_log_of_an_old_session_names_its_model():
    name = "adk-context_update_test-successful_test.session.json"
    calls = of_kind(load_file(shared(f"corpora/adk-session/{name}")), "llm")
    assert {call["request_model"] for call in calls} == {"gemini-1.5-flash"}


def event(second, author, *parts, **more):
    return {
        "id": f"e{second}",
        "invocationId": "i1",
        "author": author,
        "timestamp": 1_700_000_000.5 + second,
        "content": {"parts": list(parts), "role": "user" if author == "user" else "model"},
        **more,
    }


USAGE = {
    "promptTokenCount": 100,
    "candidatesTokenCount": 10,
    "thoughtsTokenCount": 5,
    "cachedContentTokenCount": 40,
    "totalTokenCount": 115,
}
SESSION = {
    "id": "s1",
    "appName": "trips",
    "userId": "u",
    "state": {},
    "events": [
        event(0, "user", {"text": "go"}),
        event(1, "root", {"text": "go", "thought": True}, partial=True),
        event(
            2,
            "root",
            {"text": "hm", "thought": True},
            {"functionCall": {"name": "find", "args": {"q": 1}}},
            {"functionCall": {"name": "find", "args": {"q": 2}}},
            usageMetadata=USAGE,
            modelVersion="gemini-x",
        ),
        event(4, "root", {"functionResponse": {"name": "find", "response": {"r": 1}}}),
        event(5, "root", {"functionResponse": {"name": "find", "response": {"error": "no"}}}),
        event(6, "helper", {"text": "done"}, modelVersion="gemini-x"),
        {"id": "e7", "invocationId": "i1", "author": "root", "actions": {"stateDelta": {"a": 1}}},
        event(8, "root", errorCode="SAFETY", errorMessage="blocked"),
    ],
}


def test_functions_without_ids_are_answered_in_order_and_thoughts_are_counted(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps(SESSION))
    assert [(span["name"], span["kind"]) for span in loaded.spans] == [
        ("go", "workflow"),
        ("go", "agent"),
        ("chat gemini-x", "llm"),
        ("execute_tool find", "tool"),
        ("execute_tool find", "tool"),
        ("invoke_agent helper", "agent"),
        ("chat gemini-x", "llm"),
        ("chat", "llm"),
    ]
    call, first, second = loaded.spans[2:5]
    usage = ("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")
    assert [call[name] for name in usage] == [100, 15, 40, 5]
    assert [attributes_of(tool)["gen_ai.tool.call.arguments"]["q"] for tool in (first, second)] == [
        *(1, 2)
    ]
    assert (first["error"], second["error"]) == (False, True)
    assert first["end_time_unix_nano"] - first["start_time_unix_nano"] == 2 * 10**9
    assert (loaded.spans[-1]["error_type"], loaded.spans[-1]["status_message"]) == (
        *("SAFETY", "blocked"),
    )
    assert any("1 events that only change the state" in row["message"] for row in loaded.problems)


@given(mutations(SESSION))
def test_a_session_in_which_something_is_something_else_is_no_exception(tmp_path, session):
    text = json.dumps(session, indent=1)
    loaded = load_with("adk_session", tmp_path, text.encode())
    assert loaded.count() == text.count("\n") + 1
    assert (loaded.lines.rejected > 0) == ("rejected" in loaded.kinds())
