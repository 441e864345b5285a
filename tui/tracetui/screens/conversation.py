"""The conversation: the model calls of an agent as a chat, agent by agent.

Imports numpy and Arrow; it is imported when the first conversation is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tracetui.commands import CONVERSATION, OUT, SEARCH, bindings
from tracetui.screens.conversation_reading import ConversationReading
from tracetui.screens.taking_out import TakingOut
from tracetui.screens.wanted import SpanWanted
from tracetui.view_models.conversation.finding import Found
from tracetui.view_models.conversation.markdown import thread_markdown, turn_markdown
from tracetui.view_models.taking_out import Taken
from tracetui.widgets.conversation_view import ConversationView
from tracetui.widgets.search_line import SearchLine
from tracetui.widgets.tab_strip import TabStrip
from tracetui.widgets.turn_ruler import TurnRuler

if TYPE_CHECKING:
    from tracetui.view_models.conversation.items import Key

FIRST_TURNS, MORE_TURNS = 8, 32
"""Turns that are read at once: few at first, so that the beginning is there at once."""


class ConversationScreen(TakingOut, ConversationReading):
    """Shows the chats of a trace; `step` moves along the list and returns the next trace's id."""

    BINDINGS = [*bindings(CONVERSATION), *bindings(OUT), *bindings(SEARCH)]  # noqa: RUF012 - Textual's form

    @on(ConversationView.Moved)
    def _cursor_moved(self) -> None:
        self._show_place()

    @on(TabStrip.Chosen)
    def _agent_clicked(self, message: TabStrip.Chosen) -> None:
        if self._chats is not None and message.index < len(self._chats.outline.threads):
            self._choose(self._chats.outline.threads[message.index])

    def action_agent(self, direction: int) -> None:
        """Show the next or previous agent, round the ends."""
        if self._chats is None or len(self._chats.outline.threads) < 2:
            self.notify("There is one agent only.", timeout=3)
            return
        threads = self._chats.outline.threads
        self._choose(threads[(self.agents.active + direction) % len(threads)])

    @on(TurnRuler.Chosen)
    def _turn_clicked(self, message: TurnRuler.Chosen) -> None:
        self._go_to_turn(message.turn)

    def action_turn(self, direction: int) -> None:
        """Go to the next or previous turn."""
        item = self.chat.item
        inside = item is not None and not item.is_head and not self._full
        self._go_to_turn(self._turn_number + direction + (1 if inside and direction < 0 else 0))

    def _go_to_turn(self, number: int) -> None:
        thread, chats = self.thread, self._chats
        if thread is None or chats is None:
            return
        if not 1 <= number <= len(thread.calls):
            self.notify(
                "That was the last turn." if number > 1 else "That was the first turn.", timeout=3
            )
        elif chats.turn(thread.key, number) is None:
            self.notify("That turn is not read yet.", timeout=3)
        elif self._full:
            self.chat.show_items(chats.full_items(thread, number), keep=False)
            self._show_place()
        else:
            self.chat.go_to((thread.key, number, "head"))

    def action_next_error(self, direction: int) -> None:
        """Go to the next or previous turn whose call or tool failed."""
        thread = self.thread
        if thread is None or self._full:
            return
        errors = {call.row_id for call in (*thread.calls, *thread.steps) if call.error}
        items = self.chat.items
        here = self.chat.item
        at = next((n for n, item in enumerate(items) if item is here), 0)
        further = range(at + 1, len(items)) if direction > 0 else range(at - 1, -1, -1)
        for number in further:
            target = items[number].target
            # Every item of a failed call leads to it: only its line about the error counts.
            if target and target[1] in errors and items[number].key[2] not in {"head", "earlier"}:
                is_call = any(call.row_id == target[1] for call in thread.calls)
                if not is_call or items[number].key[2] == "error":
                    self.chat.go_to(items[number].key, at=None)
                    return
        self.notify("No more errors in this conversation.", timeout=3)

    def action_expand(self) -> None:
        """Fold or unfold the item under the cursor, or all of the turn on its head."""
        item, thread, chats = self.chat.item, self.thread, self._chats
        if item is None or thread is None or chats is None:
            return
        if self._full:
            chats.unfolded ^= {item.key}
        elif not chats.toggle(thread, item):
            self.notify("All of this is shown.", timeout=3)
            return
        self._show_thread(keep=True)
        self._read_wanted()

    def action_toggle_full(self) -> None:
        """Show what is new in each turn, or one turn with all that the model was sent."""
        thread = self.thread
        if thread is None:
            return
        number = self._turn_number
        self._full = not self._full
        self._show_thread(keep=False)
        if self._full and self._chats is not None:
            self.chat.show_items(self._chats.full_items(thread, number), keep=False)
        else:
            self.chat.go_to((thread.key, number, "head"))
        self._show_place()

    def takes(self) -> list[Taken]:
        """Return what can be taken out of the turn under the cursor."""
        thread, chats, item = self.thread, self._chats, self.chat.item
        if thread is None or chats is None:
            return []
        turn = chats.turn(thread.key, self._turn_number)
        if turn is None:
            return []
        full, read = self._full, tuple(chats.turns.get(thread.key, ()))
        words = f"Turn {turn.number} as Markdown"
        found = [Taken(words, lambda: turn_markdown(thread, turn, full=full), ".md")]
        if item is not None and item.text:
            text = item.text
            found.append(Taken("The part under the cursor as text", lambda: text))
        outline, turns = chats.outline, {**chats.turns, thread.key: read}
        words = f"The whole chat as Markdown, {len(read):,} turns"
        found.append(
            Taken(words, lambda: "\n\n".join(thread_markdown(outline, thread, turns)), ".md")
        )
        if turn.ref.span_id:
            span_id = turn.ref.span_id
            found.append(Taken("Span id", lambda: span_id))
        trace_id = turn.ref.trace_id
        return [*found, Taken("Trace id", lambda: trace_id)]

    def taken_name(self) -> str:
        """Return whose chat it is, and the turn."""
        return f"{self.thread.title if self.thread else 'turn'} {self._turn_number}"

    @on(ConversationView.Clicked)
    def action_open(self) -> None:
        """Go to the span of the item under the cursor."""
        item = self.chat.item
        trace_id, row_id = item.target if item and item.target else (self.trace_id, None)
        self.post_message(SpanWanted(trace_id, row_id))

    def action_back(self) -> None:
        """Go back to where the conversation was asked for."""
        self.dismiss()

    def action_step(self, rows: int) -> None:
        """Show the conversation of the next or previous trace of the list."""
        trace_id = self._step(rows)
        if trace_id is None:
            self.notify("That was the last one." if rows > 0 else "That was the first one.")
            return
        self.trace_id, self._goal_row = trace_id, None
        self.refetch()

    def action_search(self) -> None:
        """Open the search prompt."""
        self._search_from = self.chat.item.key if self.chat.item else None
        self.search_line.open()

    @on(SearchLine.Changed)
    def _search(self, message: SearchLine.Changed) -> None:
        self._found = Found.of(message.text, self.chat.items)
        self.chat.mark(message.text)
        self.search_line.show_count(len(self._found) if message.text else None)
        key = self._found.go_from(self.chat.items, self._search_from)
        if key is not None:
            self.chat.go_to_match(key, message.text)

    @on(SearchLine.Confirmed)
    def _keep_search(self) -> None:
        self.search_line.close()
        self.chat.focus()
        if self._found.keys:
            self._show_match(self._found.keys[max(self._found.at, 0)])

    @on(SearchLine.Cancelled)
    def _drop_search(self) -> None:
        self._found = Found()
        self.chat.mark("")
        self.search_line.close()
        self.chat.focus()
        if self._search_from is not None:
            self.chat.go_to(self._search_from, at=None)

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous match, unfolding what hides it."""
        key = self._found.step(direction)
        if key is None:
            self.notify("Nothing matches. Press / to search.", timeout=3)
        else:
            self._show_match(key)

    def _show_match(self, key: Key) -> None:
        item = next((item for item in self.chat.items if item.key == key), None)
        if item is None or self._chats is None or self.thread is None:
            return
        shown = "\n".join(block.plain_text() for block in item.blocks).casefold()
        if item.folded and self._found.needle.casefold() not in shown:
            self._chats.unfold(self.thread, item)
            self._show_thread(keep=True)
        self.chat.go_to_match(key, self._found.needle)
