"""Appended lines until they can be queried: bar 7."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.bars import Bar, at_most
from benchmarks.generators import otlp
from benchmarks.processes import run

_SPANS_PER_LINE = 10
_LINES_PER_SECOND = 100
_SECONDS = 12
_PATIENCE = 10.0


def bars(path: Path, folder: Path) -> list[Bar]:
    """Follow a log beside `path`, which is loaded first, while another process appends to it."""
    found = run("benchmarks.following", "follow", str(path), str(folder / "live.jsonl"))
    written = _SECONDS * _LINES_PER_SECOND * _SPANS_PER_LINE
    delays = sorted(found["delays_ms"])
    p95 = statistics.quantiles(delays, n=20)[-1]
    rate = f"{found['rate']:,.0f} spans/s beside {found['before']:,} loaded spans"
    return [
        at_most(7, f"append to queryable, p50, {rate}", statistics.median(delays), 100, " ms"),
        at_most(7, "append to queryable, p95", p95, 250, " ms"),
        Bar(
            7,
            "appended spans that can be queried",
            f"{written:,}",
            f"{found['queryable']:,}",
            found["queryable"] == written,
        ),
    ]


def append(target: str) -> None:
    """Append lines at a steady rate; print when each was written."""
    lines = list(otlp.lines(_SECONDS * _LINES_PER_SECOND * _SPANS_PER_LINE, seed=11, per_line=10))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    with Path(target).open("ab", buffering=0) as file:
        for number, line in enumerate(lines):
            time.sleep(max(0.0, began + number / _LINES_PER_SECOND - time.perf_counter()))
            file.write(line)
            print(repr(time.perf_counter()), flush=True)


def follow(path: str, target: str) -> None:
    """Load, follow, and compare when lines were written with when their spans could be counted."""
    import json
    import threading

    from tracetui_store.ingest import Ingest, Progress
    from tracetui_store.store import Store

    log = Path(target)
    log.write_bytes(b"".join(otlp.lines(100, seed=12)))
    store = Store.temporary()
    seen: list[tuple[float, int]] = []

    def queryable() -> int:
        with store.reader() as reader:
            return reader.count("span_rows")

    def on_progress(_: Progress) -> None:
        count = queryable()
        seen.append((time.perf_counter(), count))

    ingest = Ingest(store, [path, target], on_progress)
    ingest.run()
    before = queryable()
    seen.clear()
    thread = threading.Thread(target=ingest.follow)
    thread.start()
    time.sleep(1.0)
    written = _appended(target)
    wanted = len(written) * _SPANS_PER_LINE
    deadline = time.monotonic() + _PATIENCE
    while queryable() < before + wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    ingest.cancel()
    thread.join()
    found = queryable() - before
    store.close()
    delays, place = [], 0
    for number, moment in enumerate(written, 1):
        while place < len(seen) and seen[place][1] < before + number * _SPANS_PER_LINE:
            place += 1
        delays.append((seen[place][0] - moment) * 1e3 if place < len(seen) else float("inf"))
    rate = wanted / (written[-1] - written[0])
    print(json.dumps({"delays_ms": delays, "rate": rate, "before": before, "queryable": found}))


def _appended(target: str) -> list[float]:
    """Run the appending process; return when it wrote each line, on the clock of all processes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.following", "0", "append", target],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    output, _ = process.communicate("go\n")
    return [float(line) for line in output.splitlines()]


if __name__ == "__main__":
    _, _, what, *arguments = sys.argv
    {"append": append, "follow": follow}[what](*arguments)
