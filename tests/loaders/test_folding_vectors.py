"""Folding gives what the convention vectors expect."""

from typing import Any

import pytest
from loaders.vectors import FOLDER, Vector, load_vectors
from tracetui_loaders.folding import FIELDS, SpanContent, fold

VECTORS = load_vectors()
FOLDED_HERE = [vector for vector in VECTORS if vector.expected.keys() & set(FIELDS)]


def content(vector: Vector) -> SpanContent:
    span = vector.input["span"]
    return SpanContent(
        name=span["name"],
        kind=vector.expected["kind"],
        operation=span["attributes"].get("gen_ai.operation.name"),
        scope_name=vector.input["scope"]["name"],
        attributes=span["attributes"],
        events=[(e["name"], e["time_ns"], e["attributes"]) for e in span["events"]],
        logs=[
            (log["event_name"], log.get("body"), log["attributes"])
            for log in vector.input.get("logs", [])
        ],
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_every_folded_field_is_as_the_vector_expects(vector: Vector):
    expected: dict[str, Any] = {k: v for k, v in vector.expected.items() if k in FIELDS}
    folded = fold(content(vector))
    assert {key: folded.get(key) for key in expected} == expected


def test_every_vector_file_is_used():
    used = {f"{vector.id}.{end}.json" for vector in VECTORS for end in ("input", "expected")}
    assert used == {path.name for path in FOLDER.iterdir()}
    assert len(VECTORS) == 59
    assert len(FOLDED_HERE) >= 14
