"""Measures the waterfall beside Textual's own widgets, in one run, through a pseudo-terminal.

Run `python -m benchmarks.rendering [--spans 100000] [--million]`; it prints Markdown tables.
"""

import argparse
import importlib.util
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from benchmarks.generators.table import trace_table
from benchmarks.rendering_subjects import MAKERS
from benchmarks.terminal import Terminal

_FIRST_ROW = b"research_agent"
"""The name of the generated root: on screen, rows are."""
_OURS = "tracetui Waterfall"
_UNFOLDS = (_OURS, "Textual Tree")
_CHAIN_SPANS = 10_000
_PAGE_DOWN = b"\x1b[6~"
_HELD_SECONDS = 2.0
_HELD_RATE = 30
_KEYS = [b"j"] * 40 + [b"\x1b[6~"] * 20 + [b"k"] * 20
"""Down, page down, up."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--million", action="store_true", help="latency at 1,000,000 spans too")
    arguments = parser.parse_args()
    print(f"## First rows of {arguments.spans:,} spans\n")
    print("| widget | spawn to first rows, ms | unfold all, ms | peak memory, MB |")
    print("|---|--:|--:|--:|")
    with _written(arguments.spans) as path:
        for name in MAKERS:
            if "fast" in name and not importlib.util.find_spec("textual_fastdatatable"):
                continue
            print(_first_rows(name, path), flush=True)
    with _written(_CHAIN_SPANS, chain=True) as path:
        print(_first_rows(_OURS, path, f"{_OURS}, a chain {_CHAIN_SPANS:,} deep"), flush=True)
    print("\n## Key to frame of the waterfall, everything unfolded\n")
    print(
        "| spans | p50, ms | p95, ms | fold all, ms | unfold all, ms "
        "| PgDn held at 30/s: backlog, ms | peak memory, MB |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for spans in (1_000, 100_000, *([1_000_000] if arguments.million else [])):
        with _written(spans) as path:
            print(_latency(spans, path), flush=True)


@contextmanager
def _written(spans: int, *, chain: bool = False) -> Iterator[Path]:
    """Write a generated trace to a temporary Arrow file; as a `chain` each span holds the next."""
    table = trace_table(spans)
    if chain:
        parents = pa.array([None, *table["span_id"].to_pylist()[:-1]], pa.string())
        place = table.schema.get_field_index("parent_span_id")
        table = table.set_column(place, "parent_span_id", parents)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        yield path


def _command(name: str, path: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.rendering_subjects", name, str(path)]


def _first_rows(name: str, path: Path, title: str = "") -> str:
    with Terminal(_command(name, path)) as terminal:
        first = (terminal.wait_for(_FIRST_ROW) - terminal.started) * 1e3
        terminal.settle()
        unfold = f"{terminal.key_to_rest(b'_'):,.0f}" if name in _UNFOLDS else "-"
        return f"| {title or name} | {first:,.0f} | {unfold} | {terminal.peak_megabytes():,.0f} |"


def _latency(spans: int, path: Path) -> str:
    with Terminal(_command(_OURS, path)) as terminal:
        terminal.wait_for(_FIRST_ROW)
        terminal.settle()
        terminal.key_to_rest(b"_")  # a small trace folds here: both ways are measured below
        if spans < 2_000:
            terminal.key_to_rest(b"_")
        times = [terminal.key_to_frame(key) for key in _KEYS]
        terminal.settle()
        fold, unfold = terminal.key_to_rest(b"_"), terminal.key_to_rest(b"_")
        held = _held(terminal)
        p95 = statistics.quantiles(times, n=20)[-1]
        return (
            f"| {spans:,} | {statistics.median(times):.1f} | {p95:.1f} | {fold:.0f} | {unfold:.0f} "
            f"| {held:.0f} | {terminal.peak_megabytes():,.0f} |"
        )


def _held(terminal: Terminal) -> float:
    """Hold PgDn; return how many milliseconds after the last press the last frame comes."""
    for _ in range(round(_HELD_SECONDS * _HELD_RATE)):
        next_press = time.perf_counter() + 1 / _HELD_RATE
        terminal.send(_PAGE_DOWN)
        while (left := next_press - time.perf_counter()) > 0:
            terminal.read(left)
    # Up always changes something; another page down may not, at the end.
    return terminal.key_to_rest(b"k")


if __name__ == "__main__":
    main()
