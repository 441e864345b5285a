"""Loading beside a plain loop and DuckDB's own JSON reader, on one file in one run.

    python -m benchmarks.loading [--spans 100000]

Each subject runs in a process of its own; CPU seconds include its children. Ratios of one run are
what counts: machines are shared.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.generate import write


def _ours(path: str) -> dict[str, float]:
    from tracetui_store.ingest import Ingest, Progress
    from tracetui_store.store import Store

    store = Store.temporary()
    started, first = time.perf_counter(), 0.0

    def on_progress(progress: Progress) -> None:
        nonlocal first
        if not first and progress.spans >= 500:
            first = time.perf_counter() - started

    Ingest(store, [path], on_progress).run()
    figures = {"first_spans_s": first, "load_s": time.perf_counter() - started}
    with store.reader() as reader:
        for name, ask in (
            ("list_cpu_ms", reader.traces),
            ("totals_cpu_ms", reader.totals),
        ):
            before = time.process_time()
            ask()
            figures[name] = (time.process_time() - before) * 1e3
        spans = reader.totals().spans
    store.close()
    return figures | {"spans": spans}


def _msgspec(path: str) -> dict[str, float]:
    """The limit: decode every line, typed, and keep nothing."""
    from tracetui_loaders.formats.otlp_json import _decode_request

    with Path(path).open("rb") as file:
        for line in file:
            _decode_request(line)
    return {}


def _naive(path: str) -> dict[str, float]:
    """What one writes first: json per line, rows in Python, one table in a default DuckDB."""
    import duckdb
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            for resource_spans in json.loads(line)["resourceSpans"]:
                for scope_spans in resource_spans["scopeSpans"]:
                    rows.extend(map(_naive_row, scope_spans["spans"]))
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(f"{folder}/naive.duckdb")
        table = pa.Table.from_pylist(rows)
        connection.register("rows", table)
        connection.execute("CREATE TABLE spans AS SELECT * FROM rows")
        count = connection.execute("SELECT count(*) FROM spans").fetchall()[0][0]
        connection.close()
    return {"spans": count}


def _naive_row(span: dict[str, Any]) -> dict[str, Any]:
    attributes = {item["key"]: next(iter(item["value"].values())) for item in span["attributes"]}
    return {
        "trace_id": span["traceId"],
        "span_id": span["spanId"],
        "parent_span_id": span["parentSpanId"],
        "name": span["name"],
        "start": int(span["startTimeUnixNano"]),
        "end": int(span["endTimeUnixNano"]),
        "status": span.get("status", {}).get("code"),
        "operation": attributes.get("gen_ai.operation.name"),
        "model": attributes.get("gen_ai.response.model"),
        "input_tokens": int(attributes.get("gen_ai.usage.input_tokens") or 0),
        "output_tokens": int(attributes.get("gen_ai.usage.output_tokens") or 0),
        "attributes": json.dumps(attributes),
        "events": json.dumps(span.get("events", [])),
    }


_SCAN = """
SELECT count(*), sum(length(span.name)), sum(len(span.attributes))
FROM (
    SELECT unnest(scope.spans) AS span
    FROM (
        SELECT unnest(resource."scopeSpans") AS scope
        FROM (
            SELECT unnest("resourceSpans") AS resource
            FROM read_json($path, format = 'newline_delimited', maximum_object_size = 134217728,
                columns = {"resourceSpans": 'STRUCT("scopeSpans" STRUCT(spans STRUCT(
                    "traceId" VARCHAR, "spanId" VARCHAR, "parentSpanId" VARCHAR, name VARCHAR,
                    "startTimeUnixNano" VARCHAR, "endTimeUnixNano" VARCHAR,
                    attributes STRUCT(key VARCHAR, value STRUCT("stringValue" VARCHAR,
                        "intValue" VARCHAR, "doubleValue" DOUBLE))[])[])[])[]'})
        )
    )
)
"""


def _duckdb_scan(path: str) -> dict[str, float]:
    """DuckDB's nested scan of the same file: typed, and nothing written."""
    import duckdb

    count = duckdb.connect().execute(_SCAN, {"path": path}).fetchall()[0][0]
    return {"spans": count}


_SUBJECTS: dict[str, tuple[str, Callable[[str], dict[str, float]]]] = {
    "tracetui": ("tracetui: normalised, settled, queryable", _ours),
    "naive": ("json.loads per line, rows, default DuckDB", _naive),
    "duckdb": ("DuckDB read_json, nested scan, nothing written", _duckdb_scan),
    "msgspec": ("msgspec typed decode alone, nothing kept", _msgspec),
}


def _cpu_seconds() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _run_subject(name: str, path: str) -> None:
    """Run one subject in this process and print its figures."""
    _, subject = _SUBJECTS[name]
    if name == "tracetui" or name != "msgspec":
        pass
    before, started = _cpu_seconds(), time.perf_counter()
    figures = subject(path)
    figures |= {
        "cpu_s": _cpu_seconds() - before,
        "wall_s": time.perf_counter() - started,
        "rss_mb": sum(
            resource.getrusage(who).ru_maxrss / 1e3
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ),
    }
    print(json.dumps(figures))


def measure(path: Path, rounds: int = 3) -> dict[str, dict[str, float]]:
    """Return the figures of every subject on `path`: of `rounds`, the one with the least CPU."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for name in _SUBJECTS:
            command = [sys.executable, "-m", "benchmarks.loading", "--subject", name, str(path)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            figures = json.loads(output.splitlines()[-1])
            if name not in best or figures["cpu_s"] < best[name]["cpu_s"]:
                best[name] = figures
    return best


def table(found: dict[str, dict[str, float]], size: int) -> str:
    """Return the Markdown table, each subject beside ours."""
    ours = found["tracetui"]
    lines = [
        "| subject | CPU s | x tracetui's CPU | wall s | peak MB (with children) |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, figures in found.items():
        lines.append(
            f"| {_SUBJECTS[name][0]} | {figures['cpu_s']:.2f} "
            f"| {figures['cpu_s'] / ours['cpu_s']:.2f} | {figures['wall_s']:.2f} "
            f"| {figures['rss_mb']:.0f} |"
        )
    lines += [
        "",
        f"File: {size / 1e6:.0f} MB, {ours['spans']:,.0f} spans. First 500 spans queryable after "
        f"{ours['first_spans_s'] * 1e3:.0f} ms; trace list {ours['list_cpu_ms']:.0f} ms CPU; "
        f"totals {ours['totals_cpu_ms']:.0f} ms CPU.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Generate a file, measure every subject on it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--subject", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.subject:
        _run_subject(*options.subject)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spans.otlp.jsonl"
        write(path, options.spans)
        print(table(measure(path, options.rounds), path.stat().st_size))


if __name__ == "__main__":
    main()
