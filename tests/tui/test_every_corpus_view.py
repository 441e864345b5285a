"""Every view of real files of every format: nothing in them breaks a pane or reaches the terminal.

By default one trace of each of a dozen unlike formats; with `--hypothesis-profile=thorough` every
trace of all of them, which takes some twenty minutes.
"""

import unicodedata

import pytest
from examples import is_thorough
from shared_data import SHARED, shared
from tracetui.app import TraceTuiApp
from tracetui.screens.trace import TraceScreen
from tracetui.screens.traces import TracesScreen
from tui.settle import rest, screen_text, settle

TREE = ("_", "_", "asterisk", "e", "dollar_sign", "exclamation_mark", "c", "i", "I", "G", "I", "g")
TIME = ("T", "z", "greater_than_sign", "Z", "equals_sign", "i", "c")
TAB = ("r", "G", "w", "x", "l")
MOST_TABS = 8
UNLIKE = frozenset(
    {
        *(
            "autogen",
            "claude-code",
            "codex",
            "deepeval",
            "gemini-cli",
            "inspect-eval",
            "jaeger-json",
        ),
        *("langfuse", "openhands", "otel-parquet", "otlp-json", "otlp-logs"),
    }
)
CONVERSATION = ("right_curly_bracket", "d", "x", "G", "d", "l", "g", "e")


def formats() -> list[str]:
    """Name the corpora's folders; none where they are absent."""
    folders = (SHARED / "corpora").glob("*")
    return sorted(
        folder.name
        for folder in folders
        if folder.is_dir()
        and (folder.name in UNLIKE or is_thorough())
        and folder.name != "loop-labels"
    )


async def press(pilot, *keys: str) -> None:
    """Press keys in a burst, wait for rest, and look at what is shown."""
    for key in keys:
        pilot.app.simulate_key(key)
        await pilot.pause()
    await rest(pilot)
    shown = screen_text(pilot).replace("\n", "")
    raw = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert not raw, f"{sorted(map(ascii, raw))} on the screen"


async def look_at_everything(pilot) -> None:
    """Press through the tree, every tab of the details and the conversation of a trace."""
    await press(pilot, "enter")
    assert isinstance(pilot.app.screen, TraceScreen)
    await press(pilot, *TREE)
    await press(pilot, *TIME)
    await press(pilot, "enter")
    for _ in range(MOST_TABS):
        await press(pilot, *TAB)
    await press(pilot, "escape", "3")
    await press(pilot, *CONVERSATION)
    await press(pilot, "1")
    assert isinstance(pilot.app.screen, TracesScreen)


@pytest.mark.parametrize("name", formats() or ["otlp-json"])
async def test_every_view_of_a_format_can_be_walked_through(name: str):
    folder = shared(f"corpora/{name}")
    app = TraceTuiApp([str(folder)], cached=False)
    failures: list[str] = []
    async with app.run_test(size=(110, 32), notifications=True) as pilot:
        notify = app.notify

        def told(message: str, *, severity: str = "information", **more: object) -> None:
            if severity == "error":
                failures.append(message)
            notify(message, severity=severity, **more)

        app.notify = told
        await settle(pilot)
        if app.session.state.error is not None:
            assert "tracetui formats" in app.session.state.error
            return
        with app.session.store.reader() as reader:
            count = reader.trace_count()
        if not count:
            return
        await press(pilot, "C", "escape", "s", "S")
        for _ in range(count if is_thorough() else 1):
            await look_at_everything(pilot)
            await press(pilot, "j")
    assert not failures
