"""A file that was read is known again, and one that is not the same is never taken for it."""

import json
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui_loaders import identity
from tracetui_loaders.identity import PIECE_BYTES, Identity, change

LINES = b"".join(b'{"number": %d}\n' % number for number in range(2_000))


@pytest.fixture(params=[b"", b"ab", LINES[:PIECE_BYTES], LINES], ids=["empty", "2", "4K", "30K"])
def file(request, tmp_path):
    path = tmp_path / "traces"
    path.write_bytes(request.param)
    return path


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "traces"
    path.write_bytes(LINES)
    return path


def identity_of(path):
    return Identity.of(str(path), path.stat().st_size)


def later(path, before):
    """Give `path` a time of change after that of `before`, however coarse the clock is."""
    os.utime(path, ns=(before.mtime_ns + 10, before.mtime_ns + 10))


def test_a_file_nobody_touched_is_the_same(file):
    assert change(identity_of(file), str(file)) == "same"


def test_a_file_that_was_appended_to_has_grown(file):
    before = identity_of(file)
    with file.open("ab") as stream:
        stream.write(b"more\n")
    assert change(before, str(file)) == "grown"


def test_what_was_appended_between_reading_and_looking_is_growth(large):
    read = len(LINES) - 100
    before = Identity.of(str(large), read - 7, size=read)
    assert change(before, str(large)) == "grown"


def test_a_torn_tail_that_is_completed_has_grown(large):
    before = Identity.of(str(large), len(LINES) - 5)
    with large.open("ab") as stream:
        stream.write(b"rest\n")
    assert change(before, str(large)) == "grown"


def test_a_shorter_file_is_replaced(large):
    before = identity_of(large)
    os.truncate(large, len(LINES) // 2)
    assert change(before, str(large)) == "replaced"


def test_a_file_copied_and_truncated_and_written_past_its_old_size_is_replaced(large):
    before = identity_of(large)
    os.truncate(large, 0)
    with large.open("ab") as stream:
        stream.write(b'{"other": 1}\n' * 4_000)
    assert change(before, str(large)) == "replaced"


def test_a_file_truncated_in_the_middle_and_written_on_is_replaced(large):
    before = identity_of(large)
    os.truncate(large, PIECE_BYTES * 2)
    with large.open("ab") as stream:
        stream.write(b'{"other": 1}\n' * 4_000)
    assert change(before, str(large)) == "replaced"


@pytest.mark.parametrize("longer", [b"", b"more\n"])
def test_a_rotated_file_is_replaced_even_by_one_that_begins_alike(large, longer):
    before = identity_of(large)
    large.rename(large.with_suffix(".1"))
    large.write_bytes(LINES + longer)
    assert change(before, str(large)) == "replaced"


def test_a_rotated_file_that_has_no_successor_yet_is_gone(large):
    before = identity_of(large)
    large.rename(large.with_suffix(".1"))
    assert change(before, str(large)) == "gone"
    assert change(before, str(large.with_suffix(".1"))) == "same"


def test_a_file_rewritten_in_place_at_equal_size_is_replaced(large):
    before = identity_of(large)
    with large.open("r+b") as stream:
        stream.seek(len(LINES) // 2)
        stream.write(b"!")
    later(large, before)
    assert change(before, str(large)) == "replaced"


@pytest.mark.parametrize("place", [0, -1])
def test_a_rewrite_that_keeps_size_and_time_shows_at_the_beginning_and_the_end(large, place):
    before = identity_of(large)
    with large.open("r+b") as stream:
        stream.seek(place, os.SEEK_END if place < 0 else os.SEEK_SET)
        stream.write(b"!")
    os.utime(large, ns=(before.mtime_ns, before.mtime_ns))
    assert change(before, str(large)) == "replaced"


def test_a_touched_file_is_the_same(file):
    before = identity_of(file)
    later(file, before)
    assert change(before, str(file)) == "same"


def test_a_touched_file_that_is_too_large_to_be_summed_counts_as_replaced(large, monkeypatch):
    monkeypatch.setattr(identity, "SUMMED_BYTES", 100)
    before = identity_of(large)
    later(large, before)
    assert change(before, str(large)) == "replaced"


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=3 * PIECE_BYTES), min_size=1, max_size=4),
    flip=st.integers(0, 1 << 20),
)
def test_a_sum_that_is_carried_on_as_a_file_grows_is_that_of_all_and_tells_any_change(
    tmp_path_factory, pieces, flip
):
    path = tmp_path_factory.mktemp("growing") / "traces"
    before = None
    for piece in pieces:
        with path.open("ab") as stream:
            stream.write(piece)
        with path.open("rb", buffering=0) as stream:
            before = Identity.of_open(stream, path.stat().st_size, before=before)
    assert before.checksum == identity_of(path).checksum == zlib.crc32(b"".join(pieces))
    data = bytearray(path.read_bytes())
    data[flip % len(data)] ^= 1
    path.write_bytes(data)
    later(path, before)
    assert change(before, str(path)) == "replaced"


def test_a_directory_in_its_place_is_no_file(large):
    before = identity_of(large)
    large.unlink()
    large.mkdir()
    assert change(before, str(large)) == "gone"


def test_an_identity_survives_being_stored(file):
    before = identity_of(file)
    stored = json.loads(json.dumps(before.to_dict()))
    assert Identity.from_dict(stored) == before
