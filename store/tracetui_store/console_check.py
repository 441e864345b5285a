"""What the SQL console runs: one statement that only reads, and only what is loaded.

DuckDB's own parser decides, not words in the text. What is not known to be harmless is refused:
a statement of another kind, a table function that is not listed, a part that writes. This is
the first door; the second is that the statement runs in a read-only transaction of a database
that can reach no file and whose configuration is locked.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from tracetui_store.console_errors import words
from tracetui_store.protocol import SqlError
from tracetui_store.sql import statement

LONGEST_SQL = 20_000
"""Characters of a statement; parsers recurse, and nobody types more."""
_READING = "SELECT, WITH, FROM, VALUES, EXPLAIN, DESCRIBE, SHOW or SUMMARIZE"
_TABLE_FUNCTIONS = frozenset(
    {
        *("range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"),
        *("duckdb_columns", "duckdb_functions", "duckdb_tables", "duckdb_types", "duckdb_views"),
        "pragma_table_info",
    }
)
"""Table functions that read nothing but their arguments and the catalogue."""
_FORBIDDEN_FUNCTIONS = frozenset(
    {"currval", "nextval", "setval", "setseed", "write_log", "json_serialize_plan"}
)
"""Of the others, those that leave something behind."""
_QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_EXPLAIN = re.compile(
    r"\s*EXPLAIN(?:\s+ANALYZE\b)?(?:\s*\((?:[\s,]*(?:ANALYZE|FORMAT\s+\w+))+\s*\))?", re.IGNORECASE
)


def checked(cursor: duckdb.DuckDBPyConnection, text: str) -> str:
    """Return the one statement of `text`, which may be run.

    Raises:
        SqlError: If it is none, several, or does more than read what is loaded.
    """
    if len(text) > LONGEST_SQL:
        raise SqlError(f"a statement has at most {LONGEST_SQL:,} characters")
    # Half a character, which DuckDB refuses, is replaced one for one: places stay what they are.
    kind, found = _only_statement(cursor, text.encode(errors="replace").decode())
    if kind == "EXPLAIN":
        # Blanks in its place: where a fault is stays what it is.
        inner = _EXPLAIN.sub(lambda explain: " " * len(explain[0]), found, count=1)
        if inner == found:
            raise SqlError("EXPLAIN must be the first word, with a query behind it")
        if _only_statement(cursor, inner)[0] != "SELECT":
            raise SqlError("the console only reads: EXPLAIN takes a query here", 0, len("EXPLAIN"))
        _check_tree(cursor, inner)
    elif kind == "MULTI":
        raise SqlError("PIVOT needs its values here: PIVOT … ON column IN ('a', 'b')")
    elif kind == "SELECT":
        _check_tree(cursor, found)
    else:
        word = re.match(r"\s*(\w+)", found)
        raise SqlError(
            f"the console only reads: a statement begins with {_READING}",
            *((word.start(1), len(word[1])) if word else ()),
        )
    return found


def _only_statement(cursor: duckdb.DuckDBPyConnection, text: str) -> tuple[str, str]:
    """Return the kind of the one statement of `text`, and the statement."""
    try:
        statements = cursor.extract_statements(text)
    except duckdb.Error as error:
        raise words(error, text) from None
    if not statements:
        raise SqlError("there is no statement")
    if len(statements) > 1:
        raise SqlError("one statement at a time", len(statements[0].query))
    return statements[0].type.name, statements[0].query


def _check_tree(cursor: duckdb.DuckDBPyConnection, text: str) -> None:
    """Refuse a query with a part that may do more than read.

    Raises:
        SqlError: If there is one, or if the parser cannot say what the parts are.
    """
    query = statement("console/syntax_tree")
    try:
        written = cursor.execute(query, {"text": text}).fetchall()[0][0]
        tree = json.loads(written)
    except duckdb.Error as error:
        raise words(error, text) from None
    except RecursionError:
        raise SqlError("this is nested too deeply") from None
    if tree.get("error"):
        raise SqlError(str(tree.get("error_message") or "this cannot be read"))
    for node in _nodes(tree):
        _check_node(node, text)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _check_node(node: dict[str, Any], text: str) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERY_NODES:
        raise SqlError("the console only reads: this query would write")
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise SqlError(
                f"{name}() cannot be asked here: the console reads what is loaded, no files",
                *place(text, name),
            )
    name = str(node.get("function_name", "")).lower()
    if name in _FORBIDDEN_FUNCTIONS:
        raise SqlError(
            f"{name}() cannot be called here: it is not only reading", *place(text, name)
        )


def place(text: str, name: str) -> tuple[int | None, int]:
    """Return where `name` first stands in `text` as a word, and its length."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    return (found.start(), len(name)) if found else (None, 0)
