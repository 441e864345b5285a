"""The signals that end the program, and unwinding at them: loaded data goes with it."""

import signal
from types import FrameType

ENDING_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Someone ends the program, or closes its terminal."""


def clean_up_when_ended() -> None:
    """Unwind at a signal that ends the program, so that loaded data does not stay on the disk."""
    for number in ENDING_SIGNALS:
        signal.signal(number, _unwind)


def _unwind(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
