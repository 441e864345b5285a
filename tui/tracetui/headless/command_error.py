"""How a headless command gives up: a message for the user and an exit code."""

USAGE = 2
UNREADABLE = 3
INTERRUPTED = 130


class CommandError(Exception):
    """A command that cannot go on; its text says what was seen and what to try next."""

    def __init__(self, message: str, exit_code: int = UNREADABLE) -> None:
        super().__init__(message)
        self.exit_code = exit_code
