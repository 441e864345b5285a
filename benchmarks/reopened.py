"""A process that opens a file over its cache and asks what a view asks: bars 6 and 8.

Run as `python -m benchmarks.reopened STARTED FILE CACHE`; `benchmarks.opening` does.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

_ROUNDS = 5
_WORD = "latency budget"
"""Common words, never side by side in one sentence: a search that has to read everything."""


def _cpu_milliseconds(ask: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """Return the median CPU milliseconds of asking, all threads together."""
    found: list[float] = []
    for _ in range(rounds):
        before = time.process_time()
        ask()
        found.append((time.process_time() - before) * 1e3)
    return statistics.median(found)


def main(started: str, path: str, cache: str) -> None:
    """Open, list, show one trace; print the figures."""
    from tracetui_analyses.span_tree import SpanTree
    from tracetui_store.cache import Cache
    from tracetui_store.opening import open_store

    store, ingest = open_store([path], cache=Cache(Path(cache)))
    if not store.based:
        raise RuntimeError("the cache was not used: did the program's files change meanwhile?")
    with store.reader() as reader:
        traces = reader.traces()
        small = traces["trace_id"][0].as_py()
        SpanTree.from_table(reader.trace_spans(small))
        reopen, cpu = time.perf_counter() - float(started), time.process_time()
        largest = max(
            zip(traces["span_count"].to_pylist(), traces["trace_id"].to_pylist(), strict=True)
        )
        figures = {
            "reopen_s": reopen,
            "reopen_cpu_s": cpu,
            "largest_spans": largest[0],
            "list_ms": _cpu_milliseconds(reader.traces),
            "totals_ms": _cpu_milliseconds(reader.totals),
            "small_ms": _cpu_milliseconds(lambda: reader.trace_spans(small)),
            "tree_ms": _cpu_milliseconds(
                lambda: SpanTree.from_table(reader.trace_spans(largest[1]))
            ),
            "search_ms": _cpu_milliseconds(lambda: list(reader.search(_WORD)), 2),
            "search_hits": sum(part.hits.num_rows for part in reader.search(_WORD)),
        }
    ingest.cancel()
    store.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
