"""The filter prompt: proposals above it, what is wrong below; Enter applies, Esc lets go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

MOST_SHOWN = 8
"""Proposals on screen at once."""
_MARK_CELLS = 3
_COMMENT = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*")
_HINT = "↑↓ → complete   Enter apply   Esc leave"


class _Prompt(Input):
    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("enter", "submit", "apply", key_display="Enter"),
        Binding("escape", "cancel", "cancel", key_display="Esc"),
        Binding("up", "choose(-1)", "previous", show=False),
        Binding("down", "choose(1)", "next", show=False),
    ]

    def action_cancel(self) -> None:
        """Give the keyboard back."""
        self.post_message(FilterLine.Cancelled())

    def action_choose(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) proposal, or to an earlier filter."""
        self.post_message(FilterLine.Chosen(direction))

    def action_cursor_right(self, select: bool = False) -> None:
        """Take the proposal at the end of the line, else go right."""
        if not select and self.cursor_position == len(self.value):
            self.post_message(FilterLine.Taken())
        else:
            super().action_cursor_right(select)

    def _on_paste(self, event: events.Paste) -> None:
        """Take all of what is pasted, on one line; Textual's own takes the first line."""
        event.prevent_default()
        event.stop()
        self.replace(one_line(event.text), *self.selection)


def one_line(text: str) -> str:
    """Return a text of several lines on one, comments of SQL left out: they would end it."""
    if len(text.splitlines()) > 1:
        text = _COMMENT.sub(lambda found: "" if found[0].startswith("--") else found[0], text)
    return " ".join(text.split("\n")).replace("\r", "").strip() if "\n" in text else text


@dataclass(frozen=True, slots=True)
class Offer:
    """What may stand in the place of the prompt's text from `start` up to `stop`."""

    start: int
    stop: int
    text: str
    about: str
    goes_on: bool = False
    """Whether a value follows at once."""
    title: str = ""
    """What is shown instead of the text, where that is long."""


class FilterLine(Vertical):
    """A prompt with proposals, hidden until `open`: for filters, unless it is told otherwise.

    Give it offers, a history and what is wrong; it posts `Changed`, `Confirmed` and `Cancelled`.

    Args:
        mark: The character in front.
        placeholder: What an empty prompt shows.
        hint: What is said below while nothing is wrong.
    """

    DEFAULT_CSS = """
    FilterLine { height: auto; display: none; background: $panel; }
    FilterLine > .offers {
        height: auto; display: none; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    FilterLine > Horizontal { height: 1; }
    FilterLine > Horizontal > .mark { width: 3; padding: 0 1; color: $accent; text-style: bold; }
    FilterLine > Horizontal > _Prompt {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel;
        &:focus { border: none; background: $panel; background-tint: transparent; }
    }
    FilterLine > .said { height: 1; color: $foreground 60%; }
    FilterLine > .said.-fault { color: $error; }
    """

    @dataclass
    class Changed(Message):
        """Another filter, or another place in it, is being typed."""

        text: str
        cursor: int

    @dataclass
    class Confirmed(Message):
        """The filter is to be applied."""

        text: str

    @dataclass
    class Cancelled(Message):
        """The user wants the keyboard back and the filter as it was."""

    @dataclass
    class Chosen(Message):
        """The user goes along the offers."""

        direction: int

    @dataclass
    class Taken(Message):
        """The user takes the offer."""

    def __init__(
        self, mark: str = "f", placeholder: str = 'kind:llm cost>0.01 "text"', hint: str = _HINT
    ) -> None:
        super().__init__()
        self._mark, self._placeholder, self._hint = mark, placeholder, hint
        self._offers: Sequence[Offer] = ()
        self._chosen: int | None = None
        self._history: Sequence[str] = ()
        self._back = 0
        """How many filters ago the one in the prompt was; 0 is new."""
        self._applies = False
        """Whether taking an offer applies it too."""

    def compose(self) -> ComposeResult:
        """Put the offers over the prompt and what is wrong below it."""
        yield Static("", classes="offers", markup=False)
        with Horizontal():
            yield Static(self._mark, classes="mark", markup=False)
            yield _Prompt(placeholder=self._placeholder, select_on_focus=False)
        yield Static(f"{' ' * _MARK_CELLS}{self._hint}", classes="said", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether the prompt is on screen."""
        return bool(self.display)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(_Prompt).value

    @property
    def offers(self) -> Sequence[Offer]:
        """What is offered now."""
        return self._offers

    def open(self, text: str, history: Sequence[str]) -> None:
        """Show the prompt with `text` in it, selected, and take the keyboard."""
        self.display = True  # at once: a hidden prompt gets no focus
        self._history, self._back, self._applies = history, 0, False
        self.screen.set_focus(self.query_one(_Prompt))
        self._write(text, select=True)

    def open_with(self, offers: Sequence[Offer], text: str, history: Sequence[str]) -> None:
        """Show the prompt with offers to choose from; the one that is taken is applied."""
        self.open(text, history)
        self._applies = True
        self._show(offers, 0)

    def close(self) -> None:
        """Hide the prompt."""
        self.display = False

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Offer what may come next; none is chosen yet."""
        if not self._applies:
            self._show(offers, None)

    def show_fault(
        self, message: str = "", start: int = 0, caret: str = "", *, ended: bool
    ) -> None:
        """Say below the prompt what is wrong; nothing is, without a message.

        Args:
            message: What is wrong.
            start: Where, in characters.
            caret: As many carets as characters are at fault.
            ended: Whether the user is done typing, so that what only lacks its end is wrong too.
        """
        said = self.query_one(".said", Static)
        words = sanitise(message)
        prompt = self.query_one(_Prompt)
        shown = message and (ended or start < len(prompt.value.rstrip()))
        room = self.size.width - _MARK_CELLS - start - len(caret) - 1
        if shown and room >= len(words) and prompt.scroll_offset.x == 0:
            words = f"{' ' * (_MARK_CELLS + start)}{caret} {words}"
        else:
            words = f"{' ' * _MARK_CELLS}{words}"
        said.set_class(bool(shown), "-fault")
        said.update(words if message else f"{' ' * _MARK_CELLS}{self._hint}")

    def select(self, start: int, length: int) -> None:
        """Select what is at fault, to be typed anew."""
        prompt = self.query_one(_Prompt)
        prompt.selection = Selection(start, min(start + length, len(prompt.value)))

    def _write(self, text: str, cursor: int | None = None, *, select: bool = False) -> None:
        prompt = self.query_one(_Prompt)
        with self.prevent(Input.Changed):
            prompt.value = text
        prompt.cursor_position = len(text) if cursor is None else cursor
        if select:
            prompt.action_select_all()
        self.post_message(self.Changed(text, prompt.cursor_position))

    def _show(self, offers: Sequence[Offer], chosen: int | None) -> None:
        self._offers, self._chosen = offers, chosen
        shown = self.query_one(".offers", Static)
        shown.display = bool(offers)
        first = min(max((chosen or 0) - MOST_SHOWN // 2, 0), max(len(offers) - MOST_SHOWN, 0))
        rows = offers[first : first + MOST_SHOWN]
        width = max((len(sanitise(offer.title or offer.text)) for offer in rows), default=0)
        lines = Text()
        for at, offer in enumerate(rows, start=first):
            mark = "▸ " if at == chosen else "  "
            text = f"{mark}{sanitise(offer.title or offer.text):<{width}}"
            lines.append(text, "bold reverse" if at == chosen else "")
            lines.append(f"  {sanitise(offer.about)}" + ("\n" if offer != rows[-1] else ""), "dim")
        shown.update(lines)

    @on(Chosen)
    def _choose(self, message: Chosen) -> None:
        message.stop()
        walking = self._back > 0 or not self.text
        if walking and self._history and not self._applies and self._chosen is None:
            back = min(max(self._back - message.direction, 0), len(self._history))
            if back or self._back:
                self._back = back
                self._write(self._history[-back] if back else "")
                return
        if self._offers:
            before = -1 if self._chosen is None and message.direction > 0 else self._chosen or 0
            self._show(self._offers, (before + message.direction) % len(self._offers))

    @on(Taken)
    def _take(self, message: Taken) -> None:
        message.stop()
        if self._offers:
            self._insert(self._offers[self._chosen or 0])

    def _insert(self, offer: Offer) -> None:
        text = self.text
        after = text[offer.stop :]
        new = text[: offer.start] + offer.text + ("" if offer.goes_on or after else " ")
        applies, self._applies, self._back = self._applies, False, 0
        self._write(new + after, len(new))
        if applies:
            self.post_message(self.Confirmed(self.text))

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self._back, self._applies = 0, False
        self.post_message(self.Changed(message.value, self.query_one(_Prompt).cursor_position))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if self._chosen is not None and self._offers:
            self._insert(self._offers[self._chosen])
        else:
            self.post_message(self.Confirmed(message.value))
