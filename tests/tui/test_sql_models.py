"""What the SQL console knows beside its screen: completion, history, files, values, columns."""

import json
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tracetui.console.completion import MOST, proposals
from tracetui.console.export import ExportError, export
from tracetui.console.history import MOST_KEPT, SqlHistory
from tracetui.view_models.hits import around, needle_of
from tracetui.view_models.result_grid import ResultGrid
from tracetui.view_models.sql_values import distinct, plan_lines, rows_as_json
from tracetui.widgets.filter_line import one_line
from tracetui_store.console import first_rows
from tracetui_store.protocol import SqlNames, TraceReader
from tracetui_store.store import Store

NAMES = SqlNames(
    {
        "traces": (("trace_id", "varchar"), ("name", "varchar"), ("cost_usd", "double")),
        "spans": (("trace_id", "varchar"), ("kind", "varchar"), ("model", "varchar")),
        "sources": (("path", "varchar"),),
    },
    ("count", "mode", "sum"),
)
ODD = """
SELECT sum(range)::HUGEINT AS whole, 1.5::DECIMAL(5, 2) AS exact, NULL AS unknown,
    TIMESTAMP_NS '2020-01-01 00:00:00.123456789' AS nano, INTERVAL 1 DAY AS span,
    [1, NULL] AS list, {'a': 1} AS part, MAP {'k': 'v'} AS map, 'x'::BLOB AS bytes,
    'nan'::DOUBLE AS nan, DATE '5877642-06-25' AS far, TIME '10:00:00' AS clock, true AS flag,
    'a' AS same, 'b' AS same, chr(27) || '[2J' AS escape
FROM range(3)
"""
FAILS = "SELECT CASE WHEN range < 4000 THEN 1 ELSE ('x' || range)::INT END FROM range(5000)"


@pytest.fixture(scope="module")
def reader():
    store = Store.temporary()
    with store.reader() as made:
        yield made
    store.close()


def taken(text: str) -> str:
    """Return the query after the first proposal is taken."""
    first = proposals(text, len(text), NAMES)[0]
    return text[: first.start] + first.text


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("sel", "select"),
        ("select * from s", "select * from spans"),
        ("select * from ", "select * from traces"),
        ("SELECT * FROM TR", "SELECT * FROM traces"),
        ("select * from traces where c", "select * from traces where cost_usd"),
        ("from traces t join spans s on s.m", "from traces t join spans s on s.model"),
        ("select t.c from traces as t where t.", "select t.c from traces as t where t.trace_id"),
        ("select m", "select model"),
        ("select su", "select sum("),
        ("describe so", "describe sources"),
        ("select 'from' || k", "select 'from' || kind"),
    ],
)
def test_the_first_proposal_is_what_was_begun(typed: str, after: str):
    assert taken(typed) == after


def test_nothing_is_proposed_inside_a_text_or_where_nothing_is_begun():
    assert proposals("select 'from s", 14, NAMES) == []
    assert proposals("select 1 ", 9, NAMES) == []
    assert proposals("select model", 8, NAMES) == []


@given(st.text(max_size=40), st.integers(0, 40))
@examples(40)
def test_whatever_is_typed_a_proposal_goes_on_with_it(text: str, at: int):
    cursor = min(at, len(text))
    found = proposals(text, cursor, NAMES)
    assert len(found) <= MOST
    for one in found:
        begun = text[one.start : cursor]
        assert one.text.lower().startswith(begun.lower())


def test_a_history_is_private_bounded_and_survives_what_is_damaged(tmp_path: Path):
    path = tmp_path / "deep" / "history.jsonl"
    history = SqlHistory(path)
    assert history.load() == []
    for number in range(MOST_KEPT + 5):
        if number in (0, 1) or number > MOST_KEPT:
            history.add(f"SELECT {number}\n-- \udcff")
    history.add("SELECT 1\n-- \udcff")
    assert history.load()[-1] == "SELECT 1\n-- \udcff"
    assert history.load().count("SELECT 1\n-- \udcff") == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["history.jsonl"]
    with path.open("ab") as file:
        file.write(b'\xff{"no": 1}\n12\n' + b"[" * 5_000 + b'\n"kept"\n')
    assert history.load()[-1] == "kept"
    path.write_text("".join(f'"{n}"\n' for n in range(MOST_KEPT + 50)))
    history.add("latest")
    assert len(history.load()) == MOST_KEPT
    assert len(path.read_text().splitlines()) == MOST_KEPT
    (tmp_path / "file").write_text("")
    SqlHistory(tmp_path / "file" / "history.jsonl").add("a directory that cannot be made")


def test_every_kind_of_value_is_shown_and_written_as_json(reader: TraceReader, tmp_path: Path):
    table = first_rows(reader.sql(ODD), 10).table
    (row,) = rows_as_json(table)
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert row["whole"] == 3
    assert row["exact"] == 1.5
    assert row["unknown"] is None
    assert row["nano"] == "2020-01-01 00:00:00.123456789"
    assert (row["list"], row["part"], row["map"]) == ([1, None], {"a": 1}, [["k", "v"]])
    assert (row["nan"], row["bytes"], row["flag"]) == ("nan", "78", True)
    assert (row["same"], row["same_2"]) == ("a", "b")
    grid = ResultGrid(table)
    cells = grid.texts(0, 1, grid.placed(0, 10_000))[0]
    by_name = dict(zip((column.title for column in grid.columns), cells, strict=True))
    assert by_name["whole"] == "3"
    assert by_name["unknown"] is None
    assert by_name["list"] == "[1, null]"
    assert by_name["escape"] == "␛[2J"
    assert all(cell is None or cell.isprintable() for cell in cells)
    for ending in (".csv", ".jsonl"):
        path, rows = export(reader.sql(ODD), str(tmp_path / f"odd{ending}"))
        assert (path.name, rows) == (f"odd{ending}", 1)
    assert json.loads((tmp_path / "odd.jsonl").read_text()) == row


def test_all_rows_are_written_and_nothing_is_overwritten(reader: TraceReader, tmp_path: Path):
    query = "SELECT range AS n, 'a,\"b' AS text FROM range(5000)"
    for ending in (".csv", ".jsonl", ".parquet"):
        assert export(reader.sql(query), str(tmp_path / f"all{ending}"))[1] == 5_000
    read = pa_csv.read_csv(tmp_path / "all.csv")
    assert read.equals(pq.read_table(tmp_path / "all.parquet"))
    assert read["n"].to_pylist() == list(range(5_000))
    assert read["text"][0].as_py() == 'a,"b'
    before = (tmp_path / "all.csv").read_bytes()
    with pytest.raises(ExportError, match="is there already"):
        export(reader.sql("SELECT 1"), str(tmp_path / "all.csv"))
    assert (tmp_path / "all.csv").read_bytes() == before
    with pytest.raises(ExportError, match=r"must end in \.csv"):
        export(reader.sql("SELECT 1"), str(tmp_path / "all.txt"))
    with pytest.raises(ExportError, match="cannot be written"):
        export(reader.sql("SELECT 1"), str(tmp_path / "nowhere" / "all.csv"))
    with pytest.raises(Exception, match="Could not convert"):
        export(reader.sql(FAILS), str(tmp_path / "half.csv"))
    assert not (tmp_path / "half.csv").exists()


def test_columns_stand_beside_each_other_and_the_last_has_the_rest():
    table = pa.table({"id": ["a" * 60], "n": [12], "text": ["x" * 300], "more": ["y"]})
    grid = ResultGrid(table)
    first = grid.placed(0, 80)
    assert [(p.column.title, p.x, p.width) for p in first] == [
        ("id", 1, 48),
        ("n", 51, 2),
        ("text", 55, 25),
    ]
    assert [p.column.title for p in grid.placed(2, 80)] == ["text", "more"]
    assert [p.width for p in grid.placed(3, 80)] == [79]
    assert [column.right for column in grid.columns] == [False, True, False, False]
    assert grid.placed(0, 5)[0].width == 4


@given(st.lists(st.sampled_from(["a", "a_2", "b"]), max_size=6))
def test_names_of_columns_become_distinct_and_the_first_stays(names: list[str]):
    found = distinct(names)
    assert len(set(found)) == len(names)
    assert all(one.startswith(name) for one, name in zip(found, names, strict=True))


def test_a_plan_is_shown_line_by_line():
    plan = pa.table({"explain_key": ["physical_plan"], "explain_value": ["┌──┐\n└──┘\n"]})
    assert plan_lines(plan)["plan"].to_pylist() == ["┌──┐", "└──┘"]


def test_what_is_pasted_comes_on_one_line_without_the_comments_that_would_end_it():
    assert one_line("SELECT 1 -- one\nFROM x\r\nWHERE a = '--' -- z") == (
        "SELECT 1  FROM x WHERE a = '--'"
    )
    assert one_line("kind:llm -- x") == "kind:llm -- x"


def test_the_match_of_a_long_snippet_is_in_sight():
    shown = around("x" * 40 + "needle" + "y" * 100, needle_of("NEEDLE"), 30)
    assert shown.startswith("…xxxxxxxxxneedleyyy")
    assert around("needle\x1b[2J", needle_of("needle"), 30) == "needle␛[2J"
