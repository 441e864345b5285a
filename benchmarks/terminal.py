"""A program in a pseudo-terminal: sends keys, sees where frames end.

Source: terminal-wg "Synchronized Output" (DEC mode 2026): the program asks whether the terminal
knows the mode; after a yes it brackets each frame with `CSI ? 2026 h` and `CSI ? 2026 l`.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from benchmarks.processes import environment

QUERY, YES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
FRAME_END = b"\x1b[?2026l"


class Terminal:
    """One program in a terminal of its own. A context manager: leaving it ends the program."""

    def __init__(self, command: list[str], *, columns: int = 160, rows: int = 45) -> None:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = environment(TERM="xterm-256color", COLORTERM="truecolor")
        variables.pop("NO_COLOR", None)
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=variables,
            start_new_session=True,
        )
        os.close(slave)
        self._master = master
        self._seen = b""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def send(self, keys: bytes) -> None:
        """Type `keys`."""
        os.write(self._master, keys)

    def wait_for(self, text: bytes, timeout: float = 180) -> float:
        """Return when `text` arrives, as `perf_counter` seconds.

        Raises:
            TimeoutError: If it does not; the message holds the last output.
        """
        return self.wait_until(lambda seen: text in seen, timeout)

    def wait_until(self, holds: Callable[[bytes], bool], timeout: float = 180) -> float:
        """Return when `holds` of all that came since the call, as `perf_counter` seconds.

        Raises:
            TimeoutError: If it never does; the message has the last output.
        """
        self._seen = b""
        limit = time.perf_counter() + timeout
        while time.perf_counter() < limit:
            if self._read(0.05):
                now = time.perf_counter()
                if holds(self._seen):
                    return now
            if self._process.poll() is not None:
                break
        raise TimeoutError(f"it never came: {self._seen[-1500:]!r}")

    def wait_for_end(self, timeout: float = 600) -> None:
        """Read until the program ends.

        Raises:
            TimeoutError: If it does not.
        """
        limit = time.perf_counter() + timeout
        while self._process.poll() is None:
            self.read(0.1)
            if time.perf_counter() > limit:
                raise TimeoutError(f"it never ended: {self._seen[-1500:]!r}")

    def read(self, timeout: float) -> bytes:
        """Return what comes within `timeout` seconds."""
        self._seen = b""
        self._read(timeout)
        return self._seen

    def key_to_frame(self, key: bytes) -> float:
        """Type `key`; return the milliseconds until the end of the first frame after it."""
        before = time.perf_counter()
        self.send(key)
        return (self.wait_for(FRAME_END) - before) * 1e3

    def key_to_rest(self, key: bytes, quiet: float = 0.5) -> float:
        """Type `key`; return the milliseconds until the last frame before `quiet` seconds."""
        before = time.perf_counter()
        self.send(key)
        last = self.wait_for(FRAME_END)
        while self._read(quiet):
            last = time.perf_counter()
        return (last - before) * 1e3

    def settle(self, quiet: float = 0.4) -> None:
        """Read until nothing comes for `quiet` seconds."""
        while self._read(quiet):
            pass

    def peak_megabytes(self) -> float:
        """Return the program's peak resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # what Linux says when the other side is closed
            return False
        self._seen += data
        if QUERY in self._seen[-len(data) - len(QUERY) :]:
            self._seen = self._seen.replace(QUERY, b"")
            self.send(YES)
        return bool(data)
