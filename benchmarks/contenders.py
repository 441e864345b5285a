"""Loading one OTLP file, by tracetui and by what one would write otherwise.

Run as `python -m benchmarks.contenders STARTED NAME FILE [CACHE]`; `benchmarks.loading` does.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.processes import cpu_seconds

_ROWS_AT_ONCE = 10_000
_FIRST_SPANS = 1_000


def _tracetui(path: str, started: float, cache: str | None = None) -> dict[str, float]:
    """Everything: normalised, settled, queryable, and with `cache` published as a cache."""
    from tracetui_store.cache import Cache
    from tracetui_store.ingest import Progress
    from tracetui_store.opening import open_store

    first = 0.0

    def on_progress(progress: Progress) -> None:
        nonlocal first
        if not first and progress.spans >= _FIRST_SPANS:
            first = time.perf_counter() - started

    store, ingest = open_store([path], on_progress, cache=Cache(Path(cache)) if cache else None)
    ingest.run()
    with store.reader() as reader:
        spans = reader.totals().spans
    store.close()
    return {"spans": spans, "first_s": first}


def _msgspec(path: str, _: float) -> dict[str, float]:
    """The limit: decode every line, typed, and keep nothing."""
    import msgspec
    from tracetui_loaders.otlp.json_types import Request

    decode = msgspec.json.Decoder(Request).decode
    spans = 0
    with Path(path).open("rb") as file:
        for line in file:
            for resource in decode(line).resourceSpans or ():
                spans += sum(len(scope.spans or ()) for scope in resource.scopeSpans or ())
    return {"spans": spans}


def _naive(path: str, _: float) -> dict[str, float]:
    """What one writes first: json per line, rows in Python, one table in a default DuckDB.

    It keeps 13 columns, among them all attributes and events as JSON text. It decides no kind,
    provider, outcome or usage role, finds no repeated spans or orphans, keeps neither resource,
    scope, links nor line numbers, and stops at the first bad line.
    """
    import duckdb
    import pyarrow as pa

    with tempfile.TemporaryDirectory() as folder, Path(path).open(encoding="utf-8") as file:
        connection = duckdb.connect(f"{folder}/naive.duckdb")
        rows: list[dict[str, Any]] = []
        made = False
        for line in file:
            for resource_spans in json.loads(line)["resourceSpans"]:
                for scope_spans in resource_spans["scopeSpans"]:
                    rows.extend(map(_naive_row, scope_spans["spans"]))
            if len(rows) >= _ROWS_AT_ONCE:
                _insert(connection, pa.Table.from_pylist(rows), made=made)
                rows, made = [], True
        _insert(connection, pa.Table.from_pylist(rows), made=made)
        count = connection.execute("SELECT count(*) FROM spans").fetchall()[0][0]
        connection.close()
    return {"spans": count}


def _insert(connection: Any, table: Any, *, made: bool) -> None:
    if table.num_rows:
        connection.register("batch", table)
        how = "INSERT INTO spans BY NAME" if made else "CREATE TABLE spans AS"
        connection.execute(f"{how} SELECT * FROM batch")
        connection.unregister("batch")


def _naive_row(span: dict[str, Any]) -> dict[str, Any]:
    attributes = {item["key"]: next(iter(item["value"].values())) for item in span["attributes"]}
    return {
        "trace_id": span["traceId"],
        "span_id": span["spanId"],
        "parent_span_id": span["parentSpanId"],
        "name": span["name"],
        "start": int(span["startTimeUnixNano"]),
        "end": int(span["endTimeUnixNano"]),
        "status": span.get("status", {}).get("code", 0),
        "operation": attributes.get("gen_ai.operation.name", ""),
        "model": attributes.get("gen_ai.response.model", ""),
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


def _duckdb_scan(path: str, _: float) -> dict[str, float]:
    """DuckDB's nested scan of the same file: typed, and nothing written."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    count = connection.execute(_SCAN, {"path": path}).fetchall()[0][0]
    return {"spans": count}


CONTENDERS: dict[str, tuple[str, Callable[..., dict[str, float]]]] = {
    "tracetui": ("tracetui: normalised, settled, queryable, cache written", _tracetui),
    "naive": ("json.loads per line, rows, default DuckDB", _naive),
    "duckdb": ("DuckDB read_json, nested scan, nothing written", _duckdb_scan),
    "msgspec": ("msgspec typed decode alone, nothing kept", _msgspec),
}


def main(started: str, name: str, path: str, *more: str) -> None:
    """Run one contender in this process and print its figures."""
    before = cpu_seconds()
    figures = CONTENDERS[name][1](path, float(started), *more)
    figures["wall_s"] = time.perf_counter() - float(started)
    figures["cpu_s"] = cpu_seconds() - before
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
