"""Which rows of a trace are left: by filter, by search, by what they took or cost."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tracetui_analyses.span_tree import SpanTree

from tracetui.filter.quantities import QuantityError, quantity
from tracetui.view_models import format as fmt
from tracetui.view_models.fold import holding

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Hides what took less time, or cost less with all below it."""

    of: Literal["duration", "cost"]
    least: float
    """Nanoseconds or US dollars."""

    @classmethod
    def read(cls, text: str) -> "Threshold":
        """Return the threshold that a user typed: `>2s`, `250ms`, `>$0.01`.

        Raises:
            QuantityError: If it is none; the text says what one looks like.
        """
        word = text.strip().lstrip(">=").strip()
        try:
            if word.startswith("$"):
                found = cls("cost", float(quantity(word, "money")))
            else:
                found = cls("duration", float(quantity(word, "nanoseconds")))
        except QuantityError:
            raise QuantityError("a duration or a cost: >2s, >250ms, >$0.01") from None
        if not found.least > 0:
            raise QuantityError("more than nothing: >2s, >250ms, >$0.01")
        return found

    @property
    def words(self) -> str:
        """What it hides."""
        if self.of == "cost":
            return f"below {fmt.money(self.least)}"
        return f"below {fmt.duration(int(self.least))}"

    def reached(self, tree: SpanTree) -> Bools:
        """Return the rows that reach it; what is not known to be less does."""
        totals = tree.totals
        if self.of == "cost":
            return (totals.cost_usd >= self.least) | (totals.silent + totals.unpriced > 0)
        unknown = (tree.running | tree.no_start) & (tree.source_row >= 0)
        return unknown | (tree.end - tree.start >= self.least)


@dataclass(frozen=True, slots=True, eq=False)
class Narrowing:
    """The rows that are left, and those above them."""

    wanted: Bools
    """Rows that meet every condition."""
    kept: Bools
    """They and all above them: the rows that can be shown."""

    @classmethod
    def of(cls, tree: SpanTree, *conditions: Bools | None) -> "Narrowing | None":
        """Return what meets all `conditions`; None if there is none of them."""
        wanted: Bools | None = None
        for condition in conditions:
            if condition is not None:
                wanted = condition if wanted is None else wanted & condition
        return None if wanted is None else cls(wanted, holding(wanted, tree.size))

    @property
    def hidden(self) -> int:
        """How many rows are not shown."""
        return int(self.kept.size - np.count_nonzero(self.kept))
