"""Attributes that spell a tree in their keys, put together again.

Source: OpenInference specification, "Attributes: flattened lists"; OpenLLMetry's indexed prompts.
`llm.input_messages.10.message.role` becomes item 10 of a list. Indices sort as numbers, and a gap
is closed: attribute limits drop keys, so the messages that are left stand next to each other.
"""

from collections.abc import Mapping
from typing import Any

from tracetui_loaders.folding.json_value import decoded

_MAX_DEPTH = 32


def subtree(attributes: Mapping[str, Any], prefix: str) -> Any:
    """Return what lies below `prefix`, as nested dicts and lists; None if nothing does.

    A value at `prefix` itself, as exports that never flatten have it, is decoded and returned when
    no key lies below it.
    """
    dotted = prefix + "."
    start = len(dotted)
    below = {key[start:]: value for key, value in attributes.items() if key.startswith(dotted)}
    if below:
        return expanded(below)
    return expanded(decoded(attributes.get(prefix)))


def items(attributes: Mapping[str, Any], prefix: str) -> list[Any]:
    """Return the indexed values below `prefix` in order; empty if there are none.

    Keys below `prefix` that are no index belong to something else: `gen_ai.prompt.name` stands
    beside `gen_ai.prompt.0.content`.
    """
    found = subtree(attributes, prefix)
    if isinstance(found, dict):
        return [found[key] for key in sorted(filter(_is_index, found), key=int)]
    return found if isinstance(found, list) else []


def expanded(value: Any, depth: int = 0) -> Any:
    """Return `value` with dotted keys of dicts taken apart, at every level."""
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [expanded(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    tree: dict[str, Any] = {}
    for key, item in value.items():
        _insert(tree, str(key).split("."), item)
    return _lists(tree, depth)


class _Branch(dict[str, Any]):
    """A dict made here, as opposed to one that was a value."""


def _insert(tree: dict[str, Any], path: list[str], value: Any) -> None:
    """Put `value` at `path`; where a leaf and a branch meet, the branch stays."""
    for step in path[:-1]:
        below = tree.get(step)
        if not isinstance(below, _Branch):
            below = tree[step] = _Branch()
        tree = below
    if not isinstance(tree.get(path[-1]), _Branch):
        tree[path[-1]] = value


def _lists(tree: dict[str, Any], depth: int) -> Any:
    """Turn dicts whose keys are all indices into lists, sorted as numbers."""
    done = {
        key: _lists(item, depth + 1)
        if isinstance(item, _Branch) and depth < _MAX_DEPTH
        else expanded(item, depth + 1)
        for key, item in tree.items()
    }
    if done and all(_is_index(key) for key in done):
        return [done[key] for key in sorted(done, key=int)]
    return done


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10
