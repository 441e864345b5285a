"""Draws the pictures of README.md: the real app on the sample traces.

Run `python docs/screenshots.py`; it writes `docs/traces.svg` and `docs/trace.svg`.
"""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from textual.pilot import Pilot
from tracetui.app import TraceTuiApp

DOCS = Path(__file__).resolve().parent
SAMPLES = DOCS.parent / "sample_traces"
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def picture(
    name: str, paths: Sequence[Path], keys: Sequence[str], size: tuple[int, int]
) -> None:
    """Open `paths`, press `keys` and write what is on the screen to `docs/<name>.svg`."""
    command = "demo" if len(paths) > 1 else f"open {paths[0].name}"
    app = TraceTuiApp(paths)
    async with app.run_test(size=size) as pilot:
        await _settle(pilot, app)
        for key in keys:
            await pilot.press(key)
            await _settle(pilot, app)
        svg = app.export_screenshot(title=f"tracetui {command}", simplify=True)
    # The exporter asks for a web font; a picture must not make its reader's machine fetch one.
    (DOCS / f"{name}.svg").write_text(_FONT_FACE.sub("", svg), "utf-8")


async def _settle(pilot: Pilot[None], app: TraceTuiApp) -> None:
    """Wait until the load has ended, the cursor's span is fetched and nothing is under way."""
    await pilot.pause()
    while not app.session.state.finished:
        await pilot.pause(0.05)
    await pilot.pause(0.2)
    await app.workers.wait_for_complete(
        [worker for worker in app.workers if not worker.is_finished]
    )
    await pilot.pause(0.1)


async def main() -> None:
    """Draw every picture."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    files = sorted(SAMPLES.glob("*.otlp.jsonl"))
    await picture("traces", files, [], (132, 28))
    await picture("trace", [SAMPLES / "tool-agent.otlp.jsonl"], ["enter", "e", "enter"], (160, 28))


if __name__ == "__main__":
    asyncio.run(main())
