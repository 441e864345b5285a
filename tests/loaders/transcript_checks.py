"""What tests of transcript formats share: the corpus's figures, and damaged lines."""

import json

from hypothesis import strategies as st
from shared_data import shared

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def entries(fmt):
    """Return the corpus's account of the files of a format."""
    manifest = json.loads(shared("corpora/manifest.json").read_text("utf-8"))
    return [entry for entry in manifest if entry["fmt"] == fmt]


def of_kind(loaded, kind):
    """Return the spans of a kind: session, agent, llm, tool."""
    return [span for span in loaded.spans if span["kind"] == kind]


def attributes_of(span):
    """Return a span's attributes, decoded."""
    return json.loads(span["attributes"])


def total(spans, name):
    """Return the sum of what is known; None if nothing is."""
    known = [span[name] for span in spans if span[name] is not None]
    return sum(known) if known else None


def physical_lines(path):
    """Return how many lines a file has."""
    data = path.read_bytes()
    return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))


def as_lines(records):
    """Return records as JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


@st.composite
def mutated(draw, records):
    """One of `records`, in which something, however deep, is something else."""
    record = json.loads(json.dumps(draw(st.sampled_from(records))))
    holder = record
    while True:
        keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        inner = holder[key]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            holder = inner
        else:
            holder[key] = draw(ANYTHING)
            return record
