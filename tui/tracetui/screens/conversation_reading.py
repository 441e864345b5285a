"""How a conversation is read, a range of turns at a time, and shown as it comes.

Imports numpy and Arrow; it is imported when the first conversation is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.message import Message
from textual.widgets import Footer
from textual.worker import get_current_worker

from tracetui.screens import conversation_fetch as fetch
from tracetui.screens.store_screen import StoreScreen
from tracetui.view_models import totals_line
from tracetui.view_models.conversation.chats import Chats
from tracetui.view_models.conversation.finding import Found
from tracetui.view_models.conversation.items import Drawing, turn_items
from tracetui.view_models.conversation.outline import Outline, Thread
from tracetui.view_models.conversation.turns import TurnReader
from tracetui.view_models.conversation.words import empty_words, title_facts
from tracetui.view_models.kinds import glyph
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_document import Piece, line, text_lines
from tracetui.widgets.conversation_view import ConversationView
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.tab_strip import TabStrip
from tracetui.widgets.title_line import Fact, TitleLine
from tracetui.widgets.turn_ruler import TurnRuler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from tracetui_store.protocol import TraceReader

    from tracetui.session import LoadState, Session
    from tracetui.view_models.conversation.items import Item, Key
    from tracetui.view_models.conversation.turns import Turn

FIRST_TURNS, MORE_TURNS = 8, 32
"""Turns that are read at once: few at first, so that the beginning is there at once."""


class ConversationReading(StoreScreen[Outline]):
    """Reads the chats of a trace in ranges and shows them; what keys do is said elsewhere."""

    CSS_PATH = "conversation.tcss"
    AUTO_FOCUS = "ConversationView"

    title_line = getters.query_one(TitleLine)
    agents = getters.query_one(TabStrip)
    ruler = getters.query_one(TurnRuler)
    chat = getters.query_one(ConversationView)
    search_line = getters.query_one(SearchLine)

    @dataclass
    class TurnsRead(Message):
        """Further turns of a thread are there, or all of them anew."""

        thread: Thread
        turns: Sequence[Turn]
        drawn: Sequence[list[Item]]
        window: int | None
        anew: bool
        done: bool

    def __init__(
        self,
        session: Session,
        trace_id: str,
        step: Callable[[int], str | None],
        *,
        row_id: int | None = None,
    ) -> None:
        super().__init__(session)
        self.trace_id = trace_id
        self._step = step
        self._goal_row = row_id
        """The span whose turn is to be shown as soon as it is read."""
        self._chats: Chats | None = None
        self._thread_key: str | None = None
        self._reading: set[str] = set()
        self._windows: dict[str, int | None] = {}
        self._full = False
        self._found = Found()
        self._search_from: Key | None = None

    def compose(self) -> ComposeResult:
        """Put title, agents and ruler over the chat, the prompt and the footer below."""
        yield TitleLine()
        yield TabStrip()
        yield TurnRuler()
        yield ConversationView()
        yield SearchLine("find text, or turn 7")
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], Outline]:
        """Ask for the chats of the trace."""
        return partial(fetch.conversation, trace_id=self.trace_id)

    @property
    def thread(self) -> Thread | None:
        """The chat that is shown."""
        return None if self._chats is None else self._chats.outline.thread(self._thread_key)

    @property
    def answering(self) -> bool:
        """Whether the first turns of the chat are to come."""
        chats, key = self._chats, self._thread_key
        first = chats is not None and key in self._reading and not chats.turns.get(key or "")
        return super().answering or first

    @property
    def settled(self) -> bool:
        """Whether all that is to be shown is read and laid out."""
        return self.up_to_date and not self._reading and not self.chat.laying_out

    def show_result(self, result: Outline) -> None:
        """Show the chats; one that is shown stays."""
        if result.trace_id != self.trace_id:
            self.refetch()  # the user has stepped on
            return
        before = self._chats
        same = before is not None and before.outline.trace_id == result.trace_id
        self._chats = before.renewed(result) if before is not None and same else Chats(result)
        self.set_class(len(result.threads) > 1, "-several")
        self.set_class(bool(result.threads), "-chat")
        self.agents.titles = [
            sanitise("\u203a " * min(thread.depth, 3) + f"{thread.title[:32]} {len(thread.calls)}")
            for thread in result.threads
        ]
        if not result.threads:
            self._thread_key = None
            self.chat.show_items((), keep=False)
            words = [line("  ", Piece(words, "dim"), hang=2) for words in empty_words(result)]
            self.chat.show(text_lines(line(), *words))
            self.show_state(self.session.state)
        elif result.thread(self._thread_key) is None or not same:
            self._choose(self._first_thread(result))
        else:
            self._show_thread(keep=True)
        self._read_wanted()

    def _first_thread(self, outline: Outline) -> Thread:
        """Return the thread of the span to go to, or the first that speaks in the trace."""
        found = None if self._goal_row is None else outline.thread_of(self._goal_row)
        if found is not None:
            return found
        here = [t for t in outline.threads if any(c.trace_id == self.trace_id for c in t.calls)]
        chosen = (here or list(outline.threads))[0]
        if self._goal_row is None:
            first = next((c for c in chosen.calls if c.trace_id == self.trace_id), None)
            self._goal_row = None if first is None or first is chosen.calls[0] else first.row_id
        return chosen

    def _choose(self, thread: Thread) -> None:
        self._thread_key, self._full = thread.key, False
        self._found = Found()
        self.chat.mark("")
        self._show_thread(keep=False)
        self._read_wanted()

    def _read_wanted(self) -> None:
        """Read the chat that is shown, and those unfolded in it, as far as they are not."""
        chats = self._chats
        if chats is None:
            return
        for key in {*chats.wanted(), *([self._thread_key] if self._thread_key else [])}:
            thread = chats.outline.thread(key)
            if thread is None or key in self._reading:
                continue
            if len(chats.turns.get(key, ())) < len(thread.calls):
                self._reading.add(key)
                anew = key in self._windows
                self._read(chats.outline, thread, anew)

    @work(thread=True, group="turns", exit_on_error=False)
    def _read(self, outline: Outline, thread: Thread, anew: bool) -> None:
        """Read the turns of a thread in ranges. Touches no widget: they go home as messages."""
        from tracetui_store.pricing.windows import context_window  # noqa: PLC0415 - 60 ms

        store = self.session.store
        if store is None:
            return
        worker = get_current_worker()
        windows = [context_window(c.provider, c.model) for c in thread.calls[:1] if c.model]
        window = windows[0] if windows else None
        drawing = Drawing(outline, {}, frozenset())
        kept: list[Turn] = []
        with store.reader() as reader:
            turns = TurnReader(
                thread, outline.started_by(thread.key), partial(fetch.contents, reader)
            )
            while not turns.done and not worker.is_cancelled:
                part = turns.take(MORE_TURNS if kept else FIRST_TURNS)
                drawn = [turn_items(drawing, thread, turn) for turn in part]
                kept += part
                if anew and not turns.done:
                    continue
                told = kept if anew else part
                if not worker.is_cancelled:
                    self.post_message(self.TurnsRead(thread, told, drawn, window, anew, turns.done))

    @on(TurnsRead)
    def _take_turns(self, message: TurnsRead) -> None:
        message.stop()
        chats, key = self._chats, message.thread.key
        if message.done:
            self._reading.discard(key)
        if chats is None or chats.outline.thread(key) != message.thread:
            if message.done:
                self._read_wanted()  # it has grown meanwhile
            return
        self._windows[key] = message.window
        if message.anew:
            chats.replace(key, message.turns)
        else:
            chats.add(key, message.turns, message.drawn)
        self._show_thread(keep=True)

    def _show_thread(self, *, keep: bool) -> None:
        """Show the chat as it is read and folded now."""
        chats, thread = self._chats, self.thread
        if chats is None or thread is None:
            return
        titles = [one.key for one in chats.outline.threads]
        self.agents.active = titles.index(thread.key)
        number = self._turn_number
        if self._full:
            self.chat.show_items(chats.full_items(thread, number), keep=keep)
        else:
            self.chat.show_items(chats.items(thread), keep=keep)
        self._go_to_goal()
        self._show_place()

    def _go_to_goal(self) -> None:
        """Go to the turn of the span that was asked for, once it is read."""
        chats, thread, row_id = self._chats, self.thread, self._goal_row
        if chats is None or thread is None or row_id is None:
            return
        item = next((i for i in self.chat.items if i.target and i.target[1] == row_id), None)
        if item is not None:
            self._goal_row = None
            self.chat.go_to(item.key)
        elif len(chats.turns.get(thread.key, ())) >= len(thread.calls):
            self._goal_row = None

    def show_trace(self, trace_id: str, row_id: int | None) -> None:
        """Go to the turn of a span, be it of another trace."""
        self._goal_row = row_id
        if trace_id != self.trace_id:
            self.trace_id = trace_id
            self.refetch()
            return
        if row_id is None or self._chats is None:
            return
        thread = self._chats.outline.thread_of(row_id)
        if thread is not None:
            self._full = False
            self._choose(thread)

    @property
    def _turn_number(self) -> int:
        item = self.chat.item
        return 1 if item is None else item.turn

    def _show_place(self) -> None:
        """Show where the cursor is, on the ruler and in the title."""
        chats, thread = self._chats, self.thread
        if chats is not None and thread is not None:
            turns = chats.turns.get(thread.key, [])
            window = self._windows.get(thread.key)
            self.ruler.show(thread.calls, turns, self._turn_number, window)
        self.show_state(self.session.state)

    def show_state(self, state: LoadState) -> None:
        """Show whose chat it is, where the cursor is, and how far the load is."""
        gauge, progress = totals_line.progress_words(state)
        facts: list[Fact] = []
        if self._chats is not None:
            thread = self.thread
            count = 0 if thread is None else len(self._chats.turns.get(thread.key, ()))
            title = title_facts(
                self._chats.outline, thread, self._turn_number, count, full=self._full
            )
            name = "" if thread is None else f"{glyph('agent')} {thread.title}"
            facts.append(Fact(name or "conversation", "plain", 0, bold=True))
            facts += [Fact(text, tone, rank) for text, tone, rank in title]
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 7, right=True)]
        self.title_line.show(facts)
