"""The views of loops, costs and errors, by what people do with them."""

import json
from pathlib import Path

import pytest
from tracetui import cli
from tracetui.app import TraceTuiApp
from tracetui.screens.cost import CostScreen
from tracetui.screens.errors import ErrorsScreen
from tracetui.screens.loops import LoopsScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.settings import CostSettings, Settings
from tracetui.view_models import format as fmt
from tui.otlp_lines import span, write
from tui.settle import screen_text, settle, until
from tui.test_snapshots import Compare, _utc, draw, sample  # noqa: F401 - fixtures
from typer.testing import CliRunner

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])
SAMPLES = Path(__file__).parents[2] / "sample_traces"
LOOP = SAMPLES / "loop.otlp.jsonl"


def row_under_cursor(screen: TraceScreen) -> str:
    row = screen.row_under_cursor()
    return "" if row is None else f"{row['name']} {row['error_message']}"


async def test_a_loop_is_listed_explained_and_leads_to_its_first_span():
    async with TraceTuiApp([LOOP]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("4")
        await until(pilot, lambda: isinstance(pilot.app.screen, LoopsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, LoopsScreen)
        await until(pilot, lambda: screen.table.row_count == 1)
        assert "1 loop" in screen.title_line.plain_text
        assert "$0.0009 wasted" in screen.title_line.plain_text
        text = screen_text(pilot)
        assert "search_filings was called 10 times with the same arguments" in text
        assert "\u00d710" in text
        assert "First" in text
        assert "Last" in text
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen))
        shown = pilot.app.screen
        assert isinstance(shown, TraceScreen)
        await until(pilot, lambda: "search_filings.tool" in row_under_cursor(shown))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_load_without_loops_says_what_one_would_be(tmp_path: Path):
    path = write(tmp_path / "none.jsonl", [span(1, 1, "plain")])
    async with TraceTuiApp([path]).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("4")
        await until(pilot, lambda: "No loops in none.jsonl." in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))


async def test_costs_are_told_by_model_and_agent_and_lead_to_traces():
    path = SAMPLES / "support-day.otlp.jsonl"
    settings = Settings(cost=CostSettings(budget_usd=0.001))
    async with TraceTuiApp([path], settings=settings).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("5")
        await until(pilot, lambda: "by model" in screen_text(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, CostScreen)
        await until(pilot, lambda: screen.table.row_count > 1)
        summary = json.loads(CliRunner().invoke(cli.app, ["summary", str(path), "--json"]).stdout)
        assert fmt.money(summary["cost_usd"]) in screen.title_line.plain_text
        assert "over $0.0010" in screen.title_line.plain_text
        assert "exceeded" in screen_text(pilot)
        await pilot.press("l")
        await until(pilot, lambda: str(screen.table.key).endswith("-agent"))
        agent = screen.table.key
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))
        landing = pilot.app.screen
        assert isinstance(landing, TracesScreen)
        assert landing.filter_text == f'any(agent="{agent}")'


async def test_an_error_leads_to_the_span_that_failed():
    path = SAMPLES / "failed-run.otlp.jsonl"
    async with TraceTuiApp([path]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorsScreen))
        screen = pilot.app.screen
        assert isinstance(screen, ErrorsScreen)
        await until(pilot, lambda: screen.table.row_count == 1)
        assert "1 error  of 1 cause" in screen.title_line.plain_text
        assert "psycopg.errors.QueryCanceled" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TraceScreen))
        shown = pilot.app.screen
        assert isinstance(shown, TraceScreen)
        await until(pilot, lambda: "statement timeout" in row_under_cursor(shown))
        assert row_under_cursor(shown).startswith("execute_tool run_sql")


async def test_each_view_takes_the_place_of_the_one_before():
    async with TraceTuiApp([LOOP]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press(*"456745")
        await until(pilot, lambda: isinstance(pilot.app.screen, CostScreen))
        assert len(pilot.app.screen_stack) == 2
        await settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))


@SIZES
def test_costs_by_model(draw: Compare, sample, size):  # noqa: F811
    assert draw(sample("support-day"), size, "5")


@SIZES
def test_errors_by_cause(draw: Compare, sample, size):  # noqa: F811
    assert draw(sample("support-day"), size, "6")


@SIZES
def test_a_loop_and_its_evidence(draw: Compare, sample, size):  # noqa: F811
    assert draw(sample("loop"), size, "4")
