"""The SQL console: a query over what is loaded, its rows below the title, the prompt below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker
from tracetui_store.console import examples
from tracetui_store.protocol import SqlNames

from tracetui.console.completion import proposals
from tracetui.console.export import ENDINGS, ExportError, checked_path, free_name
from tracetui.console.history import SqlHistory
from tracetui.screens import sql_run
from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.screens.path_prompt import PathPrompt
from tracetui.view_models import totals_line
from tracetui.view_models.format import duration
from tracetui.view_models.sanitise import sanitise
from tracetui.widgets.filter_line import FilterLine, Offer
from tracetui.widgets.notice import Notice
from tracetui.widgets.result_table import ResultTable
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from tracetui_store.protocol import SqlError, TraceReader

    from tracetui.session import LoadState, Session

HEADLINE = "Ask what is loaded in DuckDB's SQL"
ADVICE = (
    "The relations are traces, spans, payloads (attributes as JSON), events,",
    "links, logs, resources, metrics, sources and problems.",
    "DESCRIBE spans tells the columns of one.",
    "",
    "The console only reads: it cannot write, or reach any file.",
    "",
    "↓ and Enter take an example, Enter runs it, ↑ brings back earlier queries.",
    "On a row, Enter opens the trace or span it names; X writes all to a file.",
)
_HINT = "Enter run   ↑↓ → complete   Esc to the rows, ; to the query"


class SqlScreen(DismissedOnce[None]):
    """Runs queries; the keyboard is in the prompt, and after an answer in its rows."""

    CSS_PATH = "sql.tcss"
    AUTO_FOCUS = ""

    title_line = getters.query_one(TitleLine)
    table = getters.query_one(ResultTable)
    notice = getters.query_one(Notice)
    prompt = getters.query_one(FilterLine)

    @dataclass
    class NamesFetched(Message):
        """What can be completed, and the queries of earlier sessions."""

        names: SqlNames
        history: list[str]

    @dataclass
    class Answered(Message):
        """A query has ended."""

        answer: sql_run.Answer

    @dataclass
    class GoalFound(Message):
        """The trace of a row is there, or it is known why not."""

        goal: sql_run.Goal | str

    @dataclass
    class Exported(Message):
        """A file was written, or it is known why not."""

        well: bool
        said: str

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._names = SqlNames({}, ())
        self._kept = SqlHistory()
        self._history: list[str] = []
        self._answer: sql_run.Answer | None = None
        """The last one that has rows."""
        self._asked = ""
        """What is being asked; empty while nothing is."""
        self._reader: TraceReader | None = None
        self._examples = [
            Offer(0, 0, example.text, example.text, goes_on=True, title=example.title)
            for example in examples()
        ]

    def compose(self) -> ComposeResult:
        """Put the rows between title and prompt."""
        yield TitleLine()
        yield ResultTable()
        yield Notice()
        yield FilterLine(";", "SELECT …", _HINT)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Open the prompt, and learn what can be completed."""
        self.notice.show(HEADLINE, ADVICE)
        self.session.store_changed.subscribe(self, self.show_state)
        self.show_state(self.session.state)
        self.focus_prompt()
        self._fetch_names()

    def focus_prompt(self) -> None:
        """Give the keyboard to the prompt, with the query that was run in it."""
        self.prompt.open(self.prompt.text, self._history)

    @property
    def answering(self) -> bool:
        """Whether a query is under way."""
        return bool(self._asked)

    def show_state(self, state: LoadState) -> None:
        """Show what is asked, how many rows there are, and how far the load is."""
        gauge, progress = totals_line.progress_words(state)
        facts = [
            Fact("sql", "accent", 3, bold=True),
            Fact(self.session.title, "plain", 2, bold=True),
        ]
        if self._asked:
            facts.append(Fact("running, Esc cancels", "warning", 0))
        elif self._answer is not None and self._answer.grid is not None:
            rows = len(self._answer.grid)
            if self._answer.truncated:
                words = f"first {rows:,} rows shown, there are more"
                facts.append(Fact(words, "warning", 0))
            else:
                facts.append(Fact(totals_line.plural(rows, "row"), "plain", 0))
            facts.append(Fact(self.table.columns_in_sight, "dim", 3))
            facts.append(Fact(duration(int(self._answer.seconds * 1e9)), "dim", 4))
        facts += [Fact(gauge, "primary", 5, right=True), Fact(progress, "dim", 1, right=True)]
        self.title_line.show(facts)

    @work(thread=True, exclusive=True, group="names", exit_on_error=False)
    def _fetch_names(self) -> None:
        """Fetch what can be completed, on a thread."""
        store = self.session.store
        names = SqlNames({}, ())
        if store is not None:
            with store.reader() as reader:
                names = reader.sql_names()
        history = self._kept.load()
        if not get_current_worker().is_cancelled:
            self.post_message(self.NamesFetched(names, history))

    @on(NamesFetched)
    def _take_names(self, message: NamesFetched) -> None:
        message.stop()
        self._names = message.names
        # The list is the prompt's too; what was run meanwhile is the latest.
        self._history[:0] = [one for one in message.history if one not in self._history]
        if self.prompt.text and self.prompt.has_focus_within and not self._asked:
            self._complete(self.prompt.text, len(self.prompt.text))

    @on(FilterLine.Changed)
    def _typed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self.prompt.show_fault(ended=False)
        self._complete(message.text, message.cursor)

    def _complete(self, text: str, cursor: int) -> None:
        if not text:
            self.prompt.show_offers(self._examples)
            return
        self.prompt.show_offers(
            [
                Offer(one.start, cursor, one.text, one.about, one.goes_on)
                for one in proposals(text, cursor, self._names)
            ]
        )

    @on(FilterLine.Confirmed)
    def _confirmed(self, message: FilterLine.Confirmed) -> None:
        message.stop()
        text = message.text.strip()
        if not text:
            return
        self._interrupt()
        self.prompt.show_offers([])
        self._history[:] = [*(one for one in self._history if one != text), text]
        self._asked = text
        self.show_state(self.session.state)
        self._run(text)

    @work(thread=True, exclusive=True, group="sql", exit_on_error=False)
    def _run(self, text: str) -> None:
        """Ask, on a thread."""
        store = self.session.store
        if store is None:
            return
        worker = get_current_worker()
        self._kept.add(text)
        with store.reader() as reader:
            self._reader = reader
            answer = sql_run.Answer(text) if worker.is_cancelled else sql_run.ask(reader, text)
            if self._reader is reader:
                self._reader = None
        if not worker.is_cancelled:
            self.post_message(self.Answered(answer))

    @on(Answered)
    def _show_answer(self, message: Answered) -> None:
        message.stop()
        answer = message.answer
        self._asked = ""
        if answer.grid is not None:
            self._answer = answer
            self.table.show(answer.grid)
            self.add_class("-answered")
            self.table.display = True  # at once: a hidden table gets no focus
            if len(answer.grid):
                self.table.focus()
        elif answer.error is not None:
            self._show_error(answer.text, answer.error)
        else:
            self.prompt.show_fault("Cancelled.", ended=True)
        self.show_state(self.session.state)

    def _show_error(self, text: str, error: SqlError) -> None:
        """Say what is wrong, and select it where it stands."""
        self.prompt.show_fault(str(error), ended=True)
        typed = self.prompt.text
        if error.start is not None and typed.strip() == text:
            self.prompt.select(typed.index(text) + error.start, error.length)

    def _interrupt(self) -> None:
        """End the query under way, if there is one."""
        reader = self._reader
        if reader is not None:
            reader.interrupt()

    @on(FilterLine.Cancelled)
    def _leave_prompt(self, message: FilterLine.Cancelled) -> None:
        message.stop()
        self._step_back(to_rows=True)

    @on(ResultTable.Back)
    def _leave_rows(self, message: ResultTable.Back) -> None:
        message.stop()
        self._step_back(to_rows=False)

    def _step_back(self, *, to_rows: bool) -> None:
        """Cancel the query; else go to the rows, if there are any; else back."""
        if self._asked:
            self._interrupt()
        elif to_rows and self._answer is not None and self.table.row_count:
            self.prompt.show_offers([])
            self.table.focus()
        else:
            self.dismiss()

    @on(ResultTable.Scrolled)
    def _scrolled(self, message: ResultTable.Scrolled) -> None:
        message.stop()
        self.show_state(self.session.state)

    @on(ResultTable.Copied)
    def _copy(self, message: ResultTable.Copied) -> None:
        message.stop()
        self.app.copy_to_clipboard(message.text)
        self.notify("The row as JSON", title="Copied", markup=False, timeout=3)

    @on(ResultTable.Opened)
    def _open(self, message: ResultTable.Opened) -> None:
        message.stop()
        self._find_goal(message.row)

    @work(thread=True, exclusive=True, group="goal", exit_on_error=False)
    def _find_goal(self, row: dict[str, object]) -> None:
        """Look up the trace and span of a row, on a thread."""
        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            goal = sql_run.goal_of(reader, row)
        if not get_current_worker().is_cancelled:
            self.post_message(self.GoalFound(goal))

    @on(GoalFound)
    def _show_goal(self, message: GoalFound) -> None:
        message.stop()
        if isinstance(message.goal, str):
            self.notify(sanitise(message.goal), markup=False)
            return
        from tracetui.screens.trace import TraceScreen  # noqa: PLC0415 - when one is opened

        shown = TraceScreen(self.session, message.goal.trace_id, self._step)
        if message.goal.row_id is not None:
            shown.go_to_row(message.goal.row_id)
        self.app.push_screen(shown)

    def _step(self, rows: int) -> str | None:
        """Go to the next row that names another trace; return that, None if there is none."""
        here = self.table.row(self.table.cursor).get("trace_id")
        number = self.table.cursor + rows
        while 0 <= number < self.table.row_count:
            trace_id = self.table.row(number).get("trace_id")
            if isinstance(trace_id, str) and trace_id and trace_id != here:
                self.table.move_to(number)
                return trace_id
            number += rows
        return None

    @on(ResultTable.ExportWanted)
    def _ask_where(self, message: ResultTable.ExportWanted) -> None:
        message.stop()
        answer = self._answer
        if answer is None:
            return

        def chosen(target: str | None) -> None:
            if target is not None:
                self._export(answer.text, target)

        hint = f"{', '.join(ENDINGS)} say the format. All rows are written, not only those shown."
        self.app.push_screen(PathPrompt("Write the result to", free_name(), hint, _fault), chosen)

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def _export(self, text: str, target: str) -> None:
        """Ask again and write what comes, on a thread."""
        store = self.session.store
        if store is None:
            return
        with store.reader() as reader:
            self._reader = reader
            well, said = sql_run.write(reader, text, target)
            self._reader = None
        self.post_message(self.Exported(well, said))

    @on(Exported)
    def _say_exported(self, message: Exported) -> None:
        message.stop()
        title, severity = ("Written", "information") if message.well else ("Not written", "error")
        self.notify(sanitise(message.said), title=title, severity=severity, markup=False)


def _fault(target: str) -> str:
    """Return what is wrong with a path to write to; empty if nothing is."""
    try:
        checked_path(target)
    except ExportError as error:
        return str(error)
    return ""
