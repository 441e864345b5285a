"""Directories of sessions: one trace a session, sub-agents inside it, nothing counted twice."""

import json

from shared_data import shared
from store.loading import load

FOLDER = "corpora/claude-code"


def record(session, uuid, kind, content, second, **message):
    return {
        "type": kind,
        "uuid": uuid,
        "parentUuid": None,
        "sessionId": session,
        "timestamp": f"2026-01-01T00:00:{second:02}.000Z",
        "message": {"role": kind, "content": content, **message},
    }


def history(session):
    usage = {"input_tokens": 10, "output_tokens": 2}
    return [
        record(session, "u1", "user", "hi", 0),
        record(session, "a1", "assistant", "ho", 1, id="m1", model="claude-x", usage=usage),
    ]


def write(path, records):
    path.write_text("".join(json.dumps(item) + "\n" for item in records))


def test_a_directory_of_projects_is_as_many_traces_as_it_has_sessions(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / f"{name}.jsonl", history(name))
    answers = load(tmp_path)
    assert {trace["trace_id"] for trace in answers.traces} == {"one", "two", "three"}
    assert answers.orphans == 0


def test_a_session_resumed_under_another_name_does_not_count_its_history_again(tmp_path):
    write(tmp_path / "first.jsonl", history("first"))
    usage = {"input_tokens": 20, "output_tokens": 3}
    more = record("second", "a2", "assistant", "ja", 9, id="m2", model="claude-x", usage=usage)
    write(tmp_path / "second.jsonl", [*history("second"), more])
    answers = load(tmp_path)
    assert answers.totals.traces == 2
    assert (answers.totals.input_tokens, answers.totals.output_tokens) == (30, 5)
    roles = {(s["trace_id"], s["span_id"]): s["usage_role"] for s in answers.spans}
    assert roles["first", "m1"] == "own"
    assert roles["second", "m1"] == "duplicate"


def test_a_file_read_under_two_names_is_one_trace(tmp_path):
    write(tmp_path / "a.jsonl", history("one"))
    write(tmp_path / "b.jsonl", history("one"))
    answers = load(tmp_path)
    assert (answers.totals.traces, answers.totals.input_tokens) == (1, 10)


def test_sub_agents_in_files_of_their_own_are_children_and_never_sessions():
    session = "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093"
    answers = load(shared(f"{FOLDER}/{session}.jsonl"), shared(f"{FOLDER}/{session}"))
    (trace,) = answers.traces
    assert (trace["span_count"], trace["orphan_count"], trace["llm_count"]) == (24, 0, 10)
    assert answers.totals.input_tokens == 32829 + 8988 + 8979 + 8992 + 8988
