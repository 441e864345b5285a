"""A receiver in a process of its own, so that reading requests never slows the interface down.

The parent writes the options to the child's standard input as a line of JSON and ends the child
by closing it: a parent that dies does so too. The child writes a line of JSON whenever it has
something to say.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import msgspec

from tracetui.receiver.advice import advice, endpoint
from tracetui.receiver.counts import Counts
from tracetui.receiver.options import Options
from tracetui.receiver.receiver_error import ReceiverError

_SAY_SECONDS = 0.2
"""Seconds between two looks at the counts."""
_STOP_SECONDS = 10.0
_MAIN = "from tracetui.receiver.process import main; main()"


class _Said(msgspec.Struct):
    """What the child says."""

    error: str | None = None
    http_port: int = 0
    grpc_port: int | None = None
    counts: Counts = Counts()


class ReceiverProcess:
    """A receiver that runs beside this process; what it accepts is in the record.

    Raises:
        ReceiverError: If it cannot listen or write.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._changed: Callable[[], None] = lambda: None
        self._stopping = False
        self.counts = Counts()
        self.failure: str | None = None
        """Why nothing is received any more, if nobody asked for that."""
        # -P: a module in the current directory must not take the place of an installed one.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-c", _MAIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ready = self._start()
        self.http_port, self.grpc_port = ready.http_port, ready.grpc_port
        threading.Thread(target=self._listen, name="receiver", daemon=True).start()

    @property
    def title(self) -> str:
        """What this is, in a few words."""
        return f"receiving on {endpoint(self._options.host, self.http_port)}"

    @property
    def advice(self) -> Sequence[str]:
        """How to send here."""
        return advice(self._options, self.http_port, self.grpc_port)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call `changed`, on a thread of its own, when the counts or the failure are others."""
        self._changed = changed

    def stop(self) -> None:
        """Take nothing more; what was answered is in the record."""
        self._stopping = True
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> _Said:
        stdin, stdout = self._process.stdin, self._process.stdout
        line = b""
        if stdin is not None and stdout is not None:
            try:
                stdin.write(msgspec.json.encode(self._options) + b"\n")
                stdin.flush()
                line = stdout.readline()
            except OSError:
                pass
        if not line:
            self.stop()
            raise ReceiverError(
                "the receiver did not start; `tracetui receive` 2>&1 | cat says why"
            )
        said = msgspec.json.decode(line, type=_Said)
        if said.error is not None:
            self.stop()
            raise ReceiverError(said.error)
        return said

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self.counts = msgspec.json.decode(line, type=_Said).counts
            self._changed()
        if not self._stopping:
            self.failure = "The receiver has ended unexpectedly: nothing is received any more."
            self._changed()


def main() -> None:
    """Receive for the parent until it closes standard input."""
    from tracetui.receiver.receiver import Receiver  # noqa: PLC0415 - the child only

    # Ctrl+C at the terminal is the parent's, which ends this process as it should be.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = msgspec.json.decode(sys.stdin.buffer.readline(), type=Options)
    try:
        receiver = Receiver(options)
    except ReceiverError as error:
        _say(_Said(error=str(error)))
        return
    receiver.start()
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    ports = receiver.http_port, receiver.grpc_port
    said = _Said(None, *ports)
    try:
        _say(said)
        while not ended.wait(_SAY_SECONDS):
            if (counts := receiver.counts) != said.counts:
                said = _Said(None, *ports, counts)
                _say(said)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    receiver.stop()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


def _say(said: _Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()
