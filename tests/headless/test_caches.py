"""Commands read what was opened before from its cache, and leave one behind."""

import json
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from tracetui_store.cache import Cache

COMMANDS = (
    ("summary", "--json"),
    ("traces", "--json"),
    ("show", "--json"),
    ("spans", "--json", "--payloads"),
    ("doctor", "--json"),
    ("errors", "--json"),
    ("open",),
)


@pytest.fixture(autouse=True)
def small_files_are_worth_a_cache_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui_store.ingest.SMALLEST_BYTES", 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@pytest.fixture
def logs(tmp_path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    lines = [request(*agent_trace(number)) + "\n" for number in range(1, 20)]
    (folder / "traces.jsonl").write_text("".join(lines) + "no JSON\n")
    (folder / "README").write_text("words\n")
    return folder


@pytest.fixture
def stores_opened(monkeypatch) -> list[bool]:
    """Collect, of every store that a command opens, whether a cache stands below."""
    from tracetui.headless import loading

    opened, open_store = [], loading.open_store

    def watched(*arguments, **options):
        store, ingest = open_store(*arguments, **options)
        opened.append(store.based)
        return store, ingest

    monkeypatch.setattr(loading, "open_store", watched)
    return opened


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_from_a_cache_a_command_prints_the_same(command, run, logs, stores_opened):
    name, *options = command
    printed = [run(name, logs, *options, *more) for more in (["--no-cache"], [], [])]
    assert stores_opened == [False, False, True]
    assert {done.exit_code for done in printed} == {0}
    assert len({done.stdout for done in printed}) == 1
    assert printed[0].stdout.strip()


def test_without_a_cache_none_is_left_and_reindex_makes_a_new_one(run, logs, stores_opened):
    run("summary", logs, "--no-cache")
    assert Cache().entries() == []
    run("summary", logs)
    (before,) = Cache().entries()
    run("errors", logs, "--reindex")
    (after,) = Cache().entries()
    assert stores_opened == [False, False, False]
    assert after.used_unix_seconds > before.used_unix_seconds


def test_what_a_file_has_grown_by_is_in_what_a_command_prints(run, logs, stores_opened):
    run("summary", logs)
    with (logs / "traces.jsonl").open("a") as file:
        file.write(request(*agent_trace(30)) + "\n")
    summary = json.loads(run("summary", logs, "--json").stdout)
    assert stores_opened == [False, True]
    assert summary["traces"] == 20
