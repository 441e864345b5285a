"""What may come next in a query that is being typed: relations, columns, functions, keywords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracetui_store.protocol import SqlNames

MOST = 60
_KEYWORDS = (
    *(
        "select",
        "from",
        "where",
        "group by",
        "order by",
        "limit",
        "having",
        "with",
        "as",
        "distinct",
    ),
    *("join", "left join", "using", "on", "and", "or", "not", "in", "like", "ilike", "is null"),
    *("is not null", "between", "case", "when", "then", "else", "end", "asc", "desc", "nulls last"),
    "union all",
)
_FIRST = ("select", "from", "with", "describe", "summarize", "explain", "show tables", "values")
_RELATION_NEXT = re.compile(r"\b(?:from|join|describe|summarize)\s+$", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:from|join)\s+(\w+)(?:\s+(?:as\s+)?(?!where|group|order|limit|join|left|using|on\b)(\w+))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.]*$")
_QUOTED = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may stand in the place of the text from `start` on."""

    start: int
    text: str
    about: str
    goes_on: bool = False
    """Whether something follows at once, as behind a bracket."""


def proposals(text: str, cursor: int, names: SqlNames) -> list[Proposal]:
    """Return what may come at `cursor`, the likeliest first; nothing inside a quoted text."""
    before = text[:cursor]
    if "'" in _QUOTED.sub("", before) or (cursor < len(text) and text[cursor].isalnum()):
        return []
    found = _WORD.search(before)
    word = found[0] if found else ""
    start = cursor - len(word)
    if "." in word:
        relation, _, word = word.rpartition(".")
        start = cursor - len(word)
        offered = _columns(names, _relations(text).get(relation.lower(), relation))
    elif _RELATION_NEXT.search(text[:start]):
        offered = _named_relations(names)
    elif word and not text[:start].strip():
        offered = ((keyword, "") for keyword in _FIRST)
    elif word:
        offered = _anything(text, names)
    else:
        return []
    return list(_fitting(offered, word.lower(), start))


def _fitting(offered: Iterator[tuple[str, str]], word: str, start: int) -> Iterator[Proposal]:
    seen: set[str] = set()
    for name, about in offered:
        if name.lower().startswith(word) and name.lower() != word and name not in seen:
            seen.add(name)
            yield Proposal(start, name, about, name.endswith("("))
            if len(seen) == MOST:
                return


def _anything(text: str, names: SqlNames) -> Iterator[tuple[str, str]]:
    named = list(dict.fromkeys(_relations(text).values())) or ["spans"]
    for relation in named:
        yield from _columns(names, relation)
    yield from _named_relations(names)
    for keyword in _KEYWORDS:
        yield keyword, ""
    for function in names.functions:
        yield f"{function}(", "function"


def _named_relations(names: SqlNames) -> Iterator[tuple[str, str]]:
    for relation, columns in names.columns.items():
        yield relation, f"{len(columns)} columns"


def _columns(names: SqlNames, relation: str) -> Iterator[tuple[str, str]]:
    for column, kind in names.columns.get(relation.lower(), ()):
        yield column, f"{kind}  {relation}"


def _relations(text: str) -> dict[str, str]:
    """Return the relations that a query names, by the names it gives them."""
    found: dict[str, str] = {}
    for relation, alias in _NAMED.findall(_QUOTED.sub("''", text)):
        found[(alias or relation).lower()] = relation.lower()
        found.setdefault(relation.lower(), relation.lower())
    return found
