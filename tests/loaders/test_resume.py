"""A file that grows is read piece by piece, and comes out as if it had been read at once."""

import gzip
import json
import re
from dataclasses import astuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from loaders.otlp_encoding import message
from otlp_files import otlp_span, request
from tracetui_loaders import worker
from tracetui_loaders.base import Head, LineCounts, is_resumable
from tracetui_loaders.registry import choose, loader_named
from tracetui_loaders.source import Source

TABLES = ("spans", "events", "links", "logs", "problems")


PREFIXES = [lambda size: size.to_bytes(4, "big"), lambda size: bytes([size])]


class Reading:
    """What stands of a file that is read again whenever it has grown."""

    def __init__(self, path):
        self.path = path
        self.loader = None
        self.forget()

    def forget(self):
        self.resume = None
        self.settled = []
        self.provisional = []
        self.resources = {}

    def read(self):
        """Read what is new; everything, if there is no way to go on."""
        if self.resume is None:
            self.forget()
        self.provisional = []
        source = Source(str(self.path), self.resume)
        try:
            if self.resume is None:
                self.loader = choose(Head(source.head, source.head_complete)).loader
            loader = self.loader
            if loader is None:
                return
            for batch in loader.load(source, 3):
                assert not self.provisional
                (self.provisional if batch.provisional else self.settled).append(batch)
                self.resume = batch.resume
                for row in batch.resources.to_pylist():
                    assert self.resources.setdefault(row["resource_id"], row) is row
        finally:
            source.close()

    def result(self):
        """Return all rows and counts, with the resources themselves in place of their ids."""
        lines = LineCounts()
        tables = {name: [] for name in TABLES}
        for batch in [*self.settled, *self.provisional]:
            lines.add(batch.lines)
            for name in TABLES:
                tables[name].extend(getattr(batch, name).to_pylist())
        for row in tables["spans"] + tables["logs"]:
            resource = self.resources[row.pop("resource_id")]
            row["resource"] = {**resource, "resource_id": None}
        for batch in self.provisional:
            assert [getattr(batch, name).num_rows for name in TABLES[:-1]] == [0] * 4
            assert batch.resources.num_rows == 0
        return astuple(lines), tables


def at_once(path, data):
    path.write_bytes(data)
    reading = Reading(path)
    reading.read()
    return reading.result()


def in_pieces(path, data, cuts):
    path.write_bytes(b"")
    reading = Reading(path)
    begin = 0
    for cut in [*sorted({min(cut, len(data)) for cut in cuts}), len(data)]:
        with path.open("ab") as stream:
            stream.write(data[begin:cut])
        begin = cut
        reading.read()
    return reading.result()


def good(number):
    return request(otlp_span(number, name=f"s{number}")).encode()


def pretty(number):
    return json.dumps(json.loads(good(number)), indent=2).encode()


LINES = {
    "good": good(1),
    "two values": good(2) + good(3),
    "two values with a comma": good(2) + b" , " + good(3) + b",",
    "a good value and a bad one": good(4) + b'{"level": 1}',
    "a bad value and a good one": b'{"level": 1}' + good(4),
    "a good value and words": good(5) + b" done {x} [1]",
    "a good value and a torn one": good(5) + good(6)[:120],
    "a good value and a loose quote": good(5) + b' "x {',
    "a good value and a loose bracket": good(5) + b"}",
    "a good value and a zero byte": good(5) + b"\x00",
    "a zero byte and a good value": b"\x00" + good(5),
    "a mark and two good values": b"\xef\xbb\xbf" + good(5) + good(6),
    "a bare NaN": good(6).replace(b'"kind": 1', b'"kind": NaN'),
    "two values with a bare NaN": good(6).replace(b'"kind": 1', b'"kind": NaN') + good(7),
    "a bad span among good ones": request(otlp_span(7), otlp_span(8) | {"name": 5}).encode(),
    "an empty request": b'{"resourceSpans": []}',
    "a torn line": good(9)[:200],
    "words": b"2026-11-20 {INFO} started {x}",
    "a number": b"12",
    "an array": b"[" + good(10) + b", " + good(11) + b"]",
    "another object": b'{"level": "info"}',
    "a missing value": b'{"resourceSpans": }',
    "no UTF-8": good(12).replace(b"s12", b"s\xff"),
    "nothing": b"",
    "spaces": b" \t ",
    "zero bytes": b"\x00\x00",
    "an indented good value": b"  " + good(13),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_cut_anywhere_is_read_as_one(tmp_path, name):
    data = good(20) + b"\n" + LINES[name] + b"\n" + good(21) + b"\n"
    expected = at_once(tmp_path / "whole", data)
    begin, size = len(good(20)), len(LINES[name]) + 3
    # Everywhere near the ends of values, and here and there inside them.
    ends = {match.end() + more for match in re.finditer(rb"[]}]", LINES[name]) for more in (0, 1)}
    for cut in sorted(begin + place for place in {*ends, *range(0, size, 1 + size // 30), size}):
        assert in_pieces(tmp_path / "pieces", data, [cut]) == expected, cut


@given(
    lines=st.lists(st.sampled_from(list(LINES.values())), max_size=6),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    mark=st.booleans(),
    end=st.booleans(),
    cuts=st.lists(st.integers(0, 6_000), max_size=8),
)
@example(lines=[good(2)], newline=b"\n", mark=True, end=False, cuts=[1, 2, 3, 4])
def test_a_file_read_in_pieces_is_the_file_read_at_once(tmp_path, lines, newline, mark, end, cuts):
    data = newline.join([good(20), *lines]) + (newline if end else b"")
    data = (b"\xef\xbb\xbf" if mark else b"") + data
    assert in_pieces(tmp_path / "pieces", data, cuts) == at_once(tmp_path / "whole", data)


@given(cuts=st.lists(st.integers(0, 4_000), max_size=6), end=st.sampled_from([b"", b"\n"]))
def test_indented_values_among_lines_are_read_alike(tmp_path, cuts, end):
    data = b"\n".join([good(1), b"", pretty(2), b"", good(3), pretty(4)]) + end
    assert in_pieces(tmp_path / "pieces", data, cuts) == at_once(tmp_path / "whole", data)


@given(cuts=st.lists(st.integers(0, 2_500), max_size=6), blank=st.integers(0, 2))
def test_a_document_is_read_anew_and_never_mistaken_for_lines(tmp_path, cuts, blank):
    data = b"\n" * blank + pretty(1) + b"\n" + pretty(2) + b"\n"
    assert in_pieces(tmp_path / "pieces", data, cuts) == at_once(tmp_path / "whole", data)


@given(cuts=st.lists(st.integers(0, 400), max_size=6), prefix=st.sampled_from(PREFIXES))
def test_length_prefixed_messages_are_read_on_at_the_next_one(tmp_path, cuts, prefix):
    frames = [message(json.loads(good(number))).SerializeToString() for number in range(1, 5)]
    data = b"".join(prefix(len(frame)) + frame for frame in frames)
    assert in_pieces(tmp_path / "pieces", data, cuts) == at_once(tmp_path / "whole", data)


def test_only_what_is_new_is_read(tmp_path):
    path = tmp_path / "traces"
    path.write_bytes(good(1) + b"\n" + good(2)[:50])
    reading = Reading(path)
    reading.read()
    resume = reading.resume
    assert (resume.byte_offset, resume.line, resume.inside_line, resume.ordinal) == (
        len(good(1)) + 1,
        1,
        False,
        1,
    )
    with path.open("ab") as stream:
        stream.write(good(2)[50:])
    reading.read()
    assert (reading.resume.line, reading.resume.inside_line, reading.resume.ordinal) == (1, True, 2)
    source = Source(str(path), reading.resume)
    assert source.head == b""
    assert source.bytes_done == path.stat().st_size
    source.close()


@pytest.mark.parametrize(
    "data", [gzip.compress(good(1) + b"\n"), pretty(1)], ids=["gzip", "document"]
)
def test_what_cannot_be_read_on_says_so(tmp_path, data):
    (tmp_path / "traces").write_bytes(data)
    reading = Reading(tmp_path / "traces")
    reading.read()
    assert len(reading.settled[0].spans) == 1
    assert reading.resume is None


def test_a_loader_that_has_never_heard_of_it_is_not_resumable():
    assert is_resumable(loader_named("otlp_json"))
    assert not is_resumable(object())


def test_the_decoding_process_reads_on_where_it_is_told_to_and_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "WORTH_A_PROCESS_BYTES", 100)
    path = tmp_path / "traces"
    path.write_bytes(b"".join(good(number) + b"\n" for number in range(2_000)) + b"torn")
    reading = Reading(path)
    reading.read()
    with path.open("r+b") as stream:
        stream.seek(-4, 2)
        stream.write(b"".join(good(number) + b"\n" for number in range(2_000)) + b'{"torn')
    source = Source(str(path), reading.resume)
    with path.open("ab") as stream:
        stream.write(b'": 1}\n')
    batches = list(worker.batches(loader_named("otlp_json"), source, 3))
    source.close()
    assert sum(batch.spans.num_rows for batch in batches) == 2_000
    assert batches[0].spans["line"][0].as_py() == 2_001
    assert [batch.provisional for batch in batches[-2:]] == [False, True]
    assert batches[-1].lines.tail == 1
    assert batches[-1].resume.line == 4_000
    assert batches[-1].resume.ordinal == 4_000
