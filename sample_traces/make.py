"""Makes the sample traces: `python sample_traces/make.py`.

Needs `opentelemetry-sdk` and `opentelemetry-proto`. The same script gives the same bytes.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from scenarios import SCENARIOS
from scenarios.recording import Recorder

_DAY = datetime(2026, 9, 15, tzinfo=UTC)


def main() -> None:
    """Write every sample file."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).resolve().parent
    parser.add_argument("--out", type=Path, default=here, help="where the files go")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for i, (name, record) in enumerate(SCENARIOS.items()):
        hour = 0 if name == "support-day" else 8 + i
        start = int(_DAY.replace(hour=hour, minute=7 * i % 60).timestamp()) * 1_000_000_000
        # Not on a whole second: real spans never are.
        recorder = Recorder(seed=20260915 + i, start=start + 137_412_861 * (i + 1))
        record(recorder)
        recorder.write(out / f"{name}.otlp.jsonl")


if __name__ == "__main__":
    main()
