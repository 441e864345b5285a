from otlp_files import otlp_span, write


def test_traces_are_numbered_and_name_their_root(run_json, two_agents):
    rows = run_json("traces", two_agents)
    assert [row["number"] for row in rows] == [1, 2]
    assert {row["name"] for row in rows} == {"invoke_agent travel"}
    assert {row["span_count"] for row in rows} == {3}
    assert {row["total_tokens"] for row in rows} == {150}


def test_sorting_puts_the_largest_first_and_the_unknown_last(run_json, tmp_path):
    running = otlp_span(3, trace=3, name="running")
    del running["endTimeUnixNano"]
    path = write(
        tmp_path / "a.json",
        running,
        otlp_span(1, trace=1, name="short", length=10),
        otlp_span(2, trace=2, name="long", length=900),
    )
    found = [row["name"] for row in run_json("traces", path, "--sort", "duration")]
    assert found == ["long", "short", "running"]
    found = [row["name"] for row in run_json("traces", path, "--sort", "duration", "--reverse")]
    assert found == ["short", "long", "running"]


def test_an_unknown_sort_is_wrong_usage_and_names_the_known_ones(run, two_agents):
    result = run("traces", two_agents, "--sort", "colour")
    assert result.exit_code == 2
    assert "duration" in result.stderr


def test_the_table_says_how_many_it_left_out(run, tmp_path):
    path = write(tmp_path / "a.json", *(otlp_span(n, trace=n) for n in range(1, 61)))
    assert "… 10 more traces: --limit 0 shows all" in run("traces", path).output
    assert "more traces" not in run("traces", path, "--limit", "0").output
    assert "… 57 more traces" in run("traces", path, "--limit", "3").output


def test_columns_stay_aligned_under_wide_names(run, tmp_path):
    path = write(
        tmp_path / "a.json",
        otlp_span(1, trace=1, name="旅行の計画"),
        otlp_span(2, trace=2, name="plan"),
    )
    from rich.cells import cell_len

    lines = run("traces", path).output.splitlines()
    assert len({cell_len(line) for line in lines}) == 1
