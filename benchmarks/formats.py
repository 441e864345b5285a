"""Loading of the large formats beside OTLP: CPU per megabyte of the whole load, in one run.

    python -m benchmarks.formats [--rounds 3] [--corpora ../shared/corpora]

What is loaded is decoded, normalised, stored, settled and priced; imports are done before. OTLP is
what `benchmarks.generators` writes: 1.85 kB a span, with conversations as real agents send them.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bars import Bar, at_most
from benchmarks.bars import table as bars_table
from benchmarks.format_files import OTLP, SUBJECTS, Subject
from benchmarks.processes import run

_MOST_OF_OTLP = 1.5
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What loading one subject cost: of the rounds, the one with the least CPU."""

    subject: Subject
    cpu_seconds: float
    megabytes: float
    spans: int

    @property
    def per_megabyte(self) -> float:
        """CPU milliseconds per megabyte."""
        return self.cpu_seconds / self.megabytes * 1e3

    @property
    def per_span(self) -> float:
        """CPU microseconds per span."""
        return self.cpu_seconds / self.spans * 1e6


def default_corpora() -> Path:
    """Return where the corpora are looked for: beside the checkout, or where a variable says."""
    shared = os.environ.get("TRACETUI_SHARED")
    return (Path(shared) if shared else Path(__file__).parents[2] / "shared") / "corpora"


def measure(folder: Path, corpora: Path, rounds: int) -> list[Cost]:
    """Return what OTLP costs, then every other subject; those without their corpus are left out.

    Args:
        folder: Where large files are made, and deleted when they have been measured.
        corpora: Where the corpora are.
        rounds: How often each is loaded. One round loads all, so that all share bad times.

    Raises:
        RuntimeError: If one of them gives no spans.
    """
    subjects = [OTLP]
    subjects += [item for item in SUBJECTS if not item.corpus or (corpora / item.corpus).is_dir()]
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        made = [Path(temporary) / str(number) for number in range(len(subjects))]
        for subject, out in zip(subjects, made, strict=True):
            out.mkdir()
            subject.make(out, corpora)
        best: dict[str, Cost] = {}
        for number in range(rounds):
            for subject, out in zip(subjects, made, strict=True):
                print(f"round {number + 1}: {subject.name}", file=sys.stderr, flush=True)
                found = _cost(subject, run("benchmarks.format_load", str(out)))
                known = best.get(subject.name)
                if known is None or found.cpu_seconds < known.cpu_seconds:
                    best[subject.name] = found
    return list(best.values())


def _cost(subject: Subject, figures: dict[str, float]) -> Cost:
    if not figures["spans"]:
        raise RuntimeError(f"{subject.name}: no spans were loaded")
    return Cost(subject, figures["cpu_s"], figures["megabytes"], int(figures["spans"]))


def table(costs: Sequence[Cost]) -> str:
    """Return the costs as a Markdown table, each beside OTLP's, which comes first."""
    otlp = costs[0]
    lines = [
        "| format | file | MB | spans | kB per span | CPU ms per MB | x OTLP "
        "| CPU µs per span | x OTLP |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {cost.subject.name} | {cost.subject.made} | {cost.megabytes:.1f} | {cost.spans:,} "
        f"| {cost.megabytes * 1e3 / cost.spans:.2f} "
        f"| {cost.per_megabyte:.0f} | {cost.per_megabyte / otlp.per_megabyte:.2f} "
        f"| {cost.per_span:,.0f} | {cost.per_span / otlp.per_span:.2f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def bars(costs: Sequence[Cost]) -> list[Bar]:
    """Return a bar for each format but OTLP, whose costs come first."""
    otlp = costs[0].per_megabyte
    return [
        at_most(
            0,
            f"CPU per MB of {cost.subject.name}, x OTLP's",
            cost.per_megabyte / otlp,
            _MOST_OF_OTLP,
        )
        for cost in costs[1:]
        if cost.subject.judged
    ]


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--corpora", type=Path, default=default_corpora())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(Path(folder), options.corpora, options.rounds)
    print(f"{table(costs)}\n\n{bars_table(bars(costs))}")


if __name__ == "__main__":
    main()
