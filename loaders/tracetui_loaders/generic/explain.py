"""Says what is in a file that no format knows: its keys, and a mapping to begin with.

The mapping is ready to be saved: fields that the usual names find stand in it, the others are
commented out with the paths that might hold them.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tracetui_loaders.base import Head
from tracetui_loaders.generic.draft import draft_of
from tracetui_loaders.generic.names import FIELDS, plain
from tracetui_loaders.json_values import items_of

_RECORDS = 20
_KEYS_SHOWN = 12
_SUGGESTED = ("trace_id", "session_id", "span_id", "parent_span_id", "name", "kind")
_TIMES = ("start", "time", "end", "duration")
_DEEPEST = 3
_JSON_TYPES = {bool: "boolean", int: "number", float: "number", str: "text", list: "array"}


def json_seen(head: Head) -> str:
    """Return what the first JSON values are; nothing if none can be decoded."""
    values = _first_values(head)
    if not values:
        keys = sorted({key for found in head.keys for key in found})
        return f"its first keys are {', '.join(keys[:_KEYS_SHOWN])}" if keys else ""
    records = _objects(values)
    keys = _keys(records)
    if records and not keys:
        return "its objects are empty"
    if records:
        return f"its first {len(records)} objects have the keys {keys}"
    kinds = sorted({_type(value) for value in values})
    return f"its first {len(values)} values are no objects but {', '.join(kinds)}"


def mapping_advice(head: Head) -> str:
    """Return how to map the records of `head`; nothing if there are none to be seen."""
    records = [record for record in _objects(_first_values(head)) if record]
    if not records:
        return ""
    lines = "".join(f"\n    {line}".rstrip(" ") for line in snippet(records))
    return f"If these are traces, save this as map.toml, mend it, and add --map map.toml:\n{lines}"


def _first_values(head: Head) -> list[Any]:
    return list(islice((item for value in head.values for item in items_of(value)), _RECORDS))


def _objects(values: list[Any]) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)]


def _keys(records: list[dict[str, Any]]) -> str:
    types: dict[str, str] = {}
    for record in records:
        for key, value in record.items():
            types.setdefault(str(key)[:60], _type(value))
    shown = [f"{key} ({kind})" for key, kind in list(types.items())[:_KEYS_SHOWN]]
    left = len(types) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left > 0 else "")


def _type(value: Any) -> str:
    if value is None:
        return "null"
    return "object" if isinstance(value, dict) else _JSON_TYPES.get(type(value), "value")


def snippet(records: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a mapping file for `records`."""
    paths: dict[str, Any] = {}
    for record in records:
        for path, value in _paths(record, ""):
            paths.setdefault(path, value)
    found = draft_of({str(path): value for path, value in paths.items()}).found
    by_field = {
        name: next((path for path, value in paths.items() if value is found[name]), None)
        for name in found
    }
    spare = [path for path in paths if path not in by_field.values()]
    yield "[fields]"
    for name in (*_SUGGESTED, *_TIMES, "input", "output", "model", "input_tokens"):
        path = by_field.get(name)
        if path is not None:
            yield f"{name} = {_quoted(path)}"
        elif name in _SUGGESTED or name in ("start", "duration"):
            yield f"# {name} = {_quoted(_guess(name, spare))}"
    if spare:
        shown = ", ".join(map(_quoted, spare[:_KEYS_SHOWN]))
        yield f"# not used yet: {shown}"
    yield ""
    yield "[units]"
    yield '# start = "ms"        # s, ms, us, ns or iso; else told by size'


def _paths(record: Mapping[str, Any], before: str, depth: int = 1) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        path = f"{before}{key}"
        if isinstance(value, dict) and value and depth < _DEEPEST:
            yield from _paths(value, f"{path}.", depth + 1)
        else:
            yield path, value


def _guess(name: str, paths: list[str]) -> str:
    """Return the path that sounds most like `name`, or dots for the reader to fill in."""
    wanted = [plain(name), *FIELDS[name]]
    for path in paths:
        last = plain(path.rpartition(".")[2])
        if any(last and (last in word or word in last) for word in wanted):
            return path
    return "..."


def _quoted(path: str) -> str:
    return json.dumps(path[:80])
