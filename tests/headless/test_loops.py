import json

import pytest
from otlp_files import otlp_span, write
from shared_data import REPOSITORY, shared

LOOP = REPOSITORY / "sample_traces" / "loop.otlp.jsonl"

EXPECTED = {
    "agent-framework/loop": [("repeat", "loop", ["search_docs"], 30)],
    "logfire-pydantic-ai/loop30": [("repeat", "loop", ["search_docs"], 30)],
    "openai-v2/loop30": [("repeat", "loop", ["search_docs"], 30)],
    "openinference-crewai/loop": [("repeat", "loop", ["search_docs"], 5)],
    "openinference-openai/loop30": [("repeat", "loop", ["search_docs"], 30)],
    "openinference-openai-agents/loop_max_turns": [("repeat", "loop", ["search_docs"], 30)],
    "openinference-smolagents/loop_max_steps": [("repeat", "loop", ["search_docs"], 20)],
    "openllmetry-langchain/loop_recursion_limit": [("repeat", "loop", ["search_docs"], 25)],
    "openllmetry-openai-agents/loop_max_turns": [("repeat", "loop", ["search_docs"], 30)],
    "otel-genai-openai/loop30": [("repeat", "loop", ["search_docs"], 30)],
    "pydantic-ai/loop30": [("repeat", "loop", ["search_docs"], 30)],
    "vercel-ai-sdk/loop": [("repeat", "loop", ["search_docs"], 20)],
    "openinference-openai-agents/pingpong": [
        ("ping_pong", "loop", ["Writer → Reviewer", "Reviewer → Writer"], 12)
    ],
    "multi-service/http_pingpong": [("cycle", "maybe", ["research-agent", "writer-agent"], 12)],
    "otel-genai-openai+latest/storm429": [],
    "pydantic-ai/retry_tool": [],
    "openinference-openai/fallback": [],
    "openinference-openai-agents/handoff": [],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_loops_of_real_frameworks_are_found_as_written_down(run_json, name):
    path = shared(f"emitted/{name}.otlp.jsonl")
    found = [
        (each["kind"], each["verdict"], each["names"], each["repetitions"])
        for each in run_json("loops", path)
        if not each["reported"]
    ]
    assert found == EXPECTED[name]


def test_the_sample_loop_is_priced_explained_and_shown(run_json):
    (found,) = run_json("loops", LOOP)
    assert (found["kind"], found["verdict"], found["repetitions"]) == ("repeat", "loop", 10)
    assert (found["agent"], found["names"]) == ("filings-researcher", ["search_filings"])
    assert len(found["first_span_ids"]) == 1
    assert len(found["other_span_ids"]) == 9
    assert found["wasted_tokens"] == 5_122
    assert 12e9 < found["wasted_nano"] < 13e9
    assert found["sentence"].startswith(
        "search_filings was called 10 times with the same arguments and the same result; "
    )
    evidence = found["evidence"]
    assert evidence["first"][0]["arguments"] == evidence["last"][0]["arguments"]
    assert evidence["changed"] == []


@pytest.mark.usefixtures("samples_loaded_once")
def test_no_other_sample_has_a_loop(run_json):
    samples = sorted(LOOP.parent.glob("*.otlp.jsonl"))
    verdicts = {
        path.name: [each["verdict"] for each in run_json("loops", path)] for path in samples
    }
    assert verdicts.pop(LOOP.name) == ["loop"]
    assert not any("loop" in found for found in verdicts.values())


def test_the_summary_counts_loops_and_no_maybes(run_json):
    assert run_json("summary", LOOP)["loops"] == 1
    assert (
        run_json("summary", shared("emitted/multi-service/http_pingpong.otlp.jsonl"))["loops"] == 0
    )


def test_what_a_framework_reports_is_a_finding_of_its_own(run_json):
    path = shared("emitted/openllmetry-langchain/loop_recursion_limit.otlp.jsonl")
    reported = {each["names"][0] for each in run_json("loops", path) if each["reported"]}
    assert "Recursion limit of 50 reached" in reported


def stuck(tmp_path, result, count=4):
    """Write a trace of equal tool calls."""
    spans = [
        otlp_span(
            number,
            name="execute_tool find",
            start=number * 1_000,
            attributes={
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "find",
                "gen_ai.tool.call.arguments": json.dumps({"q": "x"}),
                **({} if result is None else {"gen_ai.tool.call.result": result}),
            },
        )
        for number in range(1, count + 1)
    ]
    return write(tmp_path / "stuck.json", *spans)


def test_the_text_shows_first_and_last_and_that_nothing_changed(run, tmp_path):
    lines = run("loops", stuck(tmp_path, "no hits")).output.splitlines()
    assert lines[0].startswith("↻ loop   repeat  find was called 4 times with the same arguments")
    assert [line.split()[0] for line in lines[1:]] == ["in", "first", "last", "changed"]
    assert lines[-1].split() == ["changed", "nothing"]


def test_results_that_were_not_captured_make_it_a_maybe(run_json, tmp_path):
    (found,) = run_json("loops", stuck(tmp_path, None))
    assert (found["verdict"], found["reason"]) == ("maybe", "results were not captured")


def test_control_characters_of_results_do_not_reach_the_terminal(run, tmp_path):
    output = run("loops", stuck(tmp_path, "none \x1b]0;pwned\x07 \u202e found")).output
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "\u202e" not in output


def test_no_loops_is_said(run, run_json, tmp_path):
    path = stuck(tmp_path, "hit", count=2)
    assert run("loops", path).output == "no loops\n"
    assert run_json("loops", path) == []
    assert run_json("loops", path, "--limit", "1") == []
