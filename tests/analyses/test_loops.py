import pytest
from analyses.loop_steps import SECOND, call, says, thread, user
from hypothesis import given
from hypothesis import strategies as st
from tracetui_analyses.loops import GrowingThreads, find_loops, tandem_runs


def kinds(*steps, **more):
    """Return kind and verdict of what is found in a thread."""
    return [(found.kind, found.verdict) for found in find_loops(thread(*steps, **more))]


def numbered(count, make):
    return [make(number) for number in range(count)]


def test_three_equal_calls_with_equal_results_are_a_loop_and_two_are_not():
    assert kinds(*numbered(3, lambda _: call())) == [("repeat", "loop")]
    assert kinds(*numbered(2, lambda _: call())) == []


def test_equal_calls_with_new_results_are_not_a_loop():
    assert kinds(*numbered(9, lambda n: call("scroll", {"to": "down"}, f"page {n * 7}"))) == []


def test_calls_whose_results_were_not_captured_are_at_most_a_maybe():
    (found,) = find_loops(thread(*numbered(9, lambda _: call(result=None))))
    assert (found.kind, found.verdict) == ("repeat", "maybe")
    assert found.reason == "results were not captured"


def test_ids_and_times_in_calls_and_results_do_not_hide_a_loop():
    def search(number):
        given = {
            "query": "refunds",
            "request_id": f"r-{number}",
            "at": f"2026-01-02T10:00:0{number}Z",
        }
        return call("search", given, f"0 rows, took {number}.5 ms")

    assert kinds(*numbered(4, search)) == [("repeat", "loop")]


@pytest.mark.parametrize("key", ["cursor", "page", "offset", "line", "range"])
def test_an_advancing_place_with_new_results_is_progress(key):
    def page(number):
        return call("list", {key: f"{number:032x}"}, f"item {number * 31}")

    assert kinds(*numbered(9, page)) == []


def test_a_cycle_is_told_once_with_its_period_and_the_spans_of_its_first_round():
    steps = numbered(8, lambda n: call("read" if n % 2 else "list", {"of": n % 2}, "the same"))
    (found,) = find_loops(thread(*steps))
    assert (found.kind, found.period, found.repetitions) == ("cycle", 2, 4)
    assert (found.first, found.rest[-1]) == (["s0", "s1"], "s7")


def test_a_cycle_with_a_few_other_steps_is_a_loop_but_work_over_a_list_is_not():
    cycle = [call("read", {"of": n % 3}, f"text {n % 3}") for n in range(12)]
    noisy = [*cycle[:4], call("other", {"x": 1}, "new 1"), *cycle[4:]]
    assert kinds(*noisy) == [("cycle", "loop")]
    files = [
        step
        for n in range(9)
        for step in (
            call("edit", {"path": f"file{n}.py"}, f"edited {n}"),
            call("lint", {}, "clean"),
            call("test", {}, "50 passed"),
        )
    ]
    assert not any(verdict == "loop" for _, verdict in kinds(*files))


def test_the_same_call_that_always_fails_is_a_retry_storm():
    steps = numbered(5, lambda n: call("get", {"url": "x"}, f"reset (request {n})", error=True))
    assert kinds(*steps) == [("retry_storm", "loop")]


def test_one_error_whatever_the_arguments_is_an_error_loop_from_five_on():
    def edit(number):
        return call(
            "edit", {"old": "abcdefgh"[number]}, "400: field 'mode' is required", error=True
        )

    assert kinds(*numbered(4, edit)) == []
    assert kinds(*numbered(5, edit)) == [("error_loop", "loop")]


def test_the_same_negative_result_is_no_effect_and_the_same_good_one_is_work():
    words = ["refund", "policy", "ledger", "invoice", "tenant", "quota"]
    assert kinds(*(call("find", {"q": word}, "no matches") for word in words)) == [
        ("no_effect", "loop")
    ]
    assert kinds(*(call("sign", {"file": word}, "ok") for word in words)) == []


def test_words_in_another_order_are_a_near_repeat():
    queries = ["tax law norway", "norway tax law", "law tax norway", "norway tax law 2026"]
    assert kinds(*(call("find", {"q": query}, "the same five hits") for query in queries)) == [
        ("near_repeat", "loop")
    ]


def test_a_page_number_that_runs_on_with_one_result_is_a_runaway_counter():
    steps = numbered(6, lambda n: call("list", {"page": 40 + n}, '{"items":[]}'))
    assert kinds(*steps) == [("runaway_counter", "loop")]
    maybe = numbered(6, lambda n: call("close", {"ticket": 40 + n}, "closed"))
    assert kinds(*maybe) == [("runaway_counter", "maybe")]


def test_polling_is_only_said_unless_the_trace_ends_in_it():
    polls = [call("status", {"job": 1}, "pending") for _ in range(9)]
    assert kinds(*polls, call("status", {"job": 1}, "done"), pause=6) == [("polling", "info")]
    polls = [call("status", {"job": 1}, "pending") for _ in range(9)]
    assert kinds(*polls, pause=6) == [("polling", "loop")]
    polls = [call("status", {"job": 1}, "pending") for _ in range(9)]
    assert kinds(*polls, pause=6, ends=False) == [("polling", "info")]


def test_handing_over_to_and_fro_with_one_message_is_ping_pong():
    def hand(number, text):
        giver, taker = ("writer", "critic") if number % 2 == 0 else ("critic", "writer")
        return call(taker, text, None, kind="handoff", agent=giver)

    same = numbered(8, lambda n: hand(n, "please look at the draft again now"))
    assert kinds(*same) == [("ping_pong", "loop")]
    new = numbered(8, lambda n: hand(n, f"{'abcdefgh'[n] * 5} {'hgfedcba'[n] * 3} draft"))
    assert kinds(*new) == []


def test_saying_the_same_three_times_is_a_monologue_unless_something_was_done_between():
    text = "I need to look at the repository structure before I go on with the task"
    assert kinds(says(text), says(text + " now"), says(text)) == [("monologue", "loop")]
    done = [step for n in range(3) for step in (says(text), call("read", {"n": n}, f"text {n}"))]
    assert kinds(*done) == []


def test_an_agent_four_deep_in_itself_with_one_input_is_recursion():
    def nested(number, task):
        parent = f"s{number - 1}" if number else None
        return call(
            "solver",
            task,
            None,
            kind="agent",
            parent=parent,
            start=number * SECOND,
            end=(20 - number) * SECOND,
        )

    assert ("recursion", "loop") in kinds(*numbered(4, lambda n: nested(n, "solve it")))
    parts = numbered(6, lambda n: nested(n, f"part {n}"))
    assert kinds(*parts) == []


def test_compacting_with_no_work_between_is_a_loop_and_with_work_is_not():
    def rounds(work):
        for number in range(4):
            yield call("compact", None, f"summary {number}", kind="llm")
            for part in range(work):
                yield call("read", {"f": f"{number} {part}"}, f"text {number} {part}")

    assert kinds(*rounds(0)) == [("compaction_loop", "loop")]
    assert kinds(*rounds(6)) == []


def test_hardly_anything_new_in_twelve_actions_is_stagnation():
    order = [0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1]
    steps = [call("read", {"f": n}, f"text {n}") for n in order]
    assert ("stagnation", "loop") in kinds(*steps)


def test_a_user_turn_between_makes_it_a_maybe():
    steps = [step for _ in range(4) for step in (user(), call())]
    (found,) = find_loops(thread(*steps))
    assert (found.verdict, found.reason) == ("maybe", "a user turn lies between")


def test_equal_calls_at_the_same_time_are_only_said():
    steps = [call(start=0, end=SECOND) for _ in range(4)]
    assert kinds(*steps) == [("duplicate_parallel", "info")]


def test_waste_is_what_came_after_the_first_round_and_the_sentence_says_it():
    steps = [step for _ in range(4) for step in (says("let me look"), call())]
    (found,) = find_loops(thread(*steps))
    assert found.wasted_nano == 6 * SECOND
    assert found.wasted_tokens == 300
    assert found.wasted_cost_usd == pytest.approx(0.03)
    assert found.sentence == (
        "search was called 4 times with the same arguments and the same result; "
        "$0.03 and 6.0 s after the first."
    )


def test_unknown_cost_stays_unknown():
    (found,) = find_loops(thread(*numbered(3, lambda _: call())))
    assert (found.wasted_tokens, found.wasted_cost_usd) == (None, None)


def test_a_thread_that_grows_is_looked_at_again_and_one_that_does_not_is_not():
    growing = GrowingThreads()

    def grown(count):
        return thread(*numbered(count, lambda _: call()))

    assert growing.update(grown(2)) == []
    found = growing.update(grown(3))
    assert [each.kind for each in found] == ["repeat"]
    assert growing.update(grown(3)) is found
    assert growing.update(grown(4))[0].repetitions == 4


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(2, 4), st.integers(1, 8))
def test_tandem_runs_are_what_a_plain_search_finds(tokens, repetitions, longest):
    found = tandem_runs(tokens, repetitions, longest)
    for run in found:
        part = tokens[run.start : run.stop]
        assert part[run.period :] == part[: -run.period]
        assert run.repetitions >= repetitions
    covered = {place for run in found for place in range(run.start, run.stop)}
    for period in range(1, longest + 1):
        length = repetitions * period
        for start in range(len(tokens) - length + 1):
            part = tokens[start : start + length]
            if part[period:] == part[:-period]:
                assert covered.issuperset(range(start, start + length))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=40))
def test_every_finding_names_steps_of_the_thread_once(drawn):
    steps = [call(f"t{a}", {"n": a}, f"r{b}", error=error) for a, b, error in drawn]
    for found in find_loops(thread(*steps)):
        spans = found.first + found.rest
        assert len(set(spans)) == len(spans)
        assert set(spans) <= {step.span_id for step in steps}
        assert found.verdict in ("loop", "maybe", "info")
        assert found.sentence.endswith(".")
