"""What was accepted and what was refused, by reason."""

import threading
from collections.abc import Mapping

import msgspec


class Counts(msgspec.Struct, frozen=True):
    """The counts at one moment."""

    requests: int = 0
    """Requests that were accepted."""
    spans: int = 0
    logs: int = 0
    points: int = 0
    """Data points of metrics."""
    refused: dict[str, int] = {}
    """Requests that were refused, by reason."""
    refused_spans: dict[str, int] = {}
    """Spans left out of requests that were accepted, by reason."""

    @property
    def refusals(self) -> int:
        """Requests and spans that were refused."""
        return sum(self.refused.values()) + sum(self.refused_spans.values())

    @property
    def accepted_words(self) -> str:
        """What was accepted, for people."""
        found = [
            _plural(self.spans, "span"),
            _plural(self.logs, "log record"),
            _plural(self.points, "data point"),
        ]
        return f"{', '.join(found)} in {_plural(self.requests, 'request')}"

    @property
    def refused_words(self) -> str:
        """What was refused and why, for people; empty where nothing was."""
        reasons = [f"{_plural(number, 'request')} {why}" for why, number in self.refused.items()]
        reasons += [
            f"{_plural(number, 'span')} with {why}" for why, number in self.refused_spans.items()
        ]
        return ", ".join(reasons)


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


class Counter:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accepted = {"requests": 0, "spans": 0, "logs": 0, "points": 0}
        self._refused: dict[str, int] = {}
        self._refused_spans: dict[str, int] = {}

    def accept(self, records: Mapping[str, int], *, refused_spans: Mapping[str, int]) -> None:
        """Count a request that was accepted, and what it holds."""
        with self._lock:
            self._accepted["requests"] += 1
            for kind, number in records.items():
                self._accepted[kind] += number
            for reason, number in refused_spans.items():
                self._refused_spans[reason] = self._refused_spans.get(reason, 0) + number

    def refuse(self, reason: str) -> None:
        """Count a request that was refused."""
        with self._lock:
            self._refused[reason] = self._refused.get(reason, 0) + 1

    def now(self) -> Counts:
        """Return what was counted so far."""
        with self._lock:
            return Counts(
                **self._accepted,
                refused=dict(self._refused),
                refused_spans=dict(self._refused_spans),
            )
