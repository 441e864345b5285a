"""A screen whose rows can be filtered: prompt, status line, values to propose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import getters, on, work
from textual.message import Message
from textual.worker import get_current_worker

from tracetui.screens.store_screen import StoreScreen
from tracetui.widgets.filter_line import FilterLine, Offer
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, ClassVar

    from tracetui_store.predicates import Predicate

    from tracetui.filter.completion import Values
    from tracetui.filter.fields import Level

FILTER_STATUS = "filter-status"
"""The id of the line that says which filter is applied."""
VALUES_PROPOSED = 200
"""Values of a field that are fetched to complete from, the most frequent."""

ResultT = TypeVar("ResultT")


class FilterScreen(StoreScreen[ResultT], Generic[ResultT]):
    """Holds the filter that is applied and lets the user type another.

    A subclass composes a `FilterLine` and a hidden `TitleLine` with the id `FILTER_STATUS`, asks
    its query with `where`, and says what the row under the cursor is.
    """

    LEVEL: ClassVar[Level]

    filter_line = getters.query_one(FilterLine)
    filter_status = getters.query_one(f"#{FILTER_STATUS}", TitleLine)

    @dataclass
    class ValuesFetched(Message):
        """The values to propose are there."""

        values: Values

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.filter_text = ""
        """The filter that is applied, as it was typed; empty without one."""
        self.where: Predicate | None = None
        """What it stands for; None without a filter."""
        self._values: Values = {}

    def row_under_cursor(self) -> Mapping[str, Any] | None:
        """Return the columns of the row to filter to; None without one."""
        raise NotImplementedError

    def newest_unix_nano(self) -> int | None:
        """Return a time on the day that times of day are about."""
        raise NotImplementedError

    def focus_rows(self) -> None:
        """Give the keyboard to the rows."""
        raise NotImplementedError

    def show_filtered(self, shown: int, of: int, what: str) -> None:
        """Say which filter is applied and how many of how many it leaves; hide it without one."""
        self.filter_status.display = self.where is not None
        if self.where is not None:
            self.filter_status.show(
                [
                    Fact("filter", "accent", 2, bold=True),
                    Fact(self.filter_text, "plain", 0),
                    Fact(f"{shown:,} of {of:,} {what}", "warning", 1, right=True),
                ]
            )

    def action_filter(self) -> None:
        """Open the filter prompt on the filter that is applied."""
        self._fetch_values()
        self.filter_line.open(self.filter_text, self._history)

    def action_filter_value(self) -> None:
        """Offer the conditions that the row under the cursor meets."""
        from tracetui.view_models.filter_values import conditions  # noqa: PLC0415 - when asked for

        row = self.row_under_cursor()
        found = [] if row is None else conditions(row, self.LEVEL)
        if not found:
            self.notify("There is no value under the cursor.", markup=False)
            return
        before = f"{self.filter_text} " if self.filter_text else ""
        offers = [Offer(len(before), len(before), text, about) for text, about in found]
        self.filter_line.open_with(offers, before, self._history)

    def action_filter_sql(self) -> None:
        """Show the SQL that the filter becomes."""
        where = self.shown_where
        if where is None:
            self.notify("No filter is applied. Press f to filter.", markup=False)
            return
        from tracetui.screens.filter_sql import FilterSqlScreen  # noqa: PLC0415 - when asked for

        self.app.push_screen(FilterSqlScreen(self.filter_text, where, self.LEVEL))

    @property
    def shown_where(self) -> Predicate | None:
        """Return all that narrows what is shown, the filter and more; None if nothing does."""
        return self.where

    @property
    def _history(self) -> list[str]:
        return self.session.filters.setdefault(self.LEVEL, [])

    @work(thread=True, exclusive=True, group="values", exit_on_error=False)
    def _fetch_values(self) -> None:
        """Count the values of every field on a thread. Touches no widget."""
        from tracetui.screens.fetch import filter_values  # noqa: PLC0415 - after the first paint

        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            values = filter_values(reader, VALUES_PROPOSED)
        if not get_current_worker().is_cancelled:
            self.post_message(self.ValuesFetched(values))

    @on(ValuesFetched)
    def _take_values(self, message: ValuesFetched) -> None:
        message.stop()
        self._values = message.values
        if self.filter_line.is_open:
            self._complete(self.filter_line.text, len(self.filter_line.text))

    @on(FilterLine.Changed)
    def _typed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self._read(message.text, ended=False)
        self._complete(message.text, message.cursor)

    def _complete(self, text: str, cursor: int) -> None:
        from tracetui.filter.completion import complete  # noqa: PLC0415 - brings the parser

        found = complete(text, cursor, self.LEVEL, self._values)
        offers: Sequence[Offer] = [
            Offer(found.start, found.stop, one.text, one.about, one.opens)
            for one in found.proposals
        ]
        self.filter_line.show_offers(offers)

    def _read(self, text: str, *, ended: bool) -> Predicate | None:
        """Return the predicate of `text`; None, and say why, if it is no filter."""
        from tracetui.filter.errors import FilterError  # noqa: PLC0415 - as below

        try:
            predicate = self.predicate_of(text)
        except FilterError as wrong:
            self.filter_line.show_fault(str(wrong), wrong.start, wrong.caret.strip(), ended=ended)
            return None
        self.filter_line.show_fault(ended=ended)
        return predicate

    def predicate_of(self, text: str) -> Predicate:
        """Return what `text` stands for here and now.

        Raises:
            FilterError: If it is no filter.
        """
        from tracetui.filter.language import read  # noqa: PLC0415 - brings the parser
        from tracetui.filter.quantities import Clock  # noqa: PLC0415 - as above

        return read(text, self.LEVEL, Clock.local(self.newest_unix_nano()))

    @on(FilterLine.Confirmed)
    def _apply(self, message: FilterLine.Confirmed) -> None:
        message.stop()
        self.filter_to(message.text)

    def filter_to(self, text: str) -> None:
        """Apply the filter `text`; say why in the prompt if it is none."""
        predicate = self._read(text, ended=True)
        if predicate is not None:
            self.apply_filter(text, predicate)
            self._leave_line()

    def apply_filter(self, text: str, predicate: Predicate) -> None:
        """Apply the filter `text`, which stands for `predicate`; an empty one lets all through."""
        text = text.strip()
        if text:
            self._history[:] = [*(one for one in self._history if one != text), text]
        self.filter_text, self.where = text, predicate if text else None
        self.filter_status.display = self.where is not None
        self.supersede()

    @on(FilterLine.Cancelled)
    def _leave_line(self) -> None:
        self.filter_line.close()
        self.focus_rows()
