"""What there is to do about a file that was read before, whatever it is called now."""

import os

import pytest
from tracetui_loaders.base import ResumePoint
from tracetui_loaders.identity import Identity
from tracetui_store.known import Known, KnownSources, Plan

TEXT = "one\ntwo\n"


@pytest.fixture
def sources():
    return KnownSources()


def remember(sources, path, *, resumable=True):
    identity = Identity.of(str(path), path.stat().st_size)
    resume = ResumePoint(identity.size, 2, inside_line=False, ordinal=2) if resumable else None
    known = Known(sources.new_id(), str(path), "any", identity, resume)
    sources.add(known)
    return known


def written(path, text=TEXT):
    path.write_text(text)
    return path


def test_a_log_that_grew_is_read_on_and_a_whole_file_instead_of_what_it_was(sources, tmp_path):
    log, whole = written(tmp_path / "log"), written(tmp_path / "whole")
    of_log, of_whole = remember(sources, log), remember(sources, whole, resumable=False)
    assert sources.plan(str(log), keep=True).step == "skip"
    for path in (log, whole):
        with path.open("a") as file:
            file.write("three\n")
    on = sources.plan(str(log), keep=True)
    assert (on.step, on.known, on.replaces) == ("on", of_log, ())
    anew = sources.plan(str(whole), keep=True)
    assert (anew.step, anew.replaces) == ("whole", (of_whole,))


@pytest.mark.parametrize("log_first", [False, True])
def test_a_log_rotated_to_a_new_name_is_known_under_it_whichever_is_looked_at_first(
    log_first, sources, tmp_path
):
    log = written(tmp_path / "log.jsonl")
    known = remember(sources, log)
    rotated = log.rename(tmp_path / "log-1.jsonl")
    with rotated.open("a") as file:
        file.write("last\n")
    written(log, "new\n")
    if log_first:
        assert sources.plan(str(log), keep=True).known is None
        successor = remember(sources, log)
    plan = sources.plan(str(rotated), keep=True)
    assert (plan.step, plan.known, plan.replaces) == ("on", known, ())
    if log_first:
        assert sources.plan(str(log), keep=True) == Plan("skip", successor)
    else:
        assert sources.plan(str(log), keep=True) == Plan("whole")


def test_a_whole_file_rotated_as_the_collector_does_is_not_replaced_by_its_successor(
    sources, tmp_path
):
    path = written(tmp_path / "a.json")
    known = remember(sources, path, resumable=False)
    sibling = path.rename(tmp_path / "a-2026-11-20T10-00-00.000.json")
    written(path, "new\n")
    assert sources.plan(str(path), keep=True).replaces == ()
    assert sources.plan(str(sibling), keep=True) == Plan("skip", known)


def test_a_whole_file_written_beside_and_renamed_over_its_name_replaces_what_it_said(
    sources, tmp_path
):
    path, beside = written(tmp_path / "a.json"), written(tmp_path / "a.tmp", "other\n")
    old = remember(sources, path, resumable=False)
    new = remember(sources, beside, resumable=False)
    beside.replace(path)
    for _ in range(2):
        plan = sources.plan(str(path), keep=True)
        assert (plan.step, plan.known, plan.replaces) == ("skip", new, (old,))
    sources.forget(plan.replaces)
    assert sources.plan(str(path), keep=True).replaces == ()


def test_two_names_of_one_file_are_one_source(sources, tmp_path):
    path = written(tmp_path / "a")
    known = remember(sources, path)
    os.link(path, tmp_path / "b")
    assert sources.plan(str(tmp_path / "b"), keep=True).known is known
    assert sources.plan(str(path), keep=True).known is known


def test_a_log_truncated_and_written_anew_counts_on_while_followed_and_not_when_opened(
    sources, tmp_path
):
    path = written(tmp_path / "log")
    known = remember(sources, path)
    path.write_text("1\n")
    assert sources.plan(str(path), keep=False).replaces == (known,)
    assert sources.plan(str(path), keep=True).replaces == ()


def test_what_is_gone_and_what_has_come_says_how_much_is_to_be_read(sources, tmp_path):
    for name in "abcd":
        remember(sources, written(tmp_path / name))
    (tmp_path / "a").rename(tmp_path / "e")
    (tmp_path / "b").unlink()
    paths = [str(tmp_path / name) for name in "cde"]
    assert sources.misfit(paths) == (0.25, f"{tmp_path / 'b'} is gone")
    assert [known.path for known in sources.locate(paths)] == [str(tmp_path / "b")]
