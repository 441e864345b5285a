"""What a load was asked for: how much it is, and what to say if nothing of it can be read."""

from collections.abc import Sequence
from pathlib import Path

_SMALL_BYTES = 1 << 20
TOGETHER_SECONDS = 0.25
"""Small files are committed together; what they say is on the screen this much later at most."""


def is_small(path: str) -> bool:
    """Whether all of a source is read in about the time that committing it takes."""
    try:
        return path != "-" and Path(path).stat().st_size < _SMALL_BYTES
    except OSError:
        return False


def total_size(paths: Sequence[str]) -> int | None:
    """Return how many bytes are to be read; None if that is not known, as of a stream."""
    total = 0
    for path in paths:
        try:
            if path == "-" or not Path(path).is_file():
                return None
            total += Path(path).stat().st_size
        except OSError:
            continue
    return total


def nothing_read(failures: Sequence[str], advice: str) -> str:
    """Return what to say where no source could be read.

    Args:
        failures: What is wrong with each.
        advice: What to do about it.
    """
    shown = list(failures[:5])
    if len(failures) > len(shown):
        shown.append(f"… and {len(failures) - len(shown)} more files")
    if advice:
        shown += ["", advice, ""]
    return "\n".join([*shown, "Run 'tracetui formats' to see what can be read."])
