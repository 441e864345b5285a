"""Following in the app: the list grows by itself, and says that it follows."""

from otlp_files import agent_trace, request
from tracetui.app import TraceTuiApp
from tracetui.widgets.trace_table import TraceTable
from tui.settle import screen_text, settle, until


async def test_appended_traces_appear_in_the_list_while_it_follows(tmp_path):
    path = tmp_path / "agent.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n")
    app = TraceTuiApp([path], follow=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: app.session.state.following)
        await until(pilot, lambda: "⟳ following" in screen_text(pilot))
        with path.open("a") as file:
            file.write(request(*agent_trace(2)) + "\n")
        await until(pilot, lambda: "2 traces" in screen_text(pilot))
        # The status line and the table are drawn by two messages, the table by the later one.
        await until(pilot, lambda: app.screen.query_one(TraceTable).row_count == 2)


async def test_t_follows_and_stops_following(tmp_path):
    path = tmp_path / "agent.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n")
    app = TraceTuiApp([path])
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert "following" not in screen_text(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "⟳ following" in screen_text(pilot))
        await pilot.press("t")
        await until(pilot, lambda: "following" not in screen_text(pilot))
        await settle(pilot)


async def test_an_open_trace_grows_and_keeps_its_cursor(tmp_path):
    path = tmp_path / "agent.jsonl"
    first, *rest = agent_trace(1)
    path.write_text(request(first) + "\n")
    app = TraceTuiApp([path], follow=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: app.session.state.following)
        await pilot.press("enter")
        await until(pilot, lambda: "1 span" in screen_text(pilot))
        with path.open("a") as file:
            file.write(request(*rest) + "\n")
        await until(pilot, lambda: f"{1 + len(rest)} spans" in screen_text(pilot))


async def test_standard_input_cannot_be_followed(monkeypatch, tmp_path):
    path = tmp_path / "agent.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n")
    app = TraceTuiApp([path])
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        monkeypatch.setattr(app.session, "paths", ["-"])
        await pilot.press("t")
        await pilot.pause()
        assert not app.session.state.following
