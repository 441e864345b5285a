"""Usage roles: the sum of what counts is the bill (RULES §3)."""

import json

import pytest
from otlp_files import otlp_span, request
from store.loading import load
from tracetui_store.usage import UsageSpan, settle_usage

AGENT = {"gen_ai.operation.name": "invoke_agent"}
CHAT = {"gen_ai.operation.name": "chat"}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}


def usage(given_input, given_output):
    return {"gen_ai.usage.input_tokens": given_input, "gen_ai.usage.output_tokens": given_output}


def response(name):
    return {"gen_ai.response.id": name}


class Scene:
    """Spans under several scopes, written and loaded."""

    def __init__(self, folder):
        self.path = folder / "scene.jsonl"
        self.lines = []
        self.number = 0

    def span(self, attributes, parent=None, *, trace=1, start=0, length=100, scope="one", **more):
        """Add a span and return its number."""
        self.number += 1
        span = otlp_span(
            self.number,
            parent,
            f"s{self.number}",
            trace=trace,
            start=start,
            length=length,
            attributes=attributes,
            **more,
        )
        body = json.loads(request(span))
        body["resourceSpans"][0]["scopeSpans"][0]["scope"]["name"] = scope
        self.lines.append(json.dumps(body))
        return self.number

    def load(self):
        """Return the answers; spans by number."""
        self.path.write_text("\n".join(self.lines) + "\n")
        answers = load(self.path)
        self.roles = [span["usage_role"] for span in answers.spans]
        self.spans = answers.spans
        return answers.totals


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


def bill(totals):
    return totals.input_tokens, totals.output_tokens


def test_an_agent_that_repeats_its_calls_is_not_added(scene):
    agent = scene.span({**AGENT, **usage(240, 60)}, length=300)
    for step in range(2):
        scene.span({**CHAT, **usage(120, 30)}, agent, start=step * 100)
    totals = scene.load()
    assert bill(totals) == (240, 60)
    assert scene.roles == ["rollup", "own", "own"]
    assert (totals.model_calls, totals.unknown_usage_calls) == (2, 0)


def test_three_levels_that_repeat_one_call_count_once(scene):
    task = scene.span({"gen_ai.operation.name": "invoke_workflow", **usage(240, 60)})
    turn = scene.span({**AGENT, **usage(240, 60)}, task)
    scene.span({**CHAT, **usage(240, 60)}, turn)
    assert bill(scene.load()) == (240, 60)


@pytest.mark.parametrize("children_first", [True, False])
def test_order_in_the_file_does_not_matter(scene, children_first):
    agent = scene.span({**AGENT, **usage(240, 60)}, length=300)
    for _ in range(2):
        scene.span({**CHAT, **usage(120, 30)}, agent)
    if children_first:
        scene.lines.reverse()
    assert bill(scene.load()) == (240, 60)


def test_two_instrumentations_of_one_call_nested_count_once(scene):
    outer = scene.span({**CHAT, **usage(120, 30), **response("r1")}, scope="openllmetry")
    scene.span({**CHAT, **usage(120, 30), **response("r1")}, outer, scope="openinference")
    totals = scene.load()
    assert bill(totals) == (120, 30)
    assert sorted(scene.roles) == ["duplicate", "own"]
    assert totals.model_calls == 1


@pytest.mark.parametrize("twin_first", [True, False])
def test_a_twin_in_a_trace_of_its_own_counts_once_and_in_the_agents_trace(scene, twin_first):
    agent = scene.span(AGENT, length=300)
    scene.span({**CHAT, **usage(120, 30), **response("r1")}, agent, start=10, scope="langchain")
    scene.span({**CHAT, **usage(120, 30), **response("r1")}, trace=2, start=12, length=90)
    if twin_first:
        scene.lines.insert(0, scene.lines.pop())
    assert bill(scene.load()) == (120, 30)
    roles = {span["name"]: span["usage_role"] for span in scene.spans}
    assert roles == {"s1": "none", "s2": "own", "s3": "duplicate"}
    duplicate_of = {span["name"]: span["duplicate_of"] for span in scene.spans}
    assert duplicate_of["s3"] == f"{2:016x}"


def test_twins_that_report_nothing_are_one_call_of_unknown_usage(scene):
    outer = scene.span({**CHAT, **response("r1")}, scope="openllmetry")
    scene.span({**CHAT, **response("r1")}, outer, scope="openinference")
    totals = scene.load()
    assert bill(totals) == (None, None)
    assert (totals.model_calls, totals.unknown_usage_calls) == (1, 1)


def test_a_silent_call_takes_the_usage_of_its_twin_in_another_trace(scene):
    agent = scene.span(AGENT, length=300)
    scene.span({**CHAT, **response("r1")}, agent, start=10, scope="langchain")
    scene.span({**CHAT, **usage(120, 30), **response("r1")}, trace=2, start=10, length=100)
    totals = scene.load()
    assert bill(totals) == (120, 30)
    assert (totals.model_calls, totals.unknown_usage_calls) == (1, 0)
    assert scene.roles == ["none", "own", "duplicate"]


def test_twins_side_by_side_count_once(scene):
    root = scene.span({"gen_ai.operation.name": "invoke_workflow"}, length=300)
    for scope in ("openinference", "com.anthropic.sdk.python"):
        scene.span({**CHAT, **usage(120, 30), **response("r1")}, root, scope=scope)
    totals = scene.load()
    assert bill(totals) == (120, 30)
    assert totals.model_calls == 1


def test_one_response_id_at_different_times_is_two_calls(scene):
    for start in (0, 500):
        scene.span({**CHAT, **usage(120, 30), **response("local-1")}, start=start, scope=str(start))
    assert bill(scene.load()) == (240, 60)
    assert scene.roles == ["own", "own"]


def test_one_response_id_from_one_scope_at_one_time_is_two_calls(scene):
    root = scene.span({"gen_ai.operation.name": "invoke_workflow"})
    for _ in range(2):
        scene.span({**CHAT, **usage(120, 30), **response("local-1")}, root)
    assert bill(scene.load()) == (240, 60)


def test_wrappers_of_one_call_are_one_call(scene):
    predict = scene.span({"openinference.span.kind": "LLM"})
    chat = scene.span({"openinference.span.kind": "LLM"}, predict)
    scene.span({"openinference.span.kind": "LLM", "llm.token_count.prompt": 75}, chat)
    totals = scene.load()
    assert (totals.input_tokens, totals.model_calls, totals.unknown_usage_calls) == (75, 1, 0)


def test_a_wrapper_that_repeats_the_usage_below_is_a_duplicate(scene):
    outer = scene.span({**CHAT, **usage(120, 30)})
    scene.span({**CHAT, **usage(120, 30)}, outer)
    totals = scene.load()
    assert bill(totals) == (120, 30)
    assert totals.model_calls == 1
    assert scene.roles == ["duplicate", "own"]


def test_a_rollup_that_says_more_than_was_counted_shows_the_gap_and_adds_nothing(scene):
    root = scene.span({**AGENT, **usage(300, 60)}, length=300)
    scene.span({**CHAT, **usage(120, 30)}, root)
    assert bill(scene.load()) == (120, 30)
    assert scene.spans[0]["usage_gap_tokens"] == 210


def test_a_rollup_that_says_less_than_was_counted_has_no_gap(scene):
    root = scene.span({**AGENT, **usage(120, 30)}, length=300)
    for _ in range(2):
        scene.span({**CHAT, **usage(120, 30)}, root)
    assert bill(scene.load()) == (240, 60)
    assert scene.spans[0]["usage_gap_tokens"] is None


def test_a_rollup_with_silent_calls_below_counts_for_them(scene):
    root = scene.span({**AGENT, **usage(240, 60)}, length=300)
    for _ in range(2):
        scene.span(CHAT, root)
    totals = scene.load()
    assert bill(totals) == (240, 60)
    assert scene.roles == ["own_fallback", "none", "none"]
    assert (totals.model_calls, totals.unknown_usage_calls) == (2, 0)


def test_a_rollup_alone_counts(scene):
    scene.span({**AGENT, **usage(240, 60)})
    totals = scene.load()
    assert bill(totals) == (240, 60)
    assert totals.unknown_usage_calls == 0


def test_of_nested_rollups_without_a_counted_call_the_innermost_counts(scene):
    outer = scene.span({**AGENT, **usage(240, 60)})
    inner = scene.span({**AGENT, **usage(240, 60)}, outer)
    scene.span(CHAT, inner)
    totals = scene.load()
    assert bill(totals) == (240, 60)
    assert totals.unknown_usage_calls == 0


def test_an_agent_below_the_call_that_handed_over_to_it_is_not_a_wrapper(scene):
    call = scene.span({**CHAT, **usage(100, 10)}, length=500)
    agent = scene.span(AGENT, call, start=100, length=400)
    scene.span({**CHAT, **usage(300, 40)}, agent, start=100)
    totals = scene.load()
    assert bill(totals) == (400, 50)
    assert totals.model_calls == 2


def test_a_call_that_reports_nothing_makes_the_total_a_lower_bound(scene):
    root = scene.span(AGENT, length=300)
    scene.span({**CHAT, **usage(120, 30)}, root)
    scene.span({**CHAT, "gen_ai.request.stream": True}, root)
    totals = scene.load()
    assert bill(totals) == (120, 30)
    assert totals.unknown_usage_calls == 1


def test_without_any_usage_the_total_is_unknown_and_not_zero(scene):
    scene.span(CHAT)
    assert bill(scene.load()) == (None, None)


def test_a_failed_call_without_usage_was_not_billed(scene):
    scene.span(CHAT, status={"code": 2, "message": "boom"})
    totals = scene.load()
    assert (bill(totals), totals.unknown_usage_calls) == ((None, None), 0)


def test_usage_through_tools_and_workflows_reaches_the_agent_above(scene):
    agent = scene.span({**AGENT, **usage(240, 60)}, length=300)
    tool = scene.span(TOOL, agent)
    inner = scene.span({**AGENT, **usage(120, 30)}, tool)
    scene.span({**CHAT, **usage(120, 30)}, inner)
    scene.span({**CHAT, **usage(120, 30)}, agent)
    assert bill(scene.load()) == (240, 60)


def test_a_cycle_of_parents_ends_and_counts_each_call(scene):
    scene.span({**CHAT, **usage(10, 1)}, 2)
    scene.span({**CHAT, **usage(20, 2)}, 1)
    assert bill(scene.load()) == (30, 3)


def test_a_chain_of_a_thousand_wrappers_counts_once(scene):
    parent = None
    for _ in range(1_000):
        parent = scene.span({**CHAT, **usage(10, 1)}, parent)
    totals = scene.load()
    assert (bill(totals), totals.model_calls) == ((10, 1), 1)


def test_ten_thousand_calls_of_one_response_id_are_settled_quickly():
    def call(row_id, start):
        counts = [10, 1, 11, None, None, None]
        return UsageSpan(
            row_id, str(row_id), -1, True, "llm", "own", counts, "local-1", "one", start, start + 9
        )

    in_a_row = [call(number, number * 10) for number in range(10_000)]
    assert settle_usage(in_a_row) == {}
    at_once = [call(number, number % 7) for number in range(10_000)]
    assert settle_usage(at_once) == {}


# A second implementation, for forests so small that every pair can be looked at.
