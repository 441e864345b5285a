"""What encloses each span: the nearest span above it, itself included, that has something.

Source: RULES §3.5, a call belongs to its nearest enclosing agent.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from tracetui_analyses.forest import Bools, Ints, cut_cycles

# The stubs know no scalars among the arguments of compute functions.
pc: Any = pyarrow.compute

ENCLOSING_COLUMNS = ("trace_id", "span_id", "parent_span_id")
"""The columns that `parents` reads."""


def parents(spans: pa.Table) -> Ints:
    """Return the place of each span's parent among `spans`; -1 for none. Cycles are cut.

    Of spans that share an id the first stands.
    """
    ids = _keys(spans["trace_id"], spans["span_id"])
    wanted = _keys(spans["trace_id"], spans["parent_span_id"])
    found = pc.index_in(wanted, value_set=ids)
    places = found.combine_chunks().fill_null(-1).to_numpy(zero_copy_only=False)
    return cut_cycles(places.astype(np.int64))[0]


def _keys(trace_ids: pa.ChunkedArray, span_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    trace_ids = pc.fill_null(trace_ids, "")
    # An unknown id is nobody's: null here matches no key, and `index_in` is not asked for nulls.
    return pc.if_else(
        pc.is_valid(span_ids),
        pc.binary_join_element_wise(trace_ids, pc.fill_null(span_ids, ""), "/"),
        pa.scalar(None, pa.string()),
    )


def nearest(parent: Ints, has: Bools) -> NDArray[np.int64]:
    """Return the place of the nearest span, from each one upwards, for which `has` holds; or -1.

    Pointer doubling: a chain 100,000 deep takes 17 rounds.
    """
    found = np.where(has, np.arange(parent.size), parent)
    while True:
        moving = np.flatnonzero(found >= 0)
        moving = moving[~has[found[moving]]]
        if not moving.size:
            return found
        found[moving] = found[found[moving]]
