"""Totals against the bill: what the scripted model server really served to each scenario.

Never above it; equal wherever the emitter reports usage. What is below says so on the screen. The
bill has tokens per scenario and requests per model: where one model served everything it has a
cost, the list price as genai-prices itself computes it.
"""

import json
from functools import cache

import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from shared_data import shared
from store.loading import load

STREAM = "one stream ran without include_usage and one was abandoned: neither reports usage"
NO_USAGE = "the instrumentation puts no token counts on any span"
FAILED = "every request failed: nothing was billed and nothing is reported"
DROPPED = "the SDK's limit of 128 attributes dropped the token counts of long conversations"
EMBEDDINGS = "LlamaIndex's embedding spans carry no token counts"

BELOW_THE_BILL = {
    "autogen-core-otel/swarm_pingpong": NO_USAGE,
    "autogen-core-otel/tools": NO_USAGE,
    "logfire-pydantic-ai/error": FAILED,
    "multi-service/crash": "two model calls were never exported: the service crashed",
    "openai-v2+httpx/stream": STREAM,
    "openai-v2/stream": STREAM,
    "openai-v2/uncaught_error": FAILED,
    "openinference-ag2/twoagents": NO_USAGE,
    "openinference-crewai/loop": NO_USAGE,
    "openinference-dspy/cot": NO_USAGE,
    "openinference-dspy/react": NO_USAGE,
    "openinference-llamaindex/rag": EMBEDDINGS,
    "openinference-llamaindex/rag_chat": EMBEDDINGS,
    "openinference-openai-agents/error": FAILED,
    "openinference-openai-agents/loop_max_turns": DROPPED,
    "openinference-openai-agents/pingpong": DROPPED,
    "openinference-openai/stream": STREAM,
    "openinference-smolagents/error": FAILED,
    "openllmetry-openai-agents/error": FAILED,
    "openllmetry-openai-agents/tools_chat": NO_USAGE,
    "openllmetry-openai/stream": STREAM,
    "openllmetry-openai/uncaught_error": FAILED,
    "otel-genai-openai+latest/stream": STREAM,
    "otel-genai-openai+latest/uncaught_error": FAILED,
    "pydantic-ai/error": FAILED,
    "strands/error": FAILED,
}
EMBEDDINGS_ONLY = ("vercel-ai-sdk/embed",)
"""Scenarios without any output: none is billed, and none is reported."""
NO_BILL = {"openllmetry-openai-agents/guardrail": "the guardrail tripped before any request"}
AS_PROTOBUF = (
    "agent-framework/tools",
    "anthropic-sdk-native/anthropic_tools",
    "double-oi/supervisor",
    "google-adk/tools",
    "multi-service/queue_links",
    "openinference-langchain/rag",
    "openllmetry-openai/anthropic_tools",
    "strands/parallel",
    "vercel-ai-sdk/stream",
)

NO_MODEL = {"openllmetry-crewai/crew": "the crew alone reports tokens, and names no model"}


def scenarios():
    try:
        folder = shared("emitted")
    except pytest.skip.Exception:
        return {}
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    return {name: facts for name, facts in truth.items() if _file(folder, name).exists()}


def _file(folder, name, ending="jsonl"):
    return folder / f"{name}.otlp.{ending}"


SCENARIOS = scenarios()


@cache
def loaded(name):
    return load(_file(shared("emitted"), name))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_total_is_the_bill_or_says_that_it_is_less(name):
    facts, answers = SCENARIOS[name], loaded(name)
    totals = answers.totals
    assert (totals.spans, totals.traces) == (facts["spans"], facts["traces"])
    assert answers.problems == []
    bill = facts["truth"]
    if bill is None:
        assert name in NO_BILL
        assert totals.input_tokens is None
        return
    billed = (bill["input_tokens_incl_cache"], bill["output_tokens"])
    counted = (totals.input_tokens, totals.output_tokens)
    if name in EMBEDDINGS_ONLY:
        assert counted[1] is None
        counted = (counted[0], 0)
    assert (counted[0] or 0, counted[1] or 0) <= billed
    assert (counted[1] or 0) <= billed[1]
    assert (totals.cache_read_tokens or 0) <= bill["cached_input_tokens"]
    if name in BELOW_THE_BILL:
        assert counted != billed
        unknown = counted == (None, None)
        assert unknown or totals.unknown_usage_calls > 0 or answers.orphans > 0
    else:
        assert counted == billed


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_traces_add_up_to_the_total(name):
    answers = loaded(name)
    for column in ("input_tokens", "output_tokens"):
        sums = [trace[column] for trace in answers.traces if trace[column] is not None]
        assert (sum(sums) if sums else None) == getattr(answers.totals, column)


@pytest.mark.parametrize("name", AS_PROTOBUF)
def test_protobuf_gives_the_same_spans_as_json(name):
    without = ("line", "byte_offset")
    protobuf = load(_file(shared("emitted"), name, "pb"))
    assert protobuf.files[0].format == "otlp_proto"
    first, second = (
        [{key: value for key, value in span.items() if key not in without} for span in spans]
        for spans in (loaded(name).spans, protobuf.spans)
    )
    assert first == second


def test_only_recorded_scenarios_are_excused():
    if not SCENARIOS:
        pytest.skip("shared data absent")
    assert set(BELOW_THE_BILL) | set(NO_BILL) <= set(SCENARIOS)
    exact = [name for name in SCENARIOS if name not in BELOW_THE_BILL and name not in NO_BILL]
    assert len(exact) >= 0.8 * len(SCENARIOS)


EXACT = [
    name
    for name, facts in SCENARIOS.items()
    if not {name} & {*BELOW_THE_BILL, *NO_BILL, *EMBEDDINGS_ONLY, *NO_MODEL}
    and len(facts["truth"]["by_model"]) == 1
]
"""Scenarios of one model whose emitter reports all usage: tokens are equal to the bill."""


@pytest.mark.parametrize("name", EXACT)
def test_what_one_model_served_costs_its_list_price(name):
    answers, bill = loaded(name), SCENARIOS[name]["truth"]
    counted = [span for span in answers.spans if span["counts"]]
    computed = [span["cost_computed_usd"] for span in counted]
    assert None not in computed
    usage = Usage(
        input_tokens=bill["input_tokens_incl_cache"],
        output_tokens=bill["output_tokens"],
        cache_read_tokens=answers.totals.cache_read_tokens or 0,
        cache_write_tokens=answers.totals.cache_write_tokens or 0,
        cache_write_1h_tokens=sum(span["cache_write_1h_tokens"] or 0 for span in counted),
    )
    (model,) = bill["by_model"]
    expected = get_snapshot().calc(usage, model, None, None, None).total_price
    assert sum(computed) == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_counted_call_has_a_price_or_a_reason(name):
    reasons = {"not_a_call", "no_usage", "incomplete_stream"}
    reasons |= {"unknown_model"} if name in NO_MODEL else set()
    for span in loaded(name).spans:
        if span["cost_usd"] is None:
            assert span["cost_status"] in reasons
        else:
            assert span["cost_status"] in {"given", "computed"}
            assert span["cost_computed_usd"] is None or span["price_id"]


def test_most_scenarios_can_be_held_against_the_cost_of_their_bill():
    if not SCENARIOS:
        pytest.skip("shared data absent")
    assert len(EXACT) >= 50
