"""Nothing outside the store knows its engine: another one can stand behind the protocol."""

import ast
import re
from pathlib import Path

import pytest
import tracetui
import tracetui_analyses
import tracetui_loaders
from store.made_spans import both
from store.memory_store import MemoryReader, MemoryStore
from textual.pilot import Pilot
from tracetui.app import TraceTuiApp
from tracetui.headless.summary import summary_lines
from tracetui.headless.traces import numbered, sorted_rows
from tracetui.screens.trace import TraceScreen
from tracetui.widgets.trace_table import TraceTable
from tracetui_store.protocol import TraceReader, TraceStore
from tui.settle import settle

PACKAGES = (tracetui, tracetui_analyses, tracetui_loaders)
MODULES = [path for package in PACKAGES for path in Path(package.__path__[0]).rglob("*.py")]
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|CREATE\s+(TABLE|VIEW))\b", re.DOTALL)
BLANK = {"events": [], "attributes": {}, "usage_role": "none", "error": False}


def spans_of(trace, start, *names):
    """Return a root and its children."""
    return [
        BLANK
        | {
            "trace_id": trace,
            "span_id": f"{trace}{number}",
            "parent_span_id": f"{trace}0" if number else None,
            "name": name,
            "kind": "tool" if number else "agent",
            "start_time_unix_nano": start + number,
            "end_time_unix_nano": start + 100,
            "error": name == "fails",
        }
        for number, name in enumerate(names)
    ]


@pytest.fixture
def memory():
    made = [
        *spans_of("a" * 32, 1_000, "plan a trip", "look up", "fails"),
        *spans_of("b" * 32, 2_000, "answer"),
    ]
    with both(made) as (_, reader):
        yield MemoryStore(reader.all)


def test_a_store_of_plain_lists_fits_the_protocol(memory: MemoryStore):
    held: TraceStore = memory
    asked: TraceReader = MemoryReader(memory)
    assert isinstance(held, TraceStore)
    assert isinstance(asked, TraceReader)


def test_the_commands_answer_from_another_engine(memory: MemoryStore):
    with memory.reader() as reader:
        lines = [re.split(r"\s{2,}", line)[:2] for line in summary_lines(reader)]
        rows = sorted_rows(numbered(reader), "name", reverse=False)
    assert ["traces", "2"] in lines
    assert ["spans", "4"] in lines
    assert ["errors", "1"] in lines
    assert [(row["number"], row["name"]) for row in rows] == [(1, "answer"), (2, "plan a trip")]


async def test_the_screens_show_another_engine(
    memory: MemoryStore, monkeypatch: pytest.MonkeyPatch
):
    def open_memory(app: TraceTuiApp) -> None:
        app.session.store = memory
        app.post_message(app.StoreOpened())

    monkeypatch.setattr(TraceTuiApp, "_fill_store", open_memory)
    async with TraceTuiApp(["memory"]).run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        table = pilot.app.screen.query_one(TraceTable)
        assert shown(table) == ["answer", "plan a trip"]
        await sorted_by_name(pilot, table)
        await pilot.press("G", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TraceScreen)
        assert pilot.app.screen._trace is not None
        assert pilot.app.screen._trace.trace_id == "a" * 32


async def sorted_by_name(pilot: Pilot[None], table: TraceTable):
    await pilot.press("s")
    await settle(pilot)
    assert table.sort.column == "name"


def shown(table: TraceTable) -> list[str | None]:
    assert table.rows is not None
    return [summary.name for summary in table.rows.summaries(0, table.row_count)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_module_outside_the_store_runs_sql(path: Path):
    text = path.read_text("utf-8")
    # Formats that are SQLite files are read by asking them; that is no query of the store.
    asks_a_file = "tracetui_loaders.sqlite_file import" in text
    for node in ast.walk(ast.parse(text)):
        if not asks_a_file and isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.search(node.value), f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.partition(".")[0] == "duckdb" for name in names)
