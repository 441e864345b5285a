"""GitHub Copilot's chat sessions in VS Code: the corpus, the log of changes, and the traps."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import as_lines, attributes_of, mutated, of_kind, physical_lines, recorded
from loaders.loading import load_bytes, load_file
from shared_data import shared

FILE = "corpora/copilot-vscode/splitrail-copilot.json"


def test_the_session_has_the_requests_rounds_and_tools_of_the_file():
    (entry,) = recorded("copilot-vscode")
    path = shared(f"corpora/{entry['file']}")
    loaded, document = load_file(path), json.loads(path.read_text("utf-8"))
    assert loaded.format == "copilot_vscode"
    assert (loaded.count(), loaded.lines.rejected) == (physical_lines(path), 0)
    rounds = [
        each
        for request in document["requests"]
        for each in request["result"]["metadata"]["toolCallRounds"]
    ]
    kinds = Counter(span["kind"] for span in loaded.spans)
    assert kinds == {
        "workflow": 1,
        "agent": entry["check"]["records"],
        "llm": len(rounds),
        "tool": sum(len(each["toolCalls"]) for each in rounds),
    }
    assert all(turn["end_time_unix_nano"] for turn in of_kind(loaded, "agent"))
    assert {call["start_time_unix_nano"] for call in of_kind(loaded, "llm")} == {None}
    assert {call["input_tokens"] for call in of_kind(loaded, "llm")} == {None}


def test_answers_of_tools_are_the_text_in_their_trees():
    tools = of_kind(load_file(shared(FILE)), "tool")
    results = [attributes_of(tool)["gen_ai.tool.call.result"] for tool in tools]
    assert results[0].startswith("20 matches (more results are available)")
    assert all(results)


ROUND = {
    "id": "r1",
    "response": "look",
    "toolCalls": [{"id": "c1", "name": "f", "arguments": "{}"}],
}
ANSWER = {"content": [{"value": "found"}, {"value": {"node": {"type": 2, "text": "it"}}}]}
REQUEST = {
    "requestId": "q1",
    "timestamp": 1_785_000_000_000,
    "message": {"text": "go"},
    "modelId": "copilot/gpt-x",
    "result": {
        "timings": {"totalElapsed": 1500},
        "metadata": {"toolCallRounds": [ROUND], "toolCallResults": {"c1": ANSWER}},
    },
}
DOCUMENT = {
    "version": 3,
    "sessionId": "s1",
    "creationDate": 1_785_000_000_000,
    "requests": [REQUEST],
}
LOG = [
    {"kind": 0, "v": {**DOCUMENT, "requests": []}},
    {"kind": 2, "k": ["requests"], "v": [{**REQUEST, "result": None}]},
    {"kind": 1, "k": ["requests", 0, "result"], "v": REQUEST["result"]},
    {"kind": 2, "k": ["requests"], "i": 1, "v": [{"requestId": "q2", "message": {"text": "x"}}]},
    {"kind": 1, "k": ["requests", 1, "isCanceled"], "v": True},
    {"kind": 3, "k": ["version"]},
]


def test_a_log_of_changes_reads_as_the_document_that_it_amounts_to(tmp_path):
    document = load_bytes(tmp_path, json.dumps(DOCUMENT))
    log = load_bytes(tmp_path, as_lines(LOG))
    assert (log.format, log.lines.rejected) == ("copilot_vscode", 0)
    found = [span["span_id"] for span in document.spans]
    assert found == ["s1", "q1", "r1", "c1"]
    assert [span["span_id"] for span in log.spans] == [*found, "q2"]
    (tool,) = of_kind(log, "tool")
    assert attributes_of(tool)["gen_ai.tool.call.result"] == "foundit"
    first, second = of_kind(log, "agent")
    assert first["end_time_unix_nano"] - first["start_time_unix_nano"] == 1_500_000_000
    assert second["start_time_unix_nano"] is None


def test_tokens_of_a_request_are_those_of_its_round_only_if_it_has_one(tmp_path):
    counts = {"promptTokens": 42, "outputTokens": 7}
    one = json.loads(json.dumps(DOCUMENT))
    one["requests"][0]["result"]["metadata"].update(counts)
    (call,) = of_kind(load_bytes(tmp_path, json.dumps(one)), "llm")
    assert (call["input_tokens"], call["output_tokens"]) == (42, 7)
    one["requests"][0]["result"]["metadata"]["toolCallRounds"].append({"id": "r2"})
    calls = of_kind(load_bytes(tmp_path, json.dumps(one)), "llm")
    assert [call["input_tokens"] for call in calls] == [None, None]


def test_a_request_without_rounds_is_answered_by_what_was_shown(tmp_path):
    shown = [{"value": "Hi "}, {"kind": "toolInvocationSerialized"}, {"value": "there"}]
    request = {"requestId": "q1", "message": {"text": "go"}, "response": shown}
    loaded = load_bytes(tmp_path, json.dumps({**DOCUMENT, "requests": [request]}))
    (call,) = of_kind(loaded, "llm")
    (output,) = attributes_of(call)["gen_ai.output.messages"]
    assert output["parts"] == [{"type": "text", "content": "Hi there"}]


@given(st.lists(mutated(LOG), max_size=5))
def test_a_change_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*LOG[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@given(mutated([REQUEST]))
def test_a_request_that_is_not_as_it_should_be_is_counted(tmp_path, request_):
    loaded = load_bytes(tmp_path, json.dumps({**DOCUMENT, "requests": [request_]}))
    assert loaded.count() == 1
