"""A screen over the store: one query at a time on a thread, again when the store has grown."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import on, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tracetui.screens.dismissed_once import DismissedOnce
from tracetui.view_models.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracetui_store.protocol import TraceReader

    from tracetui.session import LoadState, Session


ResultT = TypeVar("ResultT")


class StoreScreen(DismissedOnce[None], Generic[ResultT]):
    """Fetches what it shows, and fetches again while the store grows.

    A query that is under way is never overtaken: what came meanwhile is fetched after it, so a
    slow query still gets its turn. A screen that is covered waits until it is seen.
    """

    @dataclass
    class Fetched(Message):
        """A query has an answer; None if it was cancelled for a later one."""

        result: Any
        seconds: float

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._fetching = False
        self._stale = False
        self._committed = 0
        """What there was to fetch when it was fetched; nothing is asked of an empty store."""
        self._reader: TraceReader | None = None
        """Of the query under way."""
        self._awaited = True
        """Whether the user waits for the answer: the first, or one to other rows."""

    def query_to_run(self) -> Callable[[TraceReader], ResultT] | None:
        """Return the query of now, which runs on a thread; None if there is nothing to ask."""
        raise NotImplementedError

    def show_result(self, result: ResultT) -> None:
        """Show what the query returned."""
        raise NotImplementedError

    @property
    def up_to_date(self) -> bool:
        """Whether what is shown holds all that the store has."""
        return not (self._stale or self._fetching)

    @property
    def answering(self) -> bool:
        """Whether what a key asked for is being fetched; growth of the store is nobody's key."""
        return self._awaited and self._fetching

    def show_state(self, state: LoadState) -> None:
        """Show how far the load is."""

    def on_mount(self) -> None:
        """Fetch now and whenever the store grows."""
        self.session.store_changed.subscribe(self, self._store_changed)
        self._store_changed(self.session.state)

    def on_screen_resume(self) -> None:
        """Catch up with what came while another screen was in front."""
        self._store_changed(self.session.state)

    def _store_changed(self, state: LoadState) -> None:
        if state.committed != self._committed:
            self._committed = state.committed
            self._stale = True
        self.show_state(state)
        if self._stale and self.is_current:
            self.refetch()

    def refetch(self) -> None:
        """Fetch, or fetch again once the query under way is answered."""
        self._stale = True
        store = self.session.store
        if store is None or self._fetching:
            return
        query = self.query_to_run()
        if query is None:
            return
        self._stale = False
        self._fetching = True
        self._fetch(query)

    def supersede(self) -> None:
        """Fetch other rows than those being fetched: the query under way is cancelled."""
        self._awaited = True
        reader = self._reader
        if reader is not None:
            reader.interrupt()
        self.refetch()

    @work(thread=True, group="fetch", exit_on_error=False)
    def _fetch(self, query: Callable[[TraceReader], ResultT]) -> None:
        """Run `query` on a thread. Touches no widget: the result goes home as a message."""
        from tracetui_store.protocol import QueryInterruptedError  # noqa: PLC0415 - after the paint

        store = self.session.store
        if store is None:
            return
        started = monotonic()
        result: ResultT | None = None
        with store.reader() as reader:
            self._reader = reader
            try:
                result = query(reader)
            except QueryInterruptedError:
                self._stale = True
            finally:
                self._reader = None
        if not get_current_worker().is_cancelled:
            self.post_message(self.Fetched(result, monotonic() - started))

    @on(Fetched)
    def _show_fetched(self, message: Fetched) -> None:
        message.stop()
        self._fetching = False
        self._awaited = self._awaited and (self._stale or message.result is None)
        started = monotonic()
        if message.result is not None:
            self.show_result(message.result)
        self.session.pulse.took(fetching=message.seconds, showing=monotonic() - started)
        if self._stale and self.is_current:
            self.refetch()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        """Say what failed, in words."""
        if event.state is not WorkerState.ERROR:
            return
        if event.worker.group == "fetch":
            self._fetching = False
        error = event.worker.error
        words = sanitise(f"{type(error).__name__}: {error}")[:500]
        self.notify(words, title="This could not be read", severity="error", markup=False)
