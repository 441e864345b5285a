"""Kimi Code's sessions: the corpus, and the traps of the format."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import (
    as_lines,
    attributes_of,
    mutated,
    of_kind,
    physical_lines,
    recorded,
    total,
)
from loaders.loading import load_bytes, load_file
from shared_data import shared
from store.loading import load as load_all

MAIN = "corpora/kimi/kimi-assistant_tools.jsonl"
AGENT = "corpora/kimi/kimi-subagent_agent-0.jsonl"
COUNTED = {MAIN: (691_678, 5_515, 661_504), AGENT: (41_321, 330, 28_416)}
"""Input with the cache, output and cache read: the sums over `usage.record`."""


def test_every_file_is_read_without_a_rejected_line():
    for entry in recorded("kimi"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "kimi")
        assert loaded.count() == physical_lines(path) == entry["check"]["records"]
        assert loaded.lines.rejected == 0
        assert Counter(span["parent_span_id"] for span in loaded.spans)[None] == 1


@pytest.mark.parametrize("file", [MAIN, AGENT])
def test_usage_is_that_of_the_usage_records_alone(file):
    counts = ("input_tokens", "output_tokens", "cache_read_tokens")
    calls = of_kind(load_file(shared(file)), "llm")
    assert tuple(total(calls, name) for name in counts) == COUNTED[file]


def test_turns_steps_and_tools_are_those_of_the_file():
    loaded = load_file(shared(MAIN))
    kinds = Counter(span["kind"] for span in loaded.spans)
    # 24 steps and the compaction; two steps were broken off and used nothing.
    assert kinds == {"workflow": 1, "agent": 8, "llm": 25, "tool": 19}
    assert [c["input_tokens"] for c in of_kind(loaded, "llm")].count(None) == 2
    assert [tool["span_id"] for tool in of_kind(loaded, "tool") if tool["error"]] == ["Bash_2"]


def test_a_step_ends_when_the_model_has_spoken_and_not_when_its_tool_was_allowed():
    calls = of_kind(load_file(shared(MAIN)), "llm")
    ended = [call for call in calls if call["end_time_unix_nano"] is not None]
    longest = max(call["end_time_unix_nano"] - call["start_time_unix_nano"] for call in ended)
    assert len(ended) == 23
    assert longest < 60_000_000_000  # a permission took 40 minutes


def test_a_step_that_was_broken_off_has_no_end():
    calls = of_kind(load_file(shared(MAIN)), "llm")
    unused = [call["end_time_unix_nano"] for call in calls if call["input_tokens"] is None]
    assert unused == [None, None]


def test_the_two_agents_of_a_session_are_one_trace_where_the_path_says_so(tmp_path):
    for file, agent in ((MAIN, "main"), (AGENT, "agent-0")):
        folder = tmp_path / "session_1" / "agents" / agent
        folder.mkdir(parents=True)
        (folder / "wire.jsonl").write_bytes(shared(file).read_bytes())
    answers = load_all(tmp_path)
    assert (answers.totals.traces, answers.orphans) == (1, 0)
    expected = tuple(sum(counts) for counts in zip(*COUNTED.values(), strict=True))
    assert (answers.totals.input_tokens, answers.totals.output_tokens) == expected[:2]
    spans = {span["span_id"]: span for span in answers.spans}
    assert len(spans) == len(answers.spans) == 53 + 6
    tool = spans[spans["agent-0"]["parent_span_id"]]
    assert (tool["tool_name"], spans["agent-0/Bash_1"]["parent_span_id"]) == ("Agent", "agent-0")


def loop(kind, time, **event):
    return {
        "type": "context.append_loop_event",
        "event": {"type": kind, **event},
        "time": 1_785_000_000_000 + time,
    }


def record(record_type, time, **more):
    return {"type": record_type, **more, "time": 1_785_000_000_000 + time}


HI = [{"type": "text", "text": "hi"}]
USED = {"inputOther": 5, "output": 2, "inputCacheRead": 90, "inputCacheCreation": 3}
SESSION = [
    {"type": "metadata", "protocol_version": "1.4", "created_at": 1_785_000_000_000},
    record("config.update", 0, systemPrompt="Be good.", profileName="agent"),
    record("turn.prompt", 1, input=HI, origin={"kind": "user"}),
    record("context.append_message", 2, message={"role": "user", "content": HI}),
    loop("step.begin", 3, uuid="s1"),
    record("llm.request", 3, kind="loop", provider="kimi", model="kimi-k2"),
    loop("content.part", 5, stepUuid="s1", part={"type": "think", "think": "hm"}),
    record("permission.record_approval_result", 9, toolCallId="B_0", result={"decision": "reject"}),
    loop("tool.call", 9, stepUuid="s1", toolCallId="B_0", name="Bash", args={"command": "ls"}),
    loop("tool.result", 9, toolCallId="B_0", result={"output": "no", "isError": True}),
    loop("step.end", 9, uuid="s1", usage=USED, finishReason="tool_use", messageId="m1"),
    record("usage.record", 9, model="x/kimi-k2", usage=USED, usageScope="turn"),
    record("context.apply_compaction", 20, summary="s", contextSummary="so far", tokensBefore=9),
]


def test_what_the_prompt_and_the_context_both_say_is_heard_once(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(SESSION))
    (call,) = of_kind(loaded, "llm")
    heard = attributes_of(call)["gen_ai.input.messages"]
    assert [message["role"] for message in heard] == ["system", "user"]
    assert (call["response_id"], call["request_model"]) == ("m1", "kimi-k2")
    assert (call["input_tokens"], call["cache_write_tokens"]) == (98, 3)
    (tool,) = of_kind(loaded, "tool")
    assert tool["error_type"] == "user_rejected"


def wired(second, kind, **payload):
    return {"timestamp": 1_785_000_000.0 + second, "message": {"type": kind, "payload": payload}}


def used(message_id, tokens_out):
    usage = {"input_other": 5, "output": tokens_out, "input_cache_read": 90}
    return {"message_id": message_id, "token_usage": usage}


def inner(second, kind, **payload):
    event = {"type": kind, "payload": payload}
    return wired(second, "SubagentEvent", task_tool_call_id="c1", event=event)


ASKED = {"id": "c1", "function": {"name": "Task", "arguments": "{}"}}
CLI = [
    {"type": "metadata", "protocol_version": "1.3"},
    wired(1, "TurnBegin", user_input="go"),
    wired(1, "StepBegin", n=1),
    wired(2, "ContentPart", type="think", think="hm"),
    wired(3, "ToolCall", **ASKED),
    wired(3, "StatusUpdate", **used("m1", 2)),
    inner(4, "StepBegin", n=1),
    inner(5, "ContentPart", type="text", text="dug"),
    inner(5, "StatusUpdate", **used("m2", 3)),
    wired(6, "ToolResult", tool_call_id="c1", return_value={"is_error": True, "output": "no"}),
    wired(6, "StatusUpdate", **used("m1", 2)),
    wired(6, "StepBegin", n=2),
    wired(7, "ContentPart", type="text", text="done"),
    wired(7, "StatusUpdate", **used("m3", 4)),
    wired(8, "TurnEnd"),
]


def test_the_wire_of_kimi_cli_gives_the_same_tree_and_counts_an_answer_once(tmp_path):
    loaded = load_bytes(tmp_path, as_lines(CLI))
    assert (loaded.format, loaded.lines.rejected, loaded.count()) == ("kimi", 0, len(CLI))
    spans = {span["span_id"]: span for span in loaded.spans}
    kinds = [(span["kind"], span["response_id"]) for span in loaded.spans]
    assert kinds == [
        ("workflow", None),
        ("agent", None),
        ("llm", "m1"),
        ("tool", None),
        ("agent", None),
        ("llm", "m2"),
        ("llm", "m3"),
    ]
    below = next(span for span in loaded.spans if span["response_id"] == "m2")
    assert spans[below["parent_span_id"]]["parent_span_id"] == "c1"
    assert spans["c1"]["error_type"] == "tool_error"
    calls = of_kind(loaded, "llm")
    assert (total(calls, "input_tokens"), total(calls, "output_tokens")) == (285, 9)


@given(st.lists(mutated(CLI), max_size=5))
def test_a_line_of_kimi_cli_that_is_not_as_it_should_be_is_counted(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*CLI[:2], *lines]))
    assert loaded.count() == len(lines) + 2
    assert loaded.lines.rejected == loaded.kinds().count("rejected")


@given(st.lists(mutated(SESSION), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load_bytes(tmp_path, as_lines([*SESSION[:4], *lines]))
    assert loaded.count() == len(lines) + 4
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
