"""Find in all text of what is loaded: hits come while the search goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from textual import getters, on, work
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker
from tracetui_store.predicates import PredicateError
from tracetui_store.protocol import QueryInterruptedError

from tracetui.commands import SEARCH, bindings
from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models import totals_line
from tracetui.view_models.hits import Hit, HitWalk, hits_of, needle_of
from tracetui.widgets.hit_table import HitTable
from tracetui.widgets.notice import Notice
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from textual.app import ComposeResult
    from tracetui_store.protocol import SearchPart, TraceReader

    from tracetui.session import Session

MOST_HITS = 10_000
"""Hits that are listed; the others are counted."""
ADVICE = (
    "Names, status messages, what was said, tool input and output, attributes,",
    "events and log records were searched, whatever the case, as they were sent.",
    "",
    "/     search for something else",
    "Esc   back",
)


@dataclass(frozen=True, slots=True)
class Found:
    """How far a search is."""

    text: str
    hits: list[Hit]
    """Those of its last part that are listed."""
    traces: dict[str, str]
    """Names of the traces of `hits`."""
    count: int
    """All hits so far."""
    trace_count: int
    share: float
    ended: bool = False
    problem: str = ""


class FindScreen(DismissedOnce[None]):
    """Lists where a text stands; Enter goes there, and from there n and N go on."""

    BINDINGS = bindings(SEARCH)
    CSS_PATH = "find.tcss"
    AUTO_FOCUS = "HitTable"

    title_line = getters.query_one(TitleLine)
    table = getters.query_one(HitTable)
    notice = getters.query_one(Notice)
    search_line = getters.query_one(SearchLine)

    @dataclass
    class PartFound(Message):
        """The search has come on."""

        found: Found

    def __init__(self, session: Session, text: str) -> None:
        super().__init__()
        self.session = session
        self._text = text
        self._found: Found | None = None
        self._reader: TraceReader | None = None

    def compose(self) -> ComposeResult:
        """Put the hits between title and prompt."""
        yield TitleLine()
        yield HitTable()
        yield Notice()
        yield SearchLine("find in all text")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Search at once, or ask for what."""
        if self._text:
            self._begin(self._text)
        else:
            self._show_state()
            self.action_search()

    def on_unmount(self) -> None:
        """End the search that goes on."""
        self._interrupt()

    def _begin(self, text: str) -> None:
        self._interrupt()
        self._text = text
        self._found = None
        self.remove_class("-nothing")
        self.table.begin(needle_of(text))
        self.table.focus()
        self._show_state()
        self._search(text)

    @work(thread=True, exclusive=True, group="find", exit_on_error=False)
    def _search(self, text: str) -> None:
        """Search on a thread. Touches no widget: each part goes home as a message."""
        store = self.session.store
        if store is None:
            return
        worker = get_current_worker()
        with store.reader() as reader:
            self._reader = reader
            search = _Search(reader, text)
            try:
                for part in search.parts():
                    if worker.is_cancelled:
                        return
                    self.post_message(self.PartFound(part))
            finally:
                if self._reader is reader:
                    self._reader = None

    @on(PartFound)
    def _show_part(self, message: PartFound) -> None:
        message.stop()
        found = message.found
        if found.text != self._text:
            return
        self._found = found
        if found.hits:
            self.table.add(found.hits, found.traces)
        if found.ended and not found.count:
            self.notice.show(found.problem or f"“{self._text}” stands nowhere.", ADVICE)
            self.add_class("-nothing")
            self.notice.display = True
            self.notice.focus()
        self._show_state()

    def _show_state(self) -> None:
        found = self._found
        facts = [Fact("find", "accent", 3, bold=True), Fact(self._text, "plain", 0, bold=True)]
        if found is not None:
            hits = totals_line.plural(found.count, "hit")
            traces = totals_line.plural(found.trace_count, "trace")
            facts.append(Fact(f"{hits} in {traces}", "plain", 1))
            if found.count > MOST_HITS:
                facts.append(Fact(f"first {MOST_HITS:,} shown", "warning", 2))
            if found.ended and found.problem:
                facts.append(Fact(found.problem, "warning", 2))
        if self._text and (found is None or not found.ended):
            share = 0.0 if found is None else found.share
            facts.append(Fact(f"{share:.0%} searched, Esc stops", "primary", 1, right=True))
        self.title_line.show(facts)

    def _interrupt(self) -> None:
        reader = self._reader
        if reader is not None:
            reader.interrupt()

    @property
    def searching(self) -> bool:
        """Whether the search goes on."""
        return bool(self._text) and (self._found is None or not self._found.ended)

    @on(HitTable.Back)
    def _back(self, message: HitTable.Back) -> None:
        message.stop()
        if self.searching and self._reader is not None:
            self._interrupt()
        else:
            self.dismiss()

    @property
    def answering(self) -> bool:
        """Whether the first hit is to come."""
        return self.searching and not self.table.row_count

    def key_escape(self) -> None:
        """Step back from the words that nothing was found."""
        if self.has_class("-nothing"):
            self.dismiss()

    @on(HitTable.Opened)
    def _open(self, message: HitTable.Opened) -> None:
        from tracetui.screens.found_trace import FoundTraceScreen  # noqa: PLC0415 - when opened

        message.stop()
        hit = message.hit
        if hit.trace_id is None:
            self.notify("This log record names no span.", markup=False)
            return
        walk = HitWalk(self._text, hit, self._walk)
        self.app.push_screen(FoundTraceScreen(self.session, hit.trace_id, self._step, walk))

    def _walk(self, direction: int) -> Hit | None:
        """Move to the next (1) or previous (-1) hit; return it, None at the end."""
        before = self.table.cursor
        self.table.action_cursor(direction)
        return self.table.hit if self.table.cursor != before else None

    def _step(self, rows: int) -> str | None:
        """Move to the first hit of another trace; return that, None if there is none."""
        here = self.table.hit
        while (hit := self._walk(rows)) is not None:
            if here is None or hit.trace_id not in (None, here.trace_id):
                return hit.trace_id
        return None

    def action_search(self) -> None:
        """Ask for something else to look for."""
        self.search_line.open()

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous hit."""
        self._walk(direction)

    @on(SearchLine.Changed)
    def _typed(self, message: SearchLine.Changed) -> None:
        message.stop()

    @on(SearchLine.Confirmed)
    def _confirmed(self, message: SearchLine.Confirmed) -> None:
        message.stop()
        self.search_line.close()
        if message.text:
            self._begin(message.text)
        else:
            self._close_prompt()

    @on(SearchLine.Cancelled)
    def _close_prompt(self) -> None:
        self.search_line.close()
        if not self._text:
            self.dismiss()
        elif self.has_class("-nothing"):
            self.notice.focus()
        else:
            self.table.focus()


class _Search:
    """One search: what it has found so far."""

    def __init__(self, reader: TraceReader, text: str) -> None:
        self._reader = reader
        self._text = text
        self._names: pa.Table | None = None
        self._count = 0
        self._listed = 0
        self._traces: set[str | None] = set()
        self._share = 0.0

    def parts(self) -> Iterator[Found]:
        """Yield how far it is, part by part, and at last how it ended."""
        problem = ""
        try:
            for part in self._reader.search(self._text):
                yield self._taken(part)
        except QueryInterruptedError:
            problem = f"stopped at {self._share:.0%}"
        except PredicateError as error:
            problem = str(error)
        yield self._now([], {}, ended=True, problem=problem)

    def _taken(self, part: SearchPart) -> Found:
        self._count += part.hits.num_rows
        self._share = part.share
        self._traces.update(part.hits["trace_id"].unique().to_pylist())
        listed = part.hits.slice(0, max(MOST_HITS - self._listed, 0))
        self._listed += listed.num_rows
        return self._now(hits_of(listed), self._named(listed["trace_id"]), ended=False)

    def _now(
        self, hits: list[Hit], traces: dict[str, str], *, ended: bool, problem: str = ""
    ) -> Found:
        return Found(
            self._text, hits, traces, self._count, len(self._traces), self._share, ended, problem
        )

    def _named(self, trace_ids: pa.ChunkedArray) -> dict[str, str]:
        """Return the names of traces; all names are fetched once, when there is a hit."""
        if not len(trace_ids):
            return {}
        if self._names is None:
            self._names = self._reader.traces().select(["trace_id", "name"])
        wanted = pc.is_in(self._names["trace_id"], value_set=trace_ids.unique())
        rows = self._names.filter(wanted).to_pylist()
        return {row["trace_id"]: row["name"] for row in rows if row["name"]}
