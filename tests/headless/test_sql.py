"""`tracetui sql` and `tracetui search`."""

import pytest


def test_a_query_prints_a_table_and_says_what_it_leaves_out(run, two_agents):
    query = "SELECT kind, count(*) AS spans, NULL AS unknown FROM spans GROUP BY kind ORDER BY kind"
    lines = run("sql", two_agents, query).stdout.splitlines()
    assert lines[0].split() == ["kind", "spans", "unknown"]
    assert lines[1].startswith("agent")
    assert lines[1].endswith("?")
    cut = run("sql", two_agents, "SELECT range FROM range(5000)", "--limit", "2").stdout
    assert cut.splitlines()[-1] == "… only the first 2 rows: --limit 0 shows all that fit"
    assert len(run("sql", two_agents, "FROM range(5000)").stdout.splitlines()) == 1_002
    assert (
        len(run("sql", two_agents, "FROM range(5000)", "--limit", "0").stdout.splitlines()) == 5_001
    )


def test_json_has_columns_rows_and_whether_there_are_more(run_json, two_agents):
    query = "SELECT 1 AS a, [1.5] AS b, 'nan'::DOUBLE AS c, chr(27) AS d FROM range(3)"
    assert run_json("sql", two_agents, query, "--limit", 1) == {
        "columns": [
            {"name": "a", "type": "int32"},
            {"name": "b", "type": "list<l: decimal128(2, 1)>"},
            {"name": "c", "type": "double"},
            {"name": "d", "type": "string"},
        ],
        "rows": [{"a": 1, "b": [1.5], "c": "nan", "d": "\x1b"}],
        "truncated": True,
    }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM spanz", "  SELECT * FROM spanz\n                ^^^^^\n"),
        ("DELETE FROM own.span_rows", "the console only reads"),
        ("FROM read_csv('/etc/passwd')", "read_csv() cannot be asked here"),
        ("COPY traces TO '/tmp/x.csv'", "the console only reads"),
        ("", "there is no statement"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_with_exit_code_2(run, two_agents, query, said):
    result = run("sql", two_agents, query)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_command_without_a_question_says_its_form(run, two_agents):
    for command in ("sql", "search"):
        result = run(command, two_agents)
        assert result.exit_code == 2
        assert f"tracetui {command} FILE" in result.stderr


def test_a_search_prints_where_the_text_stands_and_how_often(run, run_json, two_agents):
    found = run_json("search", two_agents, "CHAT")
    assert found["count"] == len(found["hits"]) > 1
    assert not found["truncated"]
    assert {"row_id", "trace_id", "span_id", "name", "field", "snippet"} == set(found["hits"][0])
    assert all("chat" in hit["snippet"].lower() for hit in found["hits"])
    first = run_json("search", two_agents, "chat", "--limit", 1)
    assert (first["count"], len(first["hits"]), first["truncated"]) == (found["count"], 1, True)
    lines = run("search", two_agents, "chat", "--limit", 1).stdout.splitlines()
    assert lines[0].split() == ["trace", "span", "id", "span", "in", "text"]
    assert lines[-1].startswith(f"… {found['count'] - 1} more hits")
    one = run_json("search", two_agents, "chat", "--trace", "1")
    assert 0 < one["count"] < found["count"]
    assert run("search", two_agents, "nowhere to be found").stdout == "no match\n"
    assert run("search", two_agents, "").exit_code == 2
