"""A file that is always read as a whole replaces what it said before: at once, not too often."""

import os
import threading
from pathlib import Path

import pytest
from examples import examples
from hypothesis import Phase, given
from hypothesis import strategies as st
from otlp_files import otlp_span, request
from store.test_follow import following
from store.whole_files import use_whole_files
from tracetui_store import cache as caches
from tracetui_store import ingest as loading
from tracetui_store import rereading
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store
from tracetui_store.rereading import Rereading
from tracetui_store.sql import SOURCE_COLUMNS, TABLES
from tracetui_store.store import Store

HEAD = '{"whole": true}\n'
_SPAN = "SELECT trace_id, span_id, name, usage_role, input_tokens FROM spans ORDER BY ALL"
_ORPHANS = "SELECT row_id IS NULL FROM orphans"
_LEFT = """
SELECT count(*)
FROM (SELECT resource_id AS row_id FROM resources UNION ALL SELECT row_id FROM superseded)
WHERE (row_id >> 40) NOT IN (SELECT source_id FROM sources)
"""

QUICK = examples(
    # Every example opens a dozen databases: too slow to be shrunk.
    5,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.fixture(autouse=True)
def whole_files(monkeypatch):
    use_whole_files(monkeypatch)


def spans_of(lines):
    """Return a line per pair of span number and tokens; some repeat spans of other files."""
    return "".join(
        request(
            otlp_span(
                number,
                parent=number // 2 or None,
                name=f"{number} {tokens}",
                trace=number % 3 + 1,
                attributes={
                    "gen_ai.operation.name": "chat",
                    "gen_ai.usage.input_tokens": tokens,
                    "gen_ai.usage.output_tokens": 1,
                },
            )
        )
        + "\n"
        for number, tokens in lines
    )


LINES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 99)), min_size=1, max_size=7)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["append", "append to log", "rewrite", "replace", "touch", "empty", "remove", "rename"]
        ),
        st.sampled_from("ab"),
        LINES,
    ),
    min_size=1,
    max_size=6,
)


class Folder:
    """Files that change, and beside them copies of what should count."""

    def __init__(self, place: Path) -> None:
        self.place, self.shadow = place / "real", place / "shadow"
        for folder in (self.place, self.shadow):
            folder.mkdir(parents=True)
        self.order: list[str] = []
        self.names = {"a": "a", "b": "b"}

    def write(self, name: str, text: str, how: str = "w") -> None:
        path = self.place / name
        before = path.stat().st_mtime_ns if path.exists() else 0
        with path.open(how) as file:
            file.write(text)
        os.utime(path, ns=(before + 10**9, before + 10**9))

    def counts(self, name: str, *, anew: bool = True) -> None:
        """Let what `name` says now be what counts."""
        (self.shadow / name).write_bytes((self.place / name).read_bytes())
        if anew and name in self.order:
            self.order.remove(name)
        if name not in self.order:
            self.order.append(name)

    def change(self, step: str, name: str, lines) -> None:
        name = self.names[name]
        path = self.place / name
        text = spans_of(lines)
        if step == "append to log":
            self.write("log", text, "a")
            self.counts("log", anew=False)
        elif step == "append" and path.exists():
            self.write(name, text, "a")
            self.counts(name)
        elif step in ("append", "rewrite"):
            same = path.exists() and path.read_text() == HEAD + text
            self.write(name, HEAD + text)
            if not same:
                self.counts(name)
        elif step == "replace":
            (self.place.parent / "new").write_text(HEAD + text)
            (self.place.parent / "new").replace(path)
            self.counts(name)
        elif step == "touch" and path.exists():
            self.write(name, "", "a")
        elif step == "empty" and path.exists():
            self.write(name, "")
        elif step == "remove":
            path.unlink(missing_ok=True)
        elif step == "rename" and path.exists() and path.stat().st_size:
            self.rename(name)

    def rename(self, name: str) -> None:
        key = next(key for key, value in self.names.items() if value == name)
        self.names[key] = f"{name}x"
        (self.place / name).rename(self.place / f"{name}x")
        (self.shadow / name).rename(self.shadow / f"{name}x")
        self.order[self.order.index(name)] = f"{name}x"

    def paths(self) -> list[str]:
        return [str(path) for path in sorted(self.place.iterdir())]


def said(store: Store) -> tuple[object, ...]:
    """Return all that may be asked of a store, but for file names and what is kept of notes."""
    with store.reader() as reader:
        cursor = reader._cursor
        spans = cursor.execute(_SPAN).fetchall()
        tables = {
            table: cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            for table in ("span_rows", "payloads", "superseded", "sources")
        }
        orphans = cursor.execute(_ORPHANS).fetchall()
        left = cursor.execute(_LEFT).fetchall()
        lines = cursor.execute("SELECT sum(ok), sum(rejected) FROM current_progress").fetchall()
    assert left == [(0,)]
    return spans, tables, orphans, lines


def expected(folder: Folder) -> tuple[object, ...]:
    """Return what a store says that reads, once, what should count."""
    store, ingest = open_store([str(folder.shadow / name) for name in folder.order])
    try:
        ingest.run()
        return said(store)
    finally:
        store.close()


def begin(tmp_path_factory, first, second) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("files"))
    folder.write("a", HEAD + spans_of(first))
    folder.write("b", HEAD + spans_of(second))
    folder.write("log", spans_of(first[:2]))
    for name in ("a", "b", "log"):
        folder.counts(name)
    return folder


@pytest.mark.parametrize("based", [False, True])
@QUICK
@given(first=LINES, second=LINES, steps=STEPS)
def test_whatever_becomes_of_files_that_are_followed_each_counts_once_as_it_is_now(
    based, tmp_path_factory, monkeypatch, first, second, steps
):
    monkeypatch.setattr(loading, "SMALLEST_BYTES", 1)
    monkeypatch.setattr(Rereading, "wait_for", lambda *_: 0.0)
    folder = begin(tmp_path_factory, first, second)
    cache = Cache(folder.place.parent / "cache") if based else None
    asked = [str(folder.place)]
    if based:
        store, ingest = open_store(asked, cache=cache)
        ingest.run()
        store.close()
    store, ingest = open_store(asked, cache=cache)
    try:
        ingest.run()
        assert store.based == based
        ingest._following = True
        assert said(store) == expected(folder)
        for step in steps:
            folder.change(*step)
            ingest._catch_up(folder.paths())
            assert said(store) == expected(folder), step
    finally:
        store.close()


@QUICK
@given(first=LINES, second=LINES, steps=STEPS)
def test_a_cache_of_files_that_have_changed_since_is_used_for_those_that_have_not(
    tmp_path_factory, monkeypatch, first, second, steps
):
    monkeypatch.setattr(loading, "SMALLEST_BYTES", 1)
    monkeypatch.setattr(caches, "REBUILD_SHARE", 1e9)
    folder = begin(tmp_path_factory, first, second)
    cache = Cache(folder.place.parent / "cache")
    asked = [str(folder.place)]
    store, ingest = open_store(asked, cache=cache)
    ingest.run()
    store.close()
    for step in steps:
        if step[0] != "empty":
            folder.change(*step)
    store, ingest = open_store(asked, cache=cache)
    fresh, all_anew = open_store(asked)
    try:
        ingest.run()
        all_anew.run()
        assert store.based
        spans, tables, orphans, lines = said(store)
        again = said(fresh)
        assert (tables["sources"], tables["payloads"]) == (
            again[1]["sources"],
            again[1]["payloads"],
        )
        assert [row[:2] for row in spans] == [row[:2] for row in again[0]]
        assert (orphans, lines) == again[2:]
    finally:
        store.close()
        fresh.close()


def test_nobody_sees_a_file_half_read_or_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(rereading, "_PAUSE", 0.1)
    path = tmp_path / "session"
    versions = [HEAD + spans_of((n, 5) for n in range(1, size)) for size in (40, 60, 80, 100)]
    path.write_text(versions[0])
    with following(path) as followed:
        seen, stop = set(), threading.Event()

        def look():
            while not stop.is_set():
                seen.add(followed.spans())

        looking = threading.Thread(target=look)
        looking.start()
        try:
            for version in versions[1:]:
                path.write_text(version)
                followed.wait_for(version.count("\n") - 1)
        finally:
            stop.set()
            looking.join()
        assert seen <= {39, 59, 79, 99}
        with followed.store.reader() as reader:
            assert reader.count("span_rows") == 99


def test_what_cannot_be_read_any_more_stays_as_it_was_and_the_report_says_so(tmp_path):
    path = tmp_path / "session"
    path.write_text(HEAD + spans_of([(1, 5), (2, 6)]))
    store, ingest = open_store([str(path)])
    try:
        ingest.run()
        ingest._following = True
        path.write_text("nothing known")
        for _ in range(3):
            ingest._catch_up([str(path)])
        with store.reader() as reader:
            assert reader.count("span_rows") == 2
            problems = reader.rows("queries/problems", source_id=None, limit=10)
        assert [kind for _, _, _, kind, _ in problems] == ["rejected", "note"]
        assert "what it said before stays" in problems[-1][-1]
    finally:
        store.close()


def test_reading_anew_takes_one_part_in_ten_of_the_time_and_passes_no_file_over():
    now = 0.0
    budget = Rereading(lambda: now)
    turns = dict.fromkeys("abc", 0)
    while now < 1_000:
        for path in budget.in_order("abc"):
            if budget.wait_for(path):
                continue
            with budget.reading():
                now += 2
                turns[path] += 1
        now += 0.25
    assert 2 * sum(turns.values()) <= 0.1 * now + 2
    assert sum(turns.values()) >= 45
    assert max(turns.values()) - min(turns.values()) <= 1


def test_a_file_that_is_read_again_and_again_does_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(Rereading, "wait_for", lambda *_: 0.0)
    path = tmp_path / "session"
    path.write_text(HEAD)
    store, ingest = open_store([str(path)])
    try:
        ingest.run()
        ingest._following = True
        for turn in range(20):
            path.write_text(HEAD + spans_of((n, turn + 1) for n in range(1, 40)))
            ingest._catch_up([str(path)])
        with store.reader() as reader:
            for table in ("span_rows", "payloads"):
                assert reader.count(table) == 39
            assert reader.count("resources") == 1
            assert reader.count("progress") < 30
            assert reader.count("source_states") == 1
    finally:
        store.close()


def test_it_is_known_of_every_table_where_its_rows_come_from():
    assert set(TABLES) - set(SOURCE_COLUMNS) == {
        *("generations", "compactions", "meta", "prices", "price_editions"),
        "summaries",
        "stale_traces",
        "trace_rows",
    }
