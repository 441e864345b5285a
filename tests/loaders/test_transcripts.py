"""What every transcript format gets from the session: the tree, times, usage, ids, accounts."""

import json
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders.folding.content import SpanContent
from tracetui_loaders.folding.fold import fold
from tracetui_loaders.source import Source
from tracetui_loaders.transcripts import (
    FOLLOWS,
    NotKnownError,
    Place,
    Reader,
    Session,
    TranscriptLoader,
    counted,
    parts_of,
    unix_nano,
)

SECOND = 1_000_000_000
T0 = 1_735_689_600 * SECOND


class AcmeReader(Reader):
    """The example of the package's docstring."""

    def read(self, value: Any, place: Place) -> None:
        session = self.transcript.session(value["session"])
        time = unix_nano(value.get("at"))
        match value["type"]:
            case "prompt":
                session.turn(parts_of(value["text"]), time, value["id"], place)
            case "reply":
                call = session.current.call(value["id"], time, place, model=value["model"])
                call.say(parts_of(value["text"]))
                call.count(counted(input_tokens=value["in"], output_tokens=value["out"]))
                for wish in value.get("tools", ()):
                    call.tool(wish["id"], wish["name"], wish["args"], time, place)
            case "result":
                session.answer(value["id"], value["output"], time, failed=value["failed"])
            case "heartbeat":
                self.transcript.ignore("heartbeat")
            case other:
                raise NotKnownError(f"a record of type {other!r}")


class AcmeLoader(TranscriptLoader):
    name: ClassVar[str] = "acme"
    title: ClassVar[str] = "Acme session"
    service: ClassVar[str] = "acme"
    reader: ClassVar[type[Reader]] = AcmeReader

    def sniff(self, head):
        return 0.9


def prompt(text, at=None, **more):
    return {"session": "s1", "type": "prompt", "id": None, "text": text, "at": at, **more}


def reply(call_id, at=None, tools=(), tokens=(10, 2), text="ok"):
    return {
        "session": "s1",
        "type": "reply",
        "id": call_id,
        "at": at,
        "model": "gpt-5",
        "text": text,
        "in": tokens[0],
        "out": tokens[1],
        "tools": [{"id": tool, "name": "ls", "args": {"path": tool}} for tool in tools],
    }


def result(call_id, at=None, *, failed=False, output="done"):
    record = {"session": "s1", "type": "result", "id": call_id, "at": at}
    return {**record, "output": output, "failed": failed}


class Loaded:
    """What a load made: spans by id, their attributes, lines, problems."""

    def __init__(self, path):
        source = Source(str(path))
        batches = list(AcmeLoader().load(source, 0))
        source.close()
        rows = [row for batch in batches for row in batch.spans.to_pylist()]
        self.order = [row["span_id"] for row in rows]
        self.spans = {row["span_id"]: row for row in rows}
        self.attributes = {row["span_id"]: json.loads(row["attributes"]) for row in rows}
        self.problems = [row for batch in batches for row in batch.problems.to_pylist()]
        self.events = [row for batch in batches for row in batch.events.to_pylist()]
        counts = [batch.lines for batch in batches]
        self.rejected = sum(lines.rejected for lines in counts)
        self.lines = sum(
            lines.ok + lines.repaired + lines.rejected + lines.blank + lines.tail
            for lines in counts
        )


@pytest.fixture
def load(tmp_path):
    def write_and_load(*records):
        path = tmp_path / "session.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return Loaded(path)

    return write_and_load


def test_a_session_is_a_tree_of_turns_calls_and_tools_in_the_order_in_which_they_were_told(load):
    loaded = load(
        prompt("list it", 1735689600, id="p1"),
        reply("m1", 1735689602, tools=["t1"]),
        result("t1", 1735689605),
        reply("m2", 1735689609, text="bye"),
    )
    assert loaded.order == ["s1", "p1", "m1", "t1", "m2"]
    assert [loaded.spans[i]["kind"] for i in loaded.order] == [
        "workflow",
        "agent",
        "llm",
        "tool",
        "llm",
    ]
    assert [loaded.spans[i]["parent_span_id"] for i in loaded.order] == [
        None,
        "s1",
        "p1",
        "p1",
        "p1",
    ]
    assert {row["trace_id"] for row in loaded.spans.values()} == {"s1"}
    assert {row["session_id"] for row in loaded.spans.values()} == {"s1"}
    assert [loaded.spans[i]["line"] for i in loaded.order] == [1, 1, 2, 2, 4]


def test_a_call_starts_when_what_it_answers_was_said_and_a_tool_runs_until_its_answer(load):
    loaded = load(
        prompt("list it", 1735689600, id="p1"),
        reply("m1", 1735689602, tools=["t1"]),
        result("t1", 1735689605),
        reply("m2", 1735689609),
    )
    times = {
        i: (row["start_time_unix_nano"] - T0, row["end_time_unix_nano"] - T0)
        for i, row in loaded.spans.items()
    }
    assert times == {
        "s1": (0, 9 * SECOND),
        "p1": (0, 9 * SECOND),
        "m1": (0, 2 * SECOND),
        "t1": (2 * SECOND, 5 * SECOND),
        "m2": (5 * SECOND, 9 * SECOND),
    }


def test_a_tool_without_an_answer_runs_on_and_so_does_everything_around_it(load):
    loaded = load(prompt("go", 1735689600, id="p1"), reply("m1", 1735689602, tools=["t1"]))
    ends = {i: row["end_time_unix_nano"] for i, row in loaded.spans.items()}
    assert ends == {"s1": None, "p1": None, "m1": T0 + 2 * SECOND, "t1": None}


def test_a_later_turn_ends_the_one_before_though_its_tool_was_never_answered(load):
    loaded = load(
        prompt("go", 1735689600, id="p1"),
        reply("m1", 1735689602, tools=["t1"]),
        prompt("never mind", 1735689603, id="p2"),
        reply("m2", 1735689604),
    )
    ends = {i: row["end_time_unix_nano"] for i, row in loaded.spans.items()}
    assert ends["p1"] == T0 + 2 * SECOND
    assert ends["t1"] is None
    assert ends["s1"] == T0 + 4 * SECOND


def test_records_of_one_call_are_one_span_with_the_largest_usage(load):
    loaded = load(
        prompt("go", 1735689600, id="p1"),
        reply("m1", 1735689601, tokens=(10, 1), text="a"),
        reply("m1", 1735689603, tokens=(10, 9), text="b"),
        reply("m1", 1735689602, tokens=(10, 4), text="c"),
    )
    span = loaded.spans["m1"]
    assert (span["input_tokens"], span["output_tokens"]) == (10, 9)
    assert span["end_time_unix_nano"] == T0 + 3 * SECOND
    (said,) = loaded.attributes["m1"]["gen_ai.output.messages"]
    assert [part["content"] for part in said["parts"]] == ["a", "b", "c"]


def test_the_input_of_a_call_is_what_is_new_and_names_the_call_that_it_follows(load):
    loaded = load(
        prompt("go", id="p1"), reply("m1", tools=["t1"]), result("t1"), reply("m2", text="bye")
    )
    first, second = loaded.attributes["m1"], loaded.attributes["m2"]
    assert FOLLOWS not in first
    assert second[FOLLOWS] == "m1"
    content = SpanContent("chat", "llm", "chat", "acme", second)
    assert fold(content)["input_messages"] == [
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "t1", "response": "done"}],
        }
    ]
    assert fold(content)["output_messages"] == [
        {"role": "assistant", "parts": [{"type": "text", "content": "bye"}]}
    ]


def test_a_turn_has_the_prompt_as_input_and_the_last_words_as_output(load):
    loaded = load(prompt("go\nnow", id="p1"), reply("m1", text="first"), reply("m2", text="last"))
    folded = fold(SpanContent("x", "agent", None, "acme", loaded.attributes["p1"]))
    assert folded["input_messages"][0]["parts"] == [{"type": "text", "content": "go\nnow"}]
    assert folded["output_messages"][0]["parts"] == [{"type": "text", "content": "last"}]
    assert loaded.spans["p1"]["name"] == "go …"


def test_without_times_nothing_is_invented_and_the_order_stays(load):
    loaded = load(
        prompt("go", id="p1"), reply("m1", tools=["t1"]), result("t1"), reply("m2", text="bye")
    )
    assert loaded.order == ["s1", "p1", "m1", "t1", "m2"]
    times = [
        (row["start_time_unix_nano"], row["end_time_unix_nano"]) for row in loaded.spans.values()
    ]
    assert times == [(None, None)] * 5


def test_a_failed_tool_is_an_error_with_what_it_said(load):
    loaded = load(
        prompt("go", id="p1"),
        reply("m1", tools=["t1"]),
        result("t1", failed=True, output="no such file\nat all"),
    )
    span = loaded.spans["t1"]
    assert span["error"] is True
    assert span["error_type"] == "tool_error"
    assert span["error_message"] == "no such file …"
    assert loaded.attributes["t1"]["gen_ai.tool.call.result"] == "no such file\nat all"


def test_ids_that_are_missing_are_the_same_when_the_file_has_grown(load):
    records = [prompt("go", 1735689600), reply(None, 1735689601), reply(None, 1735689602)]
    before = load(*records).order
    assert len(set(before)) == 4
    after = load(*records, prompt("more", 1735689603), reply(None, 1735689604)).order
    assert after[:4] == before


def test_an_id_that_is_taken_makes_another_span_and_not_the_same(load):
    loaded = load(prompt("go", id="m1"), reply("m1"), prompt("again", id="m1"))
    assert loaded.order == ["s1", "m1", "m1#2", "m1#3"]


def test_a_file_of_several_sessions_is_as_many_traces(load):
    loaded = load(
        prompt("one", id="p1"),
        {**prompt("two", id="p2"), "session": "s2"},
        reply("m1"),
        {**reply("m2"), "session": "s2"},
    )
    assert {i: row["trace_id"] for i, row in loaded.spans.items()} == {
        **dict.fromkeys(("s1", "p1", "m1"), "s1"),
        **dict.fromkeys(("s2", "p2", "m2"), "s2"),
    }


def test_bad_lines_are_counted_and_kept_and_what_has_nothing_to_show_is_noted(tmp_path):
    path = tmp_path / "session.jsonl"
    good = json.dumps(prompt("go", id="p1"))
    heartbeat = '{"session":"s1","type":"heartbeat"}'
    path.write_text(
        f'{good}\n\nnot json\n{{"type":7}}\n{heartbeat}\n5\n{{"session":"s9","type":"x"}}\n{{"to'
    )
    loaded = Loaded(path)
    assert loaded.lines == 8
    assert [(row["kind"], row["line"]) for row in loaded.problems] == [
        ("rejected", 3),
        ("rejected", 4),
        ("rejected", 6),
        ("rejected", 7),
        ("tail", 8),
        ("note", None),
    ]
    assert loaded.problems[3]["message"] == "not Acme session: a record of type 'x'"
    assert "1 heartbeat" in loaded.problems[-1]["message"]
    assert set(loaded.spans) == {"s1", "p1"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_KEYS = ("session", "type", "id", "text", "at", "model", "in", "out", "tools", "output", "failed")
_RECORDS = st.fixed_dictionaries(
    {}, optional={key: _JSON | st.sampled_from(["prompt", "reply", "result"]) for key in _KEYS}
)


@given(st.lists(_RECORDS | _JSON, max_size=6))
def test_any_json_is_survived_and_every_line_accounted_for(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("any") / "session.jsonl"
    text = "".join(json.dumps(record) + "\n" for record in records)
    path.write_text(text)
    loaded = Loaded(path)
    assert loaded.lines == len(records)
    assert loaded.rejected == sum(row["kind"] == "rejected" for row in loaded.problems)


def test_a_sub_agent_stands_below_the_tool_call_that_started_it_with_a_conversation_of_its_own():
    session = Session("s1", "acme")
    turn = session.turn(parts_of("go"), T0, "p1")
    tool = turn.call("m1", T0 + SECOND).tool("t1", "task", {"prompt": "dig"}, T0 + SECOND)
    agent = tool.subagent("a1", "digger", prompt=parts_of("dig"), time=T0 + SECOND)
    call = agent.call("m2", T0 + 3 * SECOND)
    session.answer("t1", "found", T0 + 4 * SECOND)
    after = session.current.call("m3", T0 + 6 * SECOND)
    assert agent.parent is tool
    assert call.parent is agent
    assert call.follows is None
    assert after.parent is turn
    assert after.follows is not call
    assert session.subagent(tool, "a1") is agent


def test_an_interruption_ends_the_turn_and_fails_what_was_running():
    session = Session("s1", "acme")
    turn = session.turn(parts_of("go"), T0)
    tool = turn.call("m1", T0 + SECOND).tool("t1", "ls", {}, T0 + SECOND)
    session.interrupt(turn, T0 + 2 * SECOND)
    for node in (tool, turn):
        node.settle()
        assert node.end == T0 + 2 * SECOND
    assert tool.raw().status == "ERROR"
    assert tool.raw().attributes["error.type"] == "interrupted"
    assert [name for name, _, _ in turn.events] == ["interrupted"]


def test_after_a_compaction_the_next_call_follows_none():
    session = Session("s1", "acme")
    session.turn(parts_of("go")).call("m1")
    session.note_compaction(None, {"preTokens": 5})
    assert session.current.call("m2").follows is None
