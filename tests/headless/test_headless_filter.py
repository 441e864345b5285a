"""`--filter` of `traces` and `spans`."""

import json

from shared_data import REPOSITORY

DAY = REPOSITORY / "sample_traces" / "support-day.otlp.jsonl"


def test_traces_keep_their_numbers_when_others_are_left_out(run_json):
    everything = run_json("traces", DAY)
    left = run_json("traces", DAY, "--filter", "errors>0")
    assert left == [row for row in everything if row["error_count"]]
    assert 0 < len(left) < len(everything)


def test_spans_are_those_that_meet_the_filter(run):
    lines = run("spans", DAY, "--json").stdout.splitlines()
    left = run("spans", DAY, "--json", "--filter", "tool status:error").stdout.splitlines()
    wanted = [
        line for line in lines if json.loads(line)["kind"] == "tool" and json.loads(line)["error"]
    ]
    assert left == wanted
    assert wanted


def test_a_fault_is_wrong_usage_and_shown_with_a_caret(run):
    done = run("traces", DAY, "--filter", "llm modle:gpt*")
    assert done.exit_code == 2
    assert done.stderr == (
        "tracetui: the filter: there is no field modle; did you mean model?\n"
        "  llm modle:gpt*\n"
        "      ^^^^^\n"
    )
