"""Files that change are named within moments, whatever became of them."""

import os
import threading
from contextlib import contextmanager

import pytest
from tracetui_loaders import follow
from tracetui_loaders.follow import Follower
from tracetui_loaders.identity import Identity, change

PATIENCE = 60.0


class Watch:
    """A follower in a thread of its own, and all that it has named."""

    def __init__(self, follower):
        self.follower = follower
        self.named = []
        self.news = threading.Condition()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        for changed in self.follower:
            with self.news:
                self.named.extend(changed)
                self.news.notify_all()

    def until(self, *paths):
        """Wait until all `paths` are named, forget what was named until then and return it."""
        wanted = set(map(str, paths))
        with self.news:
            assert self.news.wait_for(lambda: wanted <= set(self.named), PATIENCE), self.named
            named, self.named = set(self.named), []
        return named


@contextmanager
def following(*paths, **options):
    with Follower([str(path) for path in paths], **options) as follower:
        watch = Watch(follower)
        watch.thread.start()
        try:
            yield watch
        finally:
            follower.stop()
            watch.thread.join(PATIENCE)
            assert not watch.thread.is_alive()


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def polling(request, monkeypatch):
    # With events, waiting for the look at all files must not be what passes the test.
    monkeypatch.setattr(follow, "_LOOK_SECONDS", PATIENCE * 10)
    monkeypatch.setattr(follow, "_POLL_SECONDS", 0.02)
    return request.param


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "traces.jsonl"
    path.write_bytes(b"{}\n" * 10)
    return path


def append(path, data=b"{}\n"):
    with path.open("ab") as stream:
        stream.write(data)


def test_every_file_is_named_first_and_then_those_that_grow(tmp_path, file, polling):
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"")
    with following(file, other, force_polling=polling) as watch:
        watch.until(file, other)
        for _ in range(3):
            before = Identity.of(str(other), 0)
            append(other)
            watch.until(other)
            assert change(before, str(other)) == "grown"


def test_what_changed_in_a_file_that_is_not_followed_is_not_named(tmp_path, file, polling):
    with following(file, force_polling=polling) as watch:
        watch.until(file)
        append(tmp_path / "stranger")
        append(file)
        assert watch.until(file) == {str(file)}


def test_a_rotated_file_is_named_and_so_is_its_successor(file, polling):
    with following(file, force_polling=polling) as watch:
        watch.until(file)
        before = Identity.of(str(file), 0)
        file.rename(file.with_suffix(".1"))
        watch.until(file)
        assert change(before, str(file)) == "gone"
        file.write_bytes(b"{}\n" * 20)
        watch.until(file)
        assert change(before, str(file)) == "replaced"
        append(file)
        watch.until(file)


def test_a_truncated_file_is_named(file, polling):
    with following(file, force_polling=polling) as watch:
        watch.until(file)
        before = Identity.of(str(file), 0)
        os.truncate(file, 3)
        watch.until(file)
        assert change(before, str(file)) == "replaced"


def test_a_new_file_in_a_directory_and_in_a_new_directory_is_named(tmp_path, file, polling):
    with following(tmp_path, force_polling=polling) as watch:
        watch.until(file)
        append(tmp_path / "second")
        watch.until(tmp_path / "second")
        (tmp_path / "deep" / "deeper").mkdir(parents=True)
        append(tmp_path / "deep" / "deeper" / "third")
        watch.until(tmp_path / "deep" / "deeper" / "third")
        append(tmp_path / "deep" / "deeper" / "third")
        watch.until(tmp_path / "deep" / "deeper" / "third")


def test_a_new_match_of_a_pattern_is_named(tmp_path, polling):
    with following(tmp_path / "*" / "*.jsonl", force_polling=polling) as watch:
        (tmp_path / "a").mkdir()
        append(tmp_path / "a" / "one.txt")
        append(tmp_path / "a" / "one.jsonl")
        match = str(tmp_path / "a" / "one.jsonl")
        assert watch.until(match) == {match}
        append(tmp_path / "a" / "one.txt")
        append(tmp_path / "a" / "one.jsonl")
        assert watch.until(match) == {match}


def test_a_file_that_comes_later_is_named(tmp_path, polling):
    with following(tmp_path / "later", force_polling=polling) as watch:
        append(tmp_path / "later")
        watch.until(tmp_path / "later")


def test_the_target_of_a_link_is_watched(tmp_path, file, polling):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link"
    link.symlink_to(file)
    with following(link, force_polling=polling) as watch:
        watch.until(link)
        append(file)
        watch.until(link)


def test_what_no_event_tells_is_found_by_looking(file, monkeypatch):
    def silent(*_, stop_event, **__):
        while not stop_event.wait(0.01):
            yield set()

    monkeypatch.setattr("watchfiles.watch", silent)
    monkeypatch.setattr(follow, "_LOOK_SECONDS", 0.05)
    with following(file) as watch:
        watch.until(file)
        append(file)
        watch.until(file)


def test_without_notifications_files_are_polled(file, monkeypatch):
    def refused(*_, **__):
        raise OSError("no watches left")

    monkeypatch.setattr("watchfiles.watch", refused)
    monkeypatch.setattr(follow, "_POLL_SECONDS", 0.02)
    with following(file) as watch:
        watch.until(file)
        append(file)
        watch.until(file)
