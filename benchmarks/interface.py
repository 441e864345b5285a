"""What a person feels while a large file loads: the event loop's ticks, and keys: bar 5."""

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import pyte

from benchmarks.bars import Bar, at_most
from benchmarks.terminal import FRAME_END, Terminal

SAMPLE = Path(__file__).parent.parent / "sample_traces" / "support-day.otlp.jsonl"
_KEYS = 80
_BETWEEN_SECONDS = 0.07
"""A fast reader's pace; not a multiple of the pace at which progress is drawn."""
_DOWN, _UP = b"\x1b[B", b"\x1b[A"
_COLUMNS, _ROWS = 120, 30
_LIST_BEGINS = 3


def bars(path: Path, large: Path, folder: Path) -> list[Bar]:
    """Measure ticks while `path` loads, twice, and keys while `large` does."""
    apart, within = (_ticks(how, path, folder) for how in ("worker", "in-process"))
    idle = _key_latencies([SAMPLE])
    loading = _key_latencies([SAMPLE, large])
    percentile = {"idle": _p95(idle), "loading": _p95(loading)}
    medians = f"p50 {statistics.median(idle):.0f} and {statistics.median(loading):.0f} ms"
    return [
        at_most(
            5,
            f"p99 of ticks while loading ({apart:.0f} ms), x in-process decoding ({within:.0f} ms)",
            apart / within,
            0.7,
        ),
        at_most(
            0,
            f"key to changed frame while loading, p95 {percentile['loading']:.0f} ms, "
            f"x idle, p95 {percentile['idle']:.0f} ms ({medians})",
            percentile["loading"] / percentile["idle"],
            2,
        ),
    ]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _ticks(how: str, path: Path, folder: Path) -> float:
    """Return the 99th percentile of how many milliseconds late ticks were."""
    figures = folder / f"ticks-{how}.json"
    figures.unlink(missing_ok=True)
    with Terminal([sys.executable, "-m", "benchmarks.ticking", how, str(path), str(figures)]) as it:
        it.wait_for_end()
    return statistics.quantiles(json.loads(figures.read_text()), n=100)[-1]


class _Watched:
    """The program's screen, and where its cursor row is."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._screen = pyte.Screen(_COLUMNS, _ROWS)
        self._stream = pyte.ByteStream(self._screen)

    def text(self) -> str:
        return "\n".join(self._screen.display)

    def look(self, seconds: float) -> float | None:
        """Read what comes within `seconds`; return when a frame ended, if one did."""
        data = self._terminal.read(seconds)
        now = time.perf_counter()
        self._stream.feed(data)
        return now if FRAME_END in data else None

    def cursor(self) -> str:
        """Return the text of the row whose background is like no other's."""
        backgrounds = {y: self._screen.buffer[y][2].bg for y in range(_LIST_BEGINS, _ROWS - 1)}
        counts = Counter(backgrounds.values())
        odd = [y for y, colour in backgrounds.items() if counts[colour] == 1]
        return self._screen.display[odd[0]] if len(odd) == 1 else ""


def _key_latencies(paths: list[Path]) -> list[float]:
    """Return the milliseconds from keys to the end of the frame in which the cursor has moved."""
    command = [sys.executable, "-m", "tracetui", "open", "--no-cache", *map(str, paths)]
    with Terminal(command, columns=_COLUMNS, rows=_ROWS) as terminal:
        watched = _Watched(terminal)
        deadline = time.perf_counter() + 60
        while not watched.cursor():
            watched.look(0.1)
            if time.perf_counter() > deadline:
                raise TimeoutError(watched.text())
        found: list[float] = []
        for number in range(_KEYS):
            quiet_until = time.perf_counter() + _BETWEEN_SECONDS
            while (left := quiet_until - time.perf_counter()) > 0:
                watched.look(left)
            before = watched.cursor()
            terminal.send(_UP if number % 2 else _DOWN)
            sent = time.perf_counter()
            while True:
                ended = watched.look(0.05)
                if ended is not None and watched.cursor() not in ("", before):
                    found.append((ended - sent) * 1e3)
                    break
                if time.perf_counter() - sent > 10:
                    raise TimeoutError(f"{number} keys: {watched.text()}")
        return found
