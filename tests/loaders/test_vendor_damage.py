"""Any JSON value and any mutation of a vendor's export: no exception, no line lost."""

import copy
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared
from tracetui_loaders.base import Head, LineCounts, LoadError
from tracetui_loaders.registry import loader_named
from tracetui_loaders.source import Source

SAMPLES = {path.stem: path for path in sorted((Path(__file__).parent / "vendor_samples").iterdir())}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "0",
            "2026-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "Infinity",
            '"[1',
            "{}",
            "messages[9]",
        ]
    ),
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def whole_values(path):
    """Return the JSON values of a document or of lines."""
    text = path.read_text("utf-8")
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


def loaded(name, data):
    """Return lines as counted and span ids, after checking that they add up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.jsonl")
        path.write_bytes(data)
        source = Source(str(path))
        assert 0.0 <= loader_named(name).sniff(Head(source.head, source.head_complete)) <= 1.0
        lines, rows = LineCounts(), []
        try:
            for batch in loader_named(name).load(source, 3):
                lines.add(batch.lines)
                rows += batch.spans.column("row_id").to_pylist()
                assert set(batch.events.column("row_id").to_pylist()) <= set(rows)
        except LoadError:
            return None
        finally:
            source.close()
    physical = data.split(b"\n")
    seen = len(physical) - (physical[-1] == b"")
    assert lines.ok + lines.repaired + lines.rejected + lines.blank + lines.tail == seen
    assert len(set(rows)) == len(rows)
    return lines


def places(value, path=()):
    """Yield the way to every value inside `value`."""
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in inner:
        yield from places(item, (*path, key))


def mutated(value, draw):
    """Return `value` with one place in it replaced, removed or moved in from elsewhere."""
    ways = list(places(value))
    way = draw(st.sampled_from(ways))
    if not way:
        return draw(JSON_VALUES)
    changed = copy.deepcopy(value)
    holder = changed
    for key in way[:-1]:
        holder = holder[key]
    how = draw(st.sampled_from(["replace", "replace", "remove", "wrap", "move"]))
    if how == "remove":
        del holder[way[-1]]
    elif how == "wrap":
        holder[way[-1]] = draw(st.sampled_from([[holder[way[-1]]], {"data": holder[way[-1]]}]))
    elif how == "move":
        moved = value
        for key in draw(st.sampled_from(ways)):
            moved = moved[key]
        holder[way[-1]] = copy.deepcopy(moved)
    else:
        holder[way[-1]] = draw(JSON_VALUES)
    return changed


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_mutated_export_loses_no_line(name, data):
    lines = whole_values(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        lines[index] = mutated(lines[index], data.draw)
    loaded(name, "".join(json.dumps(line) + "\n" for line in lines).encode())


RECORDED = {
    "langfuse": "langfuse/tokenjam-langfuse_real_response.json",
    "langsmith": "langsmith/langsmith-js-langsmith_js_wrap_openai_stream.json",
    "openai_agents": "openai-agents/test_recipe_agents_hierarchy.jsonl",
    "deepeval": "deepeval/deepeval-crewai_async_tool_usage.json",
    "invariant": "invariant/invariant-trace_for_analysis.jsonl",
    "atif": "atif/nemo-exmp04_atif.json",
}


@pytest.mark.parametrize("name", RECORDED)
@given(data=st.data())
def test_a_mutated_recording_loses_no_line(name, data):
    lines = whole_values(shared("corpora/" + RECORDED[name]))
    index = data.draw(st.integers(0, len(lines) - 1))
    lines[index] = mutated(lines[index], data.draw)
    loaded(name, "".join(json.dumps(line) + "\n" for line in lines).encode())


@pytest.mark.parametrize("name", SAMPLES)
@given(values=st.lists(JSON_VALUES, max_size=3))
def test_any_json_is_told_from_an_export(name, values):
    text = "".join(json.dumps(value) + "\n" for value in values)
    lines = loaded(name, text.encode())
    if lines is not None and all(not isinstance(value, dict | list) for value in values):
        assert lines.rejected == len(values)


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_torn_or_dirty_export_loses_no_line(name, data):
    raw = SAMPLES[name].read_bytes()
    cut = data.draw(st.integers(0, len(raw)))
    junk = data.draw(
        st.sampled_from([b"", b"\xff", b"\x00", b"}\n", b"\n\n", b'"', b"{\n", b"NaN"])
    )
    keep = data.draw(st.booleans())
    loaded(name, raw[:cut] + junk + (raw[cut:] if keep else b""))
