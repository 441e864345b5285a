"""Whatever stands in a file of a span format: no exception, and every line accounted for."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from loaders.loading import load_with
from loaders.span_samples import SAMPLES

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            *(
                "",
                "0",
                "-1",
                "1e400",
                "NaN",
                "9" * 400,
                "0x",
                "٣",
                "{",
                '["',
                "\ud800",
                "2024-11-21",
            ),
            *(2**63, -(2**63), 10**30, 1e308, 0.1, -0.0, "2024-99-99T00:00:00Z"),
        ]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "spans",
                        "data",
                        "trace_id",
                        "traceId",
                        "traceID",
                        "span_id",
                        "spanId",
                        "spanID",
                    ),
                    *(
                        "id",
                        "context",
                        "attributes",
                        "events",
                        "links",
                        "name",
                        "kind",
                        "phase",
                        "ts",
                    ),
                    *("event", "run_id", "record", "trace", "start_time", "timestamp", "request"),
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")


def paths(value, path=()):
    """Yield the path of every value inside `value`."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(item, (*path, key))


def changed(value, path, new):
    """Return `value` with what is at `path` replaced, or left out if `new` is `...`."""
    if not path:
        return None if new is ... else new
    key, rest = path[0], path[1:]
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest or new is not ...:
        copy[key] = changed(value[key], rest, new)
    else:
        del copy[key]
    return copy


def written(values):
    return "\n".join(json.dumps(value) for value in values).encode()


def accounted(folder, name, data):
    """Load `data` with the format called `name`, and check that every line has its fate."""
    loaded = load_with(name, folder, data)
    newlines = data.count(b"\n")
    assert loaded.count() == newlines + (1 if data and not data.endswith(b"\n") else 0)
    told = loaded.kinds()
    assert "rejected" in told or not loaded.lines.rejected
    assert "tail" in told or not loaded.lines.tail
    for span in loaded.spans:
        assert span["trace_id"]
        assert span["span_id"]
        assert isinstance(json.loads(span["attributes"]), dict)
    return loaded


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_value_changed_anywhere_is_read_or_reported(tmp_path, name, data):
    values = list(SAMPLES[name])
    number = data.draw(st.integers(0, len(values) - 1))
    path = data.draw(st.sampled_from(list(paths(values[number]))))
    new = data.draw(st.just(...) | VALUES)
    values[number] = changed(values[number], path, new)
    accounted(tmp_path, name, written(values) + data.draw(st.sampled_from([b"", b"\n"])))


@pytest.mark.parametrize("name", SAMPLES)
@given(value=VALUES)
def test_any_json_value_is_read_or_reported(tmp_path, name, value):
    accounted(tmp_path, name, written([value, SAMPLES[name][0]]))


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_any_damaged_bytes_are_read_or_reported(tmp_path, name, data):
    whole = bytearray(written([*SAMPLES[name], *SAMPLES[name]]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    assume(not whole.startswith(COMPRESSED))  # what is inside then has the lines
    accounted(tmp_path, name, bytes(whole))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_stranger_among_the_lines_is_rejected_alone(tmp_path, name):
    good = load_with(name, tmp_path, written(SAMPLES[name]) + b"\n")
    lines = written(SAMPLES[name]) + b'\n{"level": "info"}\n12\nnot json\n'
    loaded = accounted(tmp_path, name, lines)
    assert loaded.names == good.names
    assert (loaded.lines.ok, loaded.lines.rejected) == (len(SAMPLES[name]), 3)
    assert [problem["line"] for problem in loaded.problems if problem["kind"] == "rejected"] == [
        len(SAMPLES[name]) + number for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("rest", ["\n", ",\n", ',\n{"name": "torn', ",\n{\n"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "converse_messages"])
def test_what_stands_in_an_array_that_is_still_being_written_is_read(tmp_path, name, rest):
    whole = load_with(name, tmp_path, written(SAMPLES[name]))
    text = "[" + "\n,".join(json.dumps(value, indent=1) for value in SAMPLES[name]) + rest
    loaded = accounted(tmp_path, name, text.encode())
    assert loaded.names == whole.names
    assert loaded.lines.rejected == 0
    assert loaded.kinds() == ["note", *(["tail"] if "{" in rest else [])]
