"""Where tests find the corpora that are not part of this project."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


SHARED = Path(os.environ.get("TRACETUI_SHARED", REPOSITORY.parent / "shared"))
"""Where the data is, if it is there."""


def shared(path: str) -> Path:
    """Return `path` below the shared data; skip the test where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"shared data absent: {path} (set TRACETUI_SHARED)")
    return found
