"""What stands beside the list of traces: the facets and the preview, each shown when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Container
from textual.message import Message
from textual.worker import get_current_worker

from tracetui.screens.filter_screen import FilterScreen
from tracetui.widgets.facet_pane import FacetPane
from tracetui.widgets.trace_table import TraceTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from textual.timer import Timer
    from tracetui_store.latest import LatestQuery

    from tracetui.screens.facets_fetch import Question
    from tracetui.screens.fetch import TraceList
    from tracetui.session import Session
    from tracetui.view_models.facet import Facet
    from tracetui.view_models.text_document import TextDocument
    from tracetui.view_models.time_window import TimeWindow
    from tracetui.widgets.trace_preview import TracePreview

SECONDS_BEFORE_PREVIEW = 0.08
"""How long the cursor must rest before the trace under it is fetched."""
COVERS_BELOW, WIDE_FROM = 100, 140
"""Columns below which the facets cover the list, and from which the preview is beside it."""


class TracesPanes(FilterScreen["TraceList"]):
    """Shows facets and a preview beside the list; what is in the list is said elsewhere."""

    LEVEL = "traces"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's form
        (0, "-narrow"),
        (COVERS_BELOW, "-medium"),
        (WIDE_FROM, "-wide"),
    ]

    @dataclass
    class FacetsCounted(Message):
        """The values of the facets are there."""

        facets: Sequence[Facet]
        asked: Sequence[Question]

    @dataclass
    class PreviewFetched(Message):
        """The preview of a trace is there; None if the trace is gone."""

        trace_id: str
        document: TextDocument | None

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table = TraceTable()
        """Made here: what lies in a container is mounted after the screen hears of the load."""
        self._list: TraceList | None = None
        """As it was fetched."""
        self._facets: FacetPane | None = None
        """None until it was asked for the first time."""
        self._preview: TracePreview | None = None
        self._preview_timer: Timer | None = None
        self._asked: Sequence[Question] = ()
        self._answered: Sequence[Question] | None = None
        """The questions whose answers the facets show."""
        self._queries: dict[str, LatestQuery[Any]] = {}
        self._window: TimeWindow | None = None
        """What the list is narrowed to."""

    @property
    def facets_shown(self) -> bool:
        """Whether the facets are on screen."""
        return self._facets is not None and self._facets.display

    @property
    def preview_shown(self) -> bool:
        """Whether the preview is on screen."""
        return self._preview is not None and self._preview.display

    @property
    def panes_settled(self) -> bool:
        """Whether the panes on screen show what belongs to the list of now."""
        counted = not self.facets_shown or self._answered is self._asked
        preview = self._preview
        followed = preview is None or not preview.display or preview.trace_id == self.table.trace_id
        return counted and followed

    def show_panes(self) -> None:
        """Count and fetch anew for the panes that are on screen: the list is another."""
        if self.facets_shown:
            self._count_facets()
        if self.preview_shown:
            self._preview_soon()

    def focus_rows(self) -> None:
        """Give the keyboard to the list, or to the facets that cover it."""
        covered = self.facets_shown and self.has_class("-narrow")
        (self._facets if covered and self._facets is not None else self.table).focus()

    async def action_facets(self) -> None:
        """Show the facets and go there, or hide them."""
        if self._facets is None:
            self._facets = FacetPane()
            await self.query_one("#body", Container).mount(self._facets, before=0)
        elif self.facets_shown:
            self.hide_facets()
            return
        self._facets.display = True
        self.add_class("-facets")
        self._count_facets()
        self._facets.focus()

    def hide_facets(self) -> None:
        """Hide the facets; what was chosen stays in the filter."""
        if self._facets is not None:
            self._facets.display = False
        self.remove_class("-facets")
        self.table.focus()

    async def action_preview(self) -> None:
        """Show or hide the preview of the trace under the cursor."""
        if self._preview is None:
            from tracetui.widgets.trace_preview import TracePreview  # noqa: PLC0415 - numpy

            self._preview = TracePreview()
            await self.query_one("#main", Container).mount(self._preview)
            self._fetch_preview_now()
            return
        self._preview.display = not self._preview.display
        if self._preview.display:
            self._fetch_preview_now()
        elif not self.table.has_focus_within:
            self.focus_rows()

    @on(FacetPane.Toggled)
    def _choose_value(self, message: FacetPane.Toggled) -> None:
        """Write the value into the filter, or out of it."""
        from tracetui.filter.errors import FilterError  # noqa: PLC0415 - brings the parser
        from tracetui.filter.facets import FACETS, toggled  # noqa: PLC0415 - as above

        message.stop()
        dimension = next(one for one in FACETS if one.column == message.column)
        text = toggled(self.filter_text, dimension, message.value)
        try:
            predicate = self.predicate_of(text)
        except FilterError as wrong:
            self.notify(str(wrong), severity="warning", markup=False)
            return
        self.apply_filter(text, predicate)
        self._show_counting()

    def _questions(self) -> list[Question]:
        from tracetui_store.predicates import EVERYTHING, And  # noqa: PLC0415 - after the paint

        from tracetui.filter.facets import FACETS, chosen, without  # noqa: PLC0415 - the parser
        from tracetui.screens.facets_fetch import Question  # noqa: PLC0415 - as above
        from tracetui.view_models.time_window import predicate  # noqa: PLC0415 - as above

        window = () if self._window is None else (predicate(self._window),)
        found: list[Question] = []
        for dimension in FACETS:
            others = without(self.filter_text, dimension)
            where = self.predicate_of(others) if others else EVERYTHING
            found.append(
                Question(
                    dimension,
                    And((where, *window)) if window else where,
                    chosen(self.filter_text, dimension),
                )
            )
        return found

    def _show_counting(self) -> None:
        self._asked = self._questions()
        if self._facets is not None:
            self._facets.show_counting({q.dimension.column: q.chosen for q in self._asked})

    def _count_facets(self) -> None:
        self._asked = self._questions()
        self._fetch_facets(self._asked)

    @work(thread=True, group="facets", exit_on_error=False)
    def _fetch_facets(self, asked: Sequence[Question]) -> None:
        """Count on a thread. Touches no widget: the result goes home as a message."""
        from tracetui.screens.facets_fetch import facets  # noqa: PLC0415 - after the first paint

        found = self._latest("facets", partial(facets, questions=asked))
        if found is not None and not get_current_worker().is_cancelled:
            self.post_message(self.FacetsCounted(found, asked))

    @on(FacetsCounted)
    def _show_facets(self, message: FacetsCounted) -> None:
        message.stop()
        if self._facets is not None and message.asked is self._asked:
            self._answered = message.asked
            self._facets.show(message.facets, {q.dimension.column: q.chosen for q in message.asked})

    def _latest(self, place: str, query: Any) -> Any:
        """Run a query that ends the one before it for the same place; None if it was ended too."""
        from tracetui_store.latest import LatestQuery, SupersededError  # noqa: PLC0415 - pyarrow

        store = self.session.store
        if store is None:
            return None
        latest = self._queries.setdefault(place, LatestQuery())
        try:
            return latest.run(store, query)
        except SupersededError:
            return None

    @on(TraceTable.CursorMoved)
    def _preview_soon(self) -> None:
        if not self.preview_shown:
            return
        if self._preview_timer is not None:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(SECONDS_BEFORE_PREVIEW, self._fetch_preview_now)

    def _fetch_preview_now(self) -> None:
        trace_id = self.table.trace_id
        if self._preview is None:
            return
        if trace_id is not None:
            self._fetch_preview(trace_id)
        elif self.table.group is not None:
            self._preview.say("A group. Go to one of its traces to see what it was about.")
        else:
            self._preview.say("No trace to preview.")

    @work(thread=True, group="preview", exit_on_error=False)
    def _fetch_preview(self, trace_id: str) -> None:
        """Fetch a preview and write it on a thread. Touches no widget."""
        from tracetui.screens.preview_fetch import preview  # noqa: PLC0415 - after the first paint
        from tracetui.view_models.trace_preview import preview_document  # noqa: PLC0415 - as above

        found = self._latest("preview", partial(preview, trace_id=trace_id))
        if found is None or get_current_worker().is_cancelled:
            return
        document = None
        if len(found.tree):
            document = preview_document(found.tree, found.table, found.inputs, found.outputs)
        self.post_message(self.PreviewFetched(trace_id, document))

    @on(PreviewFetched)
    def _show_preview(self, message: PreviewFetched) -> None:
        message.stop()
        if self._preview is None or message.trace_id != self.table.trace_id:
            return
        if message.document is None:
            self._preview.say("The trace is gone.")
        else:
            self._preview.show(message.trace_id, message.document)
