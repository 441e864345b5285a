"""Who&When's logs of Magentic-One and AG2, and AgentRx's labels: the corpus and the traps."""

import json

import pytest
from hypothesis import given
from loaders.corpus import attributes_of, entries, evaluations, mutations, of_kind, physical_lines
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared

LOGS = [e for e in entries("magentic-one", "autogen-captain") if "/ww-" in e["file"]]


def mistakes(loaded):
    """Return the spans that a mistake was found on, with their evaluation."""
    spans = {span["row_id"]: span for span in loaded.spans}
    found = []
    for event in loaded.events:
        about = json.loads(event["attributes"])
        if about.get("gen_ai.evaluation.name") == "mistake":
            found.append((spans[event["row_id"]], about))
    return found


@pytest.mark.parametrize("entry", LOGS, ids=lambda entry: entry["file"])
def test_every_step_is_told_and_the_mistake_stands_on_its_own(entry):
    path, check = shared(f"corpora/{entry['file']}"), entry["check"]
    loaded, log = load_file(path), json.loads(path.read_text("utf-8"))
    assert loaded.format == "who_and_when"
    assert loaded.count() == loaded.lines.ok == physical_lines(path)
    assert len(log["history"]) == check["records"]
    ((span, mistake),) = mistakes(loaded)
    assert mistake["gen_ai.evaluation.score.label"] == log["mistake_agent"]
    assert mistake["gen_ai.evaluation.step"] == check["mistake_step"]
    step = log["history"][int(check["mistake_step"])]
    said = json.dumps(attributes_of(span), ensure_ascii=False)
    said += "".join(e["attributes"] for e in loaded.events if e["row_id"] == span["row_id"])
    assert json.dumps(step["content"], ensure_ascii=False)[1:-1] in said
    everything = "".join(
        json.dumps(attributes_of(span), ensure_ascii=False) for span in loaded.spans
    )
    everything += "".join(event["attributes"] for event in loaded.events)
    for item in log["history"]:
        assert json.dumps(item["content"], ensure_ascii=False)[1:-1][:200] in everything


@pytest.mark.parametrize("entry", LOGS, ids=lambda entry: entry["file"])
def test_ledgers_are_read_and_say_how_often_there_was_a_loop(entry):
    loaded = load_file(shared(f"corpora/{entry['file']}"))
    ledgers = [attributes_of(span).get("magentic_one.ledger") for span in loaded.spans]
    loops = [ledger["is_in_loop"]["answer"] for ledger in ledgers if ledger]
    assert len(loops) == entry["check"]["in_loop_all"]
    assert loops.count(True) == entry["check"]["in_loop_true"]


def test_code_that_a_message_holds_is_a_tool_call_of_the_terminal():
    loaded = load_file(shared("corpora/autogen-captain/ww-ag-50.json"))
    tools = of_kind(loaded, "tool")
    assert {tool["tool_name"] for tool in tools} == {"Computer_terminal"}
    assert [tool["error"] for tool in tools].count(True) == 1
    assert all(
        "import" in attributes_of(tool)["gen_ai.tool.call.arguments"]["code"] for tool in tools
    )


def test_labels_without_a_log_are_evaluations_of_sessions_without_turns():
    (entry,) = [e for e in entries("magentic-one") if "agentrx" in e["file"]]
    path = shared(f"corpora/{entry['file']}")
    loaded, labels = load_file(path), json.loads(path.read_text("utf-8"))
    assert loaded.count() == loaded.lines.ok == physical_lines(path)
    assert len(loaded.spans) == entry["check"]["records"]
    assert len(evaluations(loaded)) == sum(len(item["failures"]) for item in labels)


LOG = {
    "history": [
        {"role": "human", "content": "find it"},
        {"role": "Orchestrator (thought)", "content": 'Updated Ledger:\n{"is_in_loop": {}}'},
        {"role": "Orchestrator (-> Surfer)", "content": "look there"},
        {"role": "Orchestrator (thought)", "content": "Next speaker Surfer"},
        {"role": "Surfer", "content": "not there"},
    ],
    "question": "find it",
    "question_ID": "q1",
    "mistake_agent": "Surfer",
    "mistake_step": "4",
    "mistake_reason": "wrong place",
}


def test_what_an_agent_was_told_is_its_prompt_and_what_it_said_is_heard(tmp_path):
    again = [*LOG["history"], {"role": "Orchestrator (thought)", "content": "It is not there"}]
    loaded = load_bytes(tmp_path, json.dumps({**LOG, "history": again}))
    assert loaded.names == ["find it", "find it", "chat", "invoke_agent Surfer", "chat", "chat"]
    surfer, last = attributes_of(loaded.spans[3]), attributes_of(loaded.spans[-1])
    assert surfer["gen_ai.input.messages"][0]["parts"][0]["content"] == "look there"
    assert last["gen_ai.input.messages"][0]["parts"][0]["content"] == "not there"


@given(mutations(LOG))
def test_a_log_in_which_something_is_something_else_is_no_exception(tmp_path, log):
    text = json.dumps(log, indent=1)
    loaded = load_with("who_and_when", tmp_path, text.encode())
    assert loaded.count() == text.count("\n") + 1
    assert (loaded.lines.rejected > 0) == ("rejected" in loaded.kinds())
