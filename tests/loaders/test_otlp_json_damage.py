"""Lines that are damaged: what can be read is kept, and every physical line is accounted for."""

import json
import random
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from loaders.loading import NotReadError, load_bytes
from otlp_files import otlp_span, request


def line(number, **fields):
    return request(otlp_span(number, name=f"s{number}") | fields)


GOOD = line(1).encode()


def between(damaged):
    """Return the damaged line among two good ones."""
    return b"\n".join([line(1).encode(), damaged, line(3).encode(), b""])


def with_value(value):
    """Return line 2 with a bare `value` as its attribute's number."""
    attribute = {"key": "x", "value": {"doubleValue": 77.5}}
    return line(2, attributes=[attribute]).replace("77.5", value).encode()


REPAIRED = {
    "a bare NaN as a value": with_value("NaN"),
    "a bare Infinity as a value": with_value("Infinity"),
    "a value past every float": with_value("1e999"),
    "a bare NaN": line(2).replace('"kind": 1', '"kind": NaN').encode(),
    "a bare Infinity": line(2).replace('"kind": 1', '"kind": -Infinity').encode(),
    "a raw control character": line(2).encode().replace(b"s2", b"s2\x01"),
    "a raw tab": line(2).encode().replace(b"s2", b"s2\t"),
    "a NUL byte inside a string": line(2).encode().replace(b"s2", b"s\x002"),
    "a NUL byte before the value": b"\x00\x00" + line(2).encode(),
    "a lone surrogate": line(2).replace("s2", "s2\\ud800").encode(),
    "a lone low surrogate": line(2).replace("s2", "\\udc00s2").encode(),
    "invalid UTF-8": line(2).encode().replace(b"s2", b"s2\xff\xfe"),
    "a torn UTF-8 sequence": line(2).encode().replace(b"s2", b"s2\xc3"),
    "a byte order mark in the middle": b"\xef\xbb\xbf" + line(2).encode(),
    "a number past every float": line(2).replace('"kind": 1', '"kind": 1e999').encode(),
}


@pytest.mark.parametrize("damage", REPAIRED)
def test_a_line_that_can_be_mended_is_kept_and_counted_repaired(tmp_path, damage):
    loaded = load_bytes(tmp_path, between(REPAIRED[damage]))
    assert len(loaded.spans) == 3
    assert "s" in loaded.names[1]
    assert (loaded.lines.ok, loaded.lines.repaired) == (2, 1)
    (problem,) = loaded.problems
    assert (problem["kind"], problem["line"], problem["byte_offset"]) == (
        "repaired",
        2,
        len(GOOD) + 1,
    )
    for span in loaded.spans:
        span["name"].encode("utf-8")
        json.loads(span["attributes"])


DEEP = '{"arrayValue":{"values":[' * 600 + "]}}" * 600
REJECTED = {
    "garbage": b"not json at all",
    "a torn line": line(2).encode()[:200],
    "a torn line with NaN": b'{"resourceSpans": [NaN, {"resource',
    "a trailing comma": line(2).encode()[:-1] + b",}",
    "a missing value": b'{"resourceSpans": }',
    "another object": b'{"level": "info", "message": "resourceSpans"}',
    "a number": b"12",
    "null": b"null",
    "a string": b'"resourceSpans"',
    "an empty object": b"{}",
    "an array of numbers": b"[1, 2]",
    "nesting 600 deep": (
        '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"x","value":'
        + DEEP
        + "}]}]}]}]}"
    ).encode(),
    "nesting 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5,000 digits": b'{"resourceSpans": ' + b"9" * 5_000 + b"}",
    "braces that do not match": b"}}]]{{",
    "an unknown log line": b"2026-11-20 {INFO} started {x}",
}


@pytest.mark.parametrize("damage", REJECTED)
def test_a_line_that_cannot_be_read_is_rejected_with_its_place_and_the_rest_is_kept(
    tmp_path, damage
):
    loaded = load_bytes(tmp_path, between(REJECTED[damage]))
    assert loaded.names == ["s1", "s3"]
    assert (loaded.lines.ok, loaded.lines.rejected) == (2, 1)
    (problem,) = loaded.problems
    assert (problem["kind"], problem["line"], problem["byte_offset"]) == (
        "rejected",
        2,
        len(GOOD) + 1,
    )
    assert len(problem["message"]) < 400


@pytest.mark.parametrize("cut", range(2, len(GOOD) - 1, 7))
def test_a_torn_last_line_is_a_tail_and_not_rejected(tmp_path, cut):
    loaded = load_bytes(tmp_path, GOOD + b"\n" + line(2).encode()[:cut])
    assert loaded.names == ["s1"]
    assert (loaded.lines.ok, loaded.lines.tail, loaded.lines.rejected) == (1, 1, 0)
    (problem,) = loaded.problems
    assert (problem["kind"], problem["line"], problem["byte_offset"]) == ("tail", 2, len(GOOD) + 1)


def test_a_bare_nan_stays_what_it_was(tmp_path):
    assert load_bytes(tmp_path, with_value("NaN")).attributes == {"x": "NaN"}
    assert load_bytes(tmp_path, with_value("-1e999")).attributes == {"x": "-Infinity"}


def test_a_torn_last_line_with_a_bare_nan_is_a_tail_too(tmp_path):
    torn = REPAIRED["a bare NaN"][:-10]
    assert load_bytes(tmp_path, GOOD + b"\n" + torn).kinds() == ["tail"]


def test_a_last_line_without_newline_is_whole(tmp_path):
    surrogate = line(2).replace('"attributes": []', '"name": "\\ud800"').encode()
    loaded = load_bytes(tmp_path, GOOD + b"\n" + surrogate)
    assert len(loaded.spans) == 2
    assert loaded.lines.tail == 0


def test_a_malformed_last_line_without_newline_is_rejected(tmp_path):
    loaded = load_bytes(tmp_path, GOOD + b'\n{"resourceSpans": }')
    assert (loaded.lines.rejected, loaded.lines.tail) == (1, 0)


def test_a_torn_indented_value_does_not_take_those_behind_it(tmp_path):
    values = [json.dumps(json.loads(line(number)), indent=2) for number in (1, 2, 3)]
    torn = values[1][: len(values[1]) // 2].rsplit("\n", 1)[0]
    loaded = load_bytes(tmp_path, "\n".join([values[0], torn, values[2]]) + "\n")
    assert loaded.names == ["s1", "s3"]
    assert loaded.kinds() == ["rejected"]


def test_a_torn_last_indented_value_is_a_tail(tmp_path):
    values = [json.dumps(json.loads(line(number)), indent=2) for number in (1, 2)]
    loaded = load_bytes(tmp_path, values[0] + "\n" + values[1][:300])
    assert loaded.names == ["s1"]
    assert loaded.kinds() == ["tail"]
    assert loaded.lines.rejected == 0


def test_several_values_on_a_line_with_a_torn_last_keep_the_first(tmp_path):
    loaded = load_bytes(tmp_path, GOOD + line(2).encode()[:99])
    assert loaded.names == ["s1"]
    assert loaded.kinds() == ["tail"]
    assert loaded.problems[0]["byte_offset"] == len(GOOD)


def test_a_file_without_indentation_is_read_in_linear_time(tmp_path):
    spans = [otlp_span(number) for number in range(1, 2_001)]
    loaded = load_bytes(tmp_path, json.dumps(json.loads(request(*spans)), indent=0))
    assert len(loaded.spans) == 2_000


def test_a_value_of_ten_megabytes_is_kept_whole(tmp_path):
    value = {"key": "x", "value": {"stringValue": 'a\\"' * 2_500_000}}
    loaded = load_bytes(tmp_path, line(1, attributes=[value]) + "\n" + line(2))
    assert loaded.names == ["s1", "s2"]
    assert len(json.loads(loaded.spans[0]["attributes"])["x"]) == 7_500_000


# What a physical line may hold, and what becomes of it.
LINES = st.lists(
    st.one_of(
        st.just((b"ok", GOOD)),
        st.sampled_from(list(REPAIRED.values())).map(lambda data: (b"repaired", data)),
        st.sampled_from(
            [REJECTED[name] for name in ("garbage", "a torn line", "a missing value", "null")]
        ).map(lambda data: (b"rejected", data)),
        st.sampled_from([b"", b"  ", b"\r", b"\t", b"\x00"]).map(lambda data: (b"blank", data)),
    ),
    max_size=12,
)


@given(lines=LINES, newline=st.sampled_from([b"\n", b"\r\n"]), torn=st.booleans())
@example(lines=[(b"blank", b"")] * 3, newline=b"\n", torn=True)
def test_every_physical_line_is_one_of_five_and_no_span_is_lost(tmp_path, lines, newline, torn):
    # A good line first: a file whose first lines are all broken may not be recognised.
    content = [(b"ok", GOOD), *lines]
    data = b"".join(item + newline for _, item in content)
    if torn:
        data += GOOD[:150]
    loaded = load_bytes(tmp_path, data)
    expected = {kind: sum(1 for sort, _ in content if sort == kind) for kind, _ in content}
    counts = loaded.lines
    assert counts.ok == expected[b"ok"]
    assert counts.repaired == expected.get(b"repaired", 0)
    assert counts.rejected == expected.get(b"rejected", 0)
    assert counts.blank == expected.get(b"blank", 0)
    assert counts.tail == torn
    assert loaded.count() == len(content) + torn
    assert [span["line"] for span in loaded.spans] == [
        number for number, (kind, _) in enumerate(content, 1) if kind in (b"ok", b"repaired")
    ]
    assert [span["row_id"] for span in loaded.spans] == sorted(
        span["row_id"] for span in loaded.spans
    )
    lines_with_problem = [p["line"] for p in loaded.problems]
    assert lines_with_problem == [
        number for number, (kind, _) in enumerate(content, 1) if kind in (b"repaired", b"rejected")
    ] + ([len(content) + 1] if torn else [])


BASE = {
    "lines": b"\n".join(line(number).encode() for number in range(1, 5)) + b"\n",
    "indented": b"\n".join(
        json.dumps(json.loads(line(number)), indent=2).encode() for number in range(1, 5)
    ),
    "one": request(*(otlp_span(number) for number in range(1, 5))).encode(),
}


@given(base=st.sampled_from(list(BASE)), seed=st.integers(0, 2**32), edits=st.integers(1, 6))
def test_no_change_of_bytes_raises_or_loses_count_of_lines(tmp_path, base, seed, edits):
    chance = random.Random(seed)
    data = bytearray(BASE[base])
    for _ in range(edits):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = chance.choice([b"\n", b'"', b"{", b"}", b"[", b"\x00", b"\\"])
            case _:
                data[place:place] = data[place : place + chance.randrange(1, 200)]
    try:
        loaded = load_bytes(tmp_path, bytes(data))
    except NotReadError:
        return
    physical = data.count(b"\n") + (not data.endswith(b"\n"))
    assert loaded.count() == physical


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(tmp_path, data):
    for prefix in (b"", b'{"resourceSpans":', b"\n\x0a"):
        with suppress(NotReadError):
            load_bytes(tmp_path, prefix + data)
