"""Finds the files that a log was rotated to: older parts of the same log.

Source: the OpenTelemetry Collector's file exporter rotates with lumberjack, which renames
`traces.jsonl` to `traces-2026-11-20T10-00-00.000.jsonl` (time of the rotation, milliseconds) and
may compress it then (INGEST §4).
"""

import os
import re
from pathlib import Path

_TIME = r"-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}"
_COMPRESSED = r"(?:\.gz|\.zst)?"


def rotated_siblings(path: str) -> list[str]:
    """Return the files that the log at `path` was rotated to, the oldest first.

    The time in their names puts them in order. A directory that cannot be read has none.
    """
    directory, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - as lumberjack splits a name
    rotated = re.compile(re.escape(stem) + _TIME + re.escape(suffix) + _COMPRESSED)
    try:
        with os.scandir(directory or ".") as entries:
            found = [
                entry.name for entry in entries if rotated.fullmatch(entry.name) and entry.is_file()
            ]
    except OSError:
        return []
    return [str(Path(directory, sibling)) for sibling in sorted(found)]
