"""Following: what is appended is read once, whole, and the totals are right at every moment."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from otlp_files import agent_trace, otlp_span, request
from tracetui_store.ingest import Ingest, Progress
from tracetui_store.store import Store

PATIENCE = 120.0


class Followed:
    """A store that follows paths in a thread, and waits for what it should hold."""

    def __init__(self, *paths: Path) -> None:
        self.store = Store.temporary()
        self.grown = threading.Condition()
        self.ingest = Ingest(self.store, [str(path) for path in paths], self.on_progress)
        self.ingest.run()
        self.thread = threading.Thread(target=self.ingest.follow)
        self.thread.start()

    def on_progress(self, _: Progress) -> None:
        with self.grown:
            self.grown.notify_all()

    def spans(self) -> int:
        with self.store.reader() as reader:
            return reader.totals().spans

    def wait_for(self, spans: int) -> None:
        with self.grown:
            assert self.grown.wait_for(lambda: self.spans() == spans, PATIENCE), self.spans()

    def close(self) -> None:
        self.ingest.cancel()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.store.close()


@contextmanager
def following(*paths: Path) -> Iterator[Followed]:
    followed = Followed(*paths)
    try:
        yield followed
    finally:
        followed.close()


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "agent.jsonl"
    append(path, request(*agent_trace(1)) + "\n")
    return path


def test_lines_that_are_appended_are_read(log):
    with following(log) as followed:
        before = followed.spans()
        for number in range(2, 6):
            append(log, request(*agent_trace(number)) + "\n")
            followed.wait_for(before * number)
        with followed.store.reader() as reader:
            (file,) = reader.files()
            assert file.bytes == log.stat().st_size


def test_a_torn_line_waits_until_it_is_whole(log):
    with following(log) as followed:
        before = followed.spans()
        line = request(*agent_trace(2)) + "\n"
        append(log, line[:100])
        append(log, line[100:200])
        append(log, line[200:])
        followed.wait_for(2 * before)
        with followed.store.reader() as reader:
            (file,) = reader.files()
            assert (file.ok, file.tail, file.rejected) == (2, 0, 0)
            assert reader.problems() == []


def test_a_log_that_is_rotated_loses_nothing_and_counts_nothing_twice(log):
    with following(log) as followed:
        before = followed.spans()
        append(log, request(*agent_trace(2)) + "\n")
        followed.wait_for(2 * before)
        log.rename(log.with_name("agent-1.jsonl"))
        append(log, request(*agent_trace(3)) + "\n")
        followed.wait_for(3 * before)


def test_a_log_that_is_rotated_inside_a_followed_directory_is_not_read_twice(log):
    with following(log.parent) as followed:
        before = followed.spans()
        log.rename(log.with_name("agent-1.jsonl"))
        append(log, request(*agent_trace(3)) + "\n")
        followed.wait_for(2 * before)
        with followed.store.reader() as reader:
            assert [file.duplicates for file in reader.files()] == [0, 0]


def test_a_log_that_is_truncated_keeps_what_it_said_and_reads_on(log):
    with following(log) as followed:
        before = followed.spans()
        log.write_text(request(otlp_span(1, trace=9, name="after")) + "\n")
        followed.wait_for(before + 1)


def test_a_new_file_in_a_followed_directory_is_read(log):
    with following(log.parent) as followed:
        before = followed.spans()
        append(log.with_name("second.jsonl"), request(*agent_trace(7)) + "\n")
        followed.wait_for(2 * before)


def test_a_span_that_ends_later_replaces_its_running_self_and_children_find_late_parents(log):
    with following(log) as followed:
        before = followed.spans()
        child = otlp_span(2, 1, "child", trace=5)
        append(log, request(child) + "\n")
        followed.wait_for(before + 1)
        with followed.store.reader() as reader:
            assert reader.totals().orphans == 1
        running = otlp_span(1, None, "root", trace=5) | {"endTimeUnixNano": "0"}
        append(log, request(running) + "\n")
        followed.wait_for(before + 2)
        with followed.store.reader() as reader:
            assert reader.totals().running == 1
        append(log, request(otlp_span(1, None, "root", trace=5)) + "\n")
        with followed.grown:
            assert followed.grown.wait_for(lambda: running_spans(followed) == 0, PATIENCE)
        assert followed.spans() == before + 2
        with followed.store.reader() as reader:
            assert reader.totals().orphans == 0


def running_spans(followed: Followed) -> int:
    with followed.store.reader() as reader:
        return reader.totals().running


def test_totals_while_following_are_those_of_a_count_of_the_file(log):
    with following(log) as followed:
        for number in range(2, 30):
            append(log, request(*agent_trace(number)) + "\n")
        spans = [
            span
            for line in log.read_text().splitlines()
            for span in json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"]
        ]
        followed.wait_for(len(spans))
        with followed.store.reader() as reader:
            totals = reader.totals()
        assert totals.traces == len({span["traceId"] for span in spans})
        assert totals.input_tokens == 120 * 29
