"""A terminal to run the program in: a pseudo-terminal, its screen, and every byte it was sent."""

import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

PATIENCE = 120.0
"""Seconds after which something never happens, on a machine that is busy with other tests."""

QUIET = 0.3
"""Seconds without output after which the screen is at rest."""


def program() -> list[str]:
    """Return how to run what is installed; from a source tree, the module."""
    script = shutil.which("tracetui", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "tracetui"]


def environment(**more: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **more,
    }


class Terminal:
    """Runs the program with `arguments`; `screen` is what a person sees of it.

    With `stdin`, standard input is a pipe that holds it, and keys still come from the terminal.
    """

    def __init__(
        self,
        *arguments: str | Path,
        size: tuple[int, int] = (120, 35),
        stdin: bytes | None = None,
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._master, slave = pty.openpty()
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self.output = b""
        """Every byte the program sent to the terminal."""
        self.resize(size)
        self.modes = termios.tcgetattr(slave)

        def take_terminal() -> None:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [*program(), *map(str, arguments)],
            stdin=slave if stdin is None else subprocess.PIPE,
            stdout=slave,
            stderr=slave,
            preexec_fn=take_terminal,  # noqa: PLW1509 - two system calls, no Python lock
            env=environment(**(variables or {})),
            cwd=cwd,
        )
        self._slave = slave
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if stdin is not None:
            assert self.process.stdin is not None
            self.process.stdin.write(stdin)
            self.process.stdin.close()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._slave)
        self._reader.join(PATIENCE)
        os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65_536)
            except OSError:
                return
            if not data:
                return
            with self._changed:
                self.output += data
                self._stream.feed(data)
                self._changed.notify_all()

    @property
    def screen(self) -> str:
        """What is on the screen, line by line."""
        with self._changed:
            return "\n".join(self._screen.display)

    def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> float:
        """Wait until something holds; return the seconds it took."""
        began = time.monotonic()
        with self._changed:
            if self._changed.wait_for(holds, seconds):
                return time.monotonic() - began
        raise AssertionError(f"it never came; the screen is:\n{self.screen}")

    def shows(self, *words: str) -> float:
        """Wait until the screen shows all of `words`; return the seconds it took."""
        return self.until(lambda: all(word in self._text() for word in words))

    def hides(self, *words: str) -> float:
        """Wait until the screen shows none of `words`."""
        return self.until(lambda: not any(word in self._text() for word in words))

    def _text(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, *keys: str) -> None:
        """Send the bytes that keys send."""
        for key in keys:
            os.write(self._master, key.encode())

    def answer(self, key: str) -> float:
        """Press a key that changes the screen once it is at rest; return the seconds it took."""
        with self._changed:
            while self._changed.wait(QUIET):
                pass
            drawn = len(self.output)
        self.press(key)
        return self.until(lambda: len(self.output) > drawn)

    def search(self, text: str) -> None:
        """Open the search prompt and type into it."""
        self.press("/")
        self.shows("find in names")
        self.press(*text)

    def resize(self, size: tuple[int, int]) -> None:
        """Make the terminal another size, and tell the program."""
        columns, lines = size
        with self._changed:
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            self._screen.resize(lines, columns)
        if hasattr(self, "process"):
            self.process.send_signal(signal.SIGWINCH)

    def leave(self) -> int:
        """Wait for the program to end; return its exit code."""
        code = self.process.wait(PATIENCE)
        self.until(lambda: b"\x1b[?1049l" in self.output or b"\x1b[?1049h" not in self.output)
        return code

    def is_restored(self) -> None:
        """Wait until the terminal is as it was: main screen, cursor, modes, no mouse reports."""
        self.until(self._restored)

    def _restored(self) -> bool:
        last = self.output.rfind
        return (
            last(b"\x1b[?1049l") > last(b"\x1b[?1049h")
            and last(b"\x1b[?25h") > last(b"\x1b[?25l")
            and last(b"\x1b[?1000l") > last(b"\x1b[?1000h")
            and termios.tcgetattr(self._slave)[3] == self.modes[3]
        )
