"""Whether there is a terminal to draw on, and where its keys come from."""

import os
import sys

from tracetui.headless.command_error import CommandError


def can_draw() -> bool:
    """Whether a full-screen program can show itself.

    Textual draws on standard error, so that has to be the terminal too.
    """
    is_dumb = os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and sys.stderr.isatty() and not is_dumb


def keys_from_terminal() -> int:
    """Free file descriptor 0 for the keyboard and return one to read the data from.

    Raises:
        CommandError: If there is no controlling terminal.
    """
    data = os.dup(0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise CommandError(
            f"cannot read keys from the terminal ({error.strerror}); "
            "save the input to a file and open that"
        ) from error
    os.dup2(terminal, 0)
    os.close(terminal)
    return data
