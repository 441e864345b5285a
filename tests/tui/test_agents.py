"""The agents view, by what people do with it, and its drawings."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from shared_data import shared
from tracetui.app import TraceTuiApp
from tracetui.screens.agents import AgentsScreen
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tracetui.view_models.agent_drawing import drawing
from tracetui.view_models.agent_lines import figure
from tracetui_analyses.agent_graph import AgentEdge, Latency, System, Topology, Usage
from tui.otlp_lines import span, write
from tui.settle import screen_text, settle, until
from tui.test_snapshots import Compare, _utc, draw, sample  # noqa: F401 - fixtures

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])


async def test_agents_are_listed_drawn_and_lead_to_their_traces():
    path = shared("emitted/multi-service/queue_links.otlp.jsonl")
    async with TraceTuiApp([path]).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("7")
        await until(pilot, lambda: "◆ dispatcher" in screen_text(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, AgentsScreen)
        assert "mixed" in screen.title_line.plain_text
        assert "18 steps between them  ✗3 failed" in screen.title_line.plain_text
        text = screen_text(pilot)
        assert "├─8──▸ ◆ research-agent" in text
        assert "from ↓ to →" in text
        await pilot.press("j")
        await until(pilot, lambda: screen.table.agent == "research-agent")
        await until(pilot, lambda: "from dispatcher" in screen_text(pilot))
        await pilot.press("7", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))
        landing = pilot.app.screen
        assert isinstance(landing, TracesScreen)
        assert landing.filter_text == 'any(agent="research-agent")'
        await until(pilot, lambda: landing.table.row_count == 5)
        await pilot.press("7")
        await until(pilot, lambda: isinstance(pilot.app.screen, AgentsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is landing)


async def test_a_load_without_agents_says_what_to_do(tmp_path: Path):
    path = write(tmp_path / "none.jsonl", [span(1, 1, "plain")])
    async with TraceTuiApp([path]).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("7")
        await until(pilot, lambda: "No agents in none.jsonl." in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TracesScreen))


async def test_a_trace_says_what_it_came_of_and_what_came_of_it():
    path = shared("emitted/multi-service/queue_links.otlp.jsonl")
    async with TraceTuiApp([path]).run_test(size=(140, 30)) as pilot:
        await settle(pilot)
        await pilot.press("G", "enter")
        await until(pilot, lambda: "continues in process tasks 6267e970" in screen_text(pilot))
        assert "(link 0.95, waited 1.1s)" in screen_text(pilot)
        assert "and 9 others, longest wait 2.6s" in screen_text(pilot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "comes from invoke_agent dispatcher" in screen_text(pilot))
        shown = pilot.app.screen
        assert isinstance(shown, TraceScreen)
        assert shown.stitched_status.plain_text.endswith("trace 2 of 9 of its session")


@SIZES
def test_a_supervisor_and_its_agents(draw: Compare, sample, size):  # noqa: F811
    assert draw(sample("supervisor"), size, "7")


def edge(source, target, count=1, failures=0):
    return AgentEdge(source, target, "call", count, failures, Usage(), Latency())


def lines(found):
    return None if found is None else ["".join(piece.text for piece in line) for line in found]


def test_edges_within_a_layer_and_back_are_told_in_words():
    edges = [edge("a", "b", 3), edge("b", "c", 2), edge("a", "c", 7), edge("c", "b", 1)]
    assert lines(drawing("abc", edges, 60, 10)) == [
        "◆ a ╶┐",
        "     ├─3──▸ ◆ b",
        "     │",
        "     └─7──▸ ◆ c",
        "and b → c 2",
        "and c → b 1",
    ]
    back = [edge("a", "b", 3), edge("b", "a", 2), edge("b", "c", 1, 1), edge("c", "a", 4)]
    assert lines(drawing("abc", back, 60, 10)) == [
        "◆ a ╶┐             ┌─1────▸ ◆ c",
        "     └─3⇄2──▸ ◆ b ╶┘",
        "and c → a 4",
    ]
    assert drawing("abc", edges, 10, 10) is None, "too narrow"
    assert drawing("abc", edges, 60, 3) is None, "too low"
    assert drawing("a", [], 60, 10) is None


names = st.sampled_from(["a", "b", "c", "d", "日本語", "x\x1b[31m", "n" * 60])


@given(st.lists(st.tuples(names, names, st.integers(1, 10**7)), max_size=12))
def test_whatever_the_graph_lines_fit_and_no_agent_is_lost(made):
    edges = [edge(source, target, count) for source, target, count in made]
    agents = sorted({name for source, target, _ in made for name in (source, target)})
    found = drawing(agents, edges, 100, 30)
    if found is not None:
        text = "\n".join(lines(found))
        assert all(cell_len(line) <= 100 for line in lines(found))
        assert "\x1b" not in text
        assert text.count("◆") == len(agents)
    topology = Topology((), tuple(edges), (System(tuple(agents), "mixed"),))
    for width, height in ((40, 6), (78, 13), (118, 22)):
        for name in agents[:2]:
            told = lines(figure(topology, name, width, height))
            assert len(told) <= height + 1
            assert not any("\x1b" in line for line in told)
