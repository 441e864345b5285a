"""What is new since a reader last looked."""

from tracetui_store.protocol import Changes, Mark, SourceMark
from tracetui_store.statements import Statements


def changes_since(reader: Statements, mark: Mark | None) -> Changes:
    """Return the traces that changed since `mark`; every trace without one.

    The new mark is read before the changes: what is committed in between is told twice.
    """
    # The settling first: rows that it has not seen may then be in the mark, never the reverse.
    settled = int(reader.rows("queries/settled")[0][0])
    priced = int(reader.rows("pricing/next_generation")[0][0]) - 1
    sources = tuple(SourceMark(*row) for row in reader.rows("queries/mark"))
    if mark is None:
        now = Mark(sources, settled, (), priced)
        return Changes(reader.table("queries/trace_ids"), now)
    anew = settled != mark.settled
    now = Mark(sources, settled, mark.sources if anew else mark.unsettled, priced)
    if _went(mark.sources, sources):
        return Changes(reader.table("queries/trace_ids"), now, dropped=True)
    seen = mark.unsettled if anew else mark.sources
    table = reader.table(
        "queries/changes",
        sources=[source.source_id for source in seen],
        last_row_ids=[source.last_row_id for source in seen],
        settled=mark.settled,
        priced=mark.priced,
    )
    return Changes(table, now)


def _went(before: tuple[SourceMark, ...], now: tuple[SourceMark, ...]) -> bool:
    """Return whether a source has fewer rows than it had."""
    rows = {source.source_id: source.rows for source in now}
    return any(rows.get(source.source_id, 0) < source.rows for source in before)
