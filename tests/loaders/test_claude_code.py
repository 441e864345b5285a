"""Claude Code's session files: the corpus, and the traps of the format."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import of_kind, physical_lines, recorded
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared

FOLDER = "corpora/claude-code"
BLACKED_OUT = "claude-code/agentsessions/small.jsonl"
"""Its ids and times are one text: its tool calls cannot be told apart."""

CCUSAGE = {
    "ccviewer-agent-test-hash-123": (100, 10, 0, 0),
    "agent-ac47f8c": (8988, 6, 4410, 4554),
    "agent-aa9d784": (8979, 10, 4410, 4545),
    "agent-a775a67": (8992, 11, 4410, 4558),
    "agent-ae52dab": (8988, 6, 4410, 4554),
    "copilotchat-98b76fb9-f5d3-40c5-ab82-b970c20e3764": (73494, 18, 48730, 24734),
    "ccviewer-fe5e1c67-53e7-4862-81ae-d0e013e3270b": (3786648, 51933, 3647854, 137976),
    "ccusage-project-alpha-session-alpha-chat": (745, 250, 70, 75),
    "sniffly-ba79134d-b6e9-4867-af0c-6941038c9e4b": (519932, 2266, 503769, 16072),
    "sniffly-fed8ce56-bc79-401f-a83e-af084253362f": (60632, 278, 44544, 16000),
    "copilotchat-c8bcb3a7-8728-4d76-9aae-1cbaf2350114": (31123, 52, 15542, 15573),
    "small": (10, 5, 0, 0),
    "agent-abc1234": (150, 20, 50, 0),
    "agent-def5678": (200, 40, 0, 0),
    "agent-warmup99": (10, 2, 0, 0),
    "ongoing_tooluse": (250, 100, 50, 0),
    "not_ongoing_shutdown": (100, 50, 0, 0),
    "mcp-tools": (125846, 258, 94682, 31010),
    "not_ongoing_exitplan": (300, 150, 0, 0),
    "ongoing_pending_task": (1100, 150, 0, 0),
    "not_ongoing_interrupted_pending": (500, 100, 0, 0),
    "multi_turn": (1035, 350, 30, 5),
    "deadcode-session": (180, 25, 0, 0),
    "planner-session": (200, 30, 0, 0),
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093": (32829, 4, 15973, 16832),
    "ccviewer-agent-test-hash-456": (100, 10, 0, 0),
    "copilotchat-553dd2b5-8a53-4fbf-9db2-240632522fe5": (15428, 27, 14996, 428),
}
"""Input (with cache), output, cache read and cache write by `ccusage claude session --json
--offline`, version 20.0.24, run on each file by itself. Other files have no usage."""


def test_every_file_of_the_corpus_is_read_without_a_rejected_line():
    for entry in recorded("claude-code"):
        path = shared(f"corpora/{entry['file']}")
        loaded = load_file(path)
        assert (entry["file"], loaded.format) == (entry["file"], "claude_code")
        assert (entry["file"], loaded.count()) == (entry["file"], physical_lines(path))
        assert (entry["file"], loaded.lines.rejected) == (entry["file"], 0)
        assert len({span["trace_id"] for span in loaded.spans}) <= 2


def test_calls_and_tools_are_as_many_as_the_corpus_says():
    for entry in recorded("claude-code"):
        if entry["file"] == BLACKED_OUT:
            continue
        loaded, check = load_file(shared(f"corpora/{entry['file']}")), entry["check"]
        tools = of_kind(loaded, "tool")
        assert (entry["file"], len(tools)) == (entry["file"], check.get("tool_calls", 0))
        errors = Counter(tool["error_type"] for tool in tools if tool["error"])
        del errors["interrupted"]  # the corpus counts answers that say so
        assert (entry["file"], errors.total()) == (entry["file"], check.get("tool_errors", 0))
        if "distinct_messages" in check:
            synthetic = "<synthetic>" in check["models"]
            calls = [span for span in of_kind(loaded, "llm") if span["output_tokens"] is not None]
            assert len(calls) == check["distinct_messages"] - synthetic


def test_usage_is_what_ccusage_counts():
    folder = shared(FOLDER)
    for path in folder.rglob("*.jsonl"):
        counts = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
        calls = of_kind(load_file(path), "llm")
        found = tuple(sum(call[name] or 0 for call in calls) for name in counts)
        assert (path.name, found) == (path.name, CCUSAGE.get(path.stem, (0, 0, 0, 0)))


def test_inline_sub_agents_stand_below_the_tool_calls_whose_prompts_they_got():
    loaded = load_file(shared(f"{FOLDER}/ccviewer-fe5e1c67-53e7-4862-81ae-d0e013e3270b.jsonl"))
    spans = {span["span_id"]: span for span in loaded.spans}
    agents = [span for span in of_kind(loaded, "agent") if span["agent_name"] != "claude-code"]
    assert len(agents) == 5
    for agent in agents:
        tool = spans[agent["parent_span_id"]]
        assert tool["tool_name"] == "Task"
        prompt = json.loads(tool["attributes"])["gen_ai.tool.call.arguments"]["prompt"]
        (said,) = json.loads(agent["attributes"])["gen_ai.input.messages"]
        assert said["parts"] == [{"type": "text", "content": prompt}]
        assert agent["end_time_unix_nano"] is not None
    assert len({span["trace_id"] for span in loaded.spans}) == 1
    assert [span["name"] for span in loaded.spans if span["parent_span_id"] is None] == [
        "/orchestrator create TODO app by Next.js"
    ]


def test_sub_agents_in_files_of_their_own_hang_on_the_tool_calls_of_the_session():
    session = "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093"
    tools = of_kind(load_file(shared(f"{FOLDER}/{session}.jsonl")), "tool")
    by_id = {tool["span_id"]: tool for tool in tools}
    for path in shared(f"{FOLDER}/{session}/subagents").glob("*.jsonl"):
        loaded = load_file(path)
        (agent,) = of_kind(loaded, "agent")
        tool = by_id[agent["parent_span_id"]]
        assert tool["trace_id"] == agent["trace_id"]
        arguments = json.loads(tool["attributes"])["gen_ai.tool.call.arguments"]
        assert agent["name"] == arguments["prompt"]
        others = [span for span in loaded.spans if span is not agent]
        assert {span["parent_span_id"] for span in others} == {agent["span_id"]}


TIME = "2026-01-01T00:00:{:02}.000Z"


def user(uuid, content, second=0, parent=None, **more):
    return {
        "type": "user",
        "uuid": uuid,
        "parentUuid": parent,
        "sessionId": "s1",
        "timestamp": TIME.format(second),
        "message": {"role": "user", "content": content},
        **more,
    }


def assistant(uuid, blocks, second=0, message_id="m1", usage=None, parent=None, **more):
    message = {"id": message_id, "role": "assistant", "model": "claude-x", "content": blocks}
    return {
        "type": "assistant",
        "uuid": uuid,
        "parentUuid": parent,
        "sessionId": "s1",
        "timestamp": TIME.format(second),
        "message": {**message, "usage": usage} if usage else message,
        **more,
    }


def say(text):
    return [{"type": "text", "text": text}]


def answer(call_id, content, **more):
    return [{"type": "tool_result", "tool_use_id": call_id, "content": content, **more}]


def load(folder, *records):
    return load_bytes(folder, "".join(json.dumps(record) + "\n" for record in records))


def test_cache_tokens_are_part_of_the_input_and_told_apart_by_their_lifetime(tmp_path):
    usage = {
        "input_tokens": 3,
        "output_tokens": 5,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 70,
        "cache_creation": {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 20},
    }
    loaded = load(tmp_path, user("u1", "hi"), assistant("a1", say("ho"), usage=usage))
    (call,) = of_kind(loaded, "llm")
    assert call["input_tokens"] == 173
    assert call["cache_read_tokens"] == 100
    assert call["cache_write_tokens"] == 70
    assert call["cache_write_1h_tokens"] == 20
    assert call["response_id"] == "m1"


def test_lines_that_a_resumed_session_repeats_are_told_once(tmp_path):
    lines = [user("u1", "hi"), assistant("a1", say("ho"), 1), user("u2", "more", 2)]
    loaded = load(tmp_path, *lines, *lines, assistant("a2", say("yes"), 3, "m2"))
    assert [span["span_id"] for span in loaded.spans] == ["s1", "u1", "m1", "u2", "m2"]
    assert any("3 repeated record" in row["message"] for row in loaded.problems)


def test_an_error_of_the_api_is_a_failed_call_without_model_or_usage(tmp_path):
    error = assistant("a1", say("API Error: 529 overloaded"), message_id="x")
    error |= {"isApiErrorMessage": True, "error": "overloaded", "apiErrorStatus": 529}
    error["message"]["model"] = "<synthetic>"
    loaded = load(tmp_path, user("u1", "hi"), error)
    (call,) = of_kind(loaded, "llm")
    assert (call["error"], call["error_type"], call["http_status"]) == (True, "overloaded", 529)
    assert (call["request_model"], call["input_tokens"]) == (None, None)


@pytest.mark.parametrize(
    ("said", "error_type"),
    [
        ("The user doesn't want to proceed with this tool use.", "user_rejected"),
        ("[Request interrupted by user for tool use]", "interrupted"),
        ("exit 1", "tool_error"),
    ],
)
def test_a_failure_of_a_tool_says_whose_it_was(tmp_path, said, error_type):
    call = [{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls"}}]
    result = user("u2", answer("t1", said, is_error=True), 2)
    loaded = load(tmp_path, user("u1", "go"), assistant("a1", call, 1), result)
    (tool,) = of_kind(loaded, "tool")
    assert (tool["error"], tool["error_type"]) == (True, error_type)


def test_what_the_program_says_in_the_user_s_name_begins_no_turn(tmp_path):
    loaded = load(
        tmp_path,
        user("u1", "hi"),
        user("u2", "a reminder", 1, isMeta=True),
        assistant("a1", say("ho"), 2),
        user("u3", "<local-command-stdout>done</local-command-stdout>", 3),
        user("u4", "[Request interrupted by user]", 4),
    )
    assert [span["span_id"] for span in of_kind(loaded, "agent")] == ["u1"]
    (call,) = of_kind(loaded, "llm")
    assert len(json.loads(call["attributes"])["gen_ai.input.messages"]) == 2


def test_a_prompt_that_goes_back_follows_the_call_that_it_goes_back_to(tmp_path):
    loaded = load(
        tmp_path,
        user("u1", "hi"),
        assistant("a1", say("ho"), 1, "m1", parent="u1"),
        user("u2", "left", 2, "a1"),
        assistant("a2", say("l"), 3, "m2", parent="u2"),
        user("u3", "right", 4, "a1"),
        assistant("a3", say("r"), 5, "m3", parent="u3"),
    )
    attributes = {span["span_id"]: json.loads(span["attributes"]) for span in loaded.spans}
    assert attributes["m3"]["tracetui.input.follows"] == "m1"
    assert attributes["u3"]["tracetui.branch_of"] == "a1"


def test_the_title_is_the_user_s_or_the_summary_of_this_session_and_of_no_other(tmp_path):
    other = {"type": "summary", "summary": "another one", "leafUuid": "elsewhere"}
    own = {"type": "summary", "summary": "this one", "leafUuid": "a1"}
    lines = [user("u1", "hi"), assistant("a1", say("ho"), 1)]
    assert load(tmp_path, other, *lines).spans[0]["name"] == "hi"
    assert load(tmp_path, other, own, *lines).spans[0]["name"] == "this one"
    given_title = {"type": "custom-title", "customTitle": "mine", "sessionId": "s1"}
    assert load(tmp_path, own, *lines, given_title).spans[0]["name"] == "mine"


def test_files_of_other_programs_with_the_same_keys_are_not_taken(tmp_path):
    qwen = user("u1", "")
    qwen["message"] = {"role": "user", "parts": [{"text": "hi"}]}
    iflow = user("u1", answer("t1", {"callId": "t1", "responseParts": []}))
    for record in (qwen, iflow):
        try:
            loaded = load_bytes(tmp_path, json.dumps(record) + "\n")
        except NotReadError:
            continue
        assert loaded.format != "claude_code"


def test_no_neighbour_in_the_corpora_is_taken_for_claude_code():
    for name in ("qwen-code", "gemini-cli", "kimi", "pi", "openclaw", "codex", "other-agents"):
        for path in shared(f"corpora/{name}").rglob("*"):
            if path.is_file():
                try:
                    loaded = load_file(path)
                except NotReadError:
                    continue
                assert (path.name, loaded.format) != (path.name, "claude_code")
                assert (path.name, loaded.format) != (path.name, "claude_stream_json")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@st.composite
def mutated(draw):
    """A line of Claude Code in which something is something else."""
    call = {"type": "tool_use", "id": "t1", "name": "Task", "input": {"prompt": "dig"}}
    line = draw(
        st.sampled_from(
            [
                user("u1", "hi"),
                user("u2", answer("t1", "x"), toolUseResult={"agentId": "b"}),
                assistant("a1", [*say("ho"), call], usage={"input_tokens": 1}),
                user("u3", "dig", isSidechain=True),
                user("u4", "dig", isSidechain=True, agentId="b"),
                {"type": "attachment", "uuid": "x", "attachment": {"type": "queued_command"}},
                {"type": "system", "subtype": "compact_boundary", "sessionId": "s1"},
                {"type": "summary", "summary": "s", "leafUuid": "a1"},
            ]
        )
    )
    line = json.loads(json.dumps(line))
    holder = line
    while True:
        key = draw(st.sampled_from(sorted(holder)))
        inner = holder[key]
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            holder = inner
        else:
            holder[key] = draw(_JSON)
            return line


@given(st.lists(mutated(), max_size=5))
def test_a_line_that_is_not_as_it_should_be_is_counted_and_never_an_exception(tmp_path, lines):
    loaded = load(tmp_path, user("u0", "hello"), *lines)
    assert loaded.count() == len(lines) + 1
    assert loaded.lines.rejected == loaded.kinds().count("rejected")
