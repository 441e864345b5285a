"""Killed at any moment, the next open is right and has lost nothing that was in the file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from tracetui_store.opening import open_store

KILLS = 3 * int(os.environ.get("TRACETUI_KILLS", "4"))
"""A third each of loads, publications and follows; `TRACETUI_KILLS=50` for the whole claim."""
PROGRAM = Path(__file__).with_name("killed_loads.py")


@pytest.mark.skipif(sys.platform != "linux", reason="forks a process that has threads at hand")
def test_after_kills_of_loads_publications_and_follows_every_open_is_right(tmp_path):
    tests = PROGRAM.parent.parent
    paths = [str(Path(path).resolve()) for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path), "20261121", str(KILLS)],
        env={
            **os.environ,
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": os.pathsep.join([str(tests), *paths]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    trials = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(trials) == KILLS
    for phase, killed, counted, found, left in trials:
        assert killed, phase
        for opened in found:
            assert opened is not None, phase
            totals, _, duplicates, rejected = opened
            assert (totals, duplicates, rejected) == (counted, 0, 0), phase
        assert left == [], phase
    # Kills came before and after a cache was there, and files had grown by then.
    assert {found[0][1] for _, _, _, found, _ in trials} == {True, False}
    assert len({tuple(counted) for _, _, counted, _, _ in trials}) > KILLS // 10
    assert all(found[1][1] for _, _, _, found, _ in trials if len(found) == 2)
    # What killed loads had in their private directories went with the next open.
    assert len(list(tmp_path.glob("tracetui-*"))) <= 1


def test_what_a_killed_process_had_loaded_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "tracetui-999999999-abc"
    left.mkdir()
    (left / "traces.duckdb").write_bytes(b"secrets")
    path = tmp_path / "traces.jsonl"
    path.write_text(request(*agent_trace(1)) + "\n")
    store, ingest = open_store([str(path)])
    ingest.run()
    store.close()
    assert not left.exists()
