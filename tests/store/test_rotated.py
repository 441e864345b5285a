"""Logs that are rotated, touched or many: followed or opened, every line counts once."""

import os
import time
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from store.loading import load
from store.test_follow import append, following
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store


def lines(traces):
    return "".join(request(*agent_trace(trace)) + "\n" for trace in traces)


def rotate(log: Path, second: int) -> Path:
    """Rename a log as the Collector's file exporter does."""
    return log.rename(log.with_name(f"{log.stem}-2026-11-20T10-00-{second:02}.000{log.suffix}"))


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([1]))
    return path


def said(followed) -> tuple[int, int, int]:
    """Return traces, lines and duplicates of all sources."""
    with followed.store.reader() as reader:
        files = reader.files()
        return (
            reader.totals().traces,
            sum(file.ok for file in files),
            sum(file.duplicates for file in files),
        )


@pytest.mark.parametrize("follow_directory", [False, True])
def test_a_log_that_is_rotated_again_and_again_loses_nothing(follow_directory, log):
    with following(log.parent if follow_directory else log) as followed:
        trace = 1
        for turn in range(8):
            for _ in range(3):
                trace += 1
                append(log, lines([trace]))
            rotate(log, turn)
            time.sleep(0.02 * (turn % 4))
        trace += 1
        append(log, lines([trace]))
        followed.wait_for(3 * trace)
        assert said(followed) == (trace, trace, 0)
    again = load(log)
    assert (again.totals.traces, len(again.files)) == (trace, 9)


def test_what_is_appended_under_the_old_name_just_before_the_rotation_is_read(log):
    with following(log) as followed:
        with log.open("a") as file:
            file.write(lines([2]))
            rotated = rotate(log, 1)
            file.write(lines([3]))
        log.write_text(lines([4]))
        with rotated.open("a") as file:
            file.write(lines([5]))
        followed.wait_for(3 * 5)
        assert said(followed) == (5, 5, 0)
        with followed.store.reader() as reader:
            notes = [problem.message for problem in reader.problems()]
        assert notes == [f"is called {rotated} now"]


def test_the_report_says_what_was_taken_with_a_log(log):
    rotated = rotate(log, 1)
    log.write_text(lines([2]))
    answers = load(log)
    assert [file.path for file in answers.files] == [str(rotated), str(log)]
    assert answers.files[0].reason.endswith("; rotated from traces.jsonl")
    assert "rotated" not in answers.files[1].reason
    assert "rotated" not in load(rotated).files[0].reason


def test_a_log_that_was_rotated_since_it_was_cached_is_not_read_again(log, monkeypatch):
    monkeypatch.setattr("tracetui_store.ingest.SMALLEST_BYTES", 1)
    log.write_text(lines(range(1, 30)))
    cache = Cache(log.parent / "cache")
    for _ in range(2):
        store, ingest = open_store([str(log)], cache=cache)
        ingest.run()
        store.close()
    rotate(log, 1)
    log.write_text(lines([30, 31]))
    store, ingest = open_store([str(log)], cache=cache)
    try:
        ingest.run()
        assert store.based
        with store.reader() as reader:
            assert reader.totals().traces == 31
            assert reader.totals() == load(log).totals
            assert sum(file.duplicates for file in reader.files()) == 0
    finally:
        store.close()


def test_a_file_that_is_touched_is_not_read_again(log):
    with following(log.parent) as followed:
        for second in range(5):
            os.utime(log, (second, second))
            time.sleep(0.05)
        append(log.with_name("last.jsonl"), lines([2]))
        followed.wait_for(6)
        with followed.store.reader() as reader:
            assert [(file.ok, file.duplicates) for file in reader.files()] == [(1, 0), (1, 0)]


def test_fifty_files_of_which_half_come_later_are_all_followed(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    paths = [folder / f"{number % 5}" / f"{number}.jsonl" for number in range(50)]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
    for number, path in enumerate(paths[:25]):
        append(path, lines([number + 1]))
    with following(folder) as followed:
        for number, path in enumerate(paths[25:]):
            append(path, lines([number + 26]))
        followed.wait_for(3 * 50)
        for number, path in enumerate(paths):
            text = lines([number + 101])
            append(path, text[:200])
            append(path, text[200:])
        followed.wait_for(3 * 100)
        assert said(followed) == (100, 100, 0)
        with followed.store.reader() as reader:
            report = reader.files()
        assert {file.path for file in report} == set(map(str, paths))
        assert len(report) == 50
        assert {(file.ok, file.tail, file.spans) for file in report} == {(2, 0, 6)}
