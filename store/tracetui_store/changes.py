"""What is new since a reader last looked."""

from tracetui_store.protocol import Changes, Mark, SourceMark
from tracetui_store.statements import Statements


def changes_since(reader: Statements, mark: Mark | None) -> Changes:
    """Return the traces that changed since `mark`; every trace without one, or with an old one.

    The new mark is read before the changes: what is committed in between is told twice.
    """
    # The settling first: rows that it has not seen may then be in the mark, never the reverse.
    settled = int(reader.rows("queries/settled")[0][0])
    priced = int(reader.rows("pricing/next_generation")[0][0]) - 1
    now = Mark(tuple(SourceMark(*row) for row in reader.rows("queries/mark")), settled, priced)
    if mark is None:
        return Changes(reader.table("queries/trace_ids"), now)
    if _went(mark.sources, now.sources):
        return Changes(reader.table("queries/trace_ids"), now, dropped=True)
    table = reader.table(
        "queries/changes",
        sources=[source.source_id for source in mark.sources],
        last_row_ids=[source.last_row_id for source in mark.sources],
        settled=mark.settled,
        priced=mark.priced,
    )
    # Asked last: what was deleted while the changes were looked up is missing from them.
    if int(reader.rows("queries/compacted")[0][0]) > mark.settled:
        return Changes(reader.table("queries/trace_ids"), now)
    return Changes(table, now)


def _went(before: tuple[SourceMark, ...], now: tuple[SourceMark, ...]) -> bool:
    """Return whether a source has fewer rows than it had."""
    rows = {source.source_id: source.rows for source in now}
    return any(rows.get(source.source_id, 0) < source.rows for source in before)
