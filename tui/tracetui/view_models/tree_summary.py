"""The totals of one trace, from its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tracetui_loaders.schema import KINDS

from tracetui.view_models import format as fmt
from tracetui.view_models import totals_line

if TYPE_CHECKING:
    import pyarrow as pa
    from tracetui_analyses.span_tree import SpanTree

Words = totals_line.Words


def root_name(tree: SpanTree, table: pa.Table) -> tuple[str, str]:
    """Return name and kind of the root that holds most; empty and `other` if there is none."""
    roots = np.flatnonzero((tree.depth == 0) & (tree.source_row >= 0))
    if not roots.size:
        roots = np.flatnonzero(tree.source_row >= 0)[:1]
    if not roots.size:
        return "", "other"
    row = int(roots[np.argmax(tree.size[roots])])
    name = table["name"][int(tree.source_row[row])].as_py()
    return str(name or ""), KINDS[int(tree.kind[row])]


def words(tree: SpanTree) -> list[Words]:
    """Return duration, spans, tokens, cost and errors with their tones."""
    roots = tree.depth == 0
    totals = tree.totals
    calls = int(totals.calls[roots].sum())
    silent = int(totals.silent[roots].sum())
    tokens = cost = fmt.UNKNOWN if calls else fmt.NOTHING
    if totals.reported[roots].any():
        tokens = fmt.tokens(int(totals.tokens[roots].sum()), lower_bound=silent > 0)
    if totals.priced[roots].any():
        unpriced = silent + int(totals.unpriced[roots].sum())
        cost = fmt.money(float(totals.cost_usd[roots].sum()), lower_bound=unpriced > 0)
    running = int(tree.running.sum())
    has_ended = bool((~tree.running & (tree.source_row >= 0)).any())
    is_timed = has_ended and not tree.no_start.all()
    found = [
        (fmt.duration(tree.last if is_timed else None), "plain"),
        (totals_line.plural(int((tree.source_row >= 0).sum()), "span"), "plain"),
        (totals_line.token_words(tokens), "plain"),
        (totals_line.cost_words(cost), "plain"),
        totals_line.error_words(int(tree.error_roots[roots].sum())),
    ]
    if running:
        found.append((f"… {running} running", "warning"))
    return found
