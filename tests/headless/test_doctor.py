from otlp_files import agent_trace, request

FILE_NAMES = {
    "path",
    "format",
    "bytes",
    "lines",
    "spans",
    "traces",
    "events",
    "links",
    "duplicates",
    "orphans",
    "problems",
}


def test_the_report_has_the_promised_names(run_json, two_agents):
    report = run_json("doctor", two_agents)
    assert set(report) == {"format", "files"}
    assert report["format"] == "otlp_json"
    (file,) = report["files"]
    assert set(file) >= FILE_NAMES
    assert file["lines"] == {"ok": 2, "repaired": 0, "rejected": 0, "blank": 0, "tail": 0}
    assert (file["spans"], file["traces"], file["problems"]) == (6, 2, [])
    assert file["bytes"] == two_agents.stat().st_size
    assert file["path"] == str(two_agents)


def test_a_bad_line_is_reported_with_its_place(run, run_json, tmp_path):
    good = request(*agent_trace())
    path = tmp_path / "a.jsonl"
    path.write_text(f"{good}\nthis is not JSON\n\n{good}\n")
    (file,) = run_json("doctor", path)["files"]
    assert file["lines"]["rejected"] == 1
    assert file["lines"]["blank"] == 1
    (problem,) = file["problems"]
    assert set(problem) == {"line", "offset", "kind", "message"}
    assert (problem["line"], problem["offset"]) == (2, len(good) + 1)
    assert problem["kind"] == "rejected"
    text = run("doctor", path).output
    assert "1 rejected" in text
    assert "line 2" in text


def test_a_file_of_no_known_format_is_reported_beside_the_others(run, tmp_path, two_agents):
    (tmp_path / "notes.txt").write_text("shopping list\n")
    result = run("doctor", tmp_path)
    assert result.exit_code == 0
    assert "notes.txt" in result.output
    assert "unknown" in result.output


def test_only_unknown_files_are_reported_and_exit_with_3(run, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n")
    result = run("doctor", path)
    assert result.exit_code == 3
    assert "notes.txt" in result.output
    assert "Traceback" not in result.output
