"""Copies text: through the terminal, through the platform's tool, or else into a file.

Whether a terminal took an OSC 52 is not told, so the tool is asked as well where there is one.

Sources: xterm control sequences, OSC 52; the limit of 100,000 bytes of base64 is that of the
`osc52.sh` of Chromium OS, which tmux and most terminals share.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

OSC52_MOST = 74_994
"""Bytes of text that become 100,000 bytes of base64."""
_SECONDS = 5.0
_DEAF_TERMINALS = frozenset({"dumb", "linux"})
"""Values of TERM without a clipboard; Apple's terminal is told by TERM_PROGRAM."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a text."""

    bytes: int
    ways: tuple[str, ...]
    """How it was copied: `terminal`, or the name of a tool; empty where it is only in a file."""
    path: Path | None = None
    """The file it is in, where there was no other way."""

    @property
    def words(self) -> str:
        """How it was copied, for people."""
        if self.path is not None:
            why = "too large for the terminal" if self.bytes > OSC52_MOST else "no clipboard found"
            return f"{why}: it is in {self.path}"
        if "terminal" not in self.ways:
            return f"by {self.ways[0]}"
        return " and ".join(["by the terminal", *(way for way in self.ways if way != "terminal")])


def plain(text: str) -> str:
    """Return `text` as UTF-8 can hold it: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def takes_osc52(size: int, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the terminal may take a text of `size` bytes."""
    deaf = environ.get("TERM") in _DEAF_TERMINALS or environ.get("TERM_PROGRAM") == "Apple_Terminal"
    return size <= OSC52_MOST and not deaf


def tools(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[list[str]]:
    """Return the commands that may copy what they read, the likeliest first."""
    found: list[list[str]] = []
    if platform == "darwin":
        found.append(["pbcopy"])
    if environ.get("WAYLAND_DISPLAY"):
        found.append(["wl-copy"])
    if environ.get("DISPLAY"):
        found += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return [argv for argv in found if shutil.which(argv[0])]


def copy(text: str, by_terminal: Callable[[str], None]) -> Copied:
    """Copy `text` in every way there is; blocks while a tool reads it, five seconds at most.

    Args:
        text: May hold anything: OSC 52 carries it as base64, a tool reads it from a pipe.
        by_terminal: Sends an OSC 52.
    """
    text = plain(text)
    data = text.encode("utf-8")
    ways: list[str] = []
    if takes_osc52(len(data)):
        by_terminal(text)
        ways.append("terminal")
    ways += [argv[0] for argv in tools()[:1] if _run(argv, data)]
    path = None if ways else private_file(data, "tracetui-copy-", ".txt")
    return Copied(len(data), tuple(ways), path)


def _run(argv: list[str], data: bytes) -> bool:
    """Let a tool read `data`; return whether it did. It may live on to serve the clipboard."""
    quiet = subprocess.DEVNULL
    try:
        ended = subprocess.run(  # noqa: S603 - a fixed argument vector, no shell
            argv,
            input=data,
            stdout=quiet,
            stderr=quiet,
            timeout=_SECONDS,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0


def private_file(data: bytes, prefix: str, suffix: str) -> Path:
    """Write `data` to a new temporary file that only the user can read."""
    handle, name = tempfile.mkstemp(suffix, prefix)  # 0600
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return Path(name)
