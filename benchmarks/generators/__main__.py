"""Writes a generated file.

    python -m benchmarks.generators OUT.jsonl [--format otlp|flat|claude-code|...] [--count 100000]

`--count` is spans, of Claude Code and Codex lines; `--largest` the spans of the one large trace.
"""

import argparse
from pathlib import Path

from benchmarks.generators.files import FORMATS, write


def main() -> None:
    """Write a file from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--format", choices=sorted(FORMATS), default="otlp")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--largest", type=int, help="spans of the large trace; default a tenth")
    options = parser.parse_args()
    write(options.out, options.format, options.count, seed=options.seed, largest=options.largest)


if __name__ == "__main__":
    main()
