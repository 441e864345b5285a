"""From the start of the program to its first rows, and the second open: bars 4, 6 and 8."""

import re
import sys
from pathlib import Path

from benchmarks.bars import Bar, at_most
from benchmarks.processes import run
from benchmarks.terminal import Terminal

_FIRST_SPANS = 1_000
_LARGE_BYTES = 1_000_000_000
_TEXT_SHARE = 0.77
"""Of a generated OTLP file, attributes as the store keeps them."""
_ROUNDS = 3
_STYLES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
_SPANS = re.compile(rb"([\d,]+) spans")


def first_visible(path: Path, spans: int = _FIRST_SPANS) -> float:
    """Return the seconds from exec to a frame of the real program that counts `spans` spans."""

    def shown(seen: bytes) -> bool:
        counts = _SPANS.findall(_STYLES.sub(b"", seen))
        return any(int(count.replace(b",", b"")) >= spans for count in counts)

    with Terminal([sys.executable, "-m", "tracetui", "open", "--no-cache", str(path)]) as terminal:
        return terminal.wait_until(shown) - terminal.started


def bars(path: Path, cache: Path, load: dict[str, float]) -> list[Bar]:
    """Measure bars 4, 6 and 8 of `path`, of which `cache` holds a cache.

    Args:
        path: The file.
        cache: A directory with its cache.
        load: The figures of tracetui's load of it.
    """
    # Wall times of a shared machine: the best of some is the one that was disturbed least.
    visible = min(first_visible(path) for _ in range(_ROUNDS))
    reopened = [run("benchmarks.reopened", str(path), str(cache)) for _ in range(_ROUNDS)]
    again = {name: min(figures[name] for figures in reopened) for name in reopened[0]}
    cached = sum(entry.stat().st_size for entry in cache.rglob("*.duckdb"))
    size = path.stat().st_size
    large = size >= _LARGE_BYTES
    share = 100 / load["wall_s"]
    tree = f"tree of {again['largest_spans']:,} spans with roll-up, CPU"
    per_gb = again["search_ms"] / (size * _TEXT_SHARE / 1e9)
    return [
        at_most(4, "first 1,000 spans queryable, from exec", load["first_s"], 1, " s"),
        at_most(4, "first 1,000 spans in a frame of the program, from exec", visible, 1, " s"),
        at_most(4, "the same, of the load's wall time", visible * share, 5, " %", judged=large),
        at_most(
            6,
            f"second open: exec to list and one trace (CPU {again['reopen_cpu_s']:.2f} s)",
            again["reopen_s"],
            0.5,
            " s",
        ),
        at_most(
            6,
            "the same, of the load's wall time",
            again["reopen_s"] * share,
            3,
            " %",
            judged=large,
        ),
        at_most(6, "cache, of the file's size", 100 * cached / size, 25, " %"),
        at_most(8, "trace list, CPU", again["list_ms"], 60, " ms", judged=large),
        at_most(8, tree, again["tree_ms"], 150, " ms", judged=large),
        at_most(8, "search, CPU per GB of text", per_gb, 1_000, " ms", judged=large),
    ]
