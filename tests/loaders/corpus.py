"""What tests of corpora share: the manifest's entries, line counts, and mutated JSON values."""

import copy
import json

import pytest
from hypothesis import strategies as st
from shared_data import shared


def entries(*formats):
    """Return the manifest's entries of these formats, or all; none where there are no corpora.

    Parametrised tests ask while they are collected, when nothing may be skipped.
    """
    try:
        manifest = json.loads(shared("corpora/manifest.json").read_text("utf-8"))
    except pytest.skip.Exception:
        return []
    return [entry for entry in manifest if not formats or entry["fmt"] in formats]


def recorded(fmt):
    """Return the manifest's entries of a format; skip the test where there are no corpora."""
    shared("corpora/manifest.json")
    return entries(fmt)


def physical_lines(path):
    """Return how many lines a text file has; a last one may lack its newline."""
    data = path.read_bytes()
    return data.count(b"\n") + bool(data and not data.endswith(b"\n"))


def of_kind(loaded, kind):
    """Return the spans of a kind."""
    return [span for span in loaded.spans if span["kind"] == kind]


def total(spans, name):
    """Return the sum of what is known of a column; None if nothing is."""
    known = [span[name] for span in spans if span[name] is not None]
    return sum(known) if known else None


def attributes_of(span):
    """Return a span's attributes, decoded."""
    return json.loads(span["attributes"])


def evaluations(loaded):
    """Return the attributes of all evaluations, in order."""
    found = [event for event in loaded.events if event["name"] == "gen_ai.evaluation.result"]
    return [json.loads(event["attributes"]) for event in found]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@st.composite
def mutations(draw, value):
    """A JSON value in which something, however deep, is something else."""
    value = copy.deepcopy(value)
    holder = value
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        inner = holder[key]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            holder = inner
        else:
            holder[key] = draw(ANY_JSON)
            return value


def mutated(records):
    """One of `records`, in which something, however deep, is something else."""
    return st.sampled_from(records).flatmap(mutations)


def as_lines(records):
    """Return records as JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records)
