from otlp_files import otlp_span, write

NAMES = {
    "error_type",
    "fingerprint",
    "count",
    "traces",
    "first_seen_unix_nano",
    "last_seen_unix_nano",
    "trace_id",
    "span_id",
    "name",
    "kind",
    "message",
}


def test_errors_that_differ_in_numbers_are_one_group(run_json, two_agents):
    (group,) = run_json("errors", two_agents)
    assert set(group) == NAMES
    assert (group["error_type"], group["count"], group["traces"]) == ("ConflictError", 2, 2)
    assert group["fingerprint"] == "<n> room <n> already booked"
    assert group["name"] == "execute_tool book_room"
    assert group["first_seen_unix_nano"] < group["last_seen_unix_nano"]


def test_groups_add_up_to_the_errors_of_the_summary(run_json, two_agents):
    counted = sum(group["count"] for group in run_json("errors", two_agents))
    assert counted == run_json("summary", two_agents)["errors"]


def test_the_table_names_count_type_and_example(run, two_agents):
    head, line = run("errors", two_agents).output.splitlines()
    assert head.split() == ["count", "traces", "first", "last", "type", "message", "example"]
    assert "ConflictError" in line
    assert "book_room" in line


def test_no_errors_is_said(run, run_json, tmp_path):
    path = write(tmp_path / "a.json", otlp_span(1))
    assert run("errors", path).output == "no errors\n"
    assert run_json("errors", path) == []
