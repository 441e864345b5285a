"""Where bytes come from: compression, standard input, directories, globs (INGEST §4)."""

import gzip
import os
import threading

import pytest
import zstandard
from loaders.loading import NotReadError, load_bytes, load_file
from otlp_files import otlp_span, request
from tracetui_loaders import source
from tracetui_loaders.source import Source, SourceError, expand_paths


def lines(*numbers):
    return b"".join(
        request(otlp_span(number, name=f"s{number}")).encode() + b"\n" for number in numbers
    )


MANY = range(1, 2_001)
PLAIN = lines(*MANY)
PACKED = {
    "gzip": gzip.compress(PLAIN),
    "gzip of two members": gzip.compress(lines(*MANY[:900])) + gzip.compress(lines(*MANY[900:])),
    "zstd": zstandard.compress(PLAIN),
    "zstd of two frames": zstandard.compress(lines(*MANY[:900]))
    + zstandard.compress(lines(*MANY[900:])),
}


@pytest.mark.parametrize("name", ["traces.gz", "traces.jsonl", "traces"])
@pytest.mark.parametrize("packing", PACKED)
def test_compression_is_told_by_content_and_every_part_is_read(tmp_path, packing, name):
    loaded = load_bytes(tmp_path, PACKED[packing], name)
    assert loaded.names == [f"s{number}" for number in MANY]
    assert loaded.problems == []


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("left_out", [1, 3, 500, 2_000])
def test_a_truncated_stream_keeps_what_came_before_and_says_so(tmp_path, packing, left_out):
    loaded = load_bytes(tmp_path, PACKED[packing][:-left_out])
    assert loaded.names == [f"s{number}" for number in range(1, len(loaded.spans) + 1)]
    assert "tail" in loaded.kinds()
    assert "compressed stream ends" in loaded.problems[-1]["message"]
    assert loaded.lines.rejected == 0
    if left_out < 4:
        assert len(loaded.spans) >= 1_000 if "zstd" in packing else len(loaded.spans) >= 1_990


def test_an_uncompressed_file_named_gz_is_read(tmp_path):
    assert load_bytes(tmp_path, lines(1), "traces.jsonl.gz").names == ["s1"]


@pytest.mark.parametrize("junk", [b"\x1f\x8b", b"\x1f\x8b\x08\x00junk", b"\x28\xb5\x2f\xfd\x00"])
def test_a_broken_compressed_file_is_refused(tmp_path, junk):
    with pytest.raises(NotReadError):
        load_bytes(tmp_path, junk)


def test_a_compressed_file_of_something_else_is_refused(tmp_path):
    with pytest.raises(NotReadError, match="text, not JSON"):
        load_bytes(tmp_path, gzip.compress(b"hello\n"))


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_standard_input_is_read_like_a_file(tmp_path, packing, monkeypatch):
    path = tmp_path / "data"
    path.write_bytes(PLAIN if packing == "plain" else PACKED[packing])
    with path.open("rb") as stream:
        monkeypatch.setitem(source._stdin, "fd", stream.fileno())
        assert len(load_file("-").spans) == len(MANY)


def test_a_pipe_that_comes_in_pieces_is_read_whole(monkeypatch):

    reader, writer = os.pipe()

    def write():
        with os.fdopen(writer, "wb", buffering=0) as stream:
            for start in range(0, len(PLAIN), 50_001):
                stream.write(PLAIN[start : start + 50_001])

    thread = threading.Thread(target=write)
    thread.start()
    monkeypatch.setitem(source._stdin, "fd", reader)
    try:
        assert load_file("-").names == [f"s{number}" for number in MANY]
    finally:
        thread.join()
        os.close(reader)


def test_paths_may_be_files_directories_and_patterns_and_a_file_is_read_once(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("a.jsonl", "b/c.json", "b/d", ".hidden/e", ".f"):
        (tmp_path / name).write_bytes(lines(1))
    found = expand_paths([str(tmp_path), str(tmp_path / "*.jsonl"), str(tmp_path / "a.jsonl")])
    assert [os.path.relpath(path, tmp_path) for path in found] == ["a.jsonl", "b/c.json", "b/d"]


def test_one_file_named_in_two_ways_is_read_once(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(lines(1))
    monkeypatch.chdir(tmp_path)
    assert len(expand_paths(["a.jsonl", "./a.jsonl", str(tmp_path / "a.jsonl")])) == 1


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    path = tmp_path / "a[1].jsonl"
    path.write_bytes(lines(1))
    assert expand_paths([str(path)]) == [str(path)]


@pytest.mark.parametrize(
    ("path", "message"),
    [("missing.jsonl", "no such file"), ("*.nothing", "no file matches"), ("empty", "no files")],
)
def test_a_path_that_names_nothing_says_why(tmp_path, path, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=message):
        expand_paths([str(tmp_path / path)])


def test_a_file_that_may_not_be_read_says_why(tmp_path):
    with pytest.raises(SourceError, match="Is a directory"):
        Source(str(tmp_path))


@pytest.mark.parametrize("size", [source.HEAD_BYTES - 1, source.HEAD_BYTES, source.HEAD_BYTES + 1])
def test_lines_around_the_first_block_are_cut_right(tmp_path, size):
    filler = {"key": "x", "value": {"stringValue": "y" * size}}
    first = request(otlp_span(1, name="s1") | {"attributes": [filler]})
    loaded = load_bytes(tmp_path, first.encode() + b"\n" + lines(2, 3))
    assert loaded.names == ["s1", "s2", "s3"]
    assert loaded.spans[1]["byte_offset"] == len(first) + 1


def test_one_line_of_many_blocks_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "HEAD_BYTES", 64)
    monkeypatch.setattr(source, "FIRST_BLOCK_BYTES", 128)
    monkeypatch.setattr(source, "BLOCK_BYTES", 100)
    assert load_bytes(tmp_path, lines(*range(1, 40))).names == [f"s{n}" for n in range(1, 40)]
