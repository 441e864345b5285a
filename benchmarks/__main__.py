"""Runs every measurement and prints the tables of benchmarks/README.md.

    python -m benchmarks [--spans 100000] [--only loading,opening,...] [--folder DIR]

100,000 spans take some minutes, 1,000,000 (on demand) about ten more and 5 GB of disk.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    bars,
    following,
    formats,
    hostile,
    interface,
    loading,
    opening,
    receiving,
)
from benchmarks.generators.files import file_of

_SMALL = 100_000
_KEYS_SPANS = 300_000
"""Enough that the load outlasts the keys."""
_PARTS = (
    "loading",
    "opening",
    "interface",
    "following",
    "receiving",
    "hostile",
    "formats",
    "rendering",
)
_PACKAGES = ("textual", "duckdb", "pyarrow", "msgspec", "numpy")


def main() -> None:
    """Print what machine this is, then each table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=_SMALL)
    parser.add_argument("--rounds", type=int, help="of each contender; default 3, or 1 for large")
    parser.add_argument("--only", default=",".join(_PARTS), help="which parts, with commas")
    parser.add_argument("--folder", type=Path, help="where generated files are kept")
    options = parser.parse_args()
    parts = options.only.split(",")
    print(f"{_machine()}\n", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        rounds = options.rounds or (3 if options.spans <= _SMALL else 1)
        _bars(folder, options.spans, rounds, parts)
    if "rendering" in parts:
        print("\n# Rendering\n", flush=True)
        command = [sys.executable, "-m", "benchmarks.rendering", "--spans", str(options.spans)]
        subprocess.run(command, check=True)


def _bars(folder: Path, spans: int, rounds: int, parts: list[str]) -> None:
    path = file_of(folder, "otlp", spans)
    small = file_of(folder, "otlp", min(spans, _SMALL))
    cache = folder / "cache"
    found: list[bars.Bar] = []
    if "loading" in parts or "opening" in parts:
        figures = loading.measure(path, cache, rounds)
        print(f"## Loading\n\n{loading.table(figures, path.stat().st_size)}\n", flush=True)
        smaller = loading.peak_megabytes(file_of(folder, "otlp", spans // 10))
        found += loading.bars(figures, path.stat().st_size, smaller)
        if "opening" in parts:
            found += opening.bars(path, cache, figures["tracetui"])
    others = {
        "interface": lambda: interface.bars(
            small, file_of(folder, "otlp", max(spans, _KEYS_SPANS)), folder
        ),
        "following": lambda: following.bars(small, folder),
        "receiving": lambda: receiving.bars(folder),
        "hostile": lambda: hostile.bars(folder),
        "formats": lambda: _formats(folder, rounds),
    }
    for part, measure in others.items():
        if part in parts:
            print(f"measuring: {part}", file=sys.stderr, flush=True)
            found += measure()
    print(f"## The bars at {spans:,} spans\n\n{bars.table(found)}", flush=True)


def _formats(folder: Path, rounds: int) -> list[bars.Bar]:
    folder.mkdir(parents=True, exist_ok=True)
    costs = formats.measure(folder, formats.default_corpora(), rounds)
    print(f"## Formats\n\n{formats.table(costs)}\n", flush=True)
    return formats.bars(costs)


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.release()} "
        f"{platform.machine()}, {os.cpu_count()} cores, load average {load}; "
        f"Python {platform.python_version()}; {versions}."
    )


if __name__ == "__main__":
    main()
