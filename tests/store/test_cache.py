"""The cache: instant the second time, never wrong, thrown away where it does not fit."""

import os
import random
import stat
import time
from pathlib import Path

import duckdb
import pytest
from otlp_files import agent_trace, request
from tracetui_loaders.source import expand_paths
from tracetui_store import cache as caches
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
from tracetui_store.rows import Totals
from tracetui_store.store import Store
from tracetui_store.sums import sum_of


@pytest.fixture(autouse=True)
def small_files_are_worth_a_cache(monkeypatch):
    monkeypatch.setattr("tracetui_store.ingest.SMALLEST_BYTES", 1)


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def trace_file(tmp_path) -> Path:
    path = tmp_path / "traces.jsonl"
    append(path, range(1, 40))
    return path


def append(path: Path, traces: range) -> None:
    with path.open("a") as file:
        for number in traces:
            file.write(request(*agent_trace(number, start=number * 10)) + "\n")


def load(path: Path, cache: Cache | None, **options) -> tuple[Totals, bool, list[str]]:
    """Return totals, whether a cache stood below, and what the report says."""
    store, ingest = open_store([str(path)], cache=cache, **options)
    try:
        ingest.run()
        with store.reader() as reader:
            messages = [problem.message for problem in reader.problems()]
            return reader.totals(), store.based, messages
    finally:
        store.close()


def test_the_second_open_reads_the_cache_and_says_the_same(trace_file, cache):
    first, based, _ = load(trace_file, cache)
    assert not based
    second, based, messages = load(trace_file, cache)
    assert based
    assert second == first
    assert messages == []
    assert first.traces == 39


def test_a_file_that_has_grown_is_read_on_and_the_totals_are_those_of_all(trace_file, cache):
    load(trace_file, cache)
    append(trace_file, range(40, 45))
    grown, based, _ = load(trace_file, cache)
    assert based
    assert grown == load(trace_file, None)[0]
    assert grown.traces == 44


def test_a_span_sent_again_after_caching_replaces_the_cached_one(trace_file, cache):
    load(trace_file, cache)
    append(trace_file, range(3, 5))
    again, based, _ = load(trace_file, cache)
    assert based
    assert again == load(trace_file, None)[0]
    assert again.traces == 39


@pytest.mark.parametrize("what", ["truncated", "replaced", "rewritten at equal size"])
def test_a_file_that_is_not_what_was_cached_is_read_anew_and_said_so(what, trace_file, cache):
    load(trace_file, cache)
    lines = trace_file.read_text().splitlines(keepends=True)
    if what == "truncated":
        trace_file.write_text("".join(lines[:10]))
    elif what == "replaced":
        other = trace_file.with_name("other")
        other.write_text("".join(reversed(lines)) + lines[0])
        other.replace(trace_file)
    else:
        trace_file.write_text("".join(lines).replace("travel", "jumble"))
    found, based, messages = load(trace_file, cache)
    assert not based
    assert found == load(trace_file, None)[0]
    assert any("built anew" in message for message in messages)
    assert load(trace_file, cache)[1]


@pytest.mark.parametrize("damage", ["bit flip", "truncation", "zeroed block", "empty"])
def test_a_damaged_cache_is_built_anew_and_no_number_is_wrong(damage, trace_file, cache):
    expected, _, _ = load(trace_file, cache)
    (entry,) = cache.entries()
    chosen = random.Random(damage)
    for _ in range(10):
        (path,) = cache.directory.glob("*.duckdb")
        data = bytearray(path.read_bytes())
        if damage == "bit flip":
            data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        elif damage == "truncation":
            del data[chosen.randrange(len(data)) :]
        elif damage == "zeroed block":
            start = chosen.randrange(len(data) - 4096)
            if not any(data[start : start + 4096]):
                continue
            data[start : start + 4096] = bytes(4096)
        else:
            data.clear()
        path.write_bytes(data)
        found, based, messages = load(trace_file, cache)
        assert not based
        assert found == expected
        assert any("damaged" in message for message in messages)
    assert load(trace_file, cache)[:2] == (expected, True)
    assert entry.bytes > 0


def other_storage_version(path: Path) -> None:
    data = bytearray(path.read_bytes())
    # Main header: checksum, "DUCK", then the version of the storage as a little-endian number.
    assert data[8:12] == b"DUCK"
    data[12:20] = (99_999).to_bytes(8, "little")
    path.write_bytes(data)


def no_database(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" * 1_000)


def without_marks(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM own.meta")


def without_a_table(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE own.events")


def without_a_span(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM own.span_rows WHERE row_id = (SELECT 5)")


@pytest.mark.parametrize(
    "change",
    [other_storage_version, no_database, without_marks, without_a_table, without_a_span],
)
def test_a_cache_whose_bytes_are_sound_and_that_is_wrong_all_the_same_is_built_anew(
    change, trace_file, cache
):
    expected, _, _ = load(trace_file, cache)
    (path,) = cache.directory.glob("*.duckdb")
    change(path)
    stem, _, _ = path.name.rpartition("-")
    path.rename(path.with_name(f"{stem}-{sum_of(path):08x}.duckdb"))
    found, based, messages = load(trace_file, cache)
    assert (found, based) == (expected, False)
    assert any("built anew" in message for message in messages)
    assert load(trace_file, cache)[:2] == (expected, True)


def test_a_cache_of_another_version_is_built_anew(trace_file, cache, monkeypatch):
    expected, _, _ = load(trace_file, cache)
    monkeypatch.setattr(caches, "made_by", lambda: "the next version")
    found, based, messages = load(trace_file, cache)
    assert not based
    assert found == expected
    assert any("another version" in message for message in messages)


def test_caches_are_for_their_owner_only(trace_file, cache):
    load(trace_file, cache)
    (path,) = cache.directory.glob("*.duckdb")
    assert stat.S_IMODE(cache.directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_least_recently_used_caches_go_when_there_are_too_many(tmp_path):
    cache = Cache(tmp_path / "cache", largest_bytes=1)
    for name in ("one", "two"):
        path = tmp_path / name
        append(path, range(1, 5))
        load(path, cache)
    (entry,) = cache.entries()
    assert entry.sources == str(tmp_path / "two")


def test_what_a_dead_process_left_is_swept_away(trace_file, cache):
    cache.directory.mkdir(parents=True)
    left = cache.directory / "abc.999999999.tmp"
    left.write_bytes(b"half a database")
    load(trace_file, cache)
    assert not left.exists()


def test_a_cache_that_cannot_be_written_is_said_and_stops_nothing(trace_file, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the directory should be")
    found, based, messages = load(trace_file, Cache(blocked / "cache"))
    assert (found.traces, based) == (39, False)
    assert any("not cached" in message for message in messages)


def test_reindex_leaves_the_cache_aside_and_makes_a_new_one(trace_file, cache):
    load(trace_file, cache)
    (before,) = cache.directory.glob("*.duckdb")
    os.utime(before, (time.time() - 1_000,) * 2)
    _, based, _ = load(trace_file, cache, reindex=True)
    assert not based
    (after,) = cache.entries()
    assert after.used_unix_seconds > time.time() - 500


def test_a_new_file_in_a_cached_directory_is_read_beside_the_cache(tmp_path, cache):
    folder = tmp_path / "logs"
    folder.mkdir()
    append(folder / "a.jsonl", range(1, 30))
    load(folder, cache)
    append(folder / "b.jsonl", range(30, 33))
    found, based, _ = load(folder, cache)
    assert based
    assert found.traces == 32
    assert len(expand_paths([str(folder)])) == 2


def test_several_processes_may_read_one_cache(trace_file, cache):
    load(trace_file, cache)
    (path,) = cache.directory.glob("*.duckdb")
    stores = [Store.temporary(path) for _ in range(3)]
    try:
        for store in stores:
            with store.reader() as reader:
                assert reader.totals().traces == 39
    finally:
        for store in stores:
            store.close()
