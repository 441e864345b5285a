"""The search prompt: finds while you type; Enter keeps, Esc puts everything back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class _Prompt(Input):
    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("enter", "submit", "keep", key_display="Enter"),
        Binding("escape", "cancel", "cancel", key_display="Esc"),
    ]

    def action_cancel(self) -> None:
        """Give the keyboard back."""
        self.post_message(SearchLine.Cancelled())


class SearchLine(Horizontal):
    """A one-line prompt, hidden until `open`; it posts `Changed`, `Confirmed` and `Cancelled`."""

    DEFAULT_CSS = """
    SearchLine { height: 1; display: none; background: $panel; }
    SearchLine.-open { display: block; }
    SearchLine > .mark { width: 2; padding-left: 1; color: $accent; text-style: bold; }
    SearchLine > _Prompt {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel;
        &:focus { border: none; background: $panel; background-tint: transparent; }
    }
    SearchLine > .count { width: auto; padding: 0 1; color: $foreground 60%; }
    """

    @dataclass
    class Changed(Message):
        """Other text is to be found."""

        text: str

    @dataclass
    class Confirmed(Message):
        """The user keeps the search and wants the keyboard back where it was."""

        text: str

    @dataclass
    class Cancelled(Message):
        """The user wants everything as it was before."""

    def __init__(self, placeholder: str = "find in names") -> None:
        super().__init__()
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Put the mark, the prompt and the number of matches side by side."""
        yield Static("/", classes="mark", markup=False)
        yield _Prompt(placeholder=self._placeholder, select_on_focus=False)
        yield Static("", classes="count", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether the prompt is on screen."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(_Prompt).value

    def open(self) -> None:
        """Show the empty prompt and take the keyboard, before the next key is read."""
        self.add_class("-open")
        self.display = True  # at once: a hidden prompt gets no focus
        prompt = self.query_one(_Prompt)
        with self.prevent(Input.Changed):
            prompt.value = ""
        self.show_count(None)
        self.screen.set_focus(prompt)

    def close(self) -> None:
        """Hide the prompt."""
        self.remove_class("-open")
        self.display = False

    def show_count(self, count: int | None) -> None:
        """Say how many matches there are; None says nothing."""
        words = "" if count is None else "1 match" if count == 1 else f"{count:,} matches"
        self.show_words(f"{words}   ctrl+g all text" if words else "")

    def show_words(self, words: str) -> None:
        """Say something of the matches."""
        self.query_one(".count", Static).update(words)

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(message.value))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Confirmed(message.value))
