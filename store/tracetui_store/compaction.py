"""Deletes what settling took back, so that following for long does not grow the store.

What was taken back lately is kept as told: a reader's mark that is not old learns from it which
traces changed. What a cache holds cannot be deleted, and stays taken back.
"""

import duckdb

from tracetui_store.sql import SETTLED, statement

_KEPT_GENERATIONS = 200
_MOST_OUTDATED = 10_000
_LOOK_EVERY = 50


def compact(writer: duckdb.DuckDBPyConnection, generation: int, outdated: int) -> bool:
    """Delete what was taken back long ago, if it is much; return whether it was.

    Cost is a count, now and then, and a pass over the settled rows once per `_MOST_OUTDATED`.

    Args:
        writer: The store's writer, inside its transaction.
        generation: The settling in force.
        outdated: How many rows it took back.
    """
    if generation % _LOOK_EVERY and outdated < _MOST_OUTDATED:
        return False
    values = {"before": generation - _KEPT_GENERATIONS}
    found = writer.execute(statement("compact/count_outdated"), values).fetchall()
    if int(found[0][0]) < _MOST_OUTDATED:
        return False
    for relation in SETTLED:
        writer.execute(statement(f"compact/{relation}"), values)
    writer.execute(statement("compact/outdated"), values)
    writer.execute(statement("compact/insert_compaction"), values)
    return True
