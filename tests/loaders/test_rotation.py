"""A log and what it was rotated to are one: taken together, the oldest first, once each."""

import pytest
from tracetui_loaders.rotation import rotated_siblings
from tracetui_loaders.source import expand_paths

OLDEST = "traces-2026-11-19T23-59-59.999.jsonl"
OLDER = "traces-2026-11-20T10-00-00.000.jsonl"
COMPRESSED = "traces-2026-11-20T10-00-00.001.jsonl.gz"
STRANGERS = (
    "traces-2026-11-20.jsonl",
    "traces-1.jsonl",
    "traces-2026-11-20T10-00-00.000.json",
    "other-2026-11-20T10-00-00.000.jsonl",
    "traces-2026-11-20T10-00-00.000.jsonl.tmp",
)


@pytest.fixture
def folder(tmp_path):
    for name in (COMPRESSED, OLDER, "traces.jsonl", OLDEST, *STRANGERS):
        (tmp_path / name).write_text("{}\n")
    (tmp_path / "traces-2026-11-20T12-00-00.000.jsonl").mkdir()
    return tmp_path


def names(paths, folder):
    return [path.removeprefix(f"{folder}/") for path in paths]


def test_a_log_is_opened_with_its_older_parts_in_front(folder):
    found = expand_paths([str(folder / "traces.jsonl")])
    assert names(found, folder) == [OLDEST, OLDER, COMPRESSED, "traces.jsonl"]


def test_an_older_part_that_is_named_too_is_taken_once(folder):
    found = expand_paths([str(folder / "traces.jsonl"), str(folder / OLDER)])
    assert sorted(names(found, folder)) == sorted([OLDEST, OLDER, COMPRESSED, "traces.jsonl"])


def test_an_older_part_alone_is_opened_alone(folder):
    part = str(folder / OLDER)
    assert expand_paths([part]) == [part]


def test_a_pattern_takes_what_it_matches_only(folder):
    found = expand_paths([str(folder / "traces.json[l]")])
    assert names(found, folder) == ["traces.jsonl"]


def test_in_a_directory_older_parts_come_before_their_log(folder):
    found = names(expand_paths([str(folder)]), folder)
    assert found.index(OLDEST) < found.index(OLDER) < found.index("traces.jsonl")


def test_a_relative_name_and_one_without_suffix(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "log-2026-11-20T10-00-00.000").write_text("{}\n")
    assert rotated_siblings("log") == ["log-2026-11-20T10-00-00.000"]
    assert rotated_siblings("nowhere/log") == []
