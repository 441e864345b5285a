"""Every text format at once: no value anywhere makes one raise, and no line goes uncounted.

Tests of each format know what should become of a value. Here a record of one format, changed in one
place, is shown to all of them, for detection asks all; then its own reads it.
"""

import json
from functools import cache
from itertools import islice

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from loaders.corpus import as_lines, mutations, physical_lines
from loaders.span_samples import SAMPLES
from shared_data import REPOSITORY, shared
from tracetui_loaders.base import Head, LineCounts, LoadError
from tracetui_loaders.registry import choose, loader_named, loaders
from tracetui_loaders.source import Source

MADE = {
    "codex_tui_log": [
        {"ts": "2025-09-01T10:00:00Z", "dir": "meta", "kind": "session_start", "cwd": "/w"},
        {"ts": "2025-09-01T10:00:01Z", "dir": "to_tui", "kind": "app_event", "variant": "Redraw"},
    ],
    "copilot_vscode": [
        {
            "requesterUsername": "ada",
            "responderUsername": "GitHub Copilot",
            "requests": [
                {
                    "requestId": "request_1",
                    "timestamp": 1762883660019,
                    "message": {"text": "hi"},
                    "response": [{"value": "hello"}],
                    "result": {"timings": {"totalElapsed": 5}, "metadata": {}},
                }
            ],
        }
    ],
    "goose": [
        {
            "role": "assistant",
            "created": 1750000000,
            "content": [{"type": "toolRequest", "id": "c1", "toolCall": {"value": {"name": "x"}}}],
        }
    ],
    "inspect_eval": [
        {
            "version": 2,
            "status": "success",
            "eval": {"task": "t", "model": "openai/gpt-4o", "created": "2025-05-12T20:28:13-04:00"},
            "samples": [
                {
                    "id": 1,
                    "epoch": 1,
                    "input": "hi",
                    "messages": [{"role": "user", "content": "hi"}],
                    "scores": {"match": {"value": "C"}},
                    "events": [
                        {"event": "span_begin", "id": "s", "name": "solver", "timestamp": 1.0},
                        {"event": "model", "model": "m", "input": [], "output": {"choices": []}},
                    ],
                }
            ],
        }
    ],
    "tau_bench": [
        {
            "task_id": 1,
            "reward": 1.0,
            "trial": 0,
            "info": {"task": {"instruction": "buy"}},
            "traj": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}],
        }
    ],
}
"""Of formats of which the corpora hold large files, or none."""
TABLES = {"otlp_proto", "otel_parquet", "sqlite_spans", "duckdb_file"}
"""No text; they have tests of their own."""
NAMES = sorted({loader.name for loader in loaders()[0]} - TABLES)
_LARGEST = 40_000
_RECORDS = 12


@cache
def samples():
    """Return some records of each format: of its smallest files, or made here."""
    found = {**SAMPLES, **MADE}
    folders = (shared("corpora"), REPOSITORY / "tests/loaders/vendor_samples")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: path.stat().st_size):
        if path.stat().st_size > _LARGEST or path.suffix == ".eval":
            continue
        data = path.read_bytes()
        loader = choose(Head(data, complete=True)).loader
        if loader is not None and loader.name not in found:
            found[loader.name] = list(islice(values_in(data), _RECORDS))
    return found


def values_in(data):
    """Yield the objects of a document or of JSON lines."""
    try:
        yield json.loads(data)
    except ValueError:
        for line in data.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def test_every_text_format_has_a_sample():
    assert set(NAMES) <= samples().keys()


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@examples(8)
def test_a_value_changed_anywhere_troubles_no_format_and_loses_no_line(tmp_path, name, data):
    records = list(samples()[name])
    number = data.draw(st.integers(0, len(records) - 1))
    records[number] = data.draw(mutations(records[number]))
    path = tmp_path / "changed.json"
    path.write_text(as_lines(records))
    source = Source(str(path))
    lines = LineCounts()
    try:
        head = Head(source.head, source.head_complete)
        for loader in loaders()[0]:
            assert 0.0 <= loader.sniff(head) <= 1.0, loader.name
        for batch in loader_named(name).load(source, 0):
            lines.add(batch.lines)
    except LoadError:
        return  # refused as a whole, with a reason
    finally:
        source.close()
    counted = lines.ok + lines.repaired + lines.rejected + lines.blank + lines.tail
    assert counted == physical_lines(path)
