"""Runs a subject in a process of its own and samples the memory of it and its children."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SAMPLE_SECONDS = 0.25


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, task.read_text().split())
    return found


def _resident(pid: int) -> float:
    """Return the megabytes of a process, pages shared with others counted in parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1e3
    return 0.0


class Memory:
    """Samples a process and its children in a thread; the peaks are in megabytes."""

    def __init__(self, pid: int) -> None:
        self.together = self.parent = self.children = 0.0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            with contextlib.suppress(OSError):
                parent, *below = [_resident(pid) for pid in _family(self._pid)]
                self.parent = max(self.parent, parent)
                self.children = max(self.children, sum(below))
                self.together = max(self.together, parent + sum(below))

    def stop(self) -> None:
        """End sampling."""
        self._ended.set()
        self._thread.join()


def environment(**more: str) -> dict[str, str]:
    """Return the variables of a measured process: those of a user, who has compiled modules.

    A test machine may forbid Python to write bytecode. Compiling everything at each start took a
    second, which would be said of whatever imports most. NumPy's BLAS gets one thread, as
    `tracetui.cli` has it.
    """
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {"OPENBLAS_NUM_THREADS": "1"} | more


def run(module: str, *arguments: str, variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a module that prints its figures as one line of JSON; return them with its peaks.

    The first argument it gets is when it was started, as `time.perf_counter` of all processes.

    Raises:
        RuntimeError: If it fails; the text is what it wrote.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", module, repr(started), *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**(variables or {})),
    )
    memory = Memory(process.pid)
    output, errors = process.communicate()
    memory.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {errors[-3_000:]}")
    return {
        **json.loads(output.splitlines()[-1]),
        "rss_mb": memory.together,
        "parent_mb": memory.parent,
        "children_mb": memory.children,
    }
