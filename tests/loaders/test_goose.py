"""Sessions of goose. The corpus has none: these are made by hand from its public format."""

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import as_lines, attributes_of, mutated, of_kind
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared
from tracetui_loaders.base import LoadError

S = 1_767_225_600


def message(message_id, role, second, *content, **more):
    return {"id": message_id, "role": role, "created": S + second, "content": list(content), **more}


def request(call_id, name):
    value = {"name": name, "arguments": {"command": "ls"}}
    return {"type": "toolRequest", "id": call_id, "toolCall": {"status": "success", "value": value}}


def response(call_id, **result):
    return {"type": "toolResponse", "id": call_id, "toolResult": result}


def said(words):
    return {"type": "text", "text": words}


ABOUT = {
    "working_dir": "/w",
    "description": "Fix it",
    "message_count": 5,
    "total_tokens": 60,
    "input_tokens": 50,
    "output_tokens": 10,
    "accumulated_total_tokens": 120,
    "accumulated_input_tokens": 100,
    "accumulated_output_tokens": 20,
}
TALK = [
    message("u1", "user", 0, said("go")),
    message("a1", "assistant", 2, said("let me see"), request("t1", "shell"), request("t2", "x")),
    message(
        "u2",
        "user",
        5,
        response("t1", status="success", value={"content": [said("a")], "isError": False}),
        response("t2", status="error", error="no such tool"),
    ),
    message("a2", "assistant", 7, {"type": "thinking", "thinking": "hm"}, said("done")),
    message("u3", "user", 8, said("a summary"), metadata={"userVisible": False}),
]


def check(loaded):
    (turn,), calls, tools = (of_kind(loaded, kind) for kind in ("agent", "llm", "tool"))
    assert (loaded.format, loaded.lines.rejected) == ("goose", 0)
    assert (turn["span_id"], loaded.spans[0]["name"]) == ("u1", "Fix it")
    assert [call["span_id"] for call in calls] == ["a1", "a2"]
    assert [tool["error_type"] for tool in tools] == [None, "tool_error"]
    assert attributes_of(tools[0])["gen_ai.tool.call.result"] == "a"
    assert tools[0]["end_time_unix_nano"] - tools[0]["start_time_unix_nano"] == 3_000_000_000
    used = attributes_of(loaded.spans[0])
    assert used["gen_ai.usage.input_tokens"] == 100  # of all calls, not of the last
    assert used["gen_ai.usage.output_tokens"] == 20


def test_a_session_file_is_its_metadata_and_messages(tmp_path):
    loaded = load_bytes(tmp_path, as_lines([ABOUT, *TALK]), "20260101_1.jsonl")
    check(loaded)
    assert loaded.count() == 6


def test_an_export_is_one_document(tmp_path):
    document = ABOUT | {"id": "20260101_1", "extension_data": {}, "conversation": TALK}
    check(load_bytes(tmp_path, json.dumps(document)))


def database(path, *talks):
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT, working_dir TEXT, "
            "created_at TIMESTAMP, accumulated_input_tokens INTEGER, "
            "accumulated_output_tokens INTEGER, provider_name TEXT, model_config_json TEXT)"
        )
        connection.execute(
            "CREATE TABLE messages (id INTEGER PRIMARY KEY, message_id TEXT, session_id TEXT, "
            "role TEXT, content_json TEXT, created_timestamp INTEGER, metadata_json TEXT)"
        )
        for number, talk in enumerate(talks, 1):
            connection.execute(
                "INSERT INTO sessions VALUES (?, 'Fix it', '/w', '2026-01-01 00:00:00', 100, 20, "
                "'openai', ?)",
                (f"20260101_{number}", '{"model_name":"m"}'),
            )
            for item in talk:
                content = item["content"]
                connection.execute(
                    "INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                    (
                        item["id"],
                        f"20260101_{number}",
                        item["role"],
                        content if isinstance(content, str) else json.dumps(content),
                        item["created"],
                        json.dumps(item.get("metadata", {})),
                    ),
                )
    connection.close()
    return path


def test_a_database_holds_a_trace_for_each_session(tmp_path):
    loaded = load_file(database(tmp_path / "sessions.db", TALK))
    check(loaded)
    assert {call["request_model"] for call in of_kind(loaded, "llm")} == {"m"}
    assert {call["provider"] for call in of_kind(loaded, "llm")} == {"openai"}


def test_a_session_that_cannot_be_read_does_not_take_the_others_with_it(tmp_path):
    broken = [TALK[0] | {"content": "{"}]
    loaded = load_file(database(tmp_path / "sessions.db", broken, TALK))
    assert loaded.kinds() == ["rejected"]
    assert len(of_kind(loaded, "llm")) == 2


def test_a_damaged_database_is_refused_with_a_reason(tmp_path):
    path = database(tmp_path / "sessions.db", TALK)
    path.write_bytes(path.read_bytes()[:4096] + b"content_json created_timestamp working_dir" * 200)
    with pytest.raises(LoadError, match="goose's database cannot be read"):
        load_file(path)


def printed(*content):
    return {"type": "message", "message": {"role": "assistant", "content": list(content)}}


def test_printed_pieces_of_an_answer_are_one_call(tmp_path):
    events = [
        printed(said("let ")),
        printed(said("me see")),
        printed(request("t1", "shell")),
        {"type": "notification", "extensionId": "x"},
        {
            "type": "message",
            "message": {"role": "user", "content": [response("t1", status="success", value=[])]},
        },
        printed(said("done")),
        {"type": "complete", "total_tokens": 15, "input_tokens": 10, "output_tokens": 5},
    ]
    loaded = load_bytes(tmp_path, as_lines(events))
    calls, (tool,) = of_kind(loaded, "llm"), of_kind(loaded, "tool")
    (answer,) = attributes_of(calls[0])["gen_ai.output.messages"]
    assert (loaded.format, len(calls), tool["tool_name"]) == ("goose", 2, "shell")
    assert answer["parts"][0]["content"] == "let me see"
    assert attributes_of(loaded.spans[0])["gen_ai.usage.input_tokens"] == 10


def test_no_neighbour_is_taken_for_goose():
    for folder in ("pi", "openclaw", "claude-code", "cline", "other-agents", "gemini-cli", "kimi"):
        for path in shared(f"corpora/{folder}").rglob("*.json*"):
            try:
                loaded = load_file(path)
            except NotReadError:
                continue
            assert (path.name, loaded.format) != (path.name, "goose")


@given(st.lists(mutated([ABOUT, *TALK, printed(said("x"))]), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(
    tmp_path_factory, lines
):
    loaded = load_bytes(tmp_path_factory.mktemp("goose"), as_lines([ABOUT, TALK[0], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
