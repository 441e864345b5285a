"""The log that VS Code writes of a chat session: a document, and how it changes.

Source: VS Code `src/vs/workbench/contrib/chat/common/model/objectMutationLog.ts` (2026): kind 0
is the document, 1 sets what is at a path, 2 cuts a list there to `i` items and adds to it, 3
deletes.
"""

from typing import Any

from tracetui_loaders.transcripts import NotKnownError

_INITIAL, _SET, _PUSH, _DELETE = range(4)


def is_mutation(value: Any) -> bool:
    """Whether a value is a line of such a log."""
    if not isinstance(value, dict) or value.get("kind") not in (_INITIAL, _SET, _PUSH, _DELETE):
        return False
    return "v" in value if value["kind"] == _INITIAL else isinstance(value.get("k"), list)


def apply(document: Any, mutation: dict[str, Any]) -> Any:
    """Return the document after a mutation, which may have changed it in place.

    Raises:
        NotKnownError: If there is nothing at the path; the document is as it was.
    """
    kind = mutation["kind"]
    if kind == _INITIAL:
        return mutation["v"]
    path = mutation["k"]
    try:
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        if not path:
            raise NotKnownError("a change of nothing")
        if kind == _PUSH:
            _push(holder, path[-1], mutation)
        elif kind == _SET:
            holder[path[-1]] = mutation.get("v")
        elif isinstance(holder, dict):
            holder.pop(path[-1], None)
        else:
            del holder[path[-1]]
    except (LookupError, TypeError) as error:
        raise NotKnownError("a change of what is not in the session") from error
    return document


def _push(holder: Any, key: Any, mutation: dict[str, Any]) -> None:
    items = holder.setdefault(key, []) if isinstance(holder, dict) else holder[key]
    added, first = mutation.get("v", []), mutation.get("i")
    if not isinstance(items, list) or not isinstance(added, list):
        raise NotKnownError("an addition to what is no list")
    if isinstance(first, int) and first >= 0:
        del items[first:]
    items.extend(added)
