"""Full disks, and directories that may only be read: plain words, and what is in view stays."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from tracetui_loaders import batch
from tracetui_store import room
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
from tracetui_store.store import StoreError

TRACES = 2_000
RAW_WORDS = ("Error:", "Errno", "IO Error", "invalidated", "Exception")
_LIMITED = """
import json, resource, sys
from pathlib import Path
import tracetui_store.ingest
tracetui_store.ingest.SMALLEST_BYTES = 1
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
from tracetui_store.store import Store
store, ingest = open_store([sys.argv[1]], cache=Cache(Path(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
try:
    ingest.run()
    error = None
    with store.reader() as reader:
        said = [reader.totals().spans, [problem.message for problem in reader.problems()]]
except Exception as failure:
    said, error = None, f"{type(failure).__name__}: {failure}"
store.close()
print(json.dumps([said, error]))
"""


@pytest.fixture(scope="module")
def traces(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "traces.jsonl"
    path.write_text("".join(request(*agent_trace(n)) + "\n" for n in range(1, TRACES + 1)))
    return path


@pytest.fixture(autouse=True)
def small_files_are_worth_a_cache(monkeypatch):
    monkeypatch.setattr("tracetui_store.ingest.SMALLEST_BYTES", 1)


@contextmanager
def mounted(folder: Path, *options: str):
    """Mount a small file system on `folder`, where that is allowed."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def read_only(folder: Path):
    """Make `folder`, as it is, one that may only be read."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    again = ["mount", "--bind", str(folder), str(folder)]
    if subprocess.run(again, capture_output=True, check=False).returncode:
        pytest.skip("root may write everywhere, and mounting is not permitted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def load(path: Path, cache: Cache | None) -> tuple[int, bool, list[str]]:
    store, ingest = open_store([str(path)], cache=cache)
    try:
        ingest.run()
        with store.reader() as reader:
            messages = [problem.message for problem in reader.problems()]
            return reader.totals().spans, store.based, messages
    finally:
        store.close()


def in_plain_words(text: str) -> bool:
    return not any(word in text for word in RAW_WORDS)


def test_a_disk_too_full_for_a_cache_is_said_and_everything_is_loaded(traces, tmp_path):
    with mounted(tmp_path / "small", "size=64k") as folder:
        cache = Cache(folder / "cache")
        for _ in range(2):
            spans, based, messages = load(traces, cache)
            assert (spans, based) == (3 * TRACES, False)
            assert messages == [f"not cached: {folder / 'cache'}: the disk is full"]
        assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_cache_directory_that_may_only_be_read_is_used_as_far_as_that_goes(traces, tmp_path):
    folder = tmp_path / "cache"
    load(traces, Cache(folder))
    with read_only(folder):
        assert load(traces, Cache(folder)) == (3 * TRACES, True, [])
        os.utime(traces, (1, 1))
        assert load(traces, Cache(folder))[1]
        (published,) = folder.iterdir()
    data = bytearray(published.read_bytes())
    data[len(data) // 2] ^= 1
    published.write_bytes(data)
    with read_only(folder):
        spans, based, messages = load(traces, Cache(folder))
    assert (spans, based) == (3 * TRACES, False)
    assert len(messages) == 2
    assert "damaged" in messages[0]
    assert messages[1].startswith(f"not cached: {folder}: ")
    assert all(map(in_plain_words, messages))


def test_a_cache_directory_that_cannot_be_made_is_said_and_stops_nothing(traces, tmp_path):
    (tmp_path / "taken").write_text("a file")
    spans, based, (message,) = load(traces, Cache(tmp_path / "taken" / "cache"))
    assert (spans, based) == (3 * TRACES, False)
    assert message.startswith("not cached: ")
    assert in_plain_words(message)


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are a Unix thing")
@pytest.mark.parametrize("most", [20_000, 100_000, 400_000])
def test_files_that_may_not_grow_leave_no_half_cache_and_no_raw_words(most, traces, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(traces), str(tmp_path / "cache"), str(most)],
        capture_output=True,
        check=True,
        text=True,
    )
    said, error = json.loads(done.stdout)
    if error is None:
        assert said[0] == 3 * TRACES
        assert all(map(in_plain_words, said[1]))
        assert bool(said[1]) != bool(list((tmp_path / "cache").glob("*.duckdb")))
    else:
        assert error.startswith("StoreError: ")
        assert in_plain_words(error.removeprefix("StoreError: "))
        assert "may not become that large" in error
    assert not list((tmp_path / "cache").glob("*.tmp"))
    assert load(traces, Cache(tmp_path / "cache"))[0] == 3 * TRACES


def test_a_load_that_would_fill_the_disk_stops_with_what_it_has_in_view(traces, monkeypatch):
    monkeypatch.setattr(room, "_SMALL_BYTES", 100_000)
    monkeypatch.setattr(batch, "BATCH_SPANS", 500)
    free = iter([10**9, 10**9, 0])
    usage = room.shutil.disk_usage(".")
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: usage._replace(free=next(free)))
    store, ingest = open_store([str(traces)])
    try:
        with pytest.raises(StoreError, match="the disk is full\nSet TMPDIR") as caught:
            ingest.run()
        assert in_plain_words(str(caught.value))
        with store.reader() as reader:
            assert 0 < reader.totals().spans < 3 * TRACES
    finally:
        store.close()


def test_there_being_nowhere_for_a_store_is_said_and_costs_no_cache(traces, tmp_path, monkeypatch):
    cache = Cache(tmp_path / "cache")
    load(traces, cache)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with pytest.raises(StoreError, match="cannot make a temporary store in ") as caught:
        load(traces, cache)
    assert in_plain_words(str(caught.value))
    monkeypatch.undo()
    assert load(traces, cache)[1]
