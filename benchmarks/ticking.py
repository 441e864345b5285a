"""The program with a ticker in its event loop while it loads a file: bar 5.

Run as `python -m benchmarks.ticking worker|in-process FILE FIGURES`; `benchmarks.interface` does,
in a pseudo-terminal. The ticker wants to wake every five milliseconds; how much later it does is
how long a key would wait.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import tracetui
from tracetui.app import TraceTuiApp

_TICK_SECONDS = 0.005


class Ticking(TraceTuiApp):
    """Writes how late its ticks were when the load has ended, and leaves."""

    # Textual looks for sheets beside the class that it runs.
    CSS_PATH = [Path(tracetui.__file__).parent / name for name in TraceTuiApp.CSS_PATH]  # noqa: RUF012

    def __init__(self, path: str, figures: Path) -> None:
        super().__init__([path])
        self._figures = figures

    def on_mount(self) -> None:
        """Begin to tick."""
        self._ticker = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while not self.session.state.bytes_done:
            await asyncio.sleep(_TICK_SECONDS)
        late: list[float] = []
        while not self.session.state.finished:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            late.append((time.perf_counter() - before - _TICK_SECONDS) * 1e3)
        self._figures.write_text(json.dumps(late))
        self.exit()


def main(how: str, path: str, figures: str) -> None:
    """Load `path` as the program does, or with all decoding in a thread of this process."""
    if how == "in-process":
        from tracetui_loaders import worker

        worker.WORTH_A_PROCESS_BYTES = sys.maxsize
    Ticking(path, Path(figures)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
