"""Takes requests in, whatever they came by: read, written to the record, then answered."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from tracetui.receiver.bodies import Content, Signal, read_json, read_protobuf
from tracetui.receiver.counts import Counter
from tracetui.receiver.record import Record
from tracetui.receiver.refusals import Refusal, busy

Encoding = Literal["protobuf", "json"]


class Intake:
    """What the servers share; any thread may call it.

    Args:
        record: Where what is accepted is written.
        waiting_bytes: How much may be held in memory by all requests together.
    """

    def __init__(self, record: Record, waiting_bytes: int) -> None:
        self.counter = Counter()
        self._record = record
        self._free = waiting_bytes
        self._lock = threading.Lock()

    @contextmanager
    def holding(self) -> Generator["Held"]:
        """Give back, at the end, what a request took of the memory."""
        held = Held(self)
        try:
            yield held
        finally:
            self.take(-held.size)

    def take(self, size: int) -> None:
        """Take so many bytes of the memory for a request.

        Raises:
            Refusal: If others have it.
        """
        with self._lock:
            if size > self._free:
                raise busy()
            self._free -= size

    def accept(self, signal: Signal, encoding: Encoding, body: bytes) -> Content:
        """Write a request to the record and count it.

        Raises:
            Refusal: If it cannot be read or written. It is not counted yet.
        """
        read = read_protobuf if encoding == "protobuf" else read_json
        content = read(signal, body)
        if content.line:
            self._record.append(content.line)
        self.counter.accept(content.records, refused_spans=content.refused_spans)
        return content

    def refuse(self, refusal: Refusal) -> None:
        """Count a request that was refused."""
        self.counter.refuse(refusal.reason)


class Held:
    """Memory that one request has taken."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.size = 0

    def add(self, size: int) -> None:
        """Take more.

        Raises:
            Refusal: If others have it.
        """
        self._intake.take(size)
        self.size += size
