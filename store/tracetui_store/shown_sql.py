"""What a predicate becomes, for the user to read: the SQL, and its parameters beside it."""

from dataclasses import dataclass
from typing import Any

from tracetui_store.predicate_sql import Level, compile_predicate
from tracetui_store.predicates import Predicate


@dataclass(frozen=True, slots=True)
class ShownSql:
    """A query as it is run, values apart."""

    text: str
    parameters: tuple[tuple[str, Any], ...]
    """Name and value, in the order of the text."""


def shown_sql(predicate: Predicate, level: Level) -> ShownSql:
    """Return the query of the rows of which `predicate` holds.

    Raises:
        PredicateError: If it cannot be asked.
    """
    condition = compile_predicate(predicate, level, "t" if level == "traces" else "s")
    rows = "traces t" if level == "traces" else "spans s"
    text = f"FROM {rows} WHERE {condition.sql}"
    return ShownSql(text, tuple(condition.values.items()))
