"""`tracetui show --conversation`: what was said, as Markdown or JSON."""

from otlp_files import otlp_span, write
from shared_data import REPOSITORY

SAMPLES = REPOSITORY / "sample_traces"


def test_a_chat_is_markdown_with_results_beside_their_calls(run):
    output = run("show", SAMPLES / "tool-agent.otlp.jsonl", "--conversation").output
    assert output.startswith("# rebooking-agent")
    assert output.count("## Turn ") == 6
    assert output.count("**system**") == 1
    assert output.index("**call** `get_booking`") < output.index('"passenger": "Jonas Weber"')
    assert output.count('"passenger": "Jonas Weber"') == 1


def test_sub_agents_are_quoted_where_they_were_started(run):
    output = run("show", SAMPLES / "supervisor.otlp.jsonl", "--conversation").output
    called = output.index("`transfer_to_market_analyst`")
    assert called < output.index("> # market_analyst") < output.index("`transfer_to_legal_counsel`")


def test_the_limit_cuts_turns_and_says_so(run):
    path = SAMPLES / "loop.otlp.jsonl"
    output = run("show", path, "--conversation", "--limit", "2").output
    assert output.count("## Turn ") == 2
    assert "… 9 more turns: --limit 0" in output


def test_a_session_of_several_traces_is_printed_once(run, run_json):
    path = SAMPLES / "rag.otlp.jsonl"
    assert run("show", path, "--conversation").output.count("## Turn ") == 4
    [found] = run_json("show", path, "--conversation")["conversations"]
    [agent] = found["agents"]
    assert [turn["number"] for turn in agent["turns"]] == [1, 2, 3, 4]
    assert len(agent["turns"][0]["steps"][0]["documents"]) == 4


def test_a_trace_that_says_nothing_says_what_is_missing(run, tmp_path):
    path = write(tmp_path / "a.json", otlp_span(1))
    assert "No model calls in this trace of 1 span" in run("show", path, "--conversation").output
