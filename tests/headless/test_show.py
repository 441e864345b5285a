import json

import pytest
from otlp_files import otlp_span, sample_files, write

AGENT_TRACE = f"{1:032x}"


def test_the_tree_is_drawn_with_guides_glyphs_and_errors(run, two_agents):
    lines = run("show", two_agents, AGENT_TRACE).output.splitlines()
    assert lines[0].startswith(f"trace {AGENT_TRACE}  invoke_agent travel  1.0s  3 spans")
    assert lines[1].split() == ["◆", "invoke_agent", "travel", "1.0s", "150"]
    assert lines[2].split()[:4] == ["├─", "●", "chat", "gpt-4.1"]
    assert lines[3].startswith("✗ └─ ■ execute_tool book_room")
    assert lines[3].endswith("ConflictError 409 room 1 already booked")


def test_a_trace_is_named_by_number_prefix_or_id(run, tmp_path):
    path = write(
        tmp_path / "a.json",
        otlp_span(1, trace=0xAB << 120, name="first"),
        otlp_span(2, trace=0xAC << 120, name="second", start=50),
    )
    by_number = {run("show", path, number).output for number in ("1", "2")}
    assert run("show", path, "ab").output in by_number
    assert run("show", path, "--trace", "AC").output in by_number
    assert len(by_number) == 2


def test_an_ambiguous_or_unknown_trace_is_wrong_usage(run, tmp_path):
    path = write(
        tmp_path / "a.json", otlp_span(1, trace=0xAB << 120), otlp_span(2, trace=0xAC << 120)
    )
    ambiguous, unknown = run("show", path, "a"), run("show", path, "zzz")
    assert (ambiguous.exit_code, unknown.exit_code) == (2, 2)
    assert "2 traces begin with 'a'" in ambiguous.stderr
    assert "no trace 'zzz'" in unknown.stderr


def test_depth_folds_and_says_how_much(run, two_agents):
    output = run("show", two_agents, "1", "--depth", "1").output
    assert "+2 below" in output
    assert "chat" not in output
    assert "more spans" not in output


def test_what_the_limit_cuts_is_said_with_the_command_that_shows_it(run, tmp_path):
    path = write(tmp_path / "a b.json", otlp_span(1), *(otlp_span(n, 1) for n in range(2, 51)))
    last = run("show", path, "1", "--limit", "10").output.splitlines()[-1]
    assert last == f"… 40 more spans: tracetui show '{path}' {AGENT_TRACE} --limit 0"
    assert "more spans" not in run("show", path, "1", "--limit", "0").output


def test_a_missing_parent_is_shown_as_missing(run, tmp_path):
    path = write(tmp_path / "a.json", otlp_span(2, 0xDEAD, "lost child"))
    output = run("show", path).output
    assert "? missing parent 000000000000dead" in output
    assert "└─ · lost child" in output


def test_a_chain_of_thousands_keeps_its_lines_short(run, tmp_path):
    depth = 5_000
    spans = [otlp_span(n, n - 1 if n > 1 else None) for n in range(1, depth + 1)]
    output = run("show", write(tmp_path / "a.json", *spans), "1", "--limit", "0").output
    assert max(map(len, output.splitlines())) < 250
    assert output.count("\n") == depth + 1


def test_json_gives_the_spans_in_tree_order_with_depth(run_json, two_agents):
    (trace,) = run_json("show", two_agents, "1")["traces"]
    assert [span["depth"] for span in trace["spans"]] == [0, 1, 1]
    assert trace["spans"][2]["error_type"] == "ConflictError"
    assert trace["spans_left_out"] == 0
    (cut,) = run_json("show", two_agents, "1", "--limit", "1")["traces"]
    assert cut["spans_left_out"] == 2


def test_a_span_is_shown_as_markdown_that_its_content_cannot_break(run, tmp_path):
    text = "```\n# not a heading\n\x1b[2J"
    attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.result": text}
    path = write(tmp_path / "a.json", otlp_span(1, name="tool\n# x", attributes=attributes))
    output = run("show", path, "--span", f"{1:016x}").output
    lines = output.splitlines()
    assert lines[0] == "## tool # x"
    assert lines[lines.index("````") :][:6] == [
        "````",
        "Result",
        "  ```",
        "  # not a heading",
        "  ␛[2J",
        "````",
    ]
    assert '"gen_ai.operation.name": "execute_tool"' in output
    assert "\x1b" not in output


@pytest.mark.usefixtures("samples_loaded_once")
def test_every_sample_has_a_tree(run):
    for path in sample_files():
        result = run("show", path, "--json")
        assert result.exit_code == 0, path
        for trace in json.loads(result.stdout)["traces"]:
            shown = [span for span in trace["spans"] if not span.get("missing")]
            assert len(shown) == trace["span_count"], path
