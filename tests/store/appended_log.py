"""A log that one process appends to and several follow: programs for `test_appended`."""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path

import tracetui_store.ingest
from store.killed_loads import lines
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store

BEFORE = 20
"""Traces that are there before anybody looks."""
LINES_PER_SECOND = 2_000
_TICKS_PER_SECOND = 100
_PATIENCE = 240.0


def append(log: Path, count: int) -> None:
    """Append as many lines, cut anywhere, at a steady rate."""
    data = lines(BEFORE, BEFORE + count).encode()
    chosen = random.Random(7)
    ticks = max(1, count * _TICKS_PER_SECOND // LINES_PER_SECOND)
    cuts = sorted(chosen.randrange(len(data)) for _ in range(ticks - 1))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    with log.open("ab", buffering=0) as file:
        for tick, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(data)], strict=True)):
            time.sleep(max(0.0, began + tick / _TICKS_PER_SECOND - time.monotonic()))
            os.write(file.fileno(), data[first:last])
    print(time.monotonic() - began, flush=True)


def follow(log: Path, cache: Path, last: int) -> None:
    """Load, say so, and follow until the trace `last` is there; print the totals."""
    tracetui_store.ingest.SMALLEST_BYTES = 1
    grown = threading.Event()
    store, ingest = open_store([str(log)], lambda _: grown.set(), cache=Cache(cache))
    ingest.run()
    print("ready", flush=True)
    thread = threading.Thread(target=ingest.follow)
    thread.start()
    deadline = time.monotonic() + _PATIENCE
    trace_id = f"{last:032x}"
    with store.reader() as reader:
        while not reader.trace_spans(trace_id).num_rows and time.monotonic() < deadline:
            grown.wait(1.0)
            grown.clear()
        ingest.cancel()
        thread.join()
        totals = reader.totals()
        (file,) = reader.files()
    store.close()
    found = [totals.traces, totals.spans, totals.input_tokens]
    fates = [file.ok, file.repaired, file.rejected, file.blank, file.tail, file.duplicates]
    print(json.dumps([found, fates]), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "append":
        append(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        follow(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
