"""What a chat is made of: threads, what is new in a turn, tool calls with their results."""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import REPOSITORY, shared
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.screens.conversation_fetch import contents, conversation
from tracetui.view_models.conversation.history import History, Input
from tracetui.view_models.conversation.items import Drawing, Item, document, turn_items
from tracetui.view_models.conversation.outline import (
    OUTLINE_COLUMNS,
    Outline,
    SpanRef,
    Thread,
    outline,
)
from tracetui.view_models.conversation.ruler import ruler
from tracetui.view_models.conversation.turns import Turn, TurnReader

Message = dict[str, Any]


def say(role: str, text: str) -> Message:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def row(number: int, kind: str, parent: int | None = None, **fields: Any) -> dict[str, Any]:
    base: dict[str, Any] = dict.fromkeys(OUTLINE_COLUMNS)
    base |= {"row_id": number, "trace_id": "t", "span_id": f"s{number}", "kind": kind}
    base |= {"parent_span_id": None if parent is None else f"s{parent}"}
    base |= {"start_time_unix_nano": number, "end_time_unix_nano": number + 1}
    return base | {"is_model_call": kind == "llm", "name": kind} | fields


def read(path: Path, trace: int = 0) -> tuple[Outline, dict[str, list[Turn]]]:
    """Return the chats of a trace of a file, all turns read in ranges of three."""
    with loaded([str(path)], LoadOptions()) as reader:
        rows = reader.traces().to_pylist()
        found = conversation(reader, rows[trace]["trace_id"])
        turns: dict[str, list[Turn]] = {}
        for thread in found.threads:
            making = TurnReader(
                thread, found.started_by(thread.key), lambda refs: contents(reader, refs)
            )
            turns[thread.key] = []
            while not making.done:
                turns[thread.key] += making.take(3)
        return found, turns


def sample(name: str) -> tuple[Outline, dict[str, list[Turn]]]:
    return read(REPOSITORY / "sample_traces" / f"{name}.otlp.jsonl")


def words(items: Sequence[Item]) -> str:
    return document(items).plain_text()


# What is new

texts = st.text("ab", min_size=0, max_size=2)
messages = st.builds(say, st.sampled_from(["user", "assistant", "tool"]), texts)
chats = st.lists(st.tuples(st.lists(messages, max_size=6), st.lists(messages, max_size=2)))


@given(chats)
def test_what_is_new_and_what_was_kept_are_together_exactly_what_was_sent(
    calls: list[tuple[list[Message], list[Message]]],
):
    history = History()
    made = [history.add(copy.deepcopy(sent), copy.deepcopy(out)) for sent, out in calls]
    assert [told.messages() for told in made] == [sent for sent, _ in calls]


@given(st.lists(st.tuples(st.lists(messages, max_size=3), st.lists(messages, max_size=2))))
def test_news_that_name_the_call_before_add_up_to_the_whole_chat(
    calls: list[tuple[list[Message], list[Message]]],
):
    history, whole = History(), list[Message]()
    for number, (news, out) in enumerate(calls):
        before = f"s{number - 1}" if number else None
        told = history.add(news, out, span_id=f"s{number}", follows=before)
        whole += news
        assert told.messages() == whole
        assert list(told.new) == news
        whole += out


def test_an_answer_that_comes_back_in_other_words_is_not_new():
    history = History()
    answer = say("assistant", " yes ") | {"finish_reason": "stop"}
    answer["parts"] = [{"type": "reasoning", "content": "hm"}, *answer["parts"]]
    history.add([say("user", "a")], [answer])
    sent = [say("user", "a"), say("assistant", "yes"), say("user", "b")]
    told = history.add(sent, [])
    assert (told.kept, told.new, told.change) == (2, (say("user", "b"),), "grows")
    assert told.messages() == sent


def long_history() -> tuple[History, list[Message]]:
    history = History()
    sent = [say("user" if n % 2 == 0 else "assistant", f"message {n}") for n in range(9)]
    history.add(sent, [say("assistant", "done")], tokens=9_000)
    return history, sent


def test_a_rewritten_history_says_how_much_is_gone():
    history, sent = long_history()
    told = history.add([*sent[:4], say("user", "other"), *sent[6:]], [], tokens=8_500)
    assert told.change == "rewritten"
    assert told.kept == 4
    assert {told.new[n]["parts"][0]["content"] for n in told.carried} == {
        "message 6",
        "message 7",
        "message 8",
    }
    assert told.dropped == 3  # messages 4 and 5, and the answer


def test_a_history_that_shrank_to_a_summary_is_compacted():
    history, sent = long_history()
    told = history.add([sent[0], say("user", "summary of the rest")], [], tokens=900)
    assert (told.change, told.kept) == ("compacted", 1)
    history, sent = long_history()
    assert history.add([say("user", "summary of all")], [], tokens=900).change == "compacted"


def test_a_chat_with_nothing_in_common_begins_anew_and_the_old_one_can_go_on():
    history, sent = long_history()
    other: Input = history.add([say("user", "hello")], [], tokens=9_100)
    assert other.change == "anew"
    back = history.add([*sent, say("assistant", "done"), say("user", "more")], [])
    assert (back.change, back.kept) == ("grows", 10)


# Threads


def test_an_agent_below_a_tool_call_is_a_thread_of_its_own_each_time():
    rows = [
        row(1, "agent", agent_name="boss"),
        row(2, "llm", 1),
        *(row(10 * n, "tool", 1, tool_call_id=f"c{n}") for n in (1, 2)),
        *(row(10 * n + 1, "agent", 10 * n, agent_name="helper") for n in (1, 2)),
        *(row(10 * n + 2, "llm", 10 * n + 1) for n in (1, 2)),
    ]
    found = outline("t", reversed(rows))
    assert [(t.title, t.depth, t.tool_row) for t in found.threads] == [
        ("boss", 0, None),
        ("helper", 1, 10),
        ("helper", 1, 20),
    ]
    assert found.started_by(found.threads[0].key) == found.threads[1:]


def test_parents_in_a_circle_are_survived():
    found = outline("t", [row(1, "agent", 2, agent_name="a"), row(2, "llm", 1)])
    assert [len(thread.calls) for thread in found.threads] == [1]


def test_turns_of_one_agent_under_wrappers_are_one_chat():
    rows = [row(1, "workflow")]
    for n in (10, 20):
        rows += [row(n, "agent", 1, agent_name="a"), row(n + 1, "agent", n, agent_name="a")]
        rows += [row(n + 2, "llm", n + 1)]
    found = outline("t", rows)
    assert [len(thread.calls) for thread in found.threads] == [2]


# Turns


def test_tool_calls_stand_beside_their_results_once():
    found, turns = sample("tool-agent")
    [thread] = found.threads
    made = turns[thread.key]
    assert [[use.name for use in turn.uses.values()] for turn in made] == [
        ["get_booking"],
        ["search_flights", "get_fare_rules"],
        ["get_seat_map"],
        ["get_seat_map"],
        ["change_booking"],
        [],
    ]
    assert all(use.answered and use.step for turn in made for use in turn.uses.values())
    drawing = Drawing(found, turns, frozenset())
    second = words(turn_items(drawing, thread, made[1]))
    assert "+2 earlier" in second
    assert "K7QP2M" not in second  # the booking stands in the first turn, beside its call
    failed = words(turn_items(drawing, thread, made[2]))
    assert "✗" in failed


def test_earlier_messages_unfold_to_what_was_sent():
    found, turns = sample("tool-agent")
    [thread] = found.threads
    last = turns[thread.key][-1]
    key = (thread.key, last.number, "earlier")
    folded = words(turn_items(Drawing(found, turns, frozenset()), thread, last))
    unfolded = words(turn_items(Drawing(found, turns, {key}), thread, last))
    assert "Jonas Weber" not in folded
    assert "Jonas Weber" in unfolded
    full = turn_items(Drawing(found, turns, frozenset()), thread, last, full=True)
    assert sum(item.key[2] == "full" for item in full) >= len(last.input.messages())


def test_agents_that_were_handed_to_unfold_at_the_call_that_started_them():
    found, turns = sample("supervisor")
    boss = found.threads[0]
    first = turns[boss.key][0]
    assert [len(use.threads) for use in first.uses.values()] == [1, 1]
    drawing = Drawing(found, turns, frozenset())
    heads = [item for item in turn_items(drawing, boss, first) if item.thread]
    assert ["market_analyst" in heads[0].text, "legal_counsel" in heads[1].text] == [True, True]
    unfolded = Drawing(found, turns, {heads[0].key})
    text = words(turn_items(unfolded, boss, first))
    assert "query_freight_volumes" in text
    assert text.index("transfer_to_market_analyst") < text.index("query_freight_volumes")
    assert text.index("query_freight_volumes") < text.index("transfer_to_legal_counsel")


def test_retrieved_documents_stand_before_the_call_that_got_them():
    found, turns = sample("rag")
    first = turns[found.threads[0].key][0]
    assert [(use.name, len(use.documents)) for use in first.before] == [("QdrantRetriever", 4)]
    assert found.traces_shown == 2  # of one session


def test_a_call_that_names_no_content_and_no_usage_says_so():
    ref = SpanRef(1, "t", "s1", "chat", "llm", None, None, 0, 1)
    thread = Thread("k", None, None, None, (ref,), ())
    found = Outline("t", (thread,), 1)
    [turn] = TurnReader(thread, (), nothing).take(9)
    text = words(turn_items(Drawing(found, {}, frozenset()), thread, turn))
    assert "no messages recorded" in text
    assert "? in ? out" in text


def nothing(refs: Sequence[SpanRef]) -> Mapping[int, Mapping[str, Any]]:
    return {}


def test_ranges_make_the_same_turns_as_one_read():
    found, turns = sample("loop")
    [thread] = found.threads
    with loaded([str(REPOSITORY / "sample_traces" / "loop.otlp.jsonl")], LoadOptions()) as reader:
        making = TurnReader(thread, (), lambda refs: contents(reader, refs))
        at_once = making.take(1_000)
    drawing = Drawing(found, {}, frozenset())
    assert [words(turn_items(drawing, thread, turn)) for turn in at_once] == [
        words(turn_items(drawing, thread, turn)) for turn in turns[thread.key]
    ]


def files() -> list[str]:
    return [
        "ccviewer-fe5e1c67-53e7-4862-81ae-d0e013e3270b.jsonl",
        "simonw-sample_session.jsonl",
        "copilotchat-c8bcb3a7-8728-4d76-9aae-1cbaf2350114.jsonl",
        "ccusage-project-alpha-session-alpha-chat.jsonl",
    ]


@pytest.mark.parametrize("name", files())
def test_every_turn_of_a_session_of_claude_code_is_drawn(name: str):
    found, turns = read(shared(f"corpora/claude-code/{name}"))
    assert found.threads
    for thread in found.threads:
        assert len(turns[thread.key]) == len(thread.calls)
        for turn in turns[thread.key]:
            assert turn_items(Drawing(found, turns, frozenset()), thread, turn, full=True)
            assert turn_items(Drawing(found, turns, frozenset()), thread, turn)


def test_sub_agents_of_claude_code_stand_at_the_task_that_started_them():
    name = "ccviewer-fe5e1c67-53e7-4862-81ae-d0e013e3270b.jsonl"
    found, turns = read(shared(f"corpora/claude-code/{name}"))
    tasks = [
        use
        for turn in turns[found.threads[0].key]
        for use in turn.uses.values()
        if use.name == "Task"
    ]
    assert len(tasks) == 5
    assert all(len(use.threads) == 1 and use.answered for use in tasks)


# The ruler


def calls(*tokens: int | None) -> list[SpanRef]:
    return [
        SpanRef(n, "t", None, "", "llm", None, None, n, n, input_tokens=count)
        for n, count in enumerate(tokens)
    ]


def test_the_ruler_fills_to_the_window_or_else_to_the_largest():
    of_window = ruler(calls(50, 100, None), [], 2, 60, 200)
    assert "".join(cell.level for cell in of_window.cells) == "▃▃ ▅▅ ?? "
    assert of_window.words == "context 100 of 200 window  50%"
    of_largest = ruler(calls(50, 100), [], 1, 60, None)
    assert of_largest.words == "context 50 of 100 largest  50%"
    assert ruler(calls(None), [], 1, 60, None).words == "context ?"


@given(st.integers(1, 500), st.integers(1, 200))
def test_the_ruler_has_every_turn_once_and_never_more_cells_than_room(count: int, width: int):
    drawn = ruler(calls(*range(count)), [], 1, width, None)
    assert len(drawn.cells) <= width
    seen = sorted({number for cell in drawn.cells for number in cell.turns})
    assert seen == list(range(1, count + 1))
