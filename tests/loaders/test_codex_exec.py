"""What `codex exec --json` prints: the corpus, and the traps of the format."""

import json

from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import as_lines, attributes_of, mutated, of_kind, physical_lines
from loaders.loading import load_bytes, load_file
from shared_data import shared
from store.loading import load as load_all

FILES = {
    "codex-exec-json/takopi-codex_exec_json_all_formats.jsonl": (2, 7, 3),
    "codex/strands-codex_exec_json.json": (1, 1, 0),
}
"""Turns, tools and failed tools, counted in the files by hand."""


def test_every_file_gives_its_turns_and_tools_once():
    for file, expected in FILES.items():
        path = shared(f"corpora/{file}")
        loaded = load_file(path)
        assert (file, loaded.format, loaded.lines.rejected) == (file, "codex_exec", 0)
        assert loaded.count() == physical_lines(path)
        tools = of_kind(loaded, "tool")
        failed = [tool for tool in tools if tool["error"]]
        assert (len(of_kind(loaded, "agent")), len(tools), len(failed)) == expected
        assert {span["start_time_unix_nano"] for span in loaded.spans} == {None}


def test_usage_of_a_turn_is_counted_though_no_call_says_its_own():
    answers = load_all(shared("corpora/codex-exec-json/takopi-codex_exec_json_all_formats.jsonl"))
    totals = answers.totals
    assert (totals.input_tokens, totals.output_tokens) == (1840, 732)


def item(stage, item_id, kind, **more):
    return {"type": f"item.{stage}", "item": {"id": item_id, "type": kind, **more}}


def usage(tokens_in, tokens_out):
    counts = {"input_tokens": tokens_in, "cached_input_tokens": 0, "output_tokens": tokens_out}
    return {"type": "turn.completed", "usage": counts}


STREAM = [
    {"type": "thread.started", "thread_id": "th1"},
    {"type": "turn.started"},
    item("completed", "i0", "reasoning", text="look"),
    item("started", "i1", "command_execution", command="ls", status="in_progress"),
    item("updated", "i1", "command_execution", command="ls", status="in_progress"),
    item("completed", "i1", "command_execution", aggregated_output="a", status="completed"),
    item("completed", "i2", "agent_message", text="done"),
    usage(100, 10),
    {"type": "turn.started"},
    item("completed", "i3", "file_change", changes=[], status="declined"),
    item("completed", "i4", "agent_message", text="not done"),
    usage(250, 15),
    {"type": "turn.failed", "error": {"message": "no"}},
    {"type": "error", "message": "no"},
]


def test_usage_of_a_turn_is_what_it_adds_to_the_thread_s_total(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(STREAM))
    turns = of_kind(loaded, "agent")
    found = [(turn["rollup_input_tokens"], turn["error"]) for turn in turns]
    assert found == [(100, False), (150, True)]


def test_an_item_that_is_told_three_times_is_one_tool(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(STREAM))
    tools = of_kind(loaded, "tool")
    assert [(tool["span_id"], tool["error_type"]) for tool in tools] == [
        ("i1", None),
        ("i3", "user_rejected"),
    ]
    first = attributes_of(tools[0])
    assert first["gen_ai.tool.call.arguments"] == {"command": "ls"}
    assert first["gen_ai.tool.call.result"] == "a"
    assert len(of_kind(loaded, "llm")) == 4


def test_a_document_of_events_reads_as_their_lines_do(tmp_path):
    lines = load_bytes(tmp_path, as_lines(STREAM))
    document = load_bytes(tmp_path, json.dumps({"events": STREAM}))
    assert [span["span_id"] for span in document.spans] == [s["span_id"] for s in lines.spans]


@given(st.lists(mutated(STREAM), max_size=5))
def test_an_event_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*STREAM[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
