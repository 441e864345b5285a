"""One question at a time for one place on the screen: a newer one ends the one under way."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tracetui_store.protocol import QueryInterruptedError, TraceReader, TraceStore

AnswerT = TypeVar("AnswerT")
_AGAIN_SECONDS = 0.05


class SupersededError(Exception):
    """A newer question was asked, or the query was cancelled: there is no answer to show."""


class _Running:
    """A query under way."""

    def __init__(self, reader: TraceReader, lock: threading.Lock) -> None:
        self.reader = reader
        self.ended = threading.Event()
        self._lock = lock

    def interrupt_until_ended(self) -> None:
        """Interrupt again and again: an interrupt just before a statement begins is lost."""
        while not self.ended.wait(_AGAIN_SECONDS):
            with self._lock:
                if not self.ended.is_set():
                    self.reader.interrupt()


class LatestQuery(Generic[AnswerT]):
    """Answers the latest question only. `run` and `cancel` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0
        self._running: _Running | None = None

    def run(self, store: TraceStore, query: Callable[[TraceReader], AnswerT]) -> AnswerT:
        """Run `query` on the calling thread, and end the one that runs now.

        Raises:
            SupersededError: If `run` or `cancel` was called before the answer was there.
        """
        with store.reader() as reader:
            with self._lock:
                self._end()
                number = self._asked
                running = self._running = _Running(reader, self._lock)
            try:
                answer = query(reader)
            except QueryInterruptedError:
                if self._is_latest(number):
                    raise
                raise SupersededError from None
            finally:
                # Before the reader is closed: nobody may interrupt it after that.
                with self._lock:
                    running.ended.set()
                    if self._running is running:
                        self._running = None
            if not self._is_latest(number):
                raise SupersededError
            return answer

    def cancel(self) -> None:
        """End the query that runs now, if there is one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self._asked += 1
        if self._running is not None:
            running, self._running = self._running, None
            running.reader.interrupt()
            threading.Thread(target=running.interrupt_until_ended, daemon=True).start()

    def _is_latest(self, number: int) -> bool:
        with self._lock:
            return number == self._asked
