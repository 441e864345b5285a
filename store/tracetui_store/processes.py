"""Whether the process that left something behind is still there."""

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "tracetui-"


def is_running(pid: int) -> bool:
    """Whether there is a process with this id, anybody's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def private_directory() -> Path:
    """Return a new directory that only its owner may read, named after this process.

    Raises:
        OSError: If none can be made.
    """
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def sweep_private_directories() -> None:
    """Remove the directories of processes that were killed: what they loaded may be secret."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not is_running(int(pid)):
            shutil.rmtree(path, ignore_errors=True)
