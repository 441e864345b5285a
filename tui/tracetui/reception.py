"""What the app knows of the receiver that fills the file it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Received(Protocol):
    """What came so far."""

    @property
    def refusals(self) -> int:
        """Requests and spans that were refused."""
        ...

    @property
    def accepted_words(self) -> str:
        """What was accepted, for people."""
        ...

    @property
    def refused_words(self) -> str:
        """What was refused and why, for people; empty where nothing was."""
        ...


class Reception(Protocol):
    """A receiver at work."""

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        ...

    @property
    def advice(self) -> Sequence[str]:
        """How to send to it."""
        ...

    @property
    def counts(self) -> Received:
        """What came so far."""
        ...

    @property
    def failure(self) -> str | None:
        """Why nothing is received any more, if nobody asked for that."""
        ...

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call `changed`, on any thread, when the counts or the failure are others."""
        ...
