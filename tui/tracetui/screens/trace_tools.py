"""What the trace view does beside showing a trace: derive, hide, choose columns, follow links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.message import Message
from textual.worker import get_current_worker

from tracetui.filter.quantities import QuantityError
from tracetui.screens import fetch
from tracetui.screens.columns import ColumnChooser
from tracetui.screens.filter_screen import FilterScreen
from tracetui.screens.links import LinkChooser
from tracetui.view_models.derived import Derived, path_words
from tracetui.view_models.narrowing import Threshold
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.span_columns import COLUMNS
from tracetui.view_models.totals_line import plural
from tracetui.widgets.threshold_line import ThresholdLine
from tracetui.widgets.title_line import Fact, TitleLine
from tracetui.widgets.waterfall import Waterfall

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracetui_analyses.span_tree import SpanTree

    from tracetui.session import Session

HIDDEN_STATUS = "hidden-status"
"""The id of the line that says what is hidden."""
STITCHED_STATUS = "stitched-status"
"""The id of the line that says what the trace came of and what came of it."""


class TraceTools(FilterScreen[fetch.Trace]):
    """Holds the trace that is shown; `step` moves along the list, returns the next trace's id."""

    waterfall = getters.query_one(Waterfall)
    threshold_line = getters.query_one(ThresholdLine)
    hidden_status = getters.query_one(f"#{HIDDEN_STATUS}", TitleLine)
    stitched_status = getters.query_one(f"#{STITCHED_STATUS}", TitleLine)

    @dataclass
    class StitchedFound(Message):
        """How the trace hangs together with others."""

        stitched: fetch.Stitched
        committed: int

    @dataclass
    class DerivedFound(Message):
        """What takes a while to find is there."""

        tree: SpanTree
        derived: Derived

    @dataclass
    class LinksFetched(Message):
        """What a span is linked to."""

        targets: list[fetch.LinkTarget]

    def __init__(self, session: Session, trace_id: str, step: Callable[[int], str | None]) -> None:
        super().__init__(session)
        self._trace_id = trace_id
        self._step = step
        self._trace: fetch.Trace | None = None
        self._derived: Derived | None = None
        """Of the trace that is shown, or of it before it grew."""
        self._deriving = False

    @property
    def trace_id(self) -> str:
        """The trace that is shown."""
        return self._trace_id

    def go_to_row(self, row_id: int | None) -> None:
        """Put the cursor on a span, now or once the trace is there."""
        raise NotImplementedError

    def derive(self) -> None:
        """Find what is to be drawn beside the tree, unless that goes on already."""
        if self._trace is not None and self._trace.derived is None and not self._deriving:
            self._deriving = True
            self._find_derived(self._trace.tree)

    @work(thread=True, group="derive", exit_on_error=False)
    def _find_derived(self, tree: SpanTree) -> None:
        """Find it on a thread. Touches no widget: it goes home as a message."""
        derived = Derived.of(tree)
        if not get_current_worker().is_cancelled:
            self.post_message(self.DerivedFound(tree, derived))

    @on(DerivedFound)
    def _take_derived(self, message: DerivedFound) -> None:
        message.stop()
        self._deriving = False
        if self._trace is None:
            return
        if message.tree is self._trace.tree:
            self._derived = message.derived
            self.waterfall.show_derived(message.derived)
            self.show_state(self.session.state)
        else:
            self.derive()  # the trace has grown, or is another, meanwhile

    def stitch(self) -> None:
        """Find what the trace came of and what came of it, once everything is loaded."""
        if self.session.state.finished:
            self._find_stitched(self._trace_id)

    @work(thread=True, exclusive=True, group="stitch", exit_on_error=False)
    def _find_stitched(self, trace_id: str) -> None:
        """Find it on a thread; what is known of the whole load is kept. Touches no widget."""
        store, committed = self.session.store, self.session.state.committed
        if store is None:
            return
        kept = self.session.stitching
        known = kept[1] if kept is not None and kept[0] == committed else None
        with store.reader() as reader:
            found = fetch.stitched(reader, trace_id, known)
        if not get_current_worker().is_cancelled:
            self.post_message(self.StitchedFound(found, committed))

    @on(StitchedFound)
    def _show_stitched(self, message: StitchedFound) -> None:
        message.stop()
        self.session.stitching = message.committed, message.stitched.joined
        if message.stitched.trace_id != self._trace_id:
            return
        words = message.stitched.words
        self.stitched_status.display = bool(words)
        self.stitched_status.show([Fact(text, tone, at) for at, (text, tone) in enumerate(words)])

    def path_facts(self) -> list[Fact]:
        """Return what the critical path was spent on; it matters most while the path is shown."""
        if self._derived is None:
            return []
        words = path_words(self._derived.path)
        if self.waterfall.shows_path:
            return [Fact(text, "accent", min(at, 1)) for at, text in enumerate(words)]
        return [Fact(text, "dim", 9 + at) for at, text in enumerate(words)]

    @on(Waterfall.PathToggled)
    def _tell_path(self) -> None:
        self.show_state(self.session.state)

    @on(Waterfall.ColumnsWanted)
    def _choose_columns(self, message: Waterfall.ColumnsWanted) -> None:
        def chosen(keys: frozenset[str] | None) -> None:
            if keys is not None:
                self.session.span_columns = keys
                self.waterfall.choose_columns(keys)

        offered = (
            (c.key, f"{c.title:<10}{c.about}".rstrip())
            for c in sorted(COLUMNS, key=lambda column: column.rank)
        )
        self.app.push_screen(ColumnChooser(message.keys, offered), chosen)

    @on(Waterfall.ThresholdWanted)
    def _ask_threshold(self) -> None:
        self.threshold_line.open()

    @on(ThresholdLine.Confirmed)
    def _hide_below(self, message: ThresholdLine.Confirmed) -> None:
        try:
            threshold = Threshold.read(message.text)
        except QuantityError as wrong:
            self.threshold_line.show_fault(str(wrong))
            return
        self._leave_threshold()
        self.waterfall.hide_below(threshold)

    @on(ThresholdLine.Cancelled)
    def _leave_threshold(self) -> None:
        self.threshold_line.close()
        self.waterfall.focus()

    @on(Waterfall.Narrowed)
    def show_hidden(self) -> None:
        """Say what is hidden and how to show it again; hide the line if nothing is."""
        waterfall = self.waterfall
        facts: list[Fact] = []
        if (threshold := waterfall.threshold) is not None:
            facts.append(Fact(f"{threshold.words}, H shows them", "plain", 1))
        if found := waterfall.only_matches:
            facts.append(Fact(f"without “{found[:40]}”, & shows them", "plain", 2))
        self.hidden_status.display = bool(facts)
        if facts:
            count = f"{plural(waterfall.hidden, 'span')} hidden"
            self.hidden_status.show([Fact(count, "warning", 0, bold=True), *facts])

    @on(Waterfall.LinkWanted)
    def _want_links(self, message: Waterfall.LinkWanted) -> None:
        self._fetch_links(message.row_id)

    @work(thread=True, exclusive=True, group="links", exit_on_error=False)
    def _fetch_links(self, row_id: int) -> None:
        """Fetch what a span is linked to on a thread. Touches no widget."""
        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            targets = fetch.link_targets(reader, row_id)
        if not get_current_worker().is_cancelled:
            self.post_message(self.LinksFetched(targets))

    @on(LinksFetched)
    def _choose_link(self, message: LinksFetched) -> None:
        message.stop()
        loaded = [target for target in message.targets if target.row_id is not None]
        if not message.targets:
            self.notify("This span has no links.", markup=False, timeout=3)
        elif not loaded:
            first = sanitise(message.targets[0].span_id[:64])
            self.notify(f"The linked span {first} is not loaded.", markup=False, timeout=3)
        elif len(message.targets) == 1:
            self.follow_link(loaded[0])
        else:
            chooser = LinkChooser(message.targets, self._trace_id)
            self.app.push_screen(chooser, self.follow_link)

    def follow_link(self, target: fetch.LinkTarget | None) -> None:
        """Go to a linked span, in this trace or in another on top of this one."""
        if target is None:
            return
        if target.trace_id == self._trace_id:
            self.go_to_row(target.row_id)
            return
        other = type(self)(self.session, target.trace_id, self._step)
        other.go_to_row(target.row_id)
        self.app.push_screen(other)
