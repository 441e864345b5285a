"""The prompt for what to hide: a duration or a cost."""

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
        Binding("enter", "submit", "hide", key_display="Enter"),
        Binding("escape", "cancel", "cancel", key_display="Esc"),
    ]

    def action_cancel(self) -> None:
        """Give the keyboard back."""
        self.post_message(ThresholdLine.Cancelled())


class ThresholdLine(Horizontal):
    """A one-line prompt, hidden until `open`; it posts `Confirmed` and `Cancelled`."""

    DEFAULT_CSS = """
    ThresholdLine { height: 1; display: none; background: $panel; }
    ThresholdLine > .mark { width: auto; padding: 0 1; color: $accent; text-style: bold; }
    ThresholdLine > _Prompt {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel;
        &:focus { border: none; background: $panel; background-tint: transparent; }
    }
    ThresholdLine > .fault { width: auto; padding: 0 1; color: $error; }
    """

    @dataclass
    class Confirmed(Message):
        """The user wants to hide what is below `text`."""

        text: str

    @dataclass
    class Cancelled(Message):
        """The user wants everything as it was before."""

    def compose(self) -> ComposeResult:
        """Put the question, the prompt and what is wrong side by side."""
        yield Static("show only spans", classes="mark", markup=False)
        yield _Prompt(">", placeholder=">2s or >$0.01", select_on_focus=False)
        yield Static("", classes="fault", markup=False)

    def open(self) -> None:
        """Show the prompt and take the keyboard, before the next key is read."""
        self.display = True  # at once: a hidden prompt gets no focus
        prompt = self.query_one(_Prompt)
        prompt.value = ">"
        prompt.cursor_position = 1
        self.show_fault("")
        self.screen.set_focus(prompt)

    def close(self) -> None:
        """Hide the prompt."""
        self.display = False

    def show_fault(self, words: str) -> None:
        """Say what is wrong with what was typed."""
        self.query_one(".fault", Static).update(words)

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self.show_fault("")

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Confirmed(message.value))
