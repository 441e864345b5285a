"""One question at a time for one place on the screen: a newer one ends the one under way."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tracetui_store.protocol import QueryInterruptedError, TraceReader, TraceStore

AnswerT = TypeVar("AnswerT")


class SupersededError(Exception):
    """A newer question was asked, or the query was cancelled: there is no answer to show."""


class LatestQuery(Generic[AnswerT]):
    """Answers the latest question only. `run` and `cancel` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0
        self._running: TraceReader | None = None

    def run(self, store: TraceStore, query: Callable[[TraceReader], AnswerT]) -> AnswerT:
        """Run `query` on the calling thread, and end the one that runs now.

        Raises:
            SupersededError: If `run` or `cancel` was called before the answer was there.
        """
        with store.reader() as reader:
            with self._lock:
                self._end()
                number = self._asked
                self._running = reader
            try:
                answer = query(reader)
            except QueryInterruptedError:
                if self._is_latest(number):
                    raise
                raise SupersededError from None
            finally:
                # Before the reader is closed: nobody may interrupt it after that.
                with self._lock:
                    if self._running is reader:
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
            self._running.interrupt()

    def _is_latest(self, number: int) -> bool:
        with self._lock:
            return number == self._asked
