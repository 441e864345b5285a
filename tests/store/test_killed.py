"""Killed at any moment, the next open is right and has lost nothing that was in the file."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store

TRACES = 400
KILLS = 8
_LOAD = """
import sys
from pathlib import Path
import tracetui_store.ingest
tracetui_store.ingest.SMALLEST_BYTES = 1
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
store, ingest = open_store([sys.argv[1]], cache=Cache(Path(sys.argv[2])))
print("began", flush=True)
ingest.run()
store.close()
print("ended", flush=True)
"""


def totals(path: Path, cache: Cache | None):
    store, ingest = open_store([str(path)], cache=cache)
    try:
        ingest.run()
        with store.reader() as reader:
            return reader.totals()
    finally:
        store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a Unix thing")
def test_a_load_killed_at_random_moments_leaves_no_wrong_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui_store.ingest.SMALLEST_BYTES", 1)
    path = tmp_path / "traces.jsonl"
    path.write_text("".join(request(*agent_trace(n)) + "\n" for n in range(1, TRACES + 1)))
    expected = totals(path, None)
    chosen = random.Random(5)
    command = [sys.executable, "-c", _LOAD, str(path)]
    for number in range(KILLS):
        folder = tmp_path / f"cache-{number}"
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            [*command, str(folder)], stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout.readline() == b"began\n"
            time.sleep(chosen.random() * 0.5)
            process.send_signal(signal.SIGKILL)
        assert totals(path, Cache(folder)) == expected
        assert totals(path, Cache(folder)) == expected
        assert not list(folder.glob("*.tmp"))


def test_what_a_killed_process_had_loaded_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "tracetui-999999999-abc"
    left.mkdir()
    (left / "traces.duckdb").write_bytes(b"secrets")
    path = tmp_path / "traces.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n")
    totals(path, None)
    assert not left.exists()
