"""Loading beside a plain loop and DuckDB's own JSON reader, on one file in one run: bars 1 to 3.

Ratios of one run are what counts: machines are shared.
"""

import shutil
from pathlib import Path

from benchmarks.bars import Bar, at_least, at_most
from benchmarks.contenders import CONTENDERS
from benchmarks.processes import run

_LARGE_BYTES = 1_000_000_000
_SMALLER = 10
"""Memory is compared with a file this many times smaller."""

Figures = dict[str, dict[str, float]]


def measure(path: Path, cache: Path, rounds: int) -> Figures:
    """Return the figures of every contender on `path`: of `rounds`, the one with the least CPU.

    A cache of `path` is in `cache` afterwards.
    """
    best: Figures = {}
    for _ in range(rounds):
        for name in CONTENDERS:
            more: tuple[str, ...] = ()
            if name == "tracetui":
                shutil.rmtree(cache, ignore_errors=True)
                more = (str(cache),)
            figures = run("benchmarks.contenders", name, str(path), *more)
            if name not in best or figures["cpu_s"] < best[name]["cpu_s"]:
                best[name] = figures
    counts = {figures["spans"] for figures in best.values()}
    if len(counts) != 1:
        raise RuntimeError(f"the contenders do not agree on the spans: {counts}")
    return best


def peak_megabytes(path: Path) -> float:
    """Return the peak memory of a load of `path`, for comparison."""
    return run("benchmarks.contenders", "tracetui", str(path))["rss_mb"]


def bars(found: Figures, size: int, smaller_mb: float) -> list[Bar]:
    """Return bars 1 to 3; `smaller_mb` is the peak of a load a tenth as large."""
    cpu = {name: figures["cpu_s"] for name, figures in found.items()}
    ours = found["tracetui"]
    large = size >= _LARGE_BYTES
    growth = ours["rss_mb"] / smaller_mb
    return [
        at_least(
            1,
            "spans per CPU second, x the plain loop's",
            cpu["naive"] / cpu["tracetui"],
            2.0 if large else 1.3,
        ),
        at_most(2, "CPU, x DuckDB's nested scan", cpu["tracetui"] / cpu["duckdb"], 2.2),
        at_most(2, "CPU, x msgspec's decode alone", cpu["tracetui"] / cpu["msgspec"], 6),
        at_most(3, "peak memory of parent and worker", ours["rss_mb"], 800, " MB"),
        at_most(3, "the same, x that of a tenth of the spans", growth, 1.5, judged=large),
    ]


def table(found: Figures, size: int) -> str:
    """Return the contenders as a Markdown table, each beside ours."""
    ours = found["tracetui"]
    lines = [
        f"{size / 1e6:,.0f} MB of OTLP JSON lines, {ours['spans']:,.0f} spans.",
        "",
        "| contender | CPU s | x tracetui's CPU | spans per CPU s | wall s | peak MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, figures in found.items():
        lines.append(
            f"| {CONTENDERS[name][0]} | {figures['cpu_s']:.2f} "
            f"| {figures['cpu_s'] / ours['cpu_s']:.2f} "
            f"| {figures['spans'] / figures['cpu_s']:,.0f} | {figures['wall_s']:.2f} "
            f"| {figures['rss_mb']:,.0f} |"
        )
    lines += [
        "",
        f"Peak memory of tracetui: {ours['parent_mb']:,.0f} MB in the program, "
        f"{ours['children_mb']:,.0f} MB in its worker, not at the same moment.",
    ]
    return "\n".join(lines)
