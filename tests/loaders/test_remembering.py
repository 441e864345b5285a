"""What is remembered of a shape of spans is what asking every rule would say."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from loaders.vectors import load_vectors
from tracetui_loaders import normalise as normalising
from tracetui_loaders.normalise import normalise
from tracetui_loaders.remembering import Memory

OTHERS: tuple[Any, ...] = ("", "other", '{"model": "m", "id": "i"}', 1, True, 1.0, -1, None, ["x"])
"""What the value of an attribute is changed to."""


class NoMemory:
    """Remembers nothing."""

    def fields(self, *_: object) -> None:
        return None


class CountedMemory(Memory):
    """Counts how many spans it answered for, and for how many it did not."""

    def __init__(self) -> None:
        super().__init__(normalising._LOOKUP, normalising._apply_rules_to_success)
        self.answers = Counter[bool]()

    def fields(self, name, scope_name, attributes):
        found = super().fields(name, scope_name, attributes)
        self.answers[found is not None] += 1
        return found


Sent = tuple[str, str | None, dict[str, Any]]


def variants(name: str, scope: str | None, attributes: dict[str, Any]) -> Iterator[Sent]:
    """Yield a span, and spans that differ from it in one value."""
    for _ in range(3):
        yield name, scope, attributes
    yield f"{name}.run", scope, attributes
    yield "execute_tool x", scope, attributes
    yield name, "elsewhere", attributes
    for key in attributes:
        for other in OTHERS:
            yield name, scope, attributes | {key: other}
    yield name, scope, attributes


def spans() -> Iterator[Sent]:
    for vector in load_vectors():
        span = vector.input["span"]
        yield from variants(span["name"], vector.input["scope"]["name"], span["attributes"])


def settled(sent: Sent) -> dict[str, Any]:
    return normalise(*sent, start_time_unix_nano=1, inherited={"service_name": "s"})


def test_spans_that_differ_in_one_value_are_read_as_without_memory(monkeypatch):
    memory = CountedMemory()
    sent = list(spans())
    monkeypatch.setattr(normalising, "_MEMORY", NoMemory())
    expected = [settled(item) for item in sent]
    monkeypatch.setattr(normalising, "_MEMORY", memory)
    for _ in range(2):
        memory._balance = len(sent)
        for item, fields in zip(sent, expected, strict=True):
            found = settled(item)
            # True and 1 are equal, and are not the same.
            assert (found, {*map(repr, found.items())}) == (
                fields,
                {*map(repr, fields.items())},
            ), item
    assert memory.answers[True] > memory.answers[False]


def test_a_shape_whose_rules_look_at_what_always_differs_is_given_up(monkeypatch):
    memory = CountedMemory()
    monkeypatch.setattr(normalising, "_MEMORY", memory)
    keys = {"openinference.span.kind": "LLM", "llm.model_name": "m"}
    for number in range(400):
        settled(("chat", "s", keys | {"output.value": f'{{"id": "r{number}"}}'}))
    (shape,) = [shape for shape in memory._shapes.values() if shape is not None]
    assert not shape.worth_it
    assert shape.outcomes == {}


def test_what_is_learned_in_vain_ends_learning(monkeypatch):
    memory = CountedMemory()
    memory._balance = 5
    monkeypatch.setattr(normalising, "_MEMORY", memory)
    for number in range(20):
        for _ in range(2):
            settled(("chat", "s", {f"key.{number}": "v", "gen_ai.operation.name": "chat"}))
    assert memory.answers[True] == 5


@pytest.mark.parametrize("scalar", [1, True, 1.0])
def test_equal_values_of_other_types_are_other_values(monkeypatch, scalar):
    memory = CountedMemory()
    monkeypatch.setattr(normalising, "_MEMORY", memory)
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.stream": True}
    for _ in range(3):
        assert settled(("chat", "s", attributes))["streaming"] is True
    other = settled(("chat", "s", attributes | {"gen_ai.request.stream": scalar}))
    assert other.get("streaming") is (True if scalar is True else None)
